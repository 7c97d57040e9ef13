"""Upheld's side of each measurement: the verbs that `upheld erase` and `upheld access` call, with their own
records, keys and ledger in a fresh folder. Nothing is left out and nothing is switched off.

Django takes its settings from the environment when it is set up, so that a process has one set of records:
call `begin` once, before anything else of this module.
"""

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django
from django.core.management import call_command

from bench.cpu import Meter, Spent
from upheld.datamap.model import DataMap
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.ledger.types import STEP_FULFILLED
from upheld.rights.connector import Collected, Connector, Row
from upheld.rights.glance import at_a_glance
from upheld.rights.identify import Identified, identify
from upheld.rights.many import Room, TooMuch, collect_many, identify_many
from upheld.rights.outcome import Failure
from upheld.rights.plan import Step
from upheld.rights.planner import plan
from upheld.rights.subject import Identity, Subject

if TYPE_CHECKING:
    from upheld.actions.means import Means

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PRIVACY = Path(__file__).parent / "privacy"
SYSTEM = "community"
COUNTED = ("matched", "deleted", "anonymised", "detached", "retained")
STAGES = ("identify, plan, check and count", "approve", "write, verify and record")


class WentWrong(Exception):
    """An erasure that did not end as it should: there is nothing to measure."""


def begin(folder: Path, records: str = "") -> None:
    """Make the records in `folder`, or in the database that `records` names."""
    os.environ.update(
        UPHELD_DIR=str(PRIVACY),
        UPHELD_DATA=str(folder),
        UPHELD_DATABASE_URL=records.replace("+psycopg", ""),
        DJANGO_SETTINGS_MODULE="upheld.project.settings",
    )
    folder.mkdir(parents=True, exist_ok=True)
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


