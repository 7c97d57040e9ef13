"""A judged database as the content of a system's file, each doubt as a proposal with its confidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeGuard

from upheld.datamap.discover import setting, treat
from upheld.datamap.discover.judge import Case, Judged, columns_of, group, nullable
from upheld.datamap.discover.links import aside
from upheld.datamap.discover.noted import guessed
from upheld.datamap.discover.people import SURE, People
from upheld.datamap.discover.role import Role
from upheld.datamap.discover.role import Sort as Kind
from upheld.datamap.discover.seen import Sort
from upheld.datamap.discover.tie import Tie
from upheld.datamap.discover.word import snake, words

Written = Mapping[str, object]

LAW = "accounting and tax records; name the law and its period"
NAMELESS = "it points at an account that no longer says who it was"


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to rows, how sure, and what speaks for it."""

    what: object
    confidence: float
    because: str


@dataclass
class Drafter:
    """Writes the tables. `on`: the day of the draft."""

    judged: Judged
    on: date

    def tables(self) -> dict[str, object]:
        """Every table that has to do with people, people first."""
        found: dict[str, object] = {name: self._person(who) for name, who in self.judged.people.items()}
        for name, case in self.judged.cases.items():
            if name not in found and self._mapped(case):
                found[name] = self._table(case)
        return found

    def _mapped(self, case: Case) -> bool:
        return bool(case.ties or case.hers or case.lists) and self._action(case) is not None

    def rest(self) -> list[Case]:
        """The tables that the draft does not map."""
        people = self.judged.people
        return [
            case for name, case in self.judged.cases.items() if name not in people and not self._mapped(case)
        ]

    # --- people ---

    def _person(self, who: People) -> Written:
        case = self.judged.cases[who.table]
        key = _one_or_more(who.key)
        table: dict[str, object] = {
            "person": key if who.confidence >= SURE else _proposed(key, who.confidence, who.because)
        }
        if who.identities:
            table["identities"] = {kind: _identity(*each) for kind, each in who.identities.items()}
        if case.table.ghost:
            table["ghost"] = dict([case.table.ghost])
        fields = self._fields(case, None)
        if fields:
            table["fields"] = fields
        same = [tie for tie in case.ties if tie.to != who.table and tie.role is Role.OWNER]
        related = [tie for tie in case.ties if tie not in same]
        cut = [tie for tie in related if self._empties(case, tie)]
        firm = [tie for tie in related if tie not in cut]
        relations: list[Tie] = related
        if same and not firm:
            _add_links(table, "visible_to", cut)
            _add_links(table, "belongs_to", same)
            relations = []
        else:
            _add_links(table, "belongs_to", [*same, *related])
        _marks(table, case)
        own = self._person_action(case, who)
        what: object = own.what
        if relations:
            by: dict[str, object] = {",".join(who.key): own.what}
            by |= {tie.name: self._cut(case, tie) for tie in (*same, *relations)}
            what = {"by": by}
        table["on_erase"] = _proposed(what, own.confidence, own.because)
        return table

    def _person_action(self, case: Case, who: People) -> Action:
        name = case.table.name
        referred = [
            other.table.name
            for other in self.judged.cases.values()
            if any(tie.to == name for tie in (*other.ties, *other.parents))
            or (other.held and other.held.table == name)
        ]
        sure = min(0.9, who.confidence)
        if not referred and name not in self.judged.limits.staying:
            return Action("delete", sure, "nothing refers to these rows")
        skip = frozenset((*who.key, *(name for tie in (*case.ties, *case.parents) for name in tie.columns)))
        values = treat.of_person(columns_of(self.judged, case), skip)
        if not values:
            return Action(
                {"keep": "no column of it could be cleared"}, 0.2, "say what may become of these rows"
            )
        many = len(set(referred))
        refer = "table refers" if many == 1 else "tables refer"
        because = f"{many} {refer} to these rows, so they stay without her"
        return Action({"anonymise": values}, round(sure * 0.95, 2), because)

    # --- other tables ---

    def _table(self, case: Case) -> Written:
        table: dict[str, object] = {}
        above = [case.above] if case.above and not case.history else []
        if case.above and case.history:
            table["history_of"] = {
                "table": case.above.to,
                "columns": _one_or_more(case.above.columns),
                "key": _one_or_more(case.above.key),
            }
        if case.held:
            table["held_by"] = {case.held.table: dict(zip(case.held.columns, case.held.key, strict=True))}
        _add_links(table, "belongs_to", [*above, *case.ties])
        _add_links(table, "visible_to", case.lists if self._listed(case) else [])
        known = aside(case.table, case.ties, self.judged.people)
        if known:
            table["identities"] = {"email": _identity(*known)}
        fields = self._fields(case, self._of(case))
        if fields:
            table["fields"] = fields
        _marks(table, case)
        action = self._action(case)
        rules = setting.rules(case.table, "delete", action.confidence) if _goes_whole(action) else []
        if rules:
            table["rows"] = rules
        elif action is not None:
            table["on_erase"] = _proposed(action.what, action.confidence, action.because)
        return table

    def _of(self, case: Case) -> str | None:
        """Whose a field is where several people have to do with a row."""
        if len(case.ties) < 2 and case.main:
            return None
        if case.above or case.held:
            return None
        return case.main[0].name if case.main else "others"

    def _fields(self, case: Case, of: str | None) -> Written:
        fields: dict[str, object] = {
            tie.name: {"category": "email-address", "of": "others"}
            for tie in case.lists
            if self._listed(case)
        }
        own = {tie.columns[0]: tie.name for tie in case.ties if tie.identity}
        for name, guess in case.personal.items():
            column = case.table.columns[name]
            about = own.get(name, of) if len(case.ties) > 1 or of == "others" else None
            paths = {
                path: {"category": what}
                for path, sight in column.paths
                if (what := treat.category_of_path(path, sight)) and _writable(path)
            }
            if paths and not treat.untold(column) and (column.json or column.sort is Sort.JSON):
                fields[name] = {"json": paths}
            else:
                said = {"category": guess.category, **({"of": about} if about else {})}
                fields[name] = guessed(said, guess)
        return fields

    def _action(self, case: Case) -> Action | None:
        """None for a table whose rows are nobody's and hold nothing. Her address goes out of lists anyway."""
        action = self._owned(case)
        if not self._listed(case):
            return action
        out: dict[str, object] = {tie.name: "detach" for tie in case.lists}
        least = min(tie.confidence for tie in case.lists)
        if action is None:
            return Action({"by": out}, least, "her address goes out of their lists")
        owning = [*([case.above] if case.above else []), *case.ties]
        by = action.what["by"] if isinstance(action.what, dict) and "by" in action.what else None
        by = by or {tie.name: action.what for tie in owning}
        return Action({"by": {**by, **out}}, min(action.confidence, least), action.because)

    def _listed(self, case: Case) -> bool:
        return bool(case.lists) and not case.held and not case.history

    def _owned(self, case: Case) -> Action | None:
        main = self._main(case)
        if main is not None and (case.above or case.held):
            return self._below(case, main)
        others = [tie for tie in case.ties if tie not in case.main]
        if main is None and not others:
            return None
        if main is None:
            return self._only_cut(case, others)
        if not others and (len(case.main) == 1 or main.what == "delete"):
            return main
        by: dict[str, object] = {}
        for tie in case.ties:
            by[tie.name] = self._side(case, tie, main)
        least = min([main.confidence, *(tie.confidence for tie in case.ties)])
        return Action({"by": by}, least, main.because)

    def _below(self, case: Case, main: Action) -> Action:
        """Rows that are hers by what is above them, and addresses in them that may be somebody's."""
        if not case.ties or case.above is None or case.history:
            return main
        by = {case.above.name: main.what} | {
            tie.name: self._address(case, tie) if tie.identity else self._cut(case, tie) for tie in case.ties
        }
        return Action({"by": by}, main.confidence, main.because)

    def _side(self, case: Case, tie: Tie, main: Action) -> object:
        """What happens by one of several links: the row's own treatment only by those that make it hers."""
        if tie.identity and tie not in case.main:
            return self._address(case, tie)
        if tie not in case.main:
            return self._about(case, tie) if tie.when and case.kind is Kind.LOG else self._cut(case, tie)
        if isinstance(main.what, dict) and "anonymise" in main.what and len(case.main) > 1:
            others = {name for each in case.main if each is not tie for name in each.columns}
            values = {name: each for name, each in main.what["anonymise"].items() if name not in others}
            return {"anonymise": values} if values else self._cut(case, tie)
        return main.what

    def _cut(self, case: Case, tie: Tie) -> object:
        if tie.login:
            column = next(each for each in columns_of(self.judged, case) if each.name == tie.columns[0])
            becomes = treat.value(column, "name")
            return {"keep": NAMELESS} if becomes is treat.REFUSED else {"anonymise": {column.name: becomes}}
        if self._empties(case, tie):
            said = self._said(case, tie)
            return {"anonymise": {**dict.fromkeys(tie.columns), **said}} if said else "detach"
        guarded = [case.table.columns[name] for name in tie.columns]
        told = self.judged.limits.unempty
        if all(
            each.nullable and each.checked and (case.table.name, each.name) not in told for each in guarded
        ):
            return {"anonymise": dict.fromkeys(tie.columns)}  # which the check of values then tries
        if not self._haunted(case, tie):
            return {"keep": NAMELESS}
        said = self._said(case, tie)
        becomes = {name: {"ghost": key} for name, key in zip(tie.columns, tie.key, strict=True)}
        return {"anonymise": {**becomes, **said}} if said else {"detach": {"to": "ghost"}}

    def _said(self, case: Case, tie: Tie) -> dict[str, object]:
        """What she wrote where she acted on the row: `requestor_comment` beside `requestor_id`."""
        start = words(tie.columns[0])[:-1]
        own = {name for each in (*case.ties, *case.parents) for name in each.columns}
        columns = [
            each
            for each in columns_of(self.judged, case)
            if start and each.name not in own and words(each.name)[: len(start)] == start and treat.free(each)
        ]
        return treat.of_row(columns, {each.name: "free-text" for each in columns}, frozenset())

    def _empties(self, case: Case, tie: Tie) -> bool:
        told = self.judged.limits.unempty
        return nullable(case, tie) and not any((case.table.name, name) in told for name in tie.columns)

    def _haunted(self, case: Case, tie: Tie) -> bool:
        """Whether the link can turn to a row that stands for nobody: nothing else may forbid that rows share
        one."""
        table = case.table
        apart = {*table.key, *(name for each in table.uniques for name in each)}
        told = {(table.name, name) for name in tie.columns} & self.judged.limits.unassigned
        own = [table.columns[name] for name in tie.columns]
        checked = any((each.checked and not each.guarded) or each.unique for each in own)
        ghost = tie.to in self.judged.people and self.judged.seen.tables[str(tie.to)].ghost is not None
        return (
            ghost
            and not tie.login
            and not tie.when
            and not checked
            and not told
            and not apart & set(tie.columns)
        )

    def _about(self, case: Case, tie: Tie) -> object:
        """A line about her in somebody's log: it stays without what is written in it."""
        columns = columns_of(self.judged, case)
        texts = {
            each.name: "free-text" for each in columns if treat.free(each) and each.name not in tie.columns
        }
        values = treat.of_row(
            columns, texts, frozenset(name for each in case.parents for name in each.columns)
        )
        return {"anonymise": values} if values else self._cut(case, tie)

    def _only_cut(self, case: Case, ties: list[Tie]) -> Action:
        least = round(min(tie.confidence for tie in ties) * 0.7, 2)
        because = "others rely on these rows; what she did there no longer says who she is"
        if len(ties) == 1 and not ties[0].identity:
            return Action(self._cut(case, ties[0]), least, because)
        by = {tie.name: self._address(case, tie) if tie.identity else self._cut(case, tie) for tie in ties}
        return Action({"by": by}, least, because)

    def _address(self, case: Case, tie: Tie) -> object:
        """Her address in somebody's row: what stands beside it about the same person goes with it. Where
        there
        are several addresses, that is what begins with the same words."""
        start = words(tie.columns[0])[:-1]
        columns = {each.name: each for each in columns_of(self.judged, case)}
        alone = sum(each.identity is not None for each in case.ties) == 1 and not group(case)
        about = (*_ABOUT, "free-text") if _without_account(case) else _ABOUT
        mine = [
            name
            for name, guess in case.personal.items()
            if (start and words(name)[: len(start)] == start) or (alone and guess.category in about)
        ]
        values = treat.of_row(
            [columns[name] for name in dict.fromkeys((*tie.columns, *mine))],
            {name: case.personal[name].category for name in (*tie.columns, *mine) if name in case.personal},
            frozenset(),
        )
        return {"anonymise": values} if values else {"keep": "no value for it could be found"}

    def _main(self, case: Case) -> Action | None:
        """What happens to a row that is hers."""
        if not case.hers:
            return None
        ties = [*case.main, *([case.above] if case.above else [])]
        sure = min([0.95, *(tie.confidence for tie in ties)]) * (0.8 if not case.table.sampled else 1)
        sure *= 0.7 if any(tie.role is Role.UNSAID for tie in case.main) else 1
        if case.going:
            above = (
                f"they go with {case.above.to}"
                if case.above
                else "they are hers alone, and nothing else hangs on them"
            )
            return Action("delete", round(sure * _GOES.get(case.kind, 0.6), 2), above)
        kept = self._kept(case)
        if kept is not None:
            because = "records of money are usually kept by law; say by which, and for how long"
            return Action(kept, round(sure * 0.6, 2), because)
        skip = frozenset(name for tie in case.parents for name in tie.columns)
        personal = {name: guess.category for name, guess in case.personal.items()}
        values = treat.of_row(columns_of(self.judged, case), personal, skip)
        for tie in case.main:
            if tie.identity is None and self._empties(case, tie):
                values |= dict.fromkeys(tie.columns)
            elif tie.identity is None and self._haunted(case, tie):
                values |= {name: {"ghost": key} for name, key in zip(tie.columns, tie.key, strict=True)}
        if not values:
            return Action(
                {"keep": NAMELESS if case.main else "nothing in it says who"}, round(sure * 0.6, 2), _RELY
            )
        return Action({"anonymise": values}, round(sure * 0.8, 2), _RELY)

    def _kept(self, case: Case) -> object | None:
        """Rows that the law may want, and those below them: kept until somebody looks again."""
        above = case.above.to if case.above else case.held.table if case.held else None
        if above is not None:
            over = self.judged.cases[above]
            if above in self.judged.people or over.going or self._kept(over) is None:
                return None
            if any(each in case.table.title.lower() for each in _DELIVERED):
                return None  # a bill says who pays, not where the parcel went
        elif case.kind is not Kind.MONEY or all(tie.identity or tie.role is Role.ACTOR for tie in case.main):
            return None
        soon = self._soon(case) | self._account(case)
        strip = [name for name, value in soon.items() if value is None]
        filled = {name: value for name, value in soon.items() if value is not None}
        then = self._then(case, frozenset(soon))
        if then is None:
            return {"keep": "part of records that are kept by law, and nothing in it says who"}
        review = self.on.replace(year=self.on.year + 1, day=min(self.on.day, 28))
        return {
            "retain": {
                "ground": "legal-obligation",
                "law": LAW,
                "review": review,
                "then": then,
                **({"strip": strip} if strip else {}),
                **({"anonymise": filled} if filled else {}),
            }
        }

    def _account(self, case: Case) -> dict[str, object]:
        """The link to her account, where the name and address that the law wants stand on a bill of the
        record's own: then the record has no need to say whose account it was."""
        billed = any(
            {"name", "postal-address"} <= {guess.category for guess in other.personal.values()}
            for other in self.judged.cases.values()
            if (other.held and other.held.table == case.table.name)
            or (other.above and other.above.to == case.table.name)
            if not any(each in other.table.title.lower() for each in _DELIVERED)
        )
        return {
            name: None
            for tie in case.main
            if billed and tie.identity is None and self._empties(case, tie)
            for name in tie.columns
        }

    def _soon(self, case: Case) -> dict[str, object]:
        """What no record of money has to say, so that it goes at once."""
        personal = {
            name: guess.category for name, guess in case.personal.items() if guess.category in _STRIPPED
        }
        linked = frozenset(name for tie in (*case.ties, *case.parents) for name in tie.columns)
        return treat.of_row(columns_of(self.judged, case), personal, linked)

    def _then(self, case: Case, gone: frozenset[str]) -> object | None:
        """What follows when nothing is kept any more. Never that the rows go: others may hang on them by
        then."""
        personal = {name: guess.category for name, guess in case.personal.items() if name not in gone}
        skip = frozenset(name for tie in case.parents for name in tie.columns)
        values = treat.of_row(columns_of(self.judged, case), personal, skip)
        values |= {
            name: None
            for tie in case.main
            if tie.identity is None and self._empties(case, tie)
            for name in tie.columns
        }
        if not values:
            values = {name: value for name, value in self._soon(case).items() if name in gone}
        return {"anonymise": values} if values else None


