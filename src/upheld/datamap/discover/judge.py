"""From people and links to what happens to each table: what goes, what stays without her, what is not hers.

Wherever a doubt could reach other people's rows it is decided for them: a row that others hang on is not
deleted,
a link by which somebody only acted on a row is cut and takes nothing with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from upheld.datamap.discover import category, links, people, role, treat
from upheld.datamap.discover.category import FEW, Guess
from upheld.datamap.discover.people import People
from upheld.datamap.discover.role import Role
from upheld.datamap.discover.role import Sort as Kind
from upheld.datamap.discover.seen import Column, Seen, Sort, Table
from upheld.datamap.discover.setting import key_value
from upheld.datamap.discover.tie import Tie
from upheld.datamap.discover.word import singular, snake, words


@dataclass(frozen=True, slots=True)
class Reverse:
    """Rows of `table` refer to ours by `columns`, and are hers: so ours are hers too."""

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(slots=True)
class Case:
    """One table while it is judged. `hers`: its rows can be a person's own. `main`: the ties that make them
    so. `lists`: columns in whose lists her address may stand."""

    table: Table
    kind: Kind
    ties: list[Tie]
    parents: list[Tie]
    personal: dict[str, Guess]
    main: list[Tie] = field(default_factory=list)
    above: Tie | None = None
    held: Reverse | None = None
    shared: bool = False
    history: bool = False
    going: bool = False
    lists: list[Tie] = field(default_factory=list)

    @property
    def hers(self) -> bool:
        return bool(self.main or self.above or self.held)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the live schema turned out to refuse: tables whose rows cannot go, columns without a value.
    `dropped`: tables of which a map could not be made at all. `unempty`: columns that may not become NULL,
    whatever they say themselves."""

    staying: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    unassigned: frozenset[tuple[str, str]] = frozenset()
    unempty: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """All tables as they were judged."""

    seen: Seen
    people: Mapping[str, People]
    cases: Mapping[str, Case]
    limits: Limits


def judge(seen: Seen, limits: Limits = Limits()) -> Judged:
    """The same answer for the same sight, whatever the order of tables."""
    found = {name: who for name, who in people.find(seen).items() if name not in limits.dropped}
    ties, parents = links.find(seen, found)
    for name in limits.dropped:
        ties[name], parents[name] = [], []
    start = role.prefix([each.title for each in seen.tables.values()])
    cases = {
        name: Case(
            table,
            role.sort(table.title, start),
            ties[name],
            parents[name],
            _personal(table, name in found, ties[name]),
        )
        for name, table in sorted(seen.tables.items())
    }
    for name, case in cases.items():
        case.shared = _shared(cases, name, set())
    for name, case in cases.items():
        if case.kind is Kind.LOG and case.shared:
            case.kind = Kind.THING  # an event that people attend, not one that was noted
        if name not in found:
            case.main = _main(case)
            case.lists = _lists(case) if name not in limits.dropped else []
    _descend(cases, found)
    for name, case in cases.items():
        case.shared = case.shared and not _told_about(cases, name)
    _reverse(cases, found)
    for case in cases.values():
        if case.hers and (not case.shared or _her_words(case)):
            _written(case)
    judged = Judged(seen, found, cases, limits)
    for name, case in cases.items():
        case.going = name not in found and _goes(judged, name, set())
    return judged


def _personal(table: Table, person: bool, ties: Iterable[Tie]) -> dict[str, Guess]:
    linked = {name for tie in ties if tie.identity is None and not tie.login for name in tie.columns}
    found = {
        name: guess
        for name, column in table.columns.items()
        if name not in linked and name not in table.key and (guess := category.of(column))
    }
    last = singular((words(table.title) or ("",))[-1])
    somebody = person or (
        last not in role.GROUPS
        and {"email-address", "phone-number"} & {guess.category for guess in found.values()}
    )
    for name, column in table.columns.items():
        if name in found or column.enum or column.sort is not Sort.TEXT or name in linked:
            continue
        if somebody and snake(name) in ("name", "title", "contact") and (person or snake(name) == "name"):
            found[name] = Guess("name", 0.7, "it stands beside an address")
        elif column.sight.share("name") >= category.SURE and column.sight.distinct >= 10 and _holder(name):
            found[name] = Guess("name", 0.6, "its values are written like names")
    for name, column in table.columns.items():
        if name not in found and (
            treat.untold(column) or any(treat.category_of_path(*each) for each in column.paths)
        ):
            found[name] = Guess("personal-document", 0.8, "what is recognised stands inside its JSON")
    return found


