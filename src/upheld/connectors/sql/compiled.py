"""Statements that are put together and compiled once, then run by the driver with each person's own values.

To build a condition anew for every person costs more than the database takes to answer it. So a statement
is built with a `Slot` where her values will stand. What cannot be built so, because its very form depends on
the values, raises `Unfixed` when it tries to look into one: such a statement is built for each person, as if
there were no slots.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from operator import is_
from typing import Any, NoReturn, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import types

from upheld.connectors.sql import driver

Filled = Callable[["Later"], object]
"""A parameter as the driver takes it, for whoever the statement is run now."""


class Unfixed(Exception):
    """The form of a statement depends on values that are not known yet."""


class Several(Exception):
    """Of some slots there are several values, where the statement has room for one."""

    def __init__(self, keys: frozenset[Hashable]) -> None:
        super().__init__(keys)
        self.keys = keys


class Slot(tuple[Any, ...]):  # noqa: SLOT001 - a tuple cannot have any
    """Stands for a set of values or keys until a statement runs. Nobody can look into it, not even for
    whether there are any. `several`: the statement has to have room for more than one."""

    key: Hashable
    several: bool
    made: dict[Hashable, sa.BindParameter[Any]]

    def __new__(cls, key: Hashable, *, several: bool = True) -> Self:
        """A slot of that key."""
        made = super().__new__(cls)
        made.key, made.several, made.made = key, several, {}
        return made

    def _unknown(self, *_: object) -> NoReturn:
        raise Unfixed

    __iter__ = __len__ = __bool__ = __getitem__ = __contains__ = __add__ = _unknown
    __eq__ = object.__eq__
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Later:
    """A parameter that is made from a slot's values when the statement runs. `like`: see `later`. `alone`:
    `form` gives what it may be, and no more than one is allowed."""

    key: Hashable
    form: Callable[[Sequence[Any]], Any]
    like: Hashable = None
    alone: bool = False


def later(
    slot: Sequence[Any], form: Callable[[Sequence[Any]], object], kind: Any, like: Hashable = None
) -> sa.BindParameter[Any]:
    """The slot as one parameter of a statement; `form` gives it as the driver takes it. Parameters of one
    slot that are `like` each other are the same."""
    if not isinstance(slot, Slot):
        raise TypeError("Only a slot is filled later.")
    return _once(slot, Later(slot.key, form, like), kind)


def alone(
    slot: Slot, form: Callable[[Sequence[Any]], Sequence[Any]], kind: Any, like: Hashable = None
) -> sa.BindParameter[Any]:
    """The one value that `form` makes of the slot's as a parameter of its own; NULL where it makes none.
    The statement raises Several where it makes more, and is put together for several."""
    alike = None if like is None else ("alone", like)
    return _once(slot, Later(slot.key, form, alike, alone=True), kind)


def _once(slot: Slot, value: Later, kind: Any) -> sa.BindParameter[Any]:
    """Sent once, however often the statement names it."""
    if value.like is None:
        return sa.bindparam(None, value, type_=kind)
    if value.like not in slot.made:
        slot.made[value.like] = sa.bindparam(None, value, type_=kind)
    return slot.made[value.like]


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that a statement gave, or how many it changed."""

    rows: Sequence[tuple[Any, ...]]
    changed: int = 0


def answered(connection: sa.Connection, statement: sa.Executable) -> Answer:
    """Run a statement that was built for this person alone."""
    result = connection.execute(statement)
    if not result.returns_rows:
        return Answer((), result.rowcount)
    return Answer([tuple(row) for row in result])


