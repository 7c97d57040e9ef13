"""One frozen plan, several interpreters: explain, dry-run, execute, verify (design: plan is data).

A plan names no person. Who it is about is a `Subject`, kept apart and sealed; the same plan would do for
anybody. Steps hold all that a connector needs, so that an upgrade of the map or of Upheld never changes a
running case. Order of steps: locate, then children before parents; a connector may refine the order by what
it knows of the live schema, never drop a step.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from upheld.datamap.model import Assignment, Condition, Field, FileReference, Holding, Link, Period, Scalar
from upheld.law.ground import Ground
from upheld.law.right import Right


class Scope(StrEnum):
    """Which of the selected rows: all; those in which nobody else is left; those without foreign replies;
    those and all replies below them."""

    ALL = "all"
    ORPHANS = "orphans"
    LEAVES = "leaves"
    SUBTREE = "subtree"


SELF = "(self)"
NEVER = "(never)"


class Side(StrEnum):
    """Older than the period (its time is over) or younger (it still runs)."""

    OVER = "over"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Age:
    """Rows on one side of `after` + `period`, measured at the `now` given to the interpreter."""

    after: str
    period: Period
    side: Side


@dataclass(frozen=True, slots=True)
class Source:
    """One way by which rows are hers: a link, and the name of the `Locate` that gives the keys it points at;
    `keys` is None when the link holds an identity."""

    link: Link
    keys: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of another table hold the selected row; `sources` say which of those holders are hers."""

    holding: Holding
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of one table: hers by any of `sources` (or, in a person table, hers because their key is in the
    set named `people`), that meet `when` and none of `unless`, narrowed by `scope` and `age`.

    For ORPHANS a row counts when each of `parties` is hers or empty and no row of `holders` is anybody
    else's. LEAVES and SUBTREE follow `replies`, the column that refers to the row answered.
    """

    table: str
    sources: tuple[Source, ...] = ()
    people: str | None = None
    key: tuple[str, ...] = ()
    when: Condition = ()
    unless: tuple[Condition, ...] = ()
    scope: Scope = Scope.ALL
    parties: tuple[Source, ...] = ()
    holders: tuple["Held", ...] = ()
    replies: str | None = None
    age: Age | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is done: the article or section, and the policy's clause where one is bound."""

    article: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Locate:
    """Find the `key` values of the selected rows and remember them as `name`. Without a selection the keys
    are the subject's own, found when she was identified."""

    number: int
    system: str
    name: str
    table: str
    key: tuple[str, ...]
    selection: Selection | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Collect:
    """Copy the selected rows for her. `redact`: columns about others (G-15.5), each with the link that must
    lead to her for the column to be shown; SELF where the row itself must be her, NEVER where it never is."""

    number: int
    system: str
    selection: Selection
    fields: tuple[Field, ...]
    redact: tuple[tuple[str, str], ...]
    reason: Reason
    files: tuple[FileReference, ...] = ()
    formats: tuple[tuple[Condition, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Erase:
    """The selected rows go."""

    number: int
    system: str
    selection: Selection
    reason: Reason


@dataclass(frozen=True, slots=True)
class Anonymise:
    """The selected rows stay; the assigned columns no longer say who."""

    number: int
    system: str
    selection: Selection
    assignments: tuple[Assignment, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Detach:
    """The selected rows stay; the links by which they are hers are cut, or turned to the ghost row."""

    number: int
    system: str
    selection: Selection
    to_ghost: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Retain:
    """The selected rows stay for a ground; `assignments` are applied now (strip). Evidence class E (P-20).

    `after` is a column of the row at the end of `through`, or of the row itself where that is empty."""

    number: int
    system: str
    selection: Selection
    ground: Ground
    law: str
    reason: Reason
    assignments: tuple[Assignment, ...] = ()
    period: Period | None = None
    after: str | None = None
    review: date | None = None
    hold: str | None = None
    through: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Keep:
    """The selected rows stay as they are because the map says why nothing in them is hers to erase."""

    number: int
    system: str
    selection: Selection
    because: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Undecided:
    """No rule says what happens to these rows: if there is one, nothing is written in this system."""

    number: int
    system: str
    selection: Selection
    reason: Reason


@dataclass(frozen=True, slots=True)
class EraseFiles:
    """Files named by the selected rows go, unless another row still names them. Before the rows: at least
    once, idempotent; a missing file is a recorded success."""

    number: int
    system: str
    selection: Selection
    file: FileReference
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recount:
    """After the writes, `column` of `table` counts rows of `of` whose `by` equals its `key` anew, for the
    rows whose keys are in the set named `keys` (those that her rows pointed at)."""

    number: int
    system: str
    table: str
    key: str
    column: str
    of: str
    by: str
    keys: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Refresh:
    """A materialised view is computed anew, after the commit."""

    number: int
    system: str
    view: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Restrict:
    """The restriction mark is set in the selected rows that do not carry it yet (Art. 18). Likewise what says
    that a use has stopped (Art. 21, Art. 7(3)); `value`: what it says, where the map has it otherwise than as
    a mark."""

    number: int
    system: str
    selection: Selection
    column: str
    reason: Reason
    value: Scalar = None


@dataclass(frozen=True, slots=True)
class Unmarked:
    """The map names no mark for these rows: if there is one, the system's part is not fulfilled."""

    number: int
    system: str
    selection: Selection
    reason: Reason


@dataclass(frozen=True, slots=True)
class Reset:
    """Marks are put back to what the subject's cells say, where they stand as they were left; one that
    somebody changed meanwhile is left alone and counted."""

    number: int
    system: str
    table: str
    column: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Correct:
    """The subject's cells in `column`, or at the path `json` in it, become what she says is right (Art.
    16), in selected rows only, where they still hold what was seen. If one does not, nothing is written in
    the system. `echo`: rows that the system's own triggers add meanwhile with what was wrong are corrected
    as well."""

    number: int
    system: str
    selection: Selection
    column: str
    category: str
    reason: Reason
    json: str | None = None
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A person does it: the owner of a manual system is told what to look for, how and by when."""

    number: int
    system: str
    owner: str
    address: str
    look_for: str
    how: str
    days: int
    reason: Reason


Step = (
    Locate
    | Collect
    | Erase
    | Anonymise
    | Detach
    | Retain
    | Keep
    | Undecided
    | EraseFiles
    | Recount
    | Refresh
    | Task
    | Restrict
    | Unmarked
    | Reset
    | Correct
)

Setting = Restrict | Unmarked | Reset | Correct
"""Steps that set single cells, exactly, and remember what stood there; never in a plan with others that
write."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, for one exercise of one right, in all systems. Holds no personal data.

    `form` names the written format (spec/plan.md); it stands in the text and so in the digest.
    """

    form: ClassVar[str] = "upheld.plan/v1"

    right: Right
    regime: str
    steps: tuple[Step, ...]

    @property
    def systems(self) -> tuple[str, ...]:
        """Names of the systems that have steps, in the order of the plan."""
        return tuple(dict.fromkeys(step.system for step in self.steps))

    def of(self, system: str) -> tuple[Step, ...]:
        """The steps of one system, in order."""
        return tuple(step for step in self.steps if step.system == system)
