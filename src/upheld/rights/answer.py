"""What a person answers to a task (spec/answer.md). Answers belong to the case; no connector stores them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from upheld.law.ground import Ground
from upheld.rights.outcome import EvidenceClass, Permanent


class Reply(StrEnum):
    """The four answers there are; the value is what `upheld answer` takes and what is stored."""

    NOTHING_FOUND = "nothing-found"
    DONE = "done"
    COPY = "copy"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to the task of one step.

    `by` is the account or the name of who answered, which may be personal and is sealed like the rest of the
    case. `proof` and `copy` are SHA-256 digests, in hex, of files that the case stores: a confirmation from
    the third party, and what belongs into her copy. `ground` and `law` say why something is kept.
    `words`: what was done there, for those who ask later.
    """

    system: str
    step: int
    reply: Reply
    by: str
    at: datetime
    proof: str | None = None
    copy: str | None = None
    ground: Ground | None = None
    law: str = ""
    words: str = ""

    form: ClassVar[str] = "upheld.answer/v1"

    def __post_init__(self) -> None:
        """Refuses, as Permanent, an answer that lacks what makes it one."""
        if self.at.tzinfo is None:
            raise Permanent("An answer has a time without a zone.", "Give it in UTC.")
        if self.reply is Reply.COPY and not self.copy:
            raise Permanent("The answer is a copy, but no file came with it.", "Upload the copy.")
        if self.reply is Reply.KEPT and not (self.ground and self.law):
            raise Permanent(
                "Something is kept, but not why.",
                f"Name the ground ({', '.join(Ground)}) and the law that asks for it.",
            )
        if self.reply is not Reply.KEPT and self.ground:
            raise Permanent(
                "A ground is given, but nothing is kept.", "Answer `kept`, or leave out the ground."
            )


def evidence(answer: Answer) -> EvidenceClass:
    """How we know (P-20): somebody said so (A), the third party confirmed it (D), or it is kept (E). Never B:
    nobody but the person who answered has looked.
    """
    if answer.reply is Reply.KEPT:
        return EvidenceClass.KEPT
    return EvidenceClass.CONFIRMED if answer.proof else EvidenceClass.ASSERTED
