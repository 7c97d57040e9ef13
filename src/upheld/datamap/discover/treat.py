"""What columns may become, so that the live schema takes it and nobody is named any more."""

from collections.abc import Iterable, Mapping

from upheld.datamap.discover import category
from upheld.datamap.discover.seen import Column, Sight, Sort
from upheld.datamap.discover.word import snake, words

RANDOM = 26
"""Letters that `{random}` may take."""
ADDRESS = "removed-{random}@example.invalid"
NAMELESS = "removed-{random}"
GONE = "[removed]"
REFUSED = object()
"""No value can be proposed for this column."""

_STATES = frozenset(
    [
        "status",
        "state",
        "role",
        "type",
        "kind",
        "lang",
        "language",
        "locale",
        "timezone",
        "tz",
        "currency",
        "theme",
        "plan",
        "level",
        "rank",
        "sort",
        "order",
        "mode",
        "format",
        "version",
        "slug",
        "uuid",
        "guid",
        "code",
        "color",
        "colour",
        "unit",
        "source",
        "provider",
        "backend",
        "driver",
        "engine",
        "charset",
        "encoding",
        "country",
        "visibility",
        "access",
        "scope",
        "section",
        "category",
        "priority",
        "stage",
        "phase",
        "result",
        "method",
        "layout",
        "template",
        "number",
        "no",
        "nr",
        "reference",
        "ref",
        "sku",
        "hash",
        "checksum",
        "path",
        "domain",
        "host",
        "port",
        "protocol",
        "currency",
        "symbol",
        "icon",
        "extension",
        "mimetype",
        "action",
        "event",
    ]
)
"""Last words of columns that say how a row is handled, not who it is about."""


def value(column: Column, what: str | None = None) -> object:
    """What the column becomes, as the map writes it; REFUSED where nothing fits."""
    if column.fixed or column.enum:
        return REFUSED
    if column.nullable:
        return None
    match column.sort:
        case Sort.TEXT:
            return _text(column, what)
        case Sort.MOMENT:
            return "1900-01-01" if what == "birth-date" else REFUSED
        case Sort.INTEGER | Sort.NUMBER:
            return REFUSED if column.unique else 0
        case Sort.OTHER if "inet" in column.type_text:
            return "0.0.0.0"  # noqa: S104 - the address that is none
        case Sort.JSON:
            return _document(column, what)
    return REFUSED


def _text(column: Column, what: str | None) -> object:
    room = column.length if column.length is not None else 1000
    if column.json:
        return _document(column, what)
    if column.unique or what in ("email-address", "username"):
        for template in (ADDRESS if what == "email-address" else NAMELESS, NAMELESS, "{random}"):
            if len(template) - len("{random}") + RANDOM <= room:
                return {"unique": template}
        return REFUSED if column.unique else "-"
    if what == "birth-date":
        return ""
    if what == "credentials":
        return "!"
    if what == "ip-address" and ("inet" in column.type_text or column.sight.share("ip") > 0):
        return "0.0.0.0" if room >= 7 else ""  # noqa: S104
    return GONE if room >= len(GONE) else ""


def _document(column: Column, what: str | None) -> object:
    """Only what was recognised goes: an application may need the rest to be there. Where anything may be
    written in it, it is a single text, or hers stands under keys that are not told, it goes whole, and what
    is left has its shape."""
    if column.scalar:
        return '""'
    if what == "free-text" or untold(column):
        return column.empty or REFUSED
    paths = [path for path, sight in column.paths if category_of_path(path, sight)]
    return {"json": dict.fromkeys(paths)} if paths else REFUSED


def untold(column: Column) -> bool:
    """Whether what is hers stands under keys that could be somebody's name: no path is written for them."""
    return category.by_values(column.untold) is not None


def category_of_path(path: str, sight: Sight) -> str | None:
    """What stands at a path inside JSON: by its values, else by its last name."""
    seen = category.by_values(sight)
    if seen:
        return seen.category
    *above, last = path.split(".")
    who = any(set(words(each)) & category.WHO for each in above)
    if (last in ("name", "names") and who) or (
        words(last)[-1:] in (("name",), ("names",)) and sight.share("name") >= category.SURE
    ):
        return "name"
    named = category.by_name(last)
    if named is None and sight.distinct >= category.MANY and sight.share("name") >= category.ALMOST_ALL:
        return "name"  # whatever it is called: so many different ones are people's
    return None if named in ("free-text", "links", "affiliation") else named


def of_person(columns: Iterable[Column], skip: frozenset[str]) -> dict[str, object]:
    """A person's own row without her: whatever is hers, recognised or free, and nothing that the application
    steers by."""
    found: dict[str, object] = {}
    for column in columns:
        guess = category.of(column)
        what = guess.category if guess else None
        if column.name in skip or not (what or free(column) or _name(column)):
            if column.sort is Sort.BOOLEAN and snake(column.name) in ("is_active", "active", "enabled"):
                found[column.name] = False
            continue
        _put(found, column, what)
    return found


def of_row(columns: Iterable[Column], personal: Mapping[str, str], skip: frozenset[str]) -> dict[str, object]:
    """A row of hers that stays: what was recognised, and free text."""
    found: dict[str, object] = {}
    for column in columns:
        if column.name not in skip and column.name in personal:
            _put(found, column, personal[column.name])
    return found


def _put(found: dict[str, object], column: Column, what: str | None) -> None:
    becomes = value(column, what)
    if becomes is not REFUSED:
        found[column.name] = becomes


def _name(column: Column) -> bool:
    return column.sort is Sort.TEXT and bool({"name", "names", "title"} & set(words(column.name)))


def free(column: Column) -> bool:
    """Text, documents and pictures that are not recognised and steer nothing: few different values steer."""
    last = (words(column.name) or ("",))[-1]
    if (
        column.enum
        or last in _STATES
        or last in ("id", "key", "type", "at", "on", "date", "time", "until", "since")
    ):
        return False
    if max(map(column.sight.share, ("date", "number", "uuid"))) >= category.SURE:
        return False
    if column.sort is Sort.JSON or (column.json and column.sort is Sort.TEXT):
        return True
    few = column.sight.filled >= 50 and column.sight.distinct <= 12
    return column.sort in (Sort.TEXT, Sort.BINARY) and column.sight.distinct != 1 and not few
