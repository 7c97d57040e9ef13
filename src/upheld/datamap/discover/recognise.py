"""What a value looks like. Strict where a check digit or a grammar decides, and counted as weak otherwise:
one value proves nothing, a column full of them does."""

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

import phonenumbers
from email_validator import EmailNotValidError, validate_email

KINDS = (
    "email", "phone", "ip", "card", "iban", "official", "name", "street", "agent", "url", "uuid", "date",
    "birth", "word", "number", "text",
)  # fmt: skip
"""`name`, `street`, `birth`, `word` and `text` are weak: shapes that other things have too."""

_MAIL = re.compile(r"[^@\s<>\"',;]{1,64}@([^@\s<>\"',;]+\.)+([^@\s.<>\"',;]{2,63})")
_NOWHERE = {"invalid", "local", "localhost", "example", "test", "internal", "lan"}
_DIGITS = re.compile(r"\+?[0-9 ()./\-]{7,22}")
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?")
_DAY = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)([ T]00:00(:00(\.0+)?)?( ?(Z|[+-]00(:?00)?))?)?"
    r"|(?P<d2>\d{1,2})[./-](?P<m2>\d{1,2})[./-](?P<y2>\d{4})"
)
_BORN = range(1905, 2019)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.])*(?:[ \-][^\W\d_](?:[^\W\d_]|['’.])*){1,3}")
_PARTICLES = {
    "de",
    "da",
    "di",
    "del",
    "der",
    "den",
    "van",
    "von",
    "zu",
    "la",
    "le",
    "el",
    "bin",
    "al",
    "dos",
    "y",
}
_STREET = re.compile(
    r"(.*(str\.|stra(ss|ß)e|street|\bst\b\.?|avenue|\bave\b|road|\brd\b|lane|weg|platz|allee|gasse|laan|plein"
    r"|straat|\brue\b|\bvia\b|\bcalle\b|\bplaza\b|piazza|quai|court|drive|gata|vägen|ulica|\bul\.).*\d.*)"
    r"|(\d+[a-z]?,? +.*(street|\bst\b|avenue|\bave\b|road|\brd\b|lane|drive|court|rue|boulevard|\bblvd\b).*)",
    re.IGNORECASE,
)
_CARD = re.compile(
    r"4\d{12}(\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(0[0-5]|[68]\d)\d{11}|6(011|5\d\d)\d{12}"
)
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "BE", "AT", "CH", "PL", "SE", "BR", "IN", "AU")
_NATIONAL = (
    "at.vnr", "be.nn", "br.cpf", "ch.ssn", "cz.rc", "de.idnr", "dk.cpr", "es.dni", "es.nie", "fi.hetu",
    "fr.nir", "gb.nhs", "it.codicefiscale", "nl.bsn", "no.fodselsnummer", "pl.pesel", "pt.cc",
    "se.personnummer",
)  # fmt: skip


class _Number(Protocol):
    def is_valid(self, number: str) -> bool: ...


@lru_cache(maxsize=1)
def _national() -> tuple[_Number, ...]:
    return tuple(cast("_Number", import_module(f"stdnum.{name}")) for name in _NATIONAL)


@lru_cache(maxsize=1)
def _iban() -> _Number:
    return cast("_Number", import_module("stdnum.iban"))


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_email(value: str) -> bool:
    """Whether it is one address and nothing else; domains that exist nowhere count, as copies for tests use
    them."""
    found = _MAIL.fullmatch(value)
    if found is None or len(value) > 254:
        return False
    if found[2].lower() in _NOWHERE:
        value = value.rpartition("@")[0] + "@example.org"
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_phone(value: str) -> bool:
    """Whether it is a telephone number by its own writing: with a country's prefix, or set in groups as a
    country's numbers are. Bare digits are no number: orders and articles have them too."""
    if not _DIGITS.fullmatch(value) or not 7 <= sum(letter.isdigit() for letter in value) <= 15:
        return False
    if value.startswith(("+", "00")):
        return _valid("+" + value.lstrip("+0"), None)
    grouped = value.startswith(("0", "(")) and any(sign in value for sign in " ()/-.")
    return (
        grouped
        and not re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", value)
        and any(_valid(value, region) for region in _REGIONS)
    )


def _valid(value: str, region: str | None) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, region)))
    except phonenumbers.NumberParseException:
        return False


def is_ip(value: str) -> bool:
    """Whether it is an address of the internet protocol, with or without the length of its net."""
    if not (value.count(".") == 3 or ":" in value):
        return False
    try:
        address = ipaddress.ip_interface(value)
    except ValueError:
        return False
    return not address.is_unspecified


def is_card(value: str) -> bool:
    """Whether it is the number of a payment card: a known beginning and a right check digit."""
    digits = re.sub(r"[ \-]", "", value)
    return bool(_CARD.fullmatch(digits)) and luhn(digits)


def is_iban(value: str) -> bool:
    """Whether it is an IBAN whose check digits are right."""
    return bool(re.match(r"[A-Za-z]{2}\d{2}", value)) and 15 <= len(value) <= 42 and _iban().is_valid(value)


def is_official(value: str) -> bool:
    """Whether it is a number by which one of some states knows a person, by its check digits."""
    if not 9 <= len(value) <= 18 or sum(letter.isdigit() for letter in value) < 5:
        return False
    return any(each.is_valid(value) for each in _national())


def is_name(value: str) -> bool:
    """Whether it is written as a person's name usually is. Titles of things are, too."""
    if len(value) > 60 or not _NAME.fullmatch(value):
        return False
    return all(part[:1].isupper() or part in _PARTICLES for part in re.split(r"[ \-]", value) if part)


def is_birth(value: str) -> bool:
    """Whether it is a day without a time of day, so long ago that somebody of today may have been born on it.
    Days of other things are, too; whether day or month comes first does not matter."""
    found = _DAY.fullmatch(value)
    if found is None or int(found["y"] or found["y2"]) not in _BORN:
        return False
    one, other = sorted((int(found["m"] or found["m2"]), int(found["d"] or found["d2"])))
    return 1 <= one <= 12 and other <= 31


def is_street(value: str) -> bool:
    """Whether it is a street with a number."""
    return 5 <= len(value) <= 120 and _STREET.fullmatch(value) is not None


TESTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("email", is_email),
    ("uuid", lambda value: _UUID.fullmatch(value) is not None),
    ("url", lambda value: _URL.fullmatch(value) is not None),
    ("date", lambda value: _DATE.fullmatch(value) is not None),
    ("ip", is_ip),
    ("agent", lambda value: value.startswith(("Mozilla/", "Opera/", "curl/", "Dalvik/"))),
    ("card", is_card),
    ("iban", is_iban),
    ("official", is_official),
    ("phone", is_phone),
    ("name", is_name),
    ("street", is_street),
    ("birth", is_birth),
)


def kinds(value: str) -> tuple[str, ...]:
    """All that the value looks like, and its plainest shape: `number`, one `word`, or `text`."""
    value = value.strip()
    found = [name for name, test in TESTS if test(value)]
    if re.fullmatch(r"-?\d+([.,]\d+)?", value):
        found.append("number")
    elif " " in value or "\n" in value:
        found.append("text")
    else:
        found.append("word")
    return tuple(found)
