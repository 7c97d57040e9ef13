"""The records and the operations: drawn from a seed, the same for every side."""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

PURPOSES = 25
RECORDS_PER_USER = 100
OBJECTIONS = 100
RECIPIENTS = 10
PAGE = 1_000
DATA = 100
"""Characters of data in a record, as in GDPRbench."""
ZIPF = 0.99
"""YCSB's constant."""
FIRST_DAY = date(2027, 1, 1)
DAYS = 1_000


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `purpose` and `number` name it; `decision`: open to automated decisions (Art. 22)."""

    purpose: int
    number: int
    user: int
    expires: date
    decision: int
    data: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a mix; what it does not need is 0."""

    name: str
    purpose: int = 0
    number: int = 0
    user: int = 0
    value: int = 0
    day: date = FIRST_DAY
    data: str = ""
    objection: int = 0
    recipient: int = 0
    """What the user objects to, and who receives the purpose's data, when a record is created."""


MIXES = {
    "controller": (
        ("create", 3 / 12),
        ("delete-by-purpose", 1 / 12),
        ("delete-by-time", 1 / 12),
        ("delete-by-user", 1 / 12),
        ("update-metadata-by-purpose", 2 / 12),
        ("update-metadata-by-user", 2 / 12),
        ("update-metadata-by-recipient", 2 / 12),
    ),
    "customer": (
        ("read-data-by-user", 0.2),
        ("read-metadata-by-key", 0.2),
        ("update-data-by-key", 0.2),
        ("update-metadata-by-key", 0.2),
        ("delete-by-key", 0.2),
    ),
    "processor": (
        ("read-data-by-key", 0.8),
        ("read-data-by-purpose", 0.2 / 3),
        ("read-data-by-objection", 0.2 / 3),
        ("read-data-by-decision", 0.2 / 3),
    ),
    "regulator": (
        ("read-metadata-by-user", 0.46),
        ("get-logs", 0.31),
        ("verify-deletion", 0.23),
    ),
}
"""Operations and their shares."""
SKEWED = frozenset({"customer", "regulator"})
"""Mixes in which few people ask often; of the processor only reading by key is."""


def objection(user: int) -> int:
    """What a user objects to at first."""
    return user * 7 % OBJECTIONS


def recipient(purpose: int) -> int:
    """Who receives the data of a purpose at first."""
    return purpose % RECIPIENTS


def email(user: int) -> str:
    """A user's address."""
    return f"user{user}@example.org"


