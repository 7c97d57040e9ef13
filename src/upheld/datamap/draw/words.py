"""A table in plain words: how its rows are found, and what an erasure does to them."""

from enum import StrEnum

from upheld.datamap import model
from upheld.datamap.graph import Edge


class Mark(StrEnum):
    """What an erasure does to a table, in one word; every colour has one."""

    DELETED = "deleted"
    ANONYMISED = "anonymised"
    DETACHED = "detached"
    RETAINED = "retained"
    KEPT = "kept"
    UNDECIDED = "undecided"
    DIFFERS = "differs"


MEANING = {
    Mark.DELETED: "the row goes",
    Mark.ANONYMISED: "the row stays and no longer says who",
    Mark.DETACHED: "the row stays, its link to the person is cut",
    Mark.RETAINED: "the row stays on a lawful ground, until a date",
    Mark.KEPT: "the row stays as it is, for the reason given",
    Mark.UNDECIDED: "nobody decided yet: nothing is written in this system",
    Mark.DIFFERS: "different rows, different treatment",
}

_MARKS: dict[type[model.Action], Mark] = {
    model.Delete: Mark.DELETED,
    model.Anonymise: Mark.ANONYMISED,
    model.Detach: Mark.DETACHED,
    model.Retain: Mark.RETAINED,
    model.Keep: Mark.KEPT,
    model.Follow: Mark.DIFFERS,
    model.Ask: Mark.UNDECIDED,
}


def mark(treatment: model.Treatment) -> Mark:
    """The one word for a treatment."""
    marks = {_MARKS[type(rule.action)] for rule in treatment.rules}
    marks |= {_MARKS[type(action)] for _, action in treatment.by}
    if not marks:
        return Mark.DELETED if treatment.orphan else Mark.UNDECIDED
    return marks.pop() if len(marks) == 1 else Mark.DIFFERS


def treated(treatment: model.Treatment) -> tuple[str, ...]:
    """The sentences for a treatment, in the order in which they apply."""
    several = len(treatment.rules) > 1 or bool(treatment.by)
    said = []
    for rule in treatment.rules:
        whom = (
            f"{_rows(rule.when)}: "
            if several and rule.when
            else "other rows: "
            if len(treatment.rules) > 1
            else ""
        )
        whom = whom or ("the person's own row: " if treatment.by else "")
        said.append(f"{whom}{_act(rule.action)}")
    said += [f"by {link}: {_act(action)}" for link, action in treatment.by]
    if treatment.orphan:
        said.append("deleted when nobody else is left in it")
    return tuple(said)


def _rows(when: model.Condition) -> str:
    """Which columns decide; never their values, which could be about somebody."""
    return f"some rows (by {', '.join(test.column for test in when)})"


def _act(action: model.Action) -> str:
    match action:
        case model.Anonymise():
            return f"anonymised ({', '.join(each.column for each in action.assignments)})"
        case model.Detach():
            return "detached, the link turned to the ghost row" if action.to_ghost else "detached"
        case model.Keep():
            return f"kept: {action.reason}"
        case model.Follow():
            return f"as the row that {action.link} leads to" + _at_once(action.assignments)
        case model.Retain():
            return _retained(action)
        case _:
            return str(_MARKS[type(action)])


def _retained(action: model.Retain) -> str:
    until = f"{span(action.period)} after {action.after}, then {_act(action.then)}" if action.period else ""
    until = until or (
        f"until {action.review.isoformat()}" if action.review else f"until the hold {action.hold} ends"
    )
    return f"retained ({action.law}): {until}" + _at_once(action.assignments)


def _at_once(assignments: tuple[model.Assignment, ...]) -> str:
    stripped = ", ".join(each.column for each in assignments)
    return f"; removed at once: {stripped}" if stripped else ""


def span(period: model.Period) -> str:
    """A period as people say it."""
    parts = [(period.years, "year"), (period.months, "month"), (period.days, "day")]
    return (
        " ".join(f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in parts if count) or "0 days"
    )


def found(edge: Edge) -> str:
    """How rows are found along one edge."""
    via = edge.via
    if isinstance(via, model.Holding):
        return f"held by {via.table} ({', '.join(via.columns)})"
    if isinstance(via, model.History):
        return f"earlier versions of {via.table}"
    seen = "may be seen by " if via.tie is model.Tie.SEES else ""
    if via.to is None:
        return f"{seen}{via.name} is the person's {via.identity}"
    return (
        f"{seen}{', '.join(via.columns)} → {via.to}.{', '.join(via.key)}{' (some rows)' if via.when else ''}"
    )