class Compiled:
    """The text of one statement, and how its parameters are made and its rows read."""

    def __init__(self, statement: Any, dialect: sa.Dialect) -> None:
        sent = driver.worded(dialect)
        made = statement.compile(dialect=sent, compile_kwargs={"render_postcompile": True})
        self.text = str(made)
        self.fixed: dict[str, Any] = {}
        self.open: list[tuple[str, Later]] = []
        names = made.positiontup if made.positional else made.params
        kinds = {name: bound.type for bound, name in made.bind_names.items()}
        for name in names:
            value = made.params[name]
            if isinstance(value, Later):
                self.open.append((name, value))
            else:
                self.fixed[name] = _bound(kinds.get(name), value, dialect)
        self.order: Sequence[str] | None = made.positiontup if made.positional else None
        self.kinds = (
            [column.type for column in statement.selected_columns]
            if isinstance(statement, sa.SelectBase)
            else None
        )
        self.readers: list[tuple[int, Any]] | None = None

    def run(self, connection: sa.Connection, sending: driver.Sending) -> Answer:
        """Raises what the driver raises, as SQLAlchemy words it."""
        return self.answer(connection, driver.run(connection, *sending))

    def sending(self, filled: Filled) -> driver.Sending:
        """The text with one person's parameters. Raises Several."""
        given = dict(self.fixed)
        several: set[Hashable] = set()
        for name, value in self.open:
            made: Any = filled(value)
            if value.alone:
                if len(made) > 1:
                    several.add(value.key)
                made = made[0] if made else None
            given[name] = made
        if several:
            raise Several(frozenset(several))
        return self.text, given if self.order is None else tuple([given[name] for name in self.order])

    def answer(self, connection: sa.Connection, cursor: Any) -> Answer:
        """What the driver's cursor holds after it was sent."""
        if self.kinds is None:
            changed = cursor.rowcount
            cursor.close()
            return Answer((), changed)
        if self.readers is None:
            self.readers = _readers(self.kinds, cursor.description, connection.dialect)
        rows = cursor.fetchall()
        cursor.close()
        if self.readers:
            rows = [_read(row, self.readers) for row in rows]
        return Answer(rows)


def _bound(kind: types.TypeEngine[Any] | None, value: Any, dialect: sa.Dialect) -> Any:
    """A value that is the same for everybody, as the driver takes it."""
    if kind is None:
        return value
    processor = kind.dialect_impl(dialect).bind_processor(dialect)
    return value if processor is None else processor(value)


def _readers(
    kinds: Sequence[types.TypeEngine[Any]], told: Sequence[Any], dialect: sa.Dialect
) -> list[tuple[int, Any]]:
    """The columns that SQLAlchemy reads otherwise than the driver. `told`: what the driver says of each,
    on which that depends."""
    made = (
        kind.dialect_impl(dialect).result_processor(dialect, column[1])
        for kind, column in zip(kinds, told, strict=True)
    )
    return [(index, reader) for index, reader in enumerate(made) if reader is not None]


def _read(row: Sequence[Any], readers: Sequence[tuple[int, Any]]) -> tuple[Any, ...]:
    read = list(row)
    for index, reader in readers:
        read[index] = reader(read[index])
    return tuple(read)


Build = Callable[[frozenset[Hashable]], sa.Executable]
"""Makes a statement with room for several values of these slots, and for one of each other."""
Likely = Callable[[], frozenset[Hashable]]
Sent = tuple[Compiled, driver.Sending]
Made = TypeVar("Made")
Used = TypeVar("Used")


