"""Find cases in the console: by number, exact e-mail address, telephone number, account, or words of a name.

By nothing else: what a case is about is sealed, and only keyed marks of these few things are kept beside it.
The marks go with the case's key.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from upheld.actions import staff
from upheld.actions.asking import Asked
from upheld.actions.cases import NORMALISED, canonical
from upheld.actions.means import Means
from upheld.datamap.normalise import normalise
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.models import Arrival, BlindIndex, Case

PAGE = 20
NAME = "(name)"
"""The kind under which words of a name are marked; no kind of identity can be called so."""
NUMBER = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){0,3}(-?[0-9a-f]{12})?")
CATEGORY, WORDS = "name", 12
"""Of the map's fields; and of one name at most."""
ACCOUNTS = 200
"""Person tables and kinds of accounts that a search goes through at most."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One case that was found. Names nobody."""

    case: UUID
    rights: tuple[Right, ...]
    opened_at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases, the newest first. `after` is for the next; empty on the last."""

    hits: tuple[Hit, ...]
    after: str


@transaction.atomic
def find(*, means: Means, words: str, why: str = "", after: str = "", size: int = PAGE) -> Page:
    """The cases that the words name. Whoever searches by anything but a number learns that somebody has a
    case: each that is shown is recorded as a look, with the reason. Without a reason only numbers are found.
    Takes the same number of queries for any number of cases. Permanent where a reason is lacking, and for an
    `after` that is none of ours."""
    text = words.strip()
    numbered = NUMBER.fullmatch(text.casefold()) is not None
    by_number = numbered and not why.strip()
    if not numbered and not why.strip():
        raise Permanent("Nobody said why this person is looked for.", "Say why; it is kept with your name.")
    found = Case.objects.filter(
        (_numbered(text.casefold()) if numbered else Q(pk__in=[]))
        | (Q(pk__in=[]) if by_number else _marked(means, text))
    )
    if after:
        at, number = _cursor(after)
        found = found.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=number))
    fetched = list(found.order_by("-opened_at", "-pk").prefetch_related("requests")[: size + 1])
    shown = fetched[:size]
    if not by_number:
        staff.look_at_all(cases=shown, by=means.by, at=means.clock(), what="a search", why=why)
    last = shown[-1] if len(fetched) > size else None
    return Page(tuple(map(_hit, shown)), f"{last.opened_at.isoformat()}_{last.pk.hex}" if last else "")


def _hit(case: Case) -> Hit:
    ordered = sorted(case.requests.all(), key=lambda each: (each.right != Right.ACCESS, each.received_at))
    return Hit(case.pk, tuple(Right(each.right) for each in ordered), case.opened_at, case.closed_at is None)


def _cursor(after: str) -> tuple[datetime, UUID]:
    at, _, number = after.partition("_")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), UUID(number)
    except ValueError as error:
        raise Permanent("This page of the list is not known.", "Begin with the first.") from error


def _numbered(text: str) -> Q:
    """By the number of a case, or the one that the person has; its first eight digits at least."""
    digits = text.replace("-", "")
    span = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    came = Arrival.objects.filter(id__range=span, case__isnull=False)
    return Q(id__range=span) | Q(pk__in=came.values("case"))


def _marked(means: Means, text: str) -> Q:
    """By a mark of what was typed, whatever kind of thing it is; of a name, all its words."""
    alone = [means.keys.blind(*each) for each in read_as(means, text)]
    exact = Q(pk__in=BlindIndex.objects.filter(digest__in=alone, whole=False).values("case"))
    folded = folded_words(text)
    if not folded:
        return exact
    named = Case.objects.all()
    for word in folded[:6]:
        marks = BlindIndex.objects.filter(digest=means.keys.blind(NAME, word), whole=False)
        named = named.filter(pk__in=marks.values("case"))
    return exact | Q(pk__in=named.values("pk"))


def read_as(means: Means, text: str) -> Iterable[tuple[str, str]]:
    """What was typed may be: each kind of identity of the map, a key of each table in which people live."""
    country = means.datamap.organisation.country
    kinds, tables = {"email", "phone"}, set[str]()
    for system in means.datamap.systems:
        for table in system.tables:
            kinds |= {each.kind for each in table.identities}
            if table.person:
                tables.add(f"{system.name}.{table.name}")
    for kind in sorted(kinds)[:ACCOUNTS]:
        yield kind, canonical(Identity(kind, text)).value
    if country:
        yield "phone", normalise(f"phone:{country}", text)
    keys = [repr((text,))]
    if text.isascii() and text.isdigit() and len(text) < 20:
        keys.append(repr((int(text),)))
    for table_name in sorted(tables)[:ACCOUNTS]:
        yield from ((table_name, key) for key in keys)


# --- names ------------------------------------------------------------------------------------------------


def folded_words(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: without accents and case, each once."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    return tuple(sorted({each for each in re.findall(r"\w+", kept) if len(each) > 1}))


def is_name(text: str) -> bool:
    """Whether what somebody gave beside her address is a name, and no number, address or account."""
    return any(each.isalpha() for each in text) and not any(each.isdigit() or each == "@" for each in text)


def among(means: Means, asked: Asked) -> tuple[str, ...]:
    """Names that were given as identities: of a kind whose column holds names in some system of the map."""
    if all(each.kind in NORMALISED for each in asked.identities):  # as nearly always
        return ()
    kinds = {
        identity.kind
        for system in means.datamap.systems
        for table in system.tables
        for identity in table.identities
        if any(each.column == identity.column and each.category == CATEGORY for each in table.fields)
    }
    return tuple(each.value for each in asked.identities if each.kind in kinds)


def marks_of(means: Means, names: Iterable[str]) -> list[bytes]:
    """By which a case is found by the words of these names."""
    words = dict.fromkeys(word for name in names for word in folded_words(name)[:WORDS])
    return [means.keys.blind(NAME, word) for word in words]


def named(*, means: Means, case: Case, names: Iterable[str]) -> None:
    """From now on the case is found by the words of these names. Belongs into the transaction in which they
    were learnt."""
    open_ = case.closed_at is None
    fresh = [BlindIndex(case=case, digest=each, open=open_) for each in marks_of(means, names)]
    if fresh:
        BlindIndex.objects.bulk_create(fresh, ignore_conflicts=True)