def _lists(case: Case) -> list[Tie]:
    taken = {name for tie in (*case.ties, *case.parents) for name in (*tie.columns, *(tie.when or ()))}
    return [
        tie for tie in links.lists(case.table) if case.kind is not Kind.FRAMEWORK and tie.name not in taken
    ]


def _her_words(case: Case) -> bool:
    """Whether somebody wrote the rows herself: what others hang on them is not lost with her words."""
    return case.kind is Kind.CONTENT and bool(case.main) and all(tie.role is Role.OWNER for tie in case.main)


def _written(case: Case) -> None:
    """In a row that is hers alone, whatever is written freely may name her; not so the settings of a
    thing."""
    if key_value(case.table) and not case.main:
        return
    keys = {name for tie in (*case.ties, *case.parents, *case.lists) for name in tie.columns}
    keys |= {*case.table.key}
    for name, column in case.table.columns.items():
        if case.shared and snake(name).rpartition("_")[2] in ("title", "name", "subject", "label"):
            continue  # by these others find what hangs on the row
        known = name in case.personal and case.personal[name].category != "personal-document"
        if not known and name not in keys and treat.free(column):
            case.personal[name] = Guess("free-text", 0.5, "it is written freely")


def _holder(name: str) -> bool:
    return bool({"by", "holder", "contact", "person", "attn"} & set(words(name)))


# --- which rows are whose ----------------------------------------------------------------------------------


def _shared(cases: Mapping[str, Case], name: str, passed: set[str]) -> bool:
    """Whether rows of other people hang on its rows."""
    for other, case in cases.items():
        if other == name or other in passed:
            continue
        if any(tie.to == name for tie in case.parents):
            if [tie for tie in case.ties if tie.role is not Role.ACTOR]:
                return True
            if _shared(cases, other, {*passed, name}):
                return True
    return False


def _main(case: Case) -> list[Tie]:
    """The ties that make a row hers."""
    every = [tie for tie in case.ties if tie.identity is None]
    people_ties = [tie for tie in every if not tie.weak or pair(case)]
    if pair(case) and not case.parents:
        both = [tie for tie in people_ties if tie.role in (Role.OWNER, Role.PARTY)]
        if len(both) == len(people_ties) == 2:
            return both
    if case.kind is Kind.OWN and (received := _received(case, people_ties)):
        return received
    for wanted in (Role.OWNER, Role.PARTY):
        own = [tie for tie in people_ties if tie.role is wanted]
        own = [tie for tie in own if not role.wrote(tie.name)] or own
        if own and wanted is Role.OWNER and case.kind is Kind.THING and case.shared:
            own = [tie for tie in own if _alone(case.table, tie)]
        if len(own) > 1 and case.parents and pair(case):
            own = [
                tie for tie in own if {"user", "member", "recipient", "reader"} & set(words(tie.name))
            ] or own
        if own and (wanted is Role.OWNER or len(own) == 1 or pair(case)):
            return own
    others = [tie for tie in people_ties if tie.role in (Role.UNSAID, Role.ACTOR)]
    alone = len(others) == 1 and not case.shared and case.kind in (Kind.CONTENT, Kind.LOG, Kind.OWN)
    if alone and (others[0].role is Role.UNSAID or case.kind is not Kind.OWN):
        return others
    if not every and not group(case):
        return [tie for tie in case.ties if tie.identity]
    return []


def _received(case: Case, ties: list[Tie]) -> list[Tie]:
    """Whose a notification is: always somebody receives it, and not always somebody sent it."""
    firm = [tie for tie in ties if tie.role is Role.PARTY and not _nullable(case.table, tie)]
    senders = [tie for tie in ties if tie.role is Role.OWNER]
    loose = bool(senders) and all(_nullable(case.table, tie) for tie in senders)
    return firm if len(firm) == 1 and loose else []


def _alone(table: Table, tie: Tie) -> bool:
    """Whether no two rows can lead to the same person by it: then the row is a part of her."""
    return tie.columns == table.key or tie.columns in table.uniques