def records(many: int, chance: Random) -> Iterator[Record]:
    """The records at the beginning: purposes in turn, users at random."""
    users = max(2, many // RECORDS_PER_USER)
    for index in range(many):
        purpose, number = index % PURPOSES, index // PURPOSES
        expires = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        yield Record(purpose, number, chance.randrange(users), expires, chance.randrange(2), _data(chance))


@dataclass
class Stream:
    """Draws the operations of all mixes, one mix after the other. Knows who is gone: nobody is erased twice,
    and nothing is created for somebody who is not there."""

    many: int
    chance: Random
    erased: list[int]

    def __post_init__(self) -> None:
        self.users = max(2, self.many // RECORDS_PER_USER)
        self.next = self.many // PURPOSES + 1
        self.day = 0
        self.of_users = _zipf(self.users)
        self.of_records = _zipf(self.many)
        self.objections: dict[int, int] = {}
        self.recipients = {purpose: recipient(purpose) for purpose in range(PURPOSES)}

    def mix(self, name: str, operations: int) -> list[Operation]:
        """The operations of a mix, in random order."""
        names, shares = zip(*MIXES[name], strict=True)
        drawn = self.chance.choices(names, shares, k=operations)
        return [_DRAW[each](self, each, name in SKEWED) for each in drawn]

    def user(self, *, skewed: bool) -> int:
        """Somebody, perhaps gone."""
        return self.of_users(self.chance) if skewed else self.chance.randrange(self.users)

    def present(self) -> int:
        """Somebody who is not gone."""
        gone = set(self.erased)
        return self.chance.choice([user for user in range(self.users) if user not in gone])

    def key(self, *, skewed: bool) -> tuple[int, int]:
        """A record's purpose and number; the record may be gone."""
        index = self.of_records(self.chance) if skewed else self.chance.randrange(self.many)
        return index % PURPOSES, index // PURPOSES

    # --- what each operation needs ---

    def create(self, name: str, _: bool) -> Operation:
        self.next += 1
        day = FIRST_DAY + timedelta(days=self.chance.randrange(DAYS))
        purpose, user = self.chance.randrange(PURPOSES), self.present()
        return Operation(
            name,
            purpose,
            self.next,
            user,
            self.chance.randrange(2),
            day,
            _data(self.chance),
            self.objections.get(user, objection(user)),
            self.recipients[purpose],
        )

    def by_key(self, name: str, skewed: bool) -> Operation:
        purpose, number = self.key(skewed=skewed or name == "read-data-by-key")
        return Operation(name, purpose, number, value=self.chance.randrange(2), data=_data(self.chance))

    def by_user(self, name: str, skewed: bool) -> Operation:
        user, value = self.user(skewed=skewed), self.chance.randrange(OBJECTIONS)
        if name == "update-metadata-by-user":
            self.objections[user] = value
        return Operation(name, user=user, value=value)

    def by_purpose(self, name: str, _: bool) -> Operation:
        objected = self.chance.randrange(OBJECTIONS)
        value = objected if name == "read-data-by-objection" else self.chance.randrange(RECIPIENTS)
        purpose = self.chance.randrange(PURPOSES)
        if name == "update-metadata-by-purpose":
            self.recipients[purpose] = value
        return Operation(name, purpose=purpose, value=value)

    def by_recipient(self, name: str, _: bool) -> Operation:
        old, new = self.chance.sample(range(RECIPIENTS), 2)
        for purpose, known in self.recipients.items():
            self.recipients[purpose] = new if known == old else known
        return Operation(name, purpose=old, value=new)

    def by_time(self, name: str, _: bool) -> Operation:
        self.day += 1
        return Operation(name, day=FIRST_DAY + timedelta(days=self.day))

    def gone(self, name: str, _: bool) -> Operation:
        if name == "verify-deletion":
            return (
                Operation(name, user=self.chance.choice(self.erased))
                if self.erased
                else Operation(name, user=-1)
            )
        user = self.present()
        self.erased.append(user)
        return Operation(name, user=user)


_DRAW: dict[str, Callable[[Stream, str, bool], Operation]] = {
    "create": Stream.create,
    "delete-by-purpose": Stream.by_purpose,
    "delete-by-time": Stream.by_time,
    "delete-by-user": Stream.gone,
    "update-metadata-by-purpose": Stream.by_purpose,
    "update-metadata-by-user": Stream.by_user,
    "update-metadata-by-recipient": Stream.by_recipient,
    "read-data-by-user": Stream.by_user,
    "read-metadata-by-key": Stream.by_key,
    "update-data-by-key": Stream.by_key,
    "update-metadata-by-key": Stream.by_key,
    "delete-by-key": Stream.by_key,
    "read-data-by-key": Stream.by_key,
    "read-data-by-purpose": Stream.by_purpose,
    "read-data-by-objection": Stream.by_purpose,
    "read-data-by-decision": Stream.by_purpose,
    "read-metadata-by-user": Stream.by_user,
    "get-logs": lambda _, name, __: Operation(name),
    "verify-deletion": Stream.gone,
}


def _zipf(many: int) -> Callable[[Random], int]:
    """Small numbers often: the n-th in proportion to 1/n^0.99."""
    whole = list(accumulate(1 / (rank + 1) ** ZIPF for rank in range(many)))
    return lambda chance: min(bisect(whole, chance.random() * whole[-1]), many - 1)


def _data(chance: Random) -> str:
    return f"{chance.getrandbits(4 * DATA):0{DATA}x}"
