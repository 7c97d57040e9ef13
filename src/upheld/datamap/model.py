"""What a data map means, once read: frozen values that planner and connectors share.

The map says *what* belongs to a person and what happens to it, never *how* (spec/datamap.md). The written
form, with its shorthands, is `datamap.document`; the reader turns it into these values, where every shorthand
is spelled out. Nothing here opens a file or a connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from upheld.datamap.desk import USUAL, Desk
from upheld.datamap.proof import OwnProof
from upheld.datamap.quiet import QuietHours
from upheld.datamap.signin import SignIn
from upheld.datamap.two import ALONE, Two
from upheld.law.basis import LegalBasis
from upheld.law.ground import Exemption, Ground
from upheld.law.objection import Against
from upheld.law.pack import Certainty

Scalar = int | str | bytes | bool | float | Decimal | UUID | date | None
"""A value of a key or a condition, with its own type: never text pasted into SQL (scenario 27)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: a file of the privacy folder and a line, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value that is the key of a row elsewhere: `{lookup: django_content_type, app_label: auth}`."""

    table: str
    match: tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One column compared. Exactly one of the four says how: `values` (equal to one of; None is NULL),
    `like` (a pattern with * for anything), `lookup`, `marked` (set, and not false, zero or empty)."""

    column: str
    values: tuple[Scalar, ...] = ()
    like: str | None = None
    lookup: Lookup | None = None
    marked: bool = False


Condition = tuple[Test, ...]
"""All tests hold. The empty condition holds for every row."""


class Tie(StrEnum):
    """What a link makes of a row: the person owns it, or only may see it (scenario 8)."""

    OWNS = "owns"
    SEES = "sees"


@dataclass(frozen=True, slots=True)
class Link:
    """How a row belongs to a person: its columns equal a key of `to`, or hold an identity of kind `identity`.

    Exactly one of `to` and `identity` is set. `key` pairs with `columns`. `array`: the column holds a list of
    keys (an SQL array or a JSON array). `json`: the key stands at this path inside a JSON column. `cast`: the
    column's values have another type than the key's (`integer`, `text`, `uuid`). `normalise` applies to
    identities. `when` limits the link to some rows (generic keys).
    """

    columns: tuple[str, ...]
    to: str | None = None
    key: tuple[str, ...] = ()
    identity: str | None = None
    tie: Tie = Tie.OWNS
    cast: str | None = None
    normalise: str | None = None
    array: bool = False
    json: str | None = None
    when: Condition = ()
    place: Place = NOWHERE

    @property
    def name(self) -> str:
        """The word by which `by:` and `of:` refer to this link."""
        return ",".join(self.columns)


# --- what a column becomes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed value; None is NULL."""

    value: Scalar = None


@dataclass(frozen=True, slots=True)
class Unique:
    """A template whose `{random}` is drawn anew for each row, for columns that must differ."""

    template: str


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """A template whose `{random}` is drawn once a person and case: her rows stay together, without her."""

    template: str


@dataclass(frozen=True, slots=True)
class Ghost:
    """The value that the ghost row of the linked person table has in `column`."""

    column: str


@dataclass(frozen=True, slots=True)
class JsonEdit:
    """Values at paths inside a JSON column; a path that maps to None is removed, the rest of the document
    keeps its keys, their order and its other values (scenario 28)."""

    edits: tuple[tuple[str, Scalar], ...]


Value = Constant | Unique | Pseudonym | Ghost | JsonEdit


@dataclass(frozen=True, slots=True)
class Assignment:
    """A column and what it becomes."""

    column: str
    value: Value


# --- what happens to a row ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delete:
    """The row goes."""


@dataclass(frozen=True, slots=True)
class Anonymise:
    """The row stays; these columns no longer say who."""

    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Detach:
    """The row stays; the link to the person is cut (NULL, the element removed from an array), or turned to
    the ghost row where the column may not be NULL."""

    to_ghost: bool = False


@dataclass(frozen=True, slots=True)
class Keep:
    """The row stays as it is; `reason` says why that identifies nobody or is nobody's to erase."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Nobody decided yet: rows that meet this rule are a finding, and nothing is written in that system."""


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar span; months of years are clamped to the month's last day (T-02)."""

    years: int = 0
    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Retain:
    """The row stays, for a lawful ground and until a date (G-17.3).

    Rows whose `after` lies at least `period` back follow `then` at once; the others stay, with `assignments`
    applied now (`strip` is written as NULLs), and are due on `after` + `period`. No `period`: until `review`.
    `through`: the links that lead to the row in which `after` stands, where it is not this row.
    """

    ground: Ground
    law: str
    period: Period | None = None
    after: str | None = None
    then: "Delete | Anonymise | Detach" = Delete()
    assignments: tuple[Assignment, ...] = ()
    review: date | None = None
    hold: str | None = None
    through: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Follow:
    """What becomes of the row that `link` leads to becomes of this one, before it: it goes where that one
    goes, and stays as long as that one stays, with `assignments` applied now."""

    link: str
    assignments: tuple[Assignment, ...] = ()