def _descend(cases: Mapping[str, Case], found: Mapping[str, People]) -> None:
    """Rows below rows of hers are hers, where nothing else says whose they are."""
    for _ in cases:
        grew = False
        for name, case in cases.items():
            if name in found or case.above or case.kind is Kind.FRAMEWORK:
                continue
            anyway = _somebodys_thing(case) and case.kind in (Kind.MONEY, Kind.OWN)
            if case.hers and not anyway and not _loose(cases, case):
                continue
            if not _loose(cases, case) and [tie for tie in case.ties if tie.identity is None]:
                continue
            above = [
                tie
                for tie in case.parents
                if tie.to and tie.to != name and cases[tie.to].hers and not _somebodys_thing(cases[tie.to])
            ]
            if above:
                title = case.table.title.lower()
                case.above = min(
                    above,
                    key=lambda tie: (
                        not _of_people(cases[str(tie.to)]),
                        not title.startswith(_start(cases[str(tie.to)])),
                        -tie.confidence,
                        tie.columns,
                    ),
                )
                case.main = []
                case.history = _earlier(case, cases[str(case.above.to)])
                grew = True
        if not grew:
            return


def _loose(cases: Mapping[str, Case], case: Case) -> bool:
    """Whether it is a note on somebody's order or bill, that may have a writer: it is about who ordered."""
    if case.shared or len(case.parents) != 1 or case.table.name == case.parents[0].to:
        return False
    above = cases[str(case.parents[0].to)]
    ordered = above.kind is Kind.MONEY and any(tie.role is Role.OWNER for tie in above.main)
    writers = [tie for tie in case.ties if tie.identity is None]
    written = any(guess.category == "free-text" for guess in case.personal.values())
    return (
        ordered
        and written
        and len(writers) == 1
        and nullable(case, writers[0])
        and not _nullable(case.table, case.parents[0])
    )


def _told_about(cases: Mapping[str, Case], name: str) -> bool:
    """Whether others hang on somebody's list by nothing but their address: they were told of it."""
    case = cases[name]
    if case.kind is not Kind.OWN or [tie.role for tie in case.main] != [Role.OWNER]:
        return False
    told = {
        other
        for other, below in cases.items()
        if below.above and below.above.to == name and all(tie.identity for tie in below.ties)
    }
    return not _shared(cases, name, told)


def _earlier(case: Case, above: Case) -> bool:
    """Whether earlier versions of the rows above stand there: it is called so, or has their columns."""
    last = (words(case.table.title) or ("",))[-1]
    own = set(case.table.columns) - {*case.table.key, *(case.above.columns if case.above else ())}
    alike = own & (set(above.table.columns) - {*above.table.key})
    named = singular(last) in ("revision", "history", "version", "audit", "archive", "log", "change")
    return named and len(alike) >= 2 and len(alike) >= 0.5 * len(own)


def _of_people(case: Case) -> bool:
    """Whether its rows are called people: what is below one of them and something else is that one's."""
    return singular((words(case.table.title) or ("",))[-1]) in role.PEOPLE


def _start(case: Case) -> str:
    return case.table.title.lower().rstrip("s")


def _somebodys_thing(case: Case) -> bool:
    """Whether only an address inside leads to the row: what hangs on it may be other people's."""
    return bool(case.main) and all(tie.identity for tie in case.main)


def _reverse(cases: Mapping[str, Case], found: Mapping[str, People]) -> None:
    """Rows that hers refer to and that are about her: the address of an order, the profile of an account."""
    for name, case in cases.items():
        own = [tie for tie in case.ties if tie.identity is None]
        if name in found or own or case.above or case.kind is Kind.FRAMEWORK or group(case):
            continue
        if not {"name", "phone-number", "birth-date", "email-address"} & _categories(case) and not _street(
            case
        ):
            continue
        for other in sorted(cases):
            holder = cases[other]
            if other == name or not (other in found or any(tie.role is Role.OWNER for tie in holder.main)):
                continue
            refer = [tie for tie in holder.parents if tie.to == name and len(tie.columns) == 1]
            refer = [tie for tie in refer if _exclusive(holder, tie)]
            if refer:
                case.held = Reverse(other, refer[0].columns, refer[0].key)
                break


def _categories(case: Case) -> set[str]:
    return {guess.category for guess in case.personal.values()}


def _street(case: Case) -> bool:
    return any({"street", "address", "line", "addr"} & set(words(name)) for name in case.personal)