_ABOUT = ("name", "phone-number", "postal-address", "birth-date", "username", "personal-document")
_STRIPPED = ("ip-address", "free-text", "credentials", "phone-number", "birth-date")
_DELIVERED = ("shipping", "delivery", "shipment", "parcel")
_GOES = {Kind.OWN: 0.95, Kind.LOG: 0.7, Kind.CONTENT: 0.8}
_RELY = "others may rely on the rows; what says who she is goes"


def _without_account(case: Case) -> bool:
    """Whether who wrote it need not have an account: then the address beside the words is the writer's."""
    owners = [tie for tie in case.main if tie.role is Role.OWNER]
    return case.kind is Kind.CONTENT and bool(owners) and all(nullable(case, tie) for tie in owners)


def _goes_whole(action: Action | None) -> TypeGuard[Action]:
    return action is not None and action.what == "delete"


# --- parts -------------------------------------------------------------------------------------------------


def _proposed(what: object, confidence: float, because: str) -> Written:
    return {"proposed": what, "confidence": confidence, "because": because}


def _one_or_more(names: tuple[str, ...]) -> object:
    return names[0] if len(names) == 1 else list(names)


def _identity(column: str, vouching: str | None) -> object:
    return {"column": column, "verified_by": vouching} if vouching else column


def _writable(path: str) -> bool:
    return len(path) < 200


