"""What is measured, and the goal that each figure stands beside."""

from dataclasses import dataclass

SETTINGS = {
    "postgresql": "PostgreSQL",
    "postgresql+records": "PostgreSQL, our records too",
    "mariadb": "MariaDB",
    "sqlite": "SQLite",
}
"""By name: the kind of database; our own records are on SQLite unless it says that they are there too."""


FULL = 200_000
"""People from whom on the goals of the engine are judged; fewer show how the figures move, and no more."""
MANY = 1_000


def many(people: int) -> int:
    """How many people a list has in a community of so many."""
    return min(MANY, people // 20)


@dataclass(frozen=True, slots=True)
class Goal:
    """A measure in words, in which {many} is the size of a list. `most`: the figure is to be at most this;
    None where it is shown without a goal. `mariadb`: another limit there. `once`: measured by itself, in the
    setting named so."""

    measure: str
    title: str
    most: float | None
    unit: str = "×"
    mariadb: float | None = None
    once: bool = False

    def limit(self, setting: str) -> float | None:
        """The goal in a setting."""
        return self.mariadb if setting == "mariadb" and self.mariadb is not None else self.most


GOALS = (
    Goal("single", "one erasure against hand-written, one by one", 1.3),
    Goal("rows", "one erasure against hand-written, row by row", None),
    Goal("batch-set", "batch of {many} against the hand-written set", 1.25, mariadb=1.4),
    Goal("batch-single", "batch of {many} against hand-written, one by one", 0.25),
    Goal("access", "access for one person against 14 hand-written SELECTs", 1.0),
    Goal("access-json", "the same, JSON built by the server", 0.5),
    Goal("access-sets", "access for {many} in sets against the same SELECTs each", 0.35),
    Goal("undo", "undo window against plain erasure", 2),
    Goal("check", "plan check of this schema", 2, "s"),
    Goal("entry-insert", "ledger: inserting an entry, of many", 25, "µs"),
    Goal("entry-sequence", "ledger: sequencing an entry in our records, of many", 25, "µs"),
    Goal("soak", "soak of 100,000 erasures: the last 1,000 against the first", 1.5),
    Goal("list-memory", "a list of {many} erased by a fresh process: memory above idle", None, "MB"),
)

ONCE = (
    Goal("sequencing", "hashing an entry into a tree of a million", 25, "µs", once=True),
    Goal("proof", "a proof at a million entries", 1_000, "µs", once=True),
    Goal("proof-size", "its size", 1_024, "bytes", once=True),
    Goal("proof-check", "checking its hashes", 50, "µs", once=True),
    Goal("ask-known", "the request form for somebody known: median", None, "ms", once=True),
    Goal("ask-unknown", "the same for somebody unknown", None, "ms", once=True),
    Goal("package", "access package of 5 million rows: memory above idle", 50, "MB", once=True),
    Goal("shop-access-statements", "a copy by the API: statements of our records", 30, "a person", once=True),
    Goal("shop-access-cpu", "a copy by the API: CPU, the database server's too", 0.024, "s", once=True),
    Goal("shop-access-wall", "a copy by the API: by the clock", 0.1, "s", once=True),
    Goal(
        "shop-erasure-statements",
        "an erasure by the API: statements of our records",
        40,
        "a person",
        once=True,
    ),
    Goal("shop-erasure-cpu", "an erasure by the API: CPU, the database server's too", 0.034, "s", once=True),
    Goal("shop-erasure-wall", "an erasure by the API: by the clock", 0.1, "s", once=True),
    Goal("shop-large-erasure", "one person of 20,000 rows erased", 2, "s", once=True),
    Goal("shop-large-access", "one of 100,000 rows read: memory above idle", 50, "MB", once=True),
    Goal("idle", "memory of all programs of `upheld serve`, idle", 150, "MB", once=True),
    Goal("start", "from `upheld serve` to a ready server", 3, "s", once=True),
    Goal("start-empty", "`upheld serve` where there is nothing: records made anew", 3, "s", once=True),
    Goal("journal-embedded", "a case of five systems, `upheld serve` alone", 12.5, "ms", once=True),
    Goal("journal-workers", "a case of five systems, two workers", 12.5, "ms", once=True),
    Goal("packages", "packages of a base install", 75, "", once=True),
    Goal("installed", "size of a base install", 220, "MB", once=True),
)