@dataclass
class Upheld:
    """The community's database at `url`, and the means of the verbs for it, as one run of a program has them.
    `undo`: for so many days an erasure can be undone."""

    url: str
    keys: Path
    undo: int = 0
    means: "Means" = field(init=False)

    def __post_init__(self) -> None:
        from upheld.actions.means import Means, random_token, utc_now  # lazy: app ready
        from upheld.actions.reach import connectors  # lazy: app ready
        from upheld.store.keys import KeyStore  # lazy: app ready
        from upheld.store.sequencer import signer  # lazy: app ready

        datamap: DataMap = read(PRIVACY)
        systems = tuple(replace(each, undo=self.undo or None) for each in datamap.systems)
        datamap = replace(datamap, systems=systems)
        keys = KeyStore(self.keys)
        self.means = Means(
            datamap=datamap,
            connectors=connectors(datamap=datamap, secrets={"COMMUNITY_DATABASE_URL": self.url}),
            keys=keys,
            signer=signer(keys),
            now=NOW,
            clock=utc_now,
            entropy=random_token,
            owner="bench/1/1",
            by="bench",
            orders=True,
        )

    @property
    def connector(self) -> Connector:
        """Of the community."""
        return self.means.connectors[SYSTEM]

    # --- erasure ---

    def stages(self, emails: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """What each stage of so many erasures does, to be called in this order."""
        from upheld.actions import cases, erasure, ledger, preview  # lazy: app ready
        from upheld.actions.asking import Asked  # lazy: app ready

        asked = [Asked((Identity("email", each),)) for each in emails]
        seen: list[tuple[Any, Any]] = []

        def look() -> None:
            for each in asked:
                request = cases.receive(means=self.means, right=Right.ERASURE, asked=each)
                shown = preview.preview(means=self.means, right=Right.ERASURE, asked=each)
                if shown.waiting:
                    raise WentWrong(f"A finding stops the erasure: {shown.findings}")
                seen.append((request, shown))

        def approve() -> None:
            for request, shown in seen:
                erasure.approve(means=self.means, request=request, preview=shown)
                request.refresh_from_db()

        def fulfil() -> None:
            for request, _ in seen:
                standing = erasure.fulfil(means=self.means, request=request)
                if not standing.complete and not self.undo:
                    raise WentWrong(f"An erasure was not finished: {standing.systems}")
            ledger.checkpoint(means=self.means)

        yield from zip(STAGES, (look, approve, fulfil), strict=True)

    def together(self, emails: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """The stages of one erasure of so many people, as of a list."""
        from upheld.actions import ledger  # lazy: app ready
        from upheld.actions.asking import Asked  # lazy: app ready
        from upheld.actions.batch import begin, fulfil, look  # lazy: app ready

        lines = [
            look.Line(number, Asked((Identity("email", each),))) for number, each in enumerate(emails, 2)
        ]
        found: list[Any] = []

        def see() -> None:
            seen = look.look(means=self.means, lines=lines)
            if seen.doubts:
                raise WentWrong(f"Of some people it was not sure who they are: {seen.doubts[0].why}")
            found.append(seen)

        def approve() -> None:
            found.append(begin.approve_many(means=self.means, look=found[0]))

        def write() -> None:
            requests = [each.request for each in found[1].each.select_related("request")]
            fulfil.fulfil_many(means=self.means, requests=requests)
            ledger.checkpoint(means=self.means)

        yield from zip(STAGES, (see, approve, write), strict=True)
        left = found[1].each.exclude(request__state="FULFILLED").count()
        if left and not self.undo:
            raise WentWrong(f"Of a list, {left} erasures were not finished.")

    def certify(self) -> int:
        """Certificates for all that were fulfilled and have none; gives how many."""
        from upheld.actions import certificates  # lazy: app ready

        requests = certificates.unwritten()
        for request in requests:
            certificates.certify(means=self.means, request=request)
            certificates.written(means=self.means, request=request)
        return len(requests)

    # --- access ---

    def read_one_by_one(self, emails: Sequence[str]) -> list[Row]:
        """Identify each and read all that is hers."""
        steps = plan(self.means.datamap, Right.ACCESS, today=NOW.date()).of(SYSTEM)
        found: list[Collected] = []
        for email in emails:
            found += self.connector.collect(steps, self.subject(email), now=NOW)
        return [each for each in found if isinstance(each, Row)]

    def read_together(self, emails: Sequence[str]) -> list[Row]:
        """The same for all of them as a list, as many at a time as a list takes."""
        from upheld.actions.batch.look import TOGETHER, in_groups  # lazy: app ready

        steps = plan(self.means.datamap, Right.ACCESS, today=NOW.date()).of(SYSTEM)
        found: list[Row] = []
        for some in in_groups(emails, TOGETHER):
            answers = identify_many(
                {SYSTEM: self.connector}, [([Identity("email", each)], ()) for each in some]
            )
            subjects = [each.subject for each in answers if isinstance(each, Identified)]
            if len(subjects) < len(some):
                raise WentWrong("A list was not read together.")
            found += (each for each in self._copies(steps, subjects) if isinstance(each, Row))
        return found

    def _copies(self, steps: Sequence[Step], subjects: Sequence[Subject]) -> Iterator[Collected]:
        """Who together weigh too much are halved, as a list's copies are: actions.batch.delivery."""
        if len(subjects) == 1:
            yield from self.connector.collect(steps, subjects[0], now=NOW)
            return
        try:
            copies = collect_many(self.connector, steps, subjects, now=NOW, room=Room())
        except TooMuch:
            half = len(subjects) // 2
            yield from self._copies(steps, subjects[:half])
            yield from self._copies(steps, subjects[half:])
            return
        if copies is None:
            raise WentWrong("A list was not read together.")
        yield from itertools.chain.from_iterable(copies)

    def subject(self, email: str) -> Subject:
        """Who an address is, in one look as it is shown for approval."""
        with at_a_glance([self.connector]):
            return identify({SYSTEM: self.connector}, [Identity("email", email)]).subject

    # --- the ledger ---

    def enter(self, many: int, meter: Meter) -> tuple[Spent, Spent]:
        """Insert entries as a list of people does, in one transaction, then give them their places; what each
        took."""
        from django.db import transaction  # lazy: app ready

        from upheld.actions.record import entry, put_all  # lazy: app ready
        from upheld.store import sequencer  # lazy: app ready

        while sequencer.sequence():
            pass
        with meter.spent() as inserting, transaction.atomic():
            put_all(
                entry(
                    STEP_FULFILLED,
                    at=NOW,
                    case=str(UUID(int=number)),
                    system=SYSTEM,
                    step="part:1",
                    outcome="done",
                    evidence_class="A",
                    counts=dict.fromkeys(COUNTED, number),
                    evidence=f"{number:064x}",
                )
                for number in range(many)
            )
        with meter.spent() as sequencing:
            while sequencer.sequence():
                pass
        return inserting, sequencing

    # --- checks ---

    def check(self) -> int:
        """`upheld map check`; gives the number of findings that stop."""
        try:
            return sum(each.severity.value == "stop" for each in self.connector.check())
        except Failure as failure:
            raise WentWrong(str(failure)) from failure
