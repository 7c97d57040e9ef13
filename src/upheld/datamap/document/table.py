"""One table: who lives in it, what stands in it, to whom its rows belong, and what happens to them."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from upheld.datamap.document.action import ActionEntry, TreatmentEntry
from upheld.datamap.document.condition import ConditionForm
from upheld.datamap.document.proposal import Proposed
from upheld.datamap.document.written import (
    JsonPath,
    Name,
    Names,
    Reference,
    Scalar,
    Sentence,
    Written,
    by_key,
    proposed_or_decided,
    written_as,
)
from upheld.law.objection import Against

Normalise = Literal["email", "phone", "casefold", "none"]
Purposes = Annotated[list[Name], Field(min_length=1)]

# --- identities and fields ---------------------------------------------------------------------------------


class IdentityForm(Written):
    """A column that names a person."""

    column: Name
    """The column that holds the identity."""
    normalise: Normalise | None = None
    """How values are made comparable: email, phone, casefold or none (by kind unless said)."""
    verified_by: Name | None = None
    """Only rows where this column is set and not false vouch for the identity."""


IdentityEntry = Annotated[
    Annotated[Name, Tag("<text>")] | Annotated[IdentityForm, Tag("<mapping>")], Discriminator(written_as)
]


class FieldForm(Written):
    """A column, or a path inside one, with personal data."""

    category: Name
    """The kind of data, in the words of the register (email-address, name)."""
    purposes: Purposes | None = None
    """Names of purposes.yaml; the table's own unless said."""
    provided: bool = False
    """The person gave it herself: it belongs in a portable copy."""
    copy_of: Reference | None = None
    """It repeats a column of another table."""
    of: Name | None = None
    """The link whose person it is about, or `others`: redacted in everybody else's copy."""


class JsonColumnForm(Written):
    """A JSON column whose paths are fields."""

    json_: Annotated[dict[JsonPath, FieldForm], Field(min_length=1, alias="json")]
    """Paths inside the JSON column and what stands there."""


FieldEntry = Annotated[
    Annotated[FieldForm, Tag("<mapping>")] | Annotated[JsonColumnForm, Tag("<json>")],
    Discriminator(by_key("json")),
]

# --- links -------------------------------------------------------------------------------------------------


class LinkForm(Written):
    """How a column leads to a person."""

    to: Name | None = None
    """`table.column`, or a table when `key` names its columns."""
    identity: Name | None = None
    """The column holds an identity of this kind, not a key."""
    key: Names | None = None
    """The columns of `to` that ours equal, in the same order."""
    cast: Literal["integer", "text", "uuid"] | None = None
    """Our column has another type than the key: read it as this one."""
    array: bool = False
    """Our column holds a list of keys."""
    json_: Annotated[JsonPath | None, Field(alias="json")] = None
    """The key stands at this path inside our JSON column."""
    when: ConditionForm | None = None
    """Only rows that meet this are linked (generic keys)."""
    normalise: Normalise | None = None
    """How identities are made comparable (by kind unless said)."""


class ColumnsLinkForm(LinkForm):
    """The same, for several columns at once."""

    columns: Names
    """Our columns."""


DecidedLink = Annotated[
    Annotated[Reference, Tag("<text>")] | Annotated[LinkForm, Tag("<mapping>")], Discriminator(written_as)
]


class ProposedLink(Proposed):
    """A link that a draft proposes."""

    proposed: DecidedLink
    """Where the column leads, as a draft proposes it."""


class ProposedColumnsLink(Proposed):
    """A link in a list that a draft proposes."""

    proposed: ColumnsLinkForm
    """Where the columns lead, as a draft proposes it."""


LinkEntry = Annotated[
    Annotated[DecidedLink, Tag("<decided>")] | Annotated[ProposedLink, Tag("<proposed>")],
    Discriminator(proposed_or_decided),
]
ColumnsLinkEntry = Annotated[
    Annotated[ColumnsLinkForm, Tag("<decided>")] | Annotated[ProposedColumnsLink, Tag("<proposed>")],
    Discriminator(proposed_or_decided),
]
Links = Annotated[
    Annotated[dict[Name, LinkEntry], Field(min_length=1), Tag("<mapping>")]
    | Annotated[list[ColumnsLinkEntry], Field(min_length=1), Tag("<list>")],
    Discriminator(written_as),
]


class ProposedPerson(Proposed):
    """A key of people that a draft proposes."""

    proposed: Names
    """The key of the people who live here, as a draft proposes it."""


PersonEntry = Annotated[
    Annotated[Names, Tag("<decided>")] | Annotated[ProposedPerson, Tag("<proposed>")],
    Discriminator(proposed_or_decided),
]

# --- rows --------------------------------------------------------------------------------------------------

Format = Literal["php", "json", "text"]
Fields = Annotated[dict[Name, FieldEntry], Field(min_length=1)]


class RowForm(Written):
    """What happens to rows of one sort."""

    when: ConditionForm
    """Which rows."""
    on_erase: ActionEntry
    """What happens to them."""
    format: Format | None = None
    """How their values are read for the copy: php, json or text."""
    fields: Fields | None = None
    """What stands in these rows, where it differs from other rows."""


