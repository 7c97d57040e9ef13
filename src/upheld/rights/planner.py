"""From the data map to a plan: pure, and the same for everybody.

Each system is planned by itself: key sets first (`Locate`), then for each table what happens to a person's
rows. Rules of a table are tried in order and the first that fits wins, so each later rule excludes the
earlier ones' rows; a row is therefore touched by one rule, and counted once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from upheld.datamap import model
from upheld.datamap.model import DataMap, Hold, Link, System, Table, Tie
from upheld.law.ground import Ground
from upheld.law.objection import STOPPING, Against, against_of
from upheld.law.pack import Pack
from upheld.law.right import Right
from upheld.rights import plan as steps
from upheld.rights.correcting import Target, Wish, handed
from upheld.rights.outcome import Misconfigured
from upheld.rights.package import porting
from upheld.rights.plan import Age, Held, Plan, Reason, Scope, Selection, Side, Source, Step
from upheld.rights.redaction import redactions
from upheld.rights.regime import chosen, cited, law_on
from upheld.rights.restricting import restricting
from upheld.rights.stopping import DIRECT_MARKETING, HOW, concerned, has_place, stopping, untouched


def plan(
    datamap: DataMap,
    right: Right,
    *,
    regime: str | None = None,
    today: date,
    law: Pack | None = None,
    against: Against | None = None,
) -> Plan:
    """The plan of one right over all systems of the map, in the map's order.

    Without `regime`, by the first under which the organisation answers; Misconfigured for one that is none,
    and for a right that it does not give. `law`: the pack that was pinned at receipt, whatever the
    organisation answers under by now (X-01). `against`: what is to stop; Misconfigured for an objection
    without it.

    Holds in force on `today` turn every treatment in their scope into a Retain for legal claims (G-17.4).
    """
    law = law or law_on(chosen(datamap.organisation, regime=regime or ""), today)
    article = cited(law, right)
    holds = tuple(hold for hold in datamap.organisation.holds if hold.until >= today)
    portable = porting.purposes(datamap)
    against = against or against_of(right)
    if right in STOPPING:
        return _plan_stop(datamap, right, law, against)
    planned: list[Step] = []
    for system in datamap.systems:
        planned.extend(
            plan_system(
                system,
                right,
                article=article,
                holds=holds,
                first=len(planned),
                portable=portable,
                spare=right in (Right.ERASURE, Right.DELETE),
            )
        )
    return Plan(right, law.regime, tuple(planned))


def _plan_stop(datamap: DataMap, right: Right, law: Pack, against: Against | None) -> Plan:
    if against is None or against.right is not right:
        raise Misconfigured(
            "Nobody has said what is objected to.",
            "Say it: direct marketing, which stops at once, or another use, which is weighed.",
        )
    article = DIRECT_MARKETING if _directly(law, against) else cited(law, right)
    purposes = concerned(datamap, against)
    planned: list[Step] = []
    for system in datamap.systems:
        planner = _SystemPlanner(system, Reason(article), (), first=len(planned), spare=False)
        planned.extend(planner.stop(against, purposes))
    return Plan(right, law.regime, tuple(planned))


def _directly(law: Pack, against: Against) -> bool:
    return against is Against.MARKETING and cited(law, Right.OBJECTION).startswith("Art. 21")


def plan_correction(
    datamap: DataMap,
    targets: Sequence[Target],
    *,
    wishes: Sequence[Wish] = (),
    regime: str,
    article: str = "Art. 16 GDPR",
) -> Plan:
    """The plan of a rectification: one step a target, in the map's order. The owner of a system that only a
    person reaches is always asked: for each category of the wishes, else for what her statement says."""
    planned: list[Step] = []
    for system in datamap.systems:
        planner = _SystemPlanner(system, Reason(article), (), first=len(planned), spare=False)
        planned.extend(planner.correction(targets, wishes))
    return Plan(Right.RECTIFICATION, regime, tuple(planned))


def plan_system(
    system: System,
    right: Right,
    *,
    article: str = "",
    holds: tuple[Hold, ...] = (),
    first: int = 0,
    portable: frozenset[str] = frozenset(),
    spare: bool = True,
) -> tuple[Step, ...]:
    """The steps of one system, numbered from `first` + 1. Every hold given counts as in force. `portable`:
    the purposes on whose basis data can be taken along (Art. 20). `spare`: what hangs on restricted rows
    that several people share is not reached, for they stay; so for an erasure and the look after it."""
    planner = _SystemPlanner(system, Reason(article or right.value), holds, first=first, spare=spare)
    match right:
        case Right.ACCESS:
            return tuple(planner.access())
        case Right.RESTRICTION:
            return tuple(planner.restriction())
        case Right.PORTABILITY:
            return tuple(planner.portability(portable))
        case _:
            return tuple(planner.erasure())


def held(system: str, table: str, holds: tuple[Hold, ...]) -> Hold | None:
    """The hold whose scope covers the table, if one does."""
    for hold in holds:
        if system in hold.scope or f"{system}.{table}" in hold.scope:
            return hold
    return None


@dataclass
class _SystemPlanner:
    system: System
    reason: Reason
    holds: tuple[Hold, ...]
    first: int
    spare: bool = True
    located: dict[str, steps.Locate] = field(default_factory=dict)
    acts: list[Step] = field(default_factory=list)

    def access(self) -> list[Step]:
        if self.system.kind == "manual":
            return [self._task("copy", "how_to_copy")]
        for table in self.system.tables:
            self._collect(table)
        return self._numbered()

    def erasure(self) -> list[Step]:
        if self.system.kind == "manual":
            return [self._task("erase", "how")]
        for table in self._children_first():
            self._treat(table)
        for table in self.system.tables:
            self._recounts(table)
        for view in self.system.refresh:
            self.acts.append(steps.Refresh(0, self.system.name, view, self.reason))
        return self._numbered()

    def restriction(self) -> list[Step]:
        if self.system.kind == "own":  # what shows how she was answered is used for nothing else anyway
            return []
        if self.system.kind == "manual":
            return [self._task("mark what is found as restricted, and use it for nothing but keeping it")]
        tables = iter(self.system.tables)
        self.acts.extend(restricting(self.system.name, tables, self._hers, self.reason))
        return self._numbered()

    def stop(self, against: Against, purposes: frozenset[str] | None) -> list[Step]:
        """Where no column says it, the owner is asked; but not of systems in which nothing can be stopped."""
        if self.system.kind == "own":
            return []
        if has_place(self.system, against):
            named = stopping(self.system.name, self.system.tables, self._hers, against, self.reason)
            self.acts.extend(named)
            return self._numbered()
        return [] if untouched(self.system, purposes) else [self._task(HOW[against])]

    def portability(self, portable: frozenset[str]) -> list[Step]:
        if self.system.kind == "manual":
            return [self._task("copy what the person herself provided, on consent or contract")]
        for table in self.system.tables:
            fields = porting.going(self.system, table, portable)
            hers = self._hers(table) if fields else None
            if hers is not None:
                names = {each.column for each in fields}
                redact = tuple(each for each in redactions(table) if each[0] in names)
                files = tuple(each for each in table.files if each.column in names)
                self.acts.append(steps.Collect(0, self.system.name, hers, fields, redact, self.reason, files))
        return self._numbered()

    def correction(self, targets: Sequence[Target], wishes: Sequence[Wish]) -> list[Step]:
        if self.system.kind == "manual":
            return [self._task(handed(wishes, targets))]
        for each in targets:
            if each.system != self.system.name:
                continue
            hers = self._about(self.system.table(each.table), each.links)
            if hers is not None:
                self.acts.append(
                    steps.Correct(
                        *(0, self.system.name, hers, each.column, each.category, self.reason, each.json),
                        each.echo,
                    )
                )
        return self._numbered()

    def _about(self, table: Table, links: tuple[str, ...]) -> Selection | None:
        """Rows that are hers; with `links` those that are hers by one of them."""
        if not links:
            return self._hers(table)
        found = [source for link in table.links if link.name in links for source in self._source(link)]
        return Selection(table.name, sources=tuple(found)) if found else None

    # --- which rows are hers ---

    def _sources(self, table: Table, *, seen: bool = False) -> tuple[Source, ...]:
        """The links by which rows of `table` are hers; with `seen` also those she may only see."""
        related = {name for name, _ in table.treatment.by} if table.person else set()
        found: list[Source] = []
        for link in table.links:
            if table.person and link.name not in related:
                continue
            if link.tie is Tie.OWNS or seen:
                found.extend(self._source(link))
        found.extend(self._reverse(table))
        if table.history_of:
            history = table.history_of
            link = Link(history.columns, to=history.table, key=history.key)
            found.append(Source(link, self._keys(history.table, history.key)))
        return tuple(found)

    def _source(self, link: Link) -> tuple[Source, ...]:
        if link.to is None:
            return (Source(link),)
        above = self.system.table(link.to)
        if not _shared(above):
            return (Source(link, self._keys(link.to, link.key)),)
        return tuple(
            Source(link, self._locate(f"{link.to}({','.join(link.key)}){mark}", link.to, link.key, going))
            for mark, going in self._going(above)
        )

    def _reverse(self, table: Table) -> tuple[Source, ...]:
        """A group is hers by her memberships: the link is read backwards."""
        return tuple(
            Source(
                Link(holding.key, to=holding.table, key=holding.columns),
                self._keys(holding.table, holding.columns),
            )
            for holding in table.held_by
        )

    def _keys(self, name: str, key: tuple[str, ...]) -> str:
        """The name of the key set of all her rows in a table, located once."""
        table = self.system.table(name)
        label = f"{name}({','.join(key)})"
        if label in self.located:
            return label
        selection: Selection | None = None
        if not table.person:
            selection = Selection(name, sources=self._sources(table))
        elif key != table.person:
            selection = Selection(name, people=self._keys(name, table.person), key=table.person)
        return self._locate(label, name, key, selection)

    def _locate(self, label: str, name: str, key: tuple[str, ...], selection: Selection | None) -> str:
        if label not in self.located:
            self.located[label] = steps.Locate(0, self.system.name, label, name, key, selection, self.reason)
        return label

    def _going(self, table: Table) -> Iterator[tuple[str, Selection]]:
        """Rows that several people share lead on where nobody else is left in them, and where the link makes
        them hers: one that is only cut (`detach`) says that they are somebody else's. Each sort with a
        mark of its own."""
        if table.treatment.orphan:
            yield "!", self._orphans(table)
        cut = model.Detach | model.Ask
        owned = {name for name, action in table.treatment.by if not isinstance(action, cut)}
        sources = tuple(source for source in self._sources(table) if source.link.name in owned)
        if sources:
            mark = "!!" if table.treatment.orphan else "!"
            yield mark, self._spared(table, Selection(table.name, sources=sources))

    def _orphans(self, table: Table) -> Selection:
        parties = tuple(
            source
            for link in table.links
            if link.tie is Tie.OWNS
            for source in self._source(link) or self._somebody_elses(link)
        )
        holders = tuple(
            Held(holding, self._holds(self.system.table(holding.table))) for holding in table.held_by
        )
        orphans = Selection(
            table.name, sources=self._sources(table), scope=Scope.ORPHANS, parties=parties, holders=holders
        )
        return self._spared(table, orphans)

    def _spared(self, table: Table, selection: Selection) -> Selection:
        return _free(table, selection) if self.spare else selection

    def _holds(self, table: Table) -> tuple[Source, ...]:
        """By what a holder's rows are hers; in a table of people by their key."""
        if not table.person:
            return self._sources(table)
        own = Link(table.person, to=table.name, key=table.person)
        return (Source(own, self._keys(table.name, table.person)),)

    def _somebody_elses(self, link: Link) -> tuple[Source, ...]:
        """A side that is never hers: where it is filled, somebody is left."""
        if link.to is None:
            return ()
        label = f"{link.to}({','.join(link.key)})-"
        return (Source(link, self._locate(label, link.to, link.key, Selection(link.to))),)

    def _hers(self, table: Table) -> Selection | None:
        """Rows that the table's rules apply to: her own rows of a person table, else those linked to her."""
        if table.person:
            return Selection(table.name, people=self._keys(table.name, table.person), key=table.person)
        sources = self._sources(table)
        return Selection(table.name, sources=sources) if sources else None

    # --- erasure ---

    def _treat(self, table: Table) -> None:
        hers = self._hers(table)
        hold = held(self.system.name, table.name, self.holds)
        if hers is None:
            if not hold:
                self._by_links(table)  # she owns no row here; rows that she may see are cut off all the same
            return
        if hold:
            self._act(table, _kept_for(hold), hers)
            return
        if table.restriction:
            self._act(table, _RESTRICTED, _narrow(hers, when=table.restriction))
            hers = _free(table, hers)
        if table.treatment.orphan:
            self.acts.append(steps.Erase(0, self.system.name, self._orphans(table), self.reason))
        for action, selection in self._fates(table, hers):
            self._act(table, action, selection)
        self._by_links(table)

    def _fates(self, table: Table, hers: Selection) -> Iterator[tuple[model.Action, Selection]]:
        """What becomes of which of her rows: the first rule that fits wins."""
        earlier: tuple[model.Condition, ...] = hers.unless
        for rule in table.treatment.rules:
            selection = _narrow(hers, when=rule.when, unless=earlier)
            if isinstance(rule.action, model.Follow):
                yield from self._followed(table, rule.action)
            else:
                yield from self._split(rule.action, selection)
            earlier = (*earlier, rule.when)

    def _all_fates(self, table: Table, hers: Selection) -> Iterator[tuple[model.Action, Selection]]:
        """The same, with what a hold or a restriction keeps."""
        hold = held(self.system.name, table.name, self.holds)
        if hold:
            yield _kept_for(hold), hers
            return
        if table.restriction:
            yield _RESTRICTED, _narrow(hers, when=table.restriction)
        yield from self._fates(table, _free(table, hers))

    def _followed(self, table: Table, action: model.Follow) -> Iterator[tuple[model.Action, Selection]]:
        """The fates of the row that the link leads to, each with the rows that hang on it."""
        link = next(each for each in table.links if each.name == action.link)
        above = self.system.table(str(link.to))
        theirs = self._hers(above)
        if theirs is None:
            return
        for number, (fate, selection) in enumerate(self._all_fates(above, theirs), start=1):
            label = f"{above.name}({','.join(link.key)})~{number}"
            located = self._locate(label, above.name, link.key, selection)
            yield (
                _shared_fate(fate, action, link),
                _free(table, Selection(table.name, sources=(Source(link, located),))),
            )

    def _by_links(self, table: Table) -> None:
        by = dict(table.treatment.by)
        for link in table.links:
            action = by.get(link.name)
            if action is None and link.tie is Tie.SEES:
                action = model.Detach()
            if action is None:
                continue
            sources = self._source(link)
            if sources:
                selection = _free(table, Selection(table.name, sources=sources))
                for fate, narrowed in self._split(action, selection):
                    self._act(table, fate, narrowed)

    def _act(self, table: Table, action: model.Action, selection: Selection) -> None:
        name, reason = self.system.name, self.reason
        if table.replies and isinstance(action, model.Anonymise | model.Delete):
            selection = self._replied(table, action, selection)
        match action:
            case model.Delete():
                self._files(table, selection, frozenset())
                self.acts.append(steps.Erase(0, name, selection, reason))
            case model.Anonymise(assignments):
                self._files(table, selection, frozenset(each.column for each in assignments))
                self.acts.append(steps.Anonymise(0, name, selection, assignments, reason))
            case model.Detach(to_ghost):
                self.acts.append(steps.Detach(0, name, selection, to_ghost, reason))
            case model.Keep(because):
                self.acts.append(steps.Keep(0, name, selection, because, reason))
            case model.Ask():
                self.acts.append(steps.Undecided(0, name, selection, reason))
            case model.Retain():
                self.acts.append(self._retained(action, selection))

    def _split(self, action: model.Action, selection: Selection) -> Iterator[tuple[model.Action, Selection]]:
        """What stays for a period, split by age. A row kept for a matter whose hold has ended follows `then`
        (G-17.4)."""
        if not isinstance(action, model.Retain):
            yield action, selection
            return
        if action.hold:
            hold = next((each for each in self.holds if each.matter == action.hold), None)
            if hold is None:
                yield action.then, selection
                return
            action = replace(action, review=action.review or hold.until)
        if action.period and action.after:
            yield action.then, _narrow(selection, age=Age(action.after, action.period, Side.OVER))
            selection = _narrow(selection, age=Age(action.after, action.period, Side.RUNNING))
        yield action, selection

    def _retained(self, action: model.Retain, selection: Selection) -> steps.Retain:
        return steps.Retain(
            0,
            self.system.name,
            selection,
            action.ground,
            action.law,
            Reason(f"{action.ground.article} GDPR", self.reason.clause),
            action.assignments,
            action.period,
            action.after,
            action.review,
            action.hold,
            action.through,
        )

    def _replied(self, table: Table, action: model.Action, selection: Selection) -> Selection:
        """Rows of a tree: what goes goes first; the rest of the selection follows its own rule."""
        replies = table.replies
        if replies is None or replies.rule is model.ReplyRule.KEEP:
            return selection
        scope = Scope.LEAVES if replies.rule is model.ReplyRule.LEAVES else Scope.SUBTREE
        key = table.key or table.person
        going = _narrow(selection, scope=scope, replies=replies.column, key=key)
        if isinstance(action, model.Delete):
            return going
        self._files(table, going, frozenset())
        self.acts.append(steps.Erase(0, self.system.name, going, self.reason))
        return selection

    def _files(self, table: Table, selection: Selection, assigned: frozenset[str]) -> None:
        for file in table.files:
            if not assigned or file.column in assigned:
                self.acts.append(steps.EraseFiles(0, self.system.name, selection, file, self.reason))

    def _recounts(self, table: Table) -> None:
        key = (table.person or table.key or ("id",))[0]
        for recount in table.recounts:
            keys = self._keys(recount.of, (recount.by,))
            if keys:
                self.acts.append(
                    steps.Recount(
                        0,
                        self.system.name,
                        table.name,
                        key,
                        recount.column,
                        recount.of,
                        recount.by,
                        keys,
                        self.reason,
                    )
                )

    # --- access ---

    def _collect(self, table: Table) -> None:
        people = self._keys(table.name, table.person) if table.person else None
        sources = self._sources(table, seen=True)
        if not people and not sources:
            return
        selection = Selection(table.name, sources=sources, people=people, key=table.person)
        formats = tuple((rule.when, rule.format) for rule in table.treatment.rules if rule.format)
        self.acts.append(
            steps.Collect(
                0,
                self.system.name,
                selection,
                table.every_field,
                redactions(table),
                self.reason,
                table.files,
                formats,
            )
        )

    # --- order and numbers ---

    def _children_first(self) -> list[Table]:
        """A table comes after every table that points at it; histories come after what they are of."""
        ordered: dict[str, Table] = {}
        names = {table.name for table in self.system.tables}

        def visit(table: Table, path: tuple[str, ...]) -> None:
            if table.name in ordered or table.name in path:
                return
            for other in self.system.tables:
                points = {link.to for link in other.links} | (
                    {other.history_of.table} if other.history_of else set()
                )
                if table.name in points and other.name in names and not other.history_of:
                    visit(other, (*path, table.name))
            if table.history_of:
                visit(self.system.table(table.history_of.table), (*path, table.name))
            ordered[table.name] = table

        for table in sorted(self.system.tables, key=lambda each: bool(each.person)):
            visit(table, ())
        return list(ordered.values())

    def _numbered(self) -> list[Step]:
        every: list[Step] = [*self.located.values(), *self.acts]
        return [_numbered(step, self.first + index) for index, step in enumerate(every, start=1)]

    def _task(self, what: str, own: str = "") -> Step:
        """`own`: the key of the map that says how the owner does this; nobody may shred what is to be
        copied."""
        options = self.system.options
        how = str(options.get(own, ""))
        look_for = str(options.get("look_for", ""))
        days = options.get("days", 10)
        return steps.Task(
            self.first + 1,
            self.system.name,
            self.system.owner,
            self.system.address,
            look_for,
            how or what,
            days if isinstance(days, int) else 10,
            self.reason,
        )


