"""Mails: put into the outbox in the transaction of what they tell of, sent afterwards, told once."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

from django.db import transaction

from upheld.actions.means import Means
from upheld.mail.deliver import Away, Server, deliver
from upheld.mail.letter import Letter, composed
from upheld.rights.codec import decode, encode
from upheld.rights.outcome import Failure, Misconfigured, Permanent
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, Case, Mail, MailKind, Task
from upheld.store.sealing import open_value, seal_value

RETRY = timedelta(minutes=2)
CLAIM = timedelta(seconds=45)
"""As long as handing one over may take (`deliver`)."""
LONGEST = timedelta(hours=6)
TOGETHER = 50
MANY = 500


def put(
    *,
    means: Means,
    kind: MailKind,
    letter: Letter,
    key: str,
    about: str = "",
    arrival: Arrival | None = None,
    case: Case | None = None,
    task: Task | None = None,
    letter_name: str = "",
    by: str = "",
) -> Mail:
    """Write one mail, sealed. Belongs into the transaction of what it tells of. `about`: the same is told
    once, a repeat raises IntegrityError. `letter_name` and `by`: which letter somebody wrote."""
    at = means.clock()
    mail = Mail(
        kind=kind,
        about=about,
        arrival=arrival,
        case=case,
        task=task,
        letter=letter_name,
        by=by,
        key=key,
        sealed_content=b"",
        written_at=at,
        not_before=at,
    )
    mail.save(force_insert=True)
    mail.sealed_content = seal_value(means.keys, key, encode(letter), record=_record(mail))
    mail.save(update_fields=["sealed_content"])
    return mail


def move(*, means: Means, arrival: Arrival) -> None:
    """What waits for this arrival goes under its new key and into its case, but for links to confirm, which
    are not needed any more."""
    waiting = Mail.objects.filter(arrival=arrival, sent_at=None, dropped_at=None)
    for mail in waiting.exclude(kind=MailKind.VERIFY).exclude(key=arrival.key):
        letter = opened(means=means, mail=mail)
        sealed = seal_value(means.keys, arrival.key, encode(letter), record=_record(mail))
        Mail.objects.filter(pk=mail.pk, sent_at=None).update(
            key=arrival.key, case=arrival.case, sealed_content=sealed
        )


def told(*, kind: MailKind, about: Sequence[str]) -> frozenset[str]:
    """Of which of these such a mail was written already."""
    found: set[str] = set()
    for start in range(0, len(about), MANY):
        # Not empty, said once more: SQLite takes the index of those that are about something only then.
        some = Mail.objects.filter(kind=kind, about__in=about[start : start + MANY]).exclude(about="")
        found |= set(some.values_list("about", flat=True))
    return frozenset(found)


def opened(*, means: Means, mail: Mail) -> Letter:
    """What it says. Raises Destroyed."""
    read = decode(
        open_value(means.keys, mail.key, bytes(mail.sealed_content), record=_record(mail)), (Letter,)
    )
    if not isinstance(read, Letter):
        raise TypeError("A mail holds a letter.")
    return read


def waiting() -> int:
    """How many mails are neither sent nor dropped."""
    return Mail.objects.filter(sent_at=None, dropped_at=None).count()


def refused(*, means: Means) -> int:
    """How many mails of the last two weeks were given up: nobody was told what stands in them."""
    given_up = Mail.objects.filter(dropped_at__gt=means.clock() - timedelta(days=14))
    return given_up.exclude(kind=MailKind.TEST).count()


def hurry(*, means: Means) -> None:
    """What was put off is tried in the next round, not when its time comes. What a program may just be
    sending stays with it, so that nothing goes twice: it is claimed for no longer than is left alone here."""
    put_off = Mail.objects.filter(sent_at=None, dropped_at=None, not_before__gt=means.clock() + CLAIM)
    put_off.update(not_before=means.clock())


def send(*, means: Means, server: Server, sender: str) -> int:
    """Send what is ready, the oldest first, at most fifty; gives how many went out.

    A mail that a crash cut off between the server's yes and our note of it is sent again, within a minute: at
    least once. Several programs that send at the same time each send others. What the server refuses for good
    stays, with the reason, for somebody to read. Where it takes nothing now, or nothing from us, everything
    that waits is put off together: trying each would hold up all other work.
    """
    ready = Mail.objects.filter(sent_at=None, dropped_at=None, not_before__lte=means.clock())
    sent = 0
    for mail in ready.order_by("written_at")[:TOGETHER]:
        if not _claimed(means, mail):
            continue
        try:
            letter = opened(means=means, mail=mail)
        except Destroyed:
            _dropped(means, mail, "its key was destroyed")
            continue
        try:
            deliver(_message(means, letter, sender), server)
        except Permanent as failure:
            _dropped(means, mail, failure.what)
        except (Away, Misconfigured) as failure:
            _later(means, mail, failure.what)
            ready.update(not_before=means.clock() + RETRY, failure=failure.what[:200])
            break
        except Failure as failure:
            _later(means, mail, failure.what)
        else:
            _sent(means, mail)
            sent += 1
    return sent


def _claimed(means: Means, mail: Mail) -> bool:
    """Nobody else sends it in the next moments. Whoever dies now leaves it to others, after that."""
    mine = Mail.objects.filter(pk=mail.pk, sent_at=None, dropped_at=None, not_before=mail.not_before)
    return bool(mine.update(not_before=means.clock() + CLAIM))


def _message(means: Means, letter: Letter, sender: str) -> EmailMessage:
    organisation = means.datamap.organisation
    reply_to = organisation.contact if "@" in organisation.contact else sender
    return composed(letter, sender=sender, name=organisation.name, reply_to=reply_to, at=means.clock())


@transaction.atomic
def _sent(means: Means, mail: Mail) -> None:
    content = {} if mail.kind == MailKind.LETTER else {"sealed_content": b""}
    Mail.objects.filter(pk=mail.pk).update(sent_at=means.clock(), failure="", **content)
    if mail.case_id is None and mail.arrival_id is None:
        # A key of its own: nothing else is sealed with it.
        transaction.on_commit(lambda: means.keys.destroy([mail.key]))


@transaction.atomic
def _dropped(means: Means, mail: Mail, why: str) -> None:
    # By its key too: one that was moved under another meanwhile is sent in the next round.
    Mail.objects.filter(pk=mail.pk, key=mail.key).update(dropped_at=means.clock(), failure=why[:200])


@transaction.atomic
def _later(means: Means, mail: Mail, why: str) -> None:
    wait = min(RETRY * 2 ** min(mail.attempts, 10), LONGEST)
    Mail.objects.filter(pk=mail.pk).update(
        attempts=mail.attempts + 1, not_before=means.clock() + wait, failure=why[:200]
    )


def _record(mail: Mail) -> str:
    return f"mail:{mail.pk}"
