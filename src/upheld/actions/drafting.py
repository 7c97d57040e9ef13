"""The runner does what pages ordered: looks at systems, and drafts maps of databases that are in none yet."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from upheld.actions import checking, house, revising
from upheld.actions.discovery import discover
from upheld.actions.means import Means
from upheld.connectors.sql.discover.reach import Wish
from upheld.datamap.fault import Invalid
from upheld.datamap.model import System
from upheld.rights.outcome import Failure
from upheld.store.models import Errand, ErrandKind, Revision


def run(*, means: Means) -> int:
    """Do the errand that waits for the longest; gives how many were taken. One a round, so that a slow system
    delays nobody's request for long. One that breaks off is not tried again before it is ordered again."""
    errand = Errand.objects.filter(done_at=None, taken_at=None).first()
    if errand is None:
        return 0
    if not Errand.objects.filter(pk=errand.pk, taken_at=None).update(taken_at=means.clock()):
        return 0  # another runner was faster
    if errand.kind == ErrandKind.DRAFT:
        _draft(means, errand)
    else:
        _look(means, errand)
    return 1


def _look(means: Means, errand: Errand) -> None:
    failure = ""
    if errand.system in means.connectors:
        checking.check(means=means, system=errand.system, by=errand.by)
    else:
        failure = "The map does not name this system any more."
    Errand.objects.filter(pk=errand.pk).update(done_at=means.clock(), failure=failure)


def _draft(means: Means, errand: Errand) -> None:
    """The draft becomes a revision in the name of whoever asked; nothing is written into the folder."""
    text, failure = "", ""
    try:
        system = System(errand.system, connect=errand.connect)
        wish = Wish(means.now.date())
        drafted = discover(
            system=system, secrets=house.secrets(means.keys), wish=wish, told=lambda _table, _total: None
        )
        text = drafted.text
    except (Failure, Invalid) as error:
        failure = str(error)
    _keep(means, errand, text, failure)


@transaction.atomic
def _keep(means: Means, errand: Errand, text: str, failure: str) -> None:
    mine = Errand.objects.filter(pk=errand.pk, done_at=None)
    if not mine.update(done_at=means.clock(), failure=failure) or failure:
        return
    home, file = Path(settings.UPHELD_DIR), revising.new_file(errand.system)
    try:
        revision = Revision(file=file, text=text, asked_by=errand.by, asked_at=means.clock())
        revising.refuse_unclear(home=home, file=file, text=text)
        revision.save(force_insert=True)
        Errand.objects.filter(pk=errand.pk).update(revision=revision)
    except Failure as error:
        Errand.objects.filter(pk=errand.pk).update(failure=str(error))