def _add_links(table: dict[str, object], side: str, ties: list[Tie]) -> None:
    """As a mapping where each link has one column of its own, as a list elsewhere."""
    if not ties:
        return
    names = [tie.columns for tie in ties]
    if all(len(each) == 1 for each in names) and len(set(names)) == len(names):
        table[side] = {tie.columns[0]: _doubted(tie, _link(tie)) for tie in ties}
    else:
        table[side] = [_doubted(tie, {"columns": _one_or_more(tie.columns), **_long(tie)}) for tie in ties]


def _link(tie: Tie) -> object:
    plain = tie.to and tie.cast is None and not tie.array and tie.when is None and len(tie.key) == 1
    if plain and _simple(tie):
        return f"{tie.to}.{tie.key[0]}"
    return _long(tie)


def _simple(tie: Tie) -> bool:
    return not any(letter.isspace() or letter == "." for letter in f"{tie.to}{tie.key[0]}")


def _long(tie: Tie) -> dict[str, object]:
    if tie.identity:
        return {"identity": tie.identity} | ({"array": True} if tie.array else {})
    found: dict[str, object] = {"to": tie.to, "key": _one_or_more(tie.key)}
    if tie.cast:
        found["cast"] = tie.cast
    if tie.when:
        found["when"] = dict(tie.when)
    return found


def _doubted(tie: Tie, link: object) -> object:
    return link if tie.decided else _proposed(link, tie.confidence, tie.because)


def _marks(table: dict[str, object], case: Case) -> None:
    for name, column in case.table.columns.items():
        fits = column.sort in (Sort.MOMENT, Sort.BOOLEAN, Sort.INTEGER)
        if fits and snake(name) in ("deleted_at", "is_deleted", "deleted", "date_deleted", "deleted_on"):
            table["soft_delete"] = name
            return
