"""A community with a shop, of thirteen tables, and how much its people do there: few very much, most little.

The same people and rows on every database, drawn from one seed, table after table, in bounded memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import gcd
from random import Random

Row = tuple[object, ...]

SEED = 20_261_125
WORDS = (
    "harbour lantern tide quarry meadow ferry copper willow anchor saddle beacon orchard gravel thistle "
    "ledger kettle drift hollow marble sparrow timber canvas ember frost"
).split()
FLAT = 60
"""Added to every rank, so that the most active person is a heavy user and not half of the site."""


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` as `name type`, in the words of PostgreSQL. `rows_each`: rows for each person. `indexes`:
    columns with an index of their own; what refers has one."""

    name: str
    columns: tuple[str, ...]
    rows_each: float
    indexes: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(each.split()[0] for each in self.columns if each[0].islower())


USER = "user_id bigint REFERENCES users (id)"
TABLES = (
    Table(
        "users",
        (
            "id bigint NOT NULL",
            "email varchar(80) NOT NULL",
            "username varchar(40) NOT NULL",
            "confirmed_at timestamp",
            "created_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        1,
        unique=("email", "username"),
    ),
    Table(
        "profiles",
        (
            "user_id bigint NOT NULL REFERENCES users (id)",
            "name varchar(80) NOT NULL",
            "about text",
            "PRIMARY KEY (user_id)",
        ),
        0.8,
    ),
    Table(
        "posts",
        (
            "id bigint NOT NULL",
            USER,
            "title varchar(120) NOT NULL",
            "body text NOT NULL",
            "created_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        2,
        ("user_id",),
    ),
    Table(
        "comments",
        (
            "id bigint NOT NULL",
            "post_id bigint NOT NULL REFERENCES posts (id)",
            "parent_id bigint REFERENCES comments (id)",
            USER,
            "body text NOT NULL",
            "created_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        4,
        ("post_id", "parent_id", "user_id"),
    ),
    Table(
        "messages",
        (
            "id bigint NOT NULL",
            "sender_id bigint REFERENCES users (id)",
            "recipient_id bigint REFERENCES users (id)",
            "body text NOT NULL",
            "sent_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        3,
        ("sender_id", "recipient_id"),
    ),
    Table(
        "likes",
        (
            "user_id bigint NOT NULL REFERENCES users (id)",
            "post_id bigint NOT NULL REFERENCES posts (id)",
            "PRIMARY KEY (user_id, post_id)",
        ),
        4,
        ("post_id",),
    ),
    Table(
        "orders",
        (
            "id bigint NOT NULL",
            USER,
            "address varchar(120)",
            "total_cents integer NOT NULL",
            "ordered_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        0.8,
        ("user_id",),
    ),
    Table(
        "order_items",
        (
            "id bigint NOT NULL",
            "order_id bigint NOT NULL REFERENCES orders (id)",
            "product varchar(40) NOT NULL",
            "note text",
            "PRIMARY KEY (id)",
        ),
        2,
        ("order_id",),
    ),
    Table(
        "donations",
        (
            "id bigint NOT NULL",
            USER,
            "amount_cents integer NOT NULL",
            "note text",
            "paid_on date NOT NULL",
            "PRIMARY KEY (id)",
        ),
        0.3,
        ("user_id",),
    ),
    Table(
        "sessions",
        (
            "id bigint NOT NULL",
            "user_id bigint NOT NULL REFERENCES users (id)",
            "ip varchar(40) NOT NULL",
            "agent varchar(80) NOT NULL",
            "seen_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        1.5,
        ("user_id",),
    ),
    Table(
        "tokens",
        (
            "id bigint NOT NULL",
            "user_id bigint NOT NULL REFERENCES users (id)",
            "token varchar(64) NOT NULL",
            "created_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        0.7,
        ("user_id",),
    ),
    Table(
        "newsletter",
        (
            "id bigint NOT NULL",
            "email varchar(80) NOT NULL",
            "joined_at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        0.5,
        ("email",),
    ),
    Table(
        "audit_log",
        (
            "id bigint NOT NULL",
            "actor_id bigint REFERENCES users (id)",
            "action varchar(40) NOT NULL",
            "ip varchar(40)",
            "at timestamp NOT NULL",
            "PRIMARY KEY (id)",
        ),
        2,
        ("actor_id",),
    ),
)


def email_of(number: int) -> str:
    """The address of a person."""
    return f"{WORDS[number % len(WORDS)]}.{WORDS[number // 7 % len(WORDS)]}{number}@harbour.example"


@dataclass(frozen=True, slots=True)
class Community:
    """So many people, and what they did."""

    people: int

    def many(self, table: Table) -> int:
        """How many rows a table has."""
        return max(1, int(self.people * table.rows_each))

    @property
    def size(self) -> int:
        """Rows of all tables."""
        return sum(self.many(table) for table in TABLES)

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of a table; the same ones each time."""
        return MAKERS[table.name](_Chance(self, table))


class _Chance:
    """Draws for one table."""

    def __init__(self, community: Community, table: Table) -> None:
        self.random = Random(f"{SEED} {table.name}")
        self.community = community
        self.people, self.many = community.people, community.many(table)
        self.step = coprime(self.people)
        self.reach = (self.people + FLAT) / FLAT

    def person(self) -> int:
        """Somebody, by how active she is: the chance falls as 1 / rank."""
        rank = int(FLAT * self.reach ** self.random.random()) - FLAT
        return (rank * self.step) % self.people + 1

    def row_of(self, name: str) -> int:
        """Any row of that table."""
        table = next(each for each in TABLES if each.name == name)
        return self.random.randrange(self.community.many(table)) + 1

    def text(self, least: int, most: int) -> str:
        """Some words."""
        return " ".join(self.random.choices(WORDS, k=self.random.randint(least, most)))

    def moment(self) -> str:
        """A second of the last ten years."""
        return f"{self.day()} {self.random.randrange(24):02}:{self.random.randrange(60):02}:00"

    def day(self) -> str:
        """A day of the last ten years."""
        year, month = self.random.randrange(2016, 2026), self.random.randrange(12) + 1
        return f"{year}-{month:02}-{self.random.randrange(28) + 1:02}"

    def address(self) -> str:
        """Where a call came from."""
        return f"198.51.100.{self.random.randrange(250)}"


def coprime(people: int) -> int:
    """A step by which ranks are scattered over all numbers, the same people never twice."""
    step = max(1, int(people * 0.618))
    while gcd(people, step) > 1:
        step += 1
    return step


def _users(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.people + 1):
        yield number, email_of(number), f"member-{number}", draw.moment(), draw.moment()


def _profiles(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, f"{draw.text(2, 2).title()} {number}", draw.text(4, 20)


def _posts(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, draw.person(), draw.text(3, 7), draw.text(10, 40), draw.moment()


def _comments(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        parent = draw.random.randrange(number - 1) + 1 if number % 3 == 0 and number > 1 else None
        yield number, draw.row_of("posts"), parent, draw.person(), draw.text(5, 25), draw.moment()


def _messages(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        left = number % 10 == 0
        yield number, draw.person(), None if left else draw.person(), draw.text(5, 30), draw.moment()


def _likes(draw: _Chance) -> Iterator[Row]:
    posts = int(draw.people * 2)
    given: dict[int, int] = {}
    for _ in range(draw.many):
        person = draw.person()
        before = given.get(person, 0)
        if before < posts:
            given[person] = before + 1
            yield person, (person * 31 + before) % posts + 1


def _orders(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, draw.person(), draw.text(3, 6).title(), draw.random.randrange(90_000), draw.moment()


def _order_items(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, draw.row_of("orders"), draw.random.choice(WORDS), draw.text(2, 9)


def _donations(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, draw.person(), draw.random.randrange(90_000), draw.text(2, 9), draw.day()


def _sessions(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, draw.person(), draw.address(), f"Browser {draw.text(1, 3)}", draw.moment()


def _tokens(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, draw.person(), f"{draw.random.getrandbits(128):032x}", draw.moment()


def _newsletter(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, email_of(number * 2), draw.moment()


def _audit_log(draw: _Chance) -> Iterator[Row]:
    for number in range(1, draw.many + 1):
        yield number, draw.person(), draw.random.choice(WORDS), draw.address(), draw.moment()


MAKERS: dict[str, Callable[[_Chance], Iterator[Row]]] = {
    "users": _users,
    "profiles": _profiles,
    "posts": _posts,
    "comments": _comments,
    "messages": _messages,
    "likes": _likes,
    "orders": _orders,
    "order_items": _order_items,
    "donations": _donations,
    "sessions": _sessions,
    "tokens": _tokens,
    "newsletter": _newsletter,
    "audit_log": _audit_log,
}
