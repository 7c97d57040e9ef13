"""`on_erase`: what happens to a person's rows when she asks for erasure."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from upheld.datamap.document.proposal import Proposed
from upheld.datamap.document.written import (
    Day,
    JsonPath,
    Name,
    Period,
    Scalar,
    Sentence,
    Template,
    Written,
    by_key,
    proposed_or_decided,
)

# --- what a column becomes ---------------------------------------------------------------------------------


class UniqueForm(Written):
    """A new value for each row."""

    unique: Template
    """Text in which {random} is drawn anew for each row."""


class PseudonymForm(Written):
    """One value for a person and case."""

    pseudonym: Template
    """Text in which {random} is drawn once a person and case, so that her rows stay together without her."""


class GhostForm(Written):
    """The value of the ghost row."""

    ghost: Name
    """The column of the ghost row whose value is taken."""


class JsonForm(Written):
    """Edits inside a JSON column."""

    json_: Annotated[dict[JsonPath, Scalar], Field(min_length=1, alias="json")]
    """Paths inside the JSON and their new values; null removes the path."""


_value_form = by_key("unique", "pseudonym", "ghost", "json")


def _value(value: object) -> str:
    return _value_form(value) if isinstance(value, dict | list) else "<value>"


ValueForm = Annotated[
    Annotated[Scalar, Tag("<value>")]
    | Annotated[UniqueForm, Tag("<unique>")]
    | Annotated[PseudonymForm, Tag("<pseudonym>")]
    | Annotated[GhostForm, Tag("<ghost>")]
    | Annotated[JsonForm, Tag("<json>")],
    Discriminator(_value),
]
Assignments = Annotated[dict[Name, ValueForm], Field(min_length=1)]


# --- actions -----------------------------------------------------------------------------------------------


class AnonymiseForm(Written):
    """The row stays; these columns no longer say who."""

    anonymise: Assignments
    """Columns and what each becomes: null, a literal, or one of unique, pseudonym, ghost, json."""


class DetachTo(Written):
    """Where a detached row's link points."""

    to: Literal["ghost"] | None = None
    """`ghost`: the link turns to the ghost row, where the column may not be NULL."""


class DetachForm(Written):
    """The row stays; the link to the person is cut."""

    detach: DetachTo
    """The link to the person is cut, or turned to the ghost row."""


class KeepForm(Written):
    """The row stays as it is."""

    keep: Sentence
    """Why nothing in these rows identifies anybody, or why they are nobody's to erase."""


Then = Annotated[
    Annotated[Literal["delete", "detach"], Tag("<text>")]
    | Annotated[AnonymiseForm, Tag("<anonymise>")]
    | Annotated[DetachForm, Tag("<detach>")],
    Discriminator(by_key("anonymise", "detach")),
]


class RetainTerms(Written):
    """Why rows stay, until when, and what goes at once."""

    ground: Literal["free-expression", "legal-obligation", "public-health", "archiving", "legal-claims"]
    """The exception of Art. 17(3) on which the rows stay."""
    law: Sentence
    """The law, in the words of the people who know it; it is shown to the person."""
    period: Annotated[Period | None, Field(alias="for")] = None
    """How long, counted from `after`: 7y, 6m, 30d, 1y6m."""
    after: Name | None = None
    """The date column from which the period runs."""
    then: Then | None = None
    """What happens to rows whose time is over (delete unless said)."""
    strip: Annotated[list[Name], Field(min_length=1)] | None = None
    """Columns that become NULL at once."""
    anonymise: Assignments | None = None
    """Columns that become something else at once, the rows staying."""
    review: Day | None = None
    """When somebody looks again, where the law names no period."""
    hold: Name | None = None
    """The matter of the hold in upheld.yaml; legal-claims needs one."""


class RetainForm(Written):
    """The row stays, for a lawful ground and until a date."""

    retain: RetainTerms
    """On which ground the rows stay, how long, and what is taken out of them at once."""


class FollowTerms(Written):
    """Which row it follows, and what goes at once where that row stays."""

    link: Name
    """The link, by its columns, to the row that is followed."""
    strip: Annotated[list[Name], Field(min_length=1)] | None = None
    """Columns that become NULL at once, where the row followed stays."""
    anonymise: Assignments | None = None
    """Columns that become something else at once, where the row followed stays."""


class FollowForm(Written):
    """The row shares the fate of the one that it belongs to."""

    follow: FollowTerms
    """What happens to the row that the link leads to happens to this one, before it."""


Word = Literal["delete", "detach", "ask"]

ActionForm = Annotated[
    Annotated[Word, Tag("<text>")]
    | Annotated[AnonymiseForm, Tag("<anonymise>")]
    | Annotated[DetachForm, Tag("<detach>")]
    | Annotated[KeepForm, Tag("<keep>")]
    | Annotated[RetainForm, Tag("<retain>")],
    Discriminator(by_key("anonymise", "detach", "keep", "retain")),
]


class ProposedAction(Proposed):
    """An action that a draft proposes."""

    proposed: ActionForm
    """What happens to the rows, as a draft proposes it."""


ActionEntry = Annotated[
    Annotated[ActionForm, Tag("<decided>")] | Annotated[ProposedAction, Tag("<proposed>")],
    Discriminator(proposed_or_decided),
]


# --- treatments: an action, or one by link, and what happens to rows that nobody is left in ----------------


class Orphan(Written):
    """Beside an action of a table."""

    orphan: Literal["delete"] | None = None
    """`delete`: rows in which no party and no holder but her is left go."""


class AnonymiseTreatment(AnonymiseForm, Orphan):
    """Anonymise, unless nobody is left."""


class DetachTreatment(DetachForm, Orphan):
    """Detach, unless nobody is left."""


class KeepTreatment(KeepForm, Orphan):
    """Keep, unless nobody is left."""


class RetainTreatment(RetainForm, Orphan):
    """Retain, unless nobody is left."""


class ByTreatment(Orphan):
    """Different actions by the link through which a row is hers."""

    by: Annotated[dict[Name, ActionForm], Field(min_length=1)]
    """Link (its columns, joined by commas) to action; in a person table its own key stands for the person's
    own row."""


class OrphanTreatment(Written):
    """Only rows that nobody is left in are touched."""

    orphan: Literal["delete"]
    """`delete`: rows in which no party and no holder but her is left go; the others stay."""


TreatmentForm = Annotated[
    Annotated[Word, Tag("<text>")]
    | Annotated[AnonymiseTreatment, Tag("<anonymise>")]
    | Annotated[DetachTreatment, Tag("<detach>")]
    | Annotated[KeepTreatment, Tag("<keep>")]
    | Annotated[RetainTreatment, Tag("<retain>")]
    | Annotated[FollowForm, Tag("<follow>")]
    | Annotated[ByTreatment, Tag("<by>")]
    | Annotated[OrphanTreatment, Tag("<orphan>")],
    Discriminator(by_key("by", "anonymise", "detach", "keep", "retain", "follow", "orphan")),
]


class ProposedTreatment(Proposed):
    """A treatment that a draft proposes."""

    proposed: TreatmentForm
    """What an erasure does to the rows, as a draft proposes it."""


TreatmentEntry = Annotated[
    Annotated[TreatmentForm, Tag("<decided>")] | Annotated[ProposedTreatment, Tag("<proposed>")],
    Discriminator(proposed_or_decided),
]