Action = Delete | Anonymise | Detach | Keep | Ask | Retain | Follow


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows that meet `when` and no earlier rule of the table get `action`; `format` says how to read them."""

    action: Action
    when: Condition = ()
    format: str | None = None
    fields: tuple["Field", ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Treatment:
    """What happens to a person's rows of one table.

    `rules`: first match wins; a plain `on_erase` is one rule without condition. `by`: link name to action,
    instead of rules, where it matters through which link a row is hers. `orphan`: rows in which no party or
    holder but her is left are deleted.
    """

    rules: tuple[Rule, ...] = ()
    by: tuple[tuple[str, Action], ...] = ()
    orphan: bool = False


# --- what stands in a table --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """A column (or a JSON path inside one) with personal data. `provided`: the person gave it (G-20.1).
    `copy_of`: holds copies of another table's column (`table`, `column`). `of`: the link whose person it is
    about; in the copy for somebody else it is redacted with a mark (G-15.5); `others` is always redacted."""

    column: str
    category: str
    purposes: tuple[str, ...] = ()
    provided: bool = False
    json: str | None = None
    copy_of: tuple[str, str] | None = None
    of: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class IdentityColumn:
    """A column that names a person. `verified_by`: only rows where that column is set and not false vouch
    for the value; others are found by it but lead no further."""

    kind: str
    column: str
    normalise: str | None = None
    verified_by: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of `table` whose `columns` equal our `key` hold our row (a group and its memberships)."""

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


class ReplyRule(StrEnum):
    """Which rows of a tree go: none (tombstones only), own rows without foreign replies, or all below."""

    KEEP = "keep"
    LEAVES = "leaves"
    SUBTREE = "subtree"


@dataclass(frozen=True, slots=True)
class Replies:
    """`column` refers to the row of the same table that this one answers."""

    column: str
    rule: ReplyRule = ReplyRule.KEEP


@dataclass(frozen=True, slots=True)
class History:
    """Earlier versions of rows of `table`: our `columns` equal its `key`. Handled after it (scenario 32)."""

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileReference:
    """`column` names a file below `root`; it goes with the last row that names it (scenario 38)."""

    column: str
    root: str


@dataclass(frozen=True, slots=True)
class Recount:
    """`column` counts rows of `of` whose `by` equals our key; set anew after an erasure (scenario 39)."""

    column: str
    of: str
    by: str


