"""The packs as Markdown, for docs/reference/regimes.md: from the data, so that the page can say nothing
else."""

from collections.abc import Iterator

from upheld.law.pack import Clock, Pack, Period, Risk, Rule
from upheld.law.packs import every

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
PLACES = {-1: "last", 1: "first", 2: "second", 3: "third", 4: "fourth"}


def reference() -> str:
    """Every pack, newest law first as the folder lists them."""
    return "\n".join(line for each in every() for line in _pack(each))


def _pack(pack: Pack) -> Iterator[str]:
    yield f"## `{pack.id}`: {pack.title}"
    yield ""
    bound = "binding" if pack.binding else "a promise, kept as if it bound"
    zone = f" Days are those of {pack.zone} where the organisation names no time zone." if pack.zone else ""
    yield f"For requests received from {pack.since.isoformat()} on; {bound}.{zone} SHA-256 `{pack.digest}`."
    yield ""
    yield "| clock | what | target | legal | law |"
    yield "|---|---|---|---|---|"
    for name, clock in pack.clocks.items():
        yield from _clock(name, clock)
    yield ""
    yield "| right | law | clock | certainty: low, high risk | may be refused for |"
    yield "|---|---|---|---|---|"
    for right, given in pack.rights.items():
        levels = f"{given.certainty[Risk.LOW].value}, {given.certainty[Risk.HIGH].value}"
        note = f" {given.note}" if given.note else ""
        grounds = ", ".join(given.refusals) or "nothing"
        yield f"| {right.value} | {given.cites}.{note} | {given.clock} | {levels} | {grounds} |"
    yield ""
    yield "| certainty | how | points | declaration | law |"
    yield "|---|---|---|---|---|"
    for certainty, level in pack.levels.items():
        signed = "signed" if level.declaration else "–"
        yield f"| {certainty.value} | {level.means} | {level.data_points} | {signed} | {level.cites} |"
    yield ""
    yield "| to refuse, or to extend | meaning | covers | law |"
    yield "|---|---|---|---|"
    for code, reason in pack.refusals.items():
        covers = "a part" if reason.partial else "the whole"
        yield f"| {code} | {reason.title} | {covers} | {reason.cites} |"
    for code, reason in pack.extensions.items():
        yield f"| extend: {code} | {reason.title} | the time | {reason.cites} |"
    yield ""
    if pack.holidays:
        yield "Holidays: " + "; ".join(_holidays(pack)) + "."
    else:
        yield "Holidays: those of the organisation's `country` and `region`; without a country only weekends."
    yield ""


def _clock(name: str, clock: Clock) -> Iterator[str]:
    for what, rule in (
        ("acknowledge", clock.acknowledge),
        ("answer", clock.answer),
        ("answer, extended", clock.extended),
    ):
        if rule is not None:
            yield f"| {name} | {what} | {_span(rule.target)} | {_legal(rule)} | {rule.cites} |"


def _legal(rule: Rule) -> str:
    return "none" if rule.legal is None else _span(rule.legal)


def _span(period: Period) -> str:
    if period.months:
        said = f"{' + '.join(map(str, period.months))} {'month' if period.months == (1,) else 'months'}"
    elif period.days is not None:
        said = f"{period.days} days"
    else:
        said = f"{period.working_days} working days" + (", Saturdays count" if period.saturdays else "")
    if period.roll:
        said += ", then the next working day"
    if period.pause:
        said += ", and days waited for proof of identity"
    if period.margin:
        said += f", less {period.margin} working days"
    return said


def _holidays(pack: Pack) -> Iterator[str]:
    for each in pack.holidays:
        month = MONTHS[each.month - 1]
        if each.day is not None:
            when = f"{each.day} {month}"
        else:
            when = f"{PLACES[each.nth or 1]} {WEEKDAYS[(each.weekday or 1) - 1]} of {month}"
        yield f"{each.name} ({when}{', on a Saturday the day before too' if each.saturday_to_friday else ''})"
    if pack.sunday_to_monday:
        yield "one on a Sunday is kept on Monday too"
