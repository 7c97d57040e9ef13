"""What is written about a person in her own case: her words, our questions, how she was verified, notes
(Art. 15).

Everything is opened with the case's key, under the names that spec/keys.md gives. Which colleague wrote it is
left out, as it is with looks. Files that came with a message are not in it: she has them.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from upheld.actions.arrivals import Content, Told
from upheld.actions.originals import Asker, Kept, Original
from upheld.mail.letter import Letter
from upheld.mail.receive import read
from upheld.rights.codec import decode
from upheld.rights.rows.values import Row
from upheld.store.keys import KeyStore
from upheld.store.models import (
    Arrival,
    Case,
    Decision,
    Doubt,
    Mail,
    MailKind,
    Note,
    Question,
    Reply,
    Verification,
)
from upheld.store.sealing import open_value


def tables(keys: KeyStore, cases: QuerySet[Case]) -> dict[str, list[Row]]:
    """By the names of the map. Raises Destroyed where a key went meanwhile."""
    mine = {"request__case__in": cases}
    return {
        "messages": [
            *(_message(keys, each) for each in _sorted(Arrival.objects.filter(case__in=cases))),
            *(_reply(keys, each) for each in _sorted(Reply.objects.filter(case__in=cases))),
        ],
        "questions": [_question(keys, each) for each in _sorted(Question.objects.filter(case__in=cases))],
        "verifications": [_verification(keys, each) for each in _sorted(Verification.objects.filter(**mine))],
        "doubts": [_doubt(keys, each) for each in _sorted(Doubt.objects.filter(**mine))],
        "notes": [
            *(_note(keys, each) for each in _sorted(Note.objects.filter(case__in=cases))),
            *(_decision(keys, each) for each in _sorted(Decision.objects.filter(**mine))),
        ],
    }


def letters(keys: KeyStore, cases: QuerySet[Case]) -> dict[object, Row]:
    """What we wrote to her in our own words, by the mails' numbers. Of others nothing is kept once they are
    sent, and until then they hold links by which she proves who she is."""
    found: dict[object, Row] = {}
    for each in Mail.objects.filter(case__in=cases, task=None, kind=MailKind.LETTER).exclude(
        sealed_content=b""
    ):
        sealed = open_value(keys, each.key, bytes(each.sealed_content), record=f"mail:{each.pk}")
        letter = decode(sealed, (Letter,))
        if isinstance(letter, Letter):
            found[each.pk] = {"subject": letter.subject, "words": letter.text}
    return found


def _sorted(found: QuerySet) -> Iterable:  # type: ignore[type-arg]
    return found.order_by("pk")


def _text(keys: KeyStore, name: str, sealed: bytes | memoryview | None, record: str) -> str:
    return "" if not sealed else str(open_value(keys, name, bytes(sealed), record=record))


def _message(keys: KeyStore, row: Arrival) -> Row:
    content = decode(
        open_value(keys, row.key, bytes(row.sealed_content), record=f"arrival:{row.pk}"), (Content, Told)
    )
    original = None
    if row.sealed_original:
        sealed = open_value(keys, row.key, bytes(row.sealed_original), record=f"arrival:{row.pk}:original")
        original = decode(sealed, (Original, Asker, Kept))
    told = content.told if isinstance(content, Content) else Told()
    parts = [told.wrong, told.right, told.words, *told.hints]
    if isinstance(original, Original):
        parts += [original.subject, original.text]
    return {
        "id": str(row.pk),
        "case_id": str(row.case_id),
        "channel": row.channel,
        "received_at": row.received_at,
        "address": content.address if isinstance(content, Content) else "",
        "words": "\n\n".join(each for each in parts if each),
        "judged": original.judged if isinstance(original, Original) else "",
    }


def _reply(keys: KeyStore, row: Reply) -> Row:
    """Of the owner of a system too: it is about her."""
    mail = read(keys.open(row.case.key, bytes(row.sealed_original), record=f"reply:{row.pk}"))
    return {
        "id": str(row.pk),
        "case_id": str(row.case_id),
        "channel": row.channel,
        "received_at": row.came_at,
        "address": "" if row.task_id else mail.sender.address,
        "words": "\n\n".join(each for each in (mail.subject, mail.text) if each),
        "judged": "",
    }


def _question(keys: KeyStore, row: Question) -> Row:
    key, record = row.case.key, f"question:{row.pk}"
    return {
        "id": str(row.pk),
        "case_id": str(row.case_id),
        "asked_at": row.asked_at,
        "question": _text(keys, key, row.sealed_text, f"{record}:text"),
        "answered_at": row.answered_at,
        "answer": _text(keys, key, row.sealed_answer, f"{record}:answer"),
    }


def _verification(keys: KeyStore, row: Verification) -> Row:
    return {
        "id": str(row.pk),
        "case_id": str(row.request.case_id),
        "at": row.at,
        "method": row.method,
        "level": row.get_level_display(),
        "words": _text(keys, row.request.case.key, row.sealed_details, f"verification:{row.pk}"),
    }


def _doubt(keys: KeyStore, row: Doubt) -> Row:
    return {
        "id": str(row.pk),
        "case_id": str(row.request.case_id),
        "at": row.at,
        "asked_for": row.kinds,
        "answered_at": row.answered_at,
        "why": _text(keys, row.request.case.key, row.sealed_why, f"doubt:{row.pk}:why"),
    }


def _note(keys: KeyStore, row: Note) -> Row:
    words = _text(keys, row.case.key, row.sealed_words, f"note:{row.pk}")
    return {"id": str(row.pk), "case_id": str(row.case_id), "at": row.at, "what": "NOTE", "words": words}


def _decision(keys: KeyStore, row: Decision) -> Row:
    words = _text(keys, row.request.case.key, row.sealed_words, f"decision:{row.pk}")
    case = str(row.request.case_id)
    return {"id": str(row.pk), "case_id": case, "at": row.at, "what": row.kind, "words": words}