def _exclusive(holder: Case, tie: Tie) -> bool:
    """Whether each row is referred to by one person's rows only, as far as was seen: rows of many people are
    a register, and nobody's."""
    column, own = tie.columns[0], holder.table.columns[tie.columns[0]].sight
    if own.distinct >= FEW and own.distinct == own.filled:
        return True
    return any(
        (column, each.columns[0]) in holder.table.alone for each in holder.main if each.identity is None
    )


def group(case: Case) -> bool:
    """Whether its rows are firms, offices and the like: an address in one is of somebody who works there."""
    last = (words(case.table.title) or ("",))[-1]
    return singular(last) in role.GROUPS


# --- what can go -------------------------------------------------------------------------------------------


def _goes(judged: Judged, name: str, passed: set[str]) -> bool:
    """Whether rows of hers are deleted: nothing of anybody else's may be lost with them, and nothing that
    stays
    may refer to them."""
    case, cases = judged.cases[name], judged.cases
    if not case.hers or name in judged.limits.staying or name in passed or case.held:
        return False
    if case.main and not _may_go(case):
        return False
    if case.above and not case.history and not _goes(judged, str(case.above.to), {*passed, name}):
        return False
    for other, below in cases.items():
        if not any(tie.to == name for tie in below.parents):
            continue
        if other == name or other in judged.people:
            return False
        mine = below.above is not None and below.above.to == name
        if not mine or not _follows(judged, other, {*passed, name}):
            return False
    return True


def _follows(judged: Judged, name: str, passed: set[str]) -> bool:
    """Whether rows below go with the rows above: they and everything below them."""
    if name in judged.limits.staying or judged.cases[name].held:
        return False
    for other, below in judged.cases.items():
        if any(tie.to == name for tie in below.parents):
            mine = below.above is not None and below.above.to == name
            if other == name or not mine or other in passed or not _follows(judged, other, {*passed, name}):
                return False
    return True


def _may_go(case: Case) -> bool:
    firm = [tie for tie in case.main if tie.role in (Role.OWNER, Role.PARTY)]
    if case.shared or case.kind is Kind.MONEY:
        return False
    if all(tie.identity for tie in case.main):
        return case.kind in (Kind.OWN, Kind.THING) and _only_address(case)
    several = len([tie for tie in case.ties if tie.identity is None and tie.role is not Role.ACTOR]) > 1
    if several and not pair(case):
        return case.kind is Kind.OWN and len(case.main) == 1
    match case.kind:
        case Kind.OWN:
            return True
        case Kind.THING:
            return bool(firm) and not all(_nullable(case.table, tie) for tie in case.main)
        case Kind.LOG:
            return not all(_nullable(case.table, tie) for tie in case.main)
        case Kind.CONTENT:
            return pair(case) or _one_each(case)
    return False


def _one_each(case: Case) -> bool:
    """Whether nobody can have two such rows about one thing, so that none can be turned to nobody: a review,
    an answer, a vote."""
    (tie,) = case.main if len(case.main) == 1 else (None,)
    return (
        tie is not None
        and tie.role is Role.OWNER
        and not _nullable(case.table, tie)
        and any(
            len(each) > 1 and set(tie.columns) < set(each) for each in (*case.table.uniques, case.table.key)
        )
    )


def pair(case: Case) -> bool:
    """A row that only says that two people have to do with each other, or one with a thing."""
    columns = case.table.columns.values()
    return not any(column.sort in (Sort.TEXT, Sort.JSON) and not column.enum for column in columns)


def _only_address(case: Case) -> bool:
    """A row that is an entry of an address and hardly anything more: a subscription to a newsletter."""
    text = [each for each in case.table.columns.values() if each.sort is Sort.TEXT and not each.enum]
    return len(case.ties) == 1 and len(text) <= 6 and not case.parents


def _nullable(table: Table, tie: Tie) -> bool:
    """Whether the link may be empty, as far as the columns themselves say; where a check of the schema speaks
    of one, it may not."""
    return all(table.columns[name].nullable and not table.columns[name].checked for name in tie.columns)


def nullable(case: Case, tie: Tie) -> bool:
    """Whether the link can be cut."""
    return _nullable(case.table, tie) and not any(name in case.table.key for name in tie.columns)


def columns_of(judged: Judged, case: Case) -> list[Column]:
    """The columns for which a value can be found."""
    limits, name = judged.limits, case.table.name
    return [
        replace(
            column,
            fixed=column.fixed or (name, column.name) in limits.unassigned,
            nullable=column.nullable and (name, column.name) not in limits.unempty,
        )
        for column in case.table.columns.values()
    ]