def _shared(table: Table) -> bool:
    """Whether a row may be several people's, so that it can stay when one of them leaves."""
    return bool(table.treatment.by or table.treatment.orphan) and not table.person


def _kept_for(hold: Hold) -> model.Retain:
    return model.Retain(Ground.LEGAL_CLAIMS, hold.matter, review=hold.until, hold=hold.matter)


_RESTRICTED = model.Retain(
    Ground.RESTRICTION, "their use is restricted; they stay until the restriction is lifted"
)
"""Rows under restriction are stored, and not erased either, until that is lifted (G-18.2)."""


def _shared_fate(fate: model.Action, follow: model.Follow, link: Link) -> model.Action:
    """What becomes of a row whose followed row has this fate: it goes with it, or stays with its own
    assignments."""
    match fate:
        case model.Delete() | model.Ask():
            return fate
        case model.Retain():
            return replace(fate, assignments=follow.assignments, through=(link, *fate.through))
        case _ if follow.assignments:
            return model.Anonymise(follow.assignments)
    return model.Keep(f"it stays with the row that {link.name} leads to")


def _free(table: Table, selection: Selection) -> Selection:
    """Without the rows that carry the table's restriction mark."""
    return _narrow(selection, unless=(table.restriction,)) if table.restriction else selection


def _narrow(selection: Selection, **changes: object) -> Selection:
    return replace(selection, **changes)  # type: ignore[arg-type]


def _numbered(step: Step, number: int) -> Step:
    return replace(step, number=number)