@dataclass
class Program:
    """The statements of one plan on one live schema on one day, each compiled when it is first needed, and
    anew for each choice of slots of which somebody has several values. None: it has to be built for each
    person."""

    statements: dict[Hashable, Compiled | None] = field(default_factory=dict)
    kept: dict[Hashable, Any] = field(default_factory=dict)
    _choices: dict[Hashable, set[frozenset[Hashable]]] = field(default_factory=dict)

    def ask(
        self,
        connection: sa.Connection,
        site: Hashable,
        build: Build,
        direct: Callable[[], sa.Executable],
        filled: Filled,
        likely: Likely,
    ) -> Answer:
        """Run the statement of a site: `build` gives it with slots, `direct` with the values themselves."""
        sent = self.sent(connection, site, build, filled, likely)
        if sent is None:
            return answered(connection, direct())
        compiled, sending = sent
        return compiled.run(connection, sending)

    def sent(
        self, connection: sa.Connection, site: Hashable, build: Build, filled: Filled, likely: Likely
    ) -> Sent | None:
        """The statement of a site as it is sent for somebody, where it can be the same for everybody."""

        def made(several: frozenset[Hashable]) -> Compiled | None:
            try:
                return Compiled(build(several), connection.dialect)
            except Unfixed:
                return None

        return self.chosen(
            self.statements, site, made, lambda compiled: (compiled, compiled.sending(filled)), likely
        )

    def chosen(
        self,
        kept: dict[Hashable, Made | None],
        site: Hashable,
        make: Callable[[frozenset[Hashable]], Made | None],
        use: Callable[[Made], Used],
        likely: Likely,
    ) -> Used | None:
        """What `use` gives of what `make` made and is kept: with room for one value of each slot, or as `use`
        raises Several for several of some. None where `make` made None. `likely`: where there is none yet
        with room for one, of which there are several, so that whoever comes first needs no second."""
        several: frozenset[Hashable] = frozenset()
        if (site, several) not in kept and (wider := likely()):
            several = self._wider(site, wider)
        while True:
            if (site, several) not in kept:
                kept[site, several] = make(several)
            made = kept[site, several]
            if made is None:
                return None
            try:
                return use(made)
            except Several as found:
                several = self._wider(site, several | found.keys)

    def _wider(self, site: Hashable, several: frozenset[Hashable]) -> frozenset[Hashable]:
        """People differ in more ways than are worth a statement each."""
        known = self._choices.setdefault(site, set())
        if several not in known and len(known) == _CHOICES:
            return EVERY
        known.add(several)
        return several


class _Every(frozenset[Hashable]):
    """Of any slot there may be several."""

    def __contains__(self, _: object) -> bool:
        return True


EVERY = _Every((None,))
_CHOICES = 6
"""Of which slots there may be several, for one site."""


class Queue:
    """Statements that do not wait for each other's answers, to be sent together, in their order."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._waiting: list[Sent] = []
        self._answers: list[Answer] = []

    @property
    def together(self) -> bool:
        """Whether sending them together is faster than one by one."""
        return driver.pipes(self.connection)

    def add(self, sent: Sent) -> Callable[[], Answer]:
        """The answer is there after `send`."""
        place = len(self._answers) + len(self._waiting)
        self._waiting.append(sent)
        return lambda: self._answers[place]

    def send(self) -> None:
        """Run what waits. Belongs before any other statement that must come after these."""
        waiting, self._waiting = self._waiting, []
        cursors = driver.run_each(self.connection, [sending for _, sending in waiting])
        for (compiled, _), cursor in zip(waiting, cursors, strict=True):
            self._answers.append(compiled.answer(self.connection, cursor))


@dataclass
class Programs:
    """Programs of a live schema, by what they belong to; the oldest goes when there are too many."""

    made: list[tuple[tuple[object, ...], Program]] = field(default_factory=list)
    recent: list[tuple[tuple[object, ...], Program]] = field(default_factory=list)

    def of(self, belonging: tuple[object, ...]) -> Program:
        """The program that belongs to equal things. To compare a plan with itself takes no time, with an
        equal one as long as running it does: so things that were asked for lately are known by themselves."""
        for known, program in self.recent:
            if len(known) == len(belonging) and all(map(is_, known, belonging)):
                return program
        program = self._equal(belonging)
        self.recent = [*self.recent[-_KEPT:], (belonging, program)]
        return program

    def _equal(self, belonging: tuple[object, ...]) -> Program:
        for known, program in self.made:
            if known == belonging:
                return program
        program = Program()
        self.made = [*self.made[-_KEPT:], (belonging, program)]
        return program


_KEPT = 15