class OtherwiseForm(Written):
    """What happens to all other rows."""

    otherwise: ActionEntry
    """What happens to rows that met none of the rules above."""
    format: Format | None = None
    """How their values are read for the copy."""
    fields: Fields | None = None
    """What stands in these rows."""


RowEntry = Annotated[
    Annotated[RowForm, Tag("<mapping>")] | Annotated[OtherwiseForm, Tag("<otherwise>")],
    Discriminator(by_key("otherwise")),
]

# --- the rest of a table -----------------------------------------------------------------------------------


class RepliesForm(Written):
    """Rows that answer rows."""

    column: Name
    """The column that refers to the row answered."""
    erase: Literal["keep", "leaves", "subtree"] = "keep"
    """What an erasure takes of the tree: nothing, her rows without foreign replies, or everything below."""


class HistoryForm(Written):
    """Earlier versions of rows of another table."""

    table: Name
    """The table whose earlier versions stand here."""
    columns: Names
    """Our columns that name the row."""
    key: Names
    """The columns of that table which they equal."""


HistoryEntry = Annotated[
    Annotated[HistoryForm, Tag("<table>")]
    | Annotated[dict[Name, Reference], Field(min_length=1), Tag("<mapping>")],
    Discriminator(by_key("table")),
]


class FileForm(Written):
    """Files on disk that rows name."""

    root: Sentence
    """The folder below which the files stand; a `${NAME}` of the environment."""


FileEntry = Annotated[
    Annotated[Sentence, Tag("<text>")] | Annotated[FileForm, Tag("<mapping>")], Discriminator(written_as)
]


class RecountForm(Written):
    """A counter."""

    of: Name
    """The table whose rows are counted."""
    by: Name
    """Its column that equals our key."""


class AcceptForm(Written):
    """A finding that somebody looked at."""

    finding: Name
    """The code of the finding."""
    reason: Sentence
    """Why it is no danger here."""


Pairs = Annotated[dict[Name, Name], Field(min_length=1)]


class StopForm(Written):
    """What says that a use has stopped."""

    against: Annotated[list[Annotated[Against, Field(strict=False)]], Field(min_length=1)]
    """What has stopped: marketing, use, consent, sale; one or more."""
    column: Name
    """The column that says so in the person's rows."""
    value: Scalar | None = None
    """What it then says (false, unsubscribed); without it the column is a mark: true, a moment, or a word."""
    when: ConditionForm | None = None
    """Which of her rows, where each is a consent of its own; without it, all."""


class TableForm(Written):
    """One table."""

    title: Sentence | None = None
    """What people call it."""
    person: PersonEntry | None = None
    """People live here; this is their key."""
    key: Names | None = None
    """The row key, where the schema declares none."""
    identities: Annotated[dict[Name, IdentityEntry], Field(min_length=1)] | None = None
    """Kinds of identity (email, phone, username, …) and the columns that hold them."""
    fields: Fields | None = None
    """Columns with personal data."""
    purposes: Purposes | None = None
    """The purposes of fields that name none of their own."""
    belongs_to: Links | None = None
    """The people who own a row."""
    visible_to: Links | None = None
    """The people who may see a row without owning it."""
    on_erase: TreatmentEntry | None = None
    """What an erasure does to a person's rows; without it, nobody decided yet."""
    rows: Annotated[list[RowEntry], Field(min_length=1)] | None = None
    """Different actions for different rows; the first that matches wins."""
    held_by: Annotated[dict[Name, Pairs], Field(min_length=1)] | None = None
    """Tables whose rows hold ours (members of a group): their columns, and ours that they equal."""
    replies: RepliesForm | None = None
    """Rows of this table answer each other."""
    history_of: HistoryEntry | None = None
    """Earlier versions of another table stand here."""
    files: Annotated[dict[Name, FileEntry], Field(min_length=1)] | None = None
    """Columns that name files, and where those stand."""
    recount: Annotated[dict[Name, RecountForm], Field(min_length=1)] | None = None
    """Counters to set anew after an erasure."""
    soft_delete: Name | None = None
    """The mark of deleted rows; they count like any other."""
    restriction: Name | None = None
    """The mark of restricted rows (Art. 18)."""
    stop: Annotated[list[StopForm], Field(min_length=1)] | None = None
    """What says that a use has stopped: an objection, a consent taken back, an opt-out (Art. 21, 7(3))."""
    ghost: Annotated[dict[Name, Scalar], Field(min_length=1)] | None = None
    """The row that stands for people who left."""
    tenant: Name | None = None
    """The column that tells tenants apart, or `none`; the system's rule unless said."""
    accept: Annotated[list[AcceptForm], Field(min_length=1)] | None = None
    """Findings that were looked at, with reasons."""
    path: Sentence | None = None
    """Systems of files: where the rows stand, below the system's folder."""
    format: Literal["csv", "jsonl", "folder"] | None = None
    """Systems of files: how they are written."""
