"""In which tables people live: those with identities, which others refer to."""

from collections.abc import Mapping
from dataclasses import dataclass

from upheld.datamap.discover import category, role
from upheld.datamap.discover.seen import Column, Seen, Sort, Table
from upheld.datamap.discover.word import singular, snake, words

SURE = 0.75
LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class People:
    """One table of people. `identities`: kind to column, with the column that vouches for it."""

    table: str
    key: tuple[str, ...]
    confidence: float
    because: str
    identities: Mapping[str, tuple[str, str | None]]


def find(seen: Seen) -> dict[str, People]:
    """Tables of people by name, the surest first."""
    start = role.prefix([each.title for each in seen.tables.values()])
    referred: dict[str, set[str]] = {}
    for table in seen.tables.values():
        for reference in table.references:
            if reference.to != table.name:
                referred.setdefault(reference.to, set()).add(table.name)
    found = [
        people
        for table in seen.tables.values()
        if (people := _people(table, len(referred.get(table.name, ())), start)) is not None
    ]
    candidates = {each.table: each for each in found}
    above = {name: _above(seen.tables[name], candidates) for name in candidates}
    order = sorted(candidates, key=lambda name: (len(above[name]), -len(referred.get(name, ())), name))
    kept: dict[str, People] = {}
    for name in order:
        if not above[name] & set(kept):
            kept[name] = candidates[name]
    return dict(sorted(kept.items(), key=lambda each: (-each[1].confidence, each[0])))


def _above(table: Table, candidates: Mapping[str, People]) -> set[str]:
    """The other tables of people to one of whom its rows belong: an address and a profile are somebody's."""
    found = set()
    for reference in table.references:
        if reference.to in candidates and reference.to != table.name:
            title = reference.to.rpartition(".")[2]
            if role.role(reference.columns, title) in (role.Role.OWNER, role.Role.UNSAID):
                found.add(reference.to)
    return found


def _people(table: Table, referrers: int, start: str) -> People | None:
    if not table.key or role.sort(table.title, start) is role.Sort.FRAMEWORK:
        return None
    guesses = {name: guess for name, column in table.columns.items() if (guess := category.of(column))}
    by = {name: guess.category for name, guess in guesses.items()}
    identities = _identities(table, by)
    parts = {singular(part) for part in words(table.title.lower().removeprefix(start))}
    named = bool(parts & role.PEOPLE) and _last(table, start) in role.PEOPLE
    somebody = named or bool(_SOMEBODY & set(by.values()))
    score, said = 0.0, []
    for points, true, what in (
        (0.45, "email" in identities, "an address"),
        (0.2, "username" in identities, "a user name"),
        (0.2, any("pass" in snake(name) for name, what in by.items() if what == "credentials"), "a password"),
        (0.25, _names(table, by, somebody), "a name"),
        (0.1, "phone-number" in by.values(), "a telephone number"),
        (0.1, "birth-date" in by.values(), "a date of birth"),
        (0.35, named, "a name that means people"),
        (min(0.3, 0.1 * referrers), referrers > 0, f"{referrers} tables that refer to it"),
    ):
        if true:
            score += points
            said.append(what)
    if _last(table, start) in role.GROUPS or role.sort(table.title, start) in (
        role.Sort.LOG,
        role.Sort.MONEY,
        role.Sort.CONTENT,
    ):
        score -= 0.5
    if "email" in identities and not _alone(table, identities["email"][0]):
        return None
    if not {"email", "username"} & set(identities) and _last(table, start) not in role.PEOPLE:
        return None
    personal = {"email", "username"} & set(identities) or _names(table, by, somebody)
    if score < LIKELY or not personal:
        return None
    return People(table.name, table.key, round(min(score, 0.99), 2), f"it has {', '.join(said)}", identities)


def _alone(table: Table, name: str) -> bool:
    """Whether an address stands in one row only: where it recurs, rows are what people did, not people."""
    if (name,) in table.uniques:
        return True
    seen = table.columns[name].sight
    if seen.filled < 10:
        return not any(name in each for each in table.uniques)
    return seen.distinct >= 0.95 * seen.filled


def _last(table: Table, start: str) -> str:
    parts = words(table.title.lower().removeprefix(start) or table.title)
    return singular(parts[-1]) if parts else ""


_SOMEBODY = {"email-address", "phone-number", "birth-date", "username"}


def _names(table: Table, by: Mapping[str, str], somebody: bool) -> bool:
    """Countries, classes and categories have a `name` as well: alone it says nothing."""
    own = any(what == "name" for what in by.values())
    return own or (
        somebody
        and any(snake(name) == "name" and column.sort is Sort.TEXT for name, column in table.columns.items())
    )


def _identities(table: Table, by: Mapping[str, str]) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    mails = [name for name, what in by.items() if what == "email-address"]
    if mails:
        best = min(mails, key=lambda name: (not table.columns[name].unique, len(words(name)), len(name)))
        found["email"] = (best, _vouching(table, best))
    logins = [name for name, what in by.items() if what == "username"]
    different = [name for name in logins if table.columns[name].unique]
    if different and different[0] not in mails:
        found["username"] = (min(different, key=len), None)
    return found


def named_aside(table: Table) -> tuple[str, str | None] | None:
    """The column of addresses in a table that holds nothing but somebody's addresses, and what vouches for
    them."""
    if not {"email", "emails", "mail", "mails", "emailaddress", "emailaddresses"} & set(words(table.title)):
        return None
    mails = [name for name, column in table.columns.items() if _is_mail(column)]
    text = [each for each in table.columns.values() if each.sort is Sort.TEXT and not each.enum]
    if len(mails) != 1 or len(text) > 3:
        return None
    marks = ("verified", "is_verified", "confirmed", "is_confirmed", "verified_at", "confirmed_at")
    vouching = (name for name, each in table.columns.items() if snake(name) in marks and _marks(each))
    return mails[0], next(vouching, None)


def _is_mail(column: Column) -> bool:
    guess = category.of(column)
    return guess is not None and guess.category == "email-address"


_VOUCHES = ("verified", "confirmed", "validated", "confirmation", "verification")


def _vouching(table: Table, mail: str) -> str | None:
    """The column that says that the address was confirmed, where most rows have it set."""
    for name, column in table.columns.items():
        parts = words(name)
        about = {"email", "mail"} & set(parts) or snake(name) in ("confirmed_at", "verified_at")
        if about and set(parts) & set(_VOUCHES) and name != mail and _marks(column):
            return name
    return None


def _marks(column: Column) -> bool:
    fits = column.sort in (Sort.MOMENT, Sort.BOOLEAN, Sort.INTEGER, Sort.TEXT)
    tokens = {"token", "code", "hash", "key", "secret"} & set(words(column.name))
    return (
        fits and not tokens and column.sight.filled > 0 and column.sight.marked >= 0.5 * column.sight.filled
    )