@dataclass(frozen=True, slots=True)
class Stop:
    """`column` says in those of a person's rows that meet `when` that a use has stopped: it is set as a mark,
    or to `value`. `against`: which uses."""

    column: str
    against: tuple[Against, ...]
    value: Scalar = None
    when: Condition = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table, or one file of rows, and what it has to do with people.

    `name` may be `schema.table`. `person`: the key of a table in which people live, else empty. `key`: the
    row key where the schema declares none. `deleted`: the soft-delete mark; such rows count like any other.
    `restricted`: the restriction mark. `stops`: what says that a use has stopped. `ghost`: the row that
    stands for people who left. `tenant`: the column that tells tenants apart, None for the system's rule,
    "" for none. `accept`: finding code to reason. `path`, `format`: where the rows stand, for systems of
    files.
    """

    name: str
    person: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    identities: tuple[IdentityColumn, ...] = ()
    fields: tuple[Field, ...] = ()
    links: tuple[Link, ...] = ()
    held_by: tuple[Holding, ...] = ()
    treatment: Treatment = Treatment()
    replies: Replies | None = None
    history_of: History | None = None
    files: tuple[FileReference, ...] = ()
    recounts: tuple[Recount, ...] = ()
    deleted: str | None = None
    restricted: str | None = None
    stops: tuple[Stop, ...] = ()
    ghost: Condition = ()
    tenant: str | None = None
    purposes: tuple[str, ...] = ()
    accept: tuple[tuple[str, str], ...] = ()
    title: str = ""
    path: str | None = None
    format: str | None = None
    place: Place = NOWHERE

    @property
    def every_field(self) -> tuple[Field, ...]:
        """The fields of all rows, then those that stand in rows of one sort only."""
        return (*self.fields, *(each for rule in self.treatment.rules for each in rule.fields))

    @property
    def restriction(self) -> Condition:
        """Rows that carry the restriction mark; the empty condition where the table has none."""
        return (Test(self.restricted, marked=True),) if self.restricted else ()


@dataclass(frozen=True, slots=True)
class NoPersonalData:
    """Tables (with * for anything) that hold none, and why."""

    tables: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision that nobody took yet; the model holds what is proposed as if it were decided.

    `about`: what of the table is proposed: `person`, `on_erase`, `rows`, `no_personal_data`, or `belongs_to`
    or `visible_to` with a link. `confidence`: 0 to 1. As long as there is one, nothing is written in its
    system.
    """

    table: str
    about: str
    confidence: float
    because: str
    place: Place = NOWHERE

    @property
    def identifies(self) -> bool:
        """Whether it decides whose rows these are: a copy made by it could be a stranger's."""
        return self.about.startswith(("person", "belongs_to", "visible_to"))


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft of the map saw: the day, and each table with its columns and their types."""

    on: date
    tables: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond one of the first three nothing is written without a named approval. `share_of_table` is 0 to 1.
    The others keep a system from too much at once: what they do not let begin waits. `timeout`: seconds."""

    people_per_day: int | None = None
    rows_per_person: int | None = None
    share_of_table: float | None = None
    people_per_hour: int | None = None
    concurrency: int | None = None
    quiet_hours: QuietHours | None = None
    timeout: int | None = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """Every statement in this system is limited to rows whose `column` equals `value` (scenario 35)."""

    column: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class System:
    """One system. `connect` still names environment variables (`${FORUM_DATABASE_URL}`); secrets are put in
    when a connector is made, never here. `undo`: days for which an erasure can be undone; 0 or None: not at
    all. `receipt`: table of the target that records our commits. `categories`: what a manual one holds; of
    the others the fields say it.
    `refresh`: materialised views to refresh afterwards. `options`: keys of the kind's own (manual: look_for,
    how, days). `scratch`: a copy that may be spoilt. `proposals`: what nobody decided yet."""

    name: str
    kind: str = "sql"
    title: str = ""
    connect: str = ""
    place: str = ""
    processor: str | None = None
    owner: str = ""
    address: str = ""
    schemas: tuple[str, ...] = ()
    limits: Limits = Limits()
    no_personal_data: tuple[NoPersonalData, ...] = ()
    tables: tuple[Table, ...] = ()
    tenant: Tenant | None = None
    max_rows: int = 20_000
    undo: int | None = None
    receipt: str | None = None
    refresh: tuple[str, ...] = ()
    read_only: bool = False
    categories: tuple[str, ...] = ()
    scratch: bool = False
    drafted: Drafted | None = None
    proposals: tuple[Proposal, ...] = ()
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    origin: Place = NOWHERE

    def table(self, name: str) -> Table:
        """The table of that name; KeyError where the map has none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data is used; rows of the map inherit basis, retention and recipients from here (G-30.1).
    `while_restricted`: why restricted data may be used for it all the same; None where it may not
    (G-18.2)."""

    name: str
    title: str
    basis: LegalBasis
    retention: str
    recipients: tuple[str, ...] = ()
    place: Place = NOWHERE
    while_restricted: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Processor:
    """Who processes for us, where, under which agreement, and which categories they may have (Art. 28)."""

    name: str
    title: str
    service: str
    country: str
    agreement: str = ""
    expires: date | None = None
    categories: tuple[str, ...] = ()
    contact: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Hold:
    """A matter for which rows stay whatever is asked (G-17.4). `scope`: `system` or `system.table`."""

    matter: str
    owner: str
    until: date
    scope: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Organisation:
    """The controller: who it is, where it may keep data, and under which regimes it answers. `undo`: days of
    the undo window of systems that do not say it themselves. `regime_by_place`: country, country-state or
    `otherwise`, with its regime. `region`: of the country, for its holidays. `two`: what
    one person alone may not decide. `approve`: rights of which requests are approved by this rule alone,
    where a program that is trusted has verified the person. `proof`: numbers in place of a law's example."""

    name: str
    contact: str
    country: str = ""
    time_zone: str = "UTC"
    address: str = ""
    authority: str = ""
    places: tuple[str, ...] = ()
    regimes: tuple[str, ...] = ("gdpr",)
    regime_by_place: tuple[tuple[str, str], ...] = ()
    region: str = ""
    languages: tuple[str, ...] = ("en",)
    backup_days: int | None = None
    holds: tuple[Hold, ...] = ()
    limits: Limits = Limits()
    undo: int = 0
    two: Two = ALONE
    alarms: Desk = USUAL
    sign_in: tuple[SignIn, ...] = ()
    approve: tuple[str, ...] = ()
    proof: tuple[OwnProof, ...] = ()

    def why_proof(self, regime: str, certainty: Certainty) -> str:
        """Why other proof is asked than that law's example (C-39); empty where it is the law's own."""
        own = (each for each in self.proof if (each.regime, each.certainty) == (regime, certainty))
        return next((each.because for each in own), "")

    def local(self, moment: datetime) -> datetime:
        """The moment by the organisation's own clock: on that day, and no other, its periods end (T-02)."""
        return moment.astimezone(ZoneInfo(self.time_zone))


@dataclass(frozen=True, slots=True)
class DataMap:
    """A privacy folder, read and valid: everything the engine knows about where personal data lives."""

    organisation: Organisation
    purposes: tuple[Purpose, ...] = ()
    processors: tuple[Processor, ...] = ()
    systems: tuple[System, ...] = ()

    def system(self, name: str) -> System:
        """The system of that name; KeyError where the map has none."""
        for system in self.systems:
            if system.name == name:
                return system
        raise KeyError(name)
