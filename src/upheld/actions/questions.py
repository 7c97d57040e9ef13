"""Ask the person something, and take her answer on her page. It pauses nothing by itself: what a question
does to the dates is decided elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from upheld.actions import alias, arrivals, enclosures, letters, links, outbox
from upheld.actions.arrivals import OTHERS
from upheld.actions.enclosures import Given
from upheld.actions.means import Means
from upheld.rights.codec import decode, encode
from upheld.rights.outcome import Permanent
from upheld.store.models import Arrival, Case, LinkPurpose, MailKind, Question, QuestionKind
from upheld.store.sealing import open_value, seal_value

LONGEST = 2000
LONGEST_ANSWER = 4000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is shown. `text` and `answer` are personal; of another identifier the page itself
    says what is asked."""

    number: UUID
    identifier: bool
    at: datetime
    by: str
    text: str
    answer: str
    answered: datetime | None

    def __repr__(self) -> str:
        return f"Asked({self.number})"


def ask_person(*, means: Means, case: Case, text: str) -> Question:
    """Ask in own words; she gets a mail with a link, in which nothing of it stands. Permanent for an empty or
    overlong text, and where she has no address that we could write to."""
    if not 0 < len(text.strip()) <= LONGEST:
        raise Permanent(f"A question has 1 to {LONGEST} characters.", "Write what you need to know, and why.")
    return _ask(means, case, QuestionKind.WORDS, text.strip())


def ask_identifier(*, means: Means, case: Case) -> Question:
    """No system knows her: ask for another identifier, once a case (G-12.8). Permanent the second time."""
    try:
        return _ask(means, case, QuestionKind.IDENTIFIER, "")
    except IntegrityError:
        raise Permanent(
            "She was asked for another identifier already.",
            "Wait for her answer, or say that nothing was found.",
        ) from None


@transaction.atomic
def _ask(means: Means, case: Case, kind: QuestionKind, text: str) -> Question:
    arrival = case.arrivals.order_by("-received_at").first()
    to = arrivals.opened(means=means, arrival=arrival).address if arrival else ""
    if arrival is None or not to:
        raise Permanent("There is no address of hers to write to.", "Ask her by post or telephone.")
    question = Question(case=case, kind=kind, asked_at=means.clock(), asked_by=means.by, sealed_text=b"")
    question.sealed_text = _sealed(means, question, "text", text)
    question.save(force_insert=True)
    given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
    letter = letters.question(
        means=means,
        to=to,
        language=arrival.language,
        number=arrivals.number(arrival),
        address=arrivals.followed_at(arrival, given),
    )
    outbox.put(means=means, kind=MailKind.QUESTION, letter=letter, key=case.key, arrival=arrival, case=case)
    return question


def of(*, means: Means, case: Case) -> tuple[Asked, ...]:
    """All of a case in their order. Raises Destroyed."""
    return tuple(shown(means=means, question=each) for each in case.questions.order_by("asked_at"))


def shown(*, means: Means, question: Question) -> Asked:
    """One of them, opened. Raises Destroyed."""
    answer = question.sealed_answer
    return Asked(
        number=question.pk,
        identifier=question.kind == QuestionKind.IDENTIFIER,
        at=question.asked_at,
        by=question.asked_by,
        text=_opened(means, question, "text", bytes(question.sealed_text)),
        answer=_opened(means, question, "answer", bytes(answer)) if answer is not None else "",
        answered=question.answered_at,
    )


@transaction.atomic
def answer(*, means: Means, question: Question, words: str, files: Sequence[Given] = ()) -> None:
    """Her answer in words, with files. Permanent the second time and for wrong files, which keep nothing."""
    fresh = _unanswered(question)
    _answered(means, fresh, words)
    enclosures.keep(means=means, question=fresh, files=files)


@transaction.atomic
def identify(*, means: Means, question: Question, arrival: Arrival, address: str, name: str) -> None:
    """Another identifier of hers. An address gets its own link and counts when that is used; a name or number
    is kept for staff to compare. Neither given: she has none. Permanent the second time."""
    fresh = _unanswered(question)
    _answered(means, fresh, ", ".join(each for each in (address, name) if each))
    content = arrivals.opened(means=means, arrival=arrival)
    told = content.told
    others = (*told.others, address) if address and len(told.others) < 2 * OTHERS else told.others
    hints = (*told.hints, name) if name and len(told.hints) < 2 * OTHERS else told.hints
    arrivals.rewrite(
        means=means, arrival=arrival, content=replace(content, told=replace(told, others=others, hints=hints))
    )
    if others != told.others:
        alias.ask(means=means, arrival=arrival, other=address, position=len(others))


def _unanswered(question: Question) -> Question:
    fresh = Question.objects.select_for_update(of=("self",)).select_related("case").get(pk=question.pk)
    if fresh.answered_at is not None:
        raise Permanent("This has been answered already.", "Write to us if something has to be added.")
    return fresh


def _answered(means: Means, question: Question, words: str) -> None:
    question.sealed_answer = _sealed(means, question, "answer", words[:LONGEST_ANSWER])
    question.answered_at = means.clock()
    question.save(update_fields=["sealed_answer", "answered_at"])


def _sealed(means: Means, question: Question, what: str, text: str) -> bytes:
    return seal_value(means.keys, question.case.key, encode(text), record=f"question:{question.pk}:{what}")


def _opened(means: Means, question: Question, what: str, sealed: bytes) -> str:
    record = f"question:{question.pk}:{what}"
    return str(decode(open_value(means.keys, question.case.key, sealed, record=record), ()))
