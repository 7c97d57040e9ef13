"""Proposals: what is proposed is read as if it were decided, and noted as not decided."""

from typing import TypeVar

from upheld.datamap.document.proposal import Proposed
from upheld.datamap.model import Proposal
from upheld.datamap.page import Spot

Form = TypeVar("Form")


def decided(form: Form, spot: Spot, table: str, about: str) -> tuple[Form, Spot]:
    """The form that a proposal holds and where it stands; what is none stays as it is."""
    if not isinstance(form, Proposed):
        return form, spot
    spot.page.proposals.append(Proposal(table, about, form.confidence, form.because, spot.place))
    proposed: Form = form.proposed  # type: ignore[attr-defined]  # each form of a proposal has one of its own
    return proposed, spot.down("proposed")
