"""A plan in words and counts, for the one who approves it and for the one it is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from upheld.datamap.model import DataMap, System
from upheld.law.objection import STOPPING
from upheld.law.right import Right
from upheld.rights import plan as steps
from upheld.rights.outcome import Counts, Failure
from upheld.rights.plan import Plan, Step
from upheld.rights.remains import Kind, Remains, remains

TOLD = (Right.ERASURE, Right.DELETE, Right.RECTIFICATION, Right.RESTRICTION)
"""Rights of whose fulfilment recipients hear (Art. 19)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that will happen. `rows` is None where nobody counted (manual systems, failures)."""

    table: str
    what: str
    rows: int | None
    why: str
    others: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """What will happen in one system."""

    system: str
    title: str
    lines: tuple[Line, ...]
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole plan for a reader, in the plan's order. `remains`: what the destruction of a key does not
    reach, where something ends with one (K-03)."""

    sections: tuple[Section, ...]
    remains: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Plain text: one paragraph a system, one line a table and rule; lines without rows are left out."""
        written: list[str] = []
        for section in self.sections:
            written.append(section.title)
            if section.failure:
                written.append(f"  waits: {section.failure}")
            shown = [line for line in section.lines if line.rows is None or line.rows]
            for line in shown:
                rows = "" if line.rows is None else f"{line.rows:>7,}  "
                extra = f" ({line.others:,} of them other people's)" if line.others else ""
                written.append(f"  {rows}{line.table}: {line.what}{extra}. {line.why}")
            if not shown and not section.failure:
                written.append("  nothing of this person")
            written.append("")
        if self.remains:
            written += [KEYS, *(f"  {each}" for each in self.remains), ""]
        return "\n".join(written).rstrip() + "\n"


def explain(plan: Plan, datamap: DataMap, counts: Mapping[str, Counts | Failure]) -> Explanation:
    """The plan with its counts. Names no person and no value."""
    sections = []
    owners = {hold.matter: hold.owner for hold in datamap.organisation.holds}
    for name in plan.systems:
        system = datamap.system(name)
        counted = counts.get(name)
        known = counted if isinstance(counted, Counts) else None
        lines = []
        for step in plan.of(name):
            stops = plan.right in STOPPING and isinstance(step, steps.Restrict)
            what = _stopped(step) if stops else _words(step)  # type: ignore[arg-type]
            if what is None:
                continue
            if isinstance(step, steps.Retain) and step.hold in owners:
                what += f"; {owners[step.hold]} answers for it"
            rows = known.rows(step.number) if known and not isinstance(step, steps.Task) else None
            others = sum(each.others for each in known.steps if each.step == step.number) if known else 0
            lines.append(Line(_table(step), what, rows, f"{step.reason.article}", others))
        if plan.right in TOLD:
            lines.extend(_told(datamap, system))
        failure = str(counted) if isinstance(counted, Failure) else ""
        sections.append(Section(name, system.title or name, tuple(lines), failure))
    left = remains(plan.right, map(datamap.system, plan.systems), datamap)
    return Explanation(tuple(sections), tuple(map(_remaining, left)))


KEYS = "What is sealed, in our own records or for an undo, ends with its key. That does not reach:"


def _remaining(left: Remains) -> str:
    return {
        Kind.COPIES: "plain copies that somebody made: print, files, messages",
        Kind.EXPORTS: "copies and exports that were handed over",
        Kind.LETTERS: "letters and mails that were sent",
        Kind.RECIPIENTS: f"what others have: {', '.join(left.who)}",
    }[left.kind]


def _told(datamap: DataMap, system: System) -> Iterator[Line]:
    """Who processes for us there has to hear of it (G-19.1)."""
    for each in datamap.processors:
        if each.name == system.processor and each.contact:
            yield Line(
                "recipients", f"{each.title} ({each.contact}) has to be told, by you", None, "Art. 19 GDPR"
            )


def _table(step: Step) -> str:
    match step:
        case steps.Task():
            return "by hand"
        case steps.Refresh(view=view):
            return view
        case steps.Recount(table=table) | steps.Locate(table=table) | steps.Reset(table=table):
            return table
        case _:
            return step.selection.table


def _words(step: Step) -> str | None:
    """What a step does, as a person would say it; None for steps that only prepare others."""
    match step:
        case steps.Collect():
            return "copied"
        case steps.Erase(selection=selection):
            extra = {
                steps.Scope.ORPHANS: ", because nobody else is left in them",
                steps.Scope.LEAVES: ", because nobody answered them",
                steps.Scope.SUBTREE: ", with all answers below them",
            }.get(selection.scope, "")
            return f"deleted{extra}"
        case steps.Anonymise(assignments=assignments):
            return f"stays without {', '.join(each.column for each in assignments)}"
        case steps.Detach(to_ghost=to_ghost):
            return "turned over to the placeholder" if to_ghost else "no longer linked to the person"
        case steps.Retain():
            until = _until(step)
            return f"stays: {step.ground.value.replace('-', ' ')}, {step.law}{until}"
        case steps.Keep(because=because):
            return f"stays as it is: {because}"
        case steps.Undecided():
            return "NOT DECIDED: the map has no rule for these"
        case steps.EraseFiles(file=file):
            return f"files named in {file.column} deleted"
        case steps.Task(look_for=look_for, how=how, owner=owner, days=days):
            what = f"{how} ({look_for})" if look_for else how
            return f"{owner or 'its owner'} is asked to {what} within {days} days"
        case steps.Refresh():
            return "computed anew"
        case steps.Locate() | steps.Recount():
            return None
    return _set_words(step)


def _set_words(step: steps.Setting) -> str:
    match step:
        case steps.Restrict(column=column):
            return f"marked as restricted in {column}"
        case steps.Unmarked():
            return "NOT RESTRICTED: the map names no mark for these (`restriction:`)"
        case steps.Reset(column=column):
            return f"{column} put back to what it was"
        case steps.Correct(column=column, category=category, json=path):
            return f"{column}{f' at {path}' if path else ''} corrected ({category})"


def _stopped(step: steps.Restrict) -> str:
    some = f", in some rows (by {', '.join(each.column for each in step.selection.when)})"
    where = some if step.selection.when else ""
    if step.value is None:
        return f"the use stops: marked in {step.column}{where}"
    return f"the use stops: {step.column} becomes {str(step.value).lower()}{where}"


def _until(step: steps.Retain) -> str:
    if step.period and step.after:
        spans = ((step.period.years, "year"), (step.period.months, "month"), (step.period.days, "day"))
        words = " ".join(f"{many} {unit}{'s' if many != 1 else ''}" for many, unit in spans if many)
        where = f"{step.through[-1].to}." if step.through else ""
        return f", {words} after {where}{step.after}"
    return f", reviewed on {step.review.isoformat()}" if step.review else ""
