"""Every way of erasing the same people leaves the same rows, else no ratio would mean anything; and the
comparison can tell when it does not."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.alike import alike
from bench.community import TABLES, Community, coprime, email_of
from bench.handwritten import Handwritten
from bench.memory import of_a_list
from bench.ours import Upheld
from bench.place import Mariadb, Place, Postgresql, Sqlite
from tests.servers import mariadb as on_mariadb
from tests.servers import postgresql as on_postgresql
from tests.servers.plugin import RUN_FOLDER, NewDatabase

COMMUNITY = Community(80)
WAYS = ("hand", "set", "rows", "ours")
SOME = [email_of(number) for number in range(3, 33, 3)]
ARE = pytest.mark.parametrize("kind", ["postgresql", "mariadb", "sqlite"])


@pytest.fixture
def place(kind: str, new_database: NewDatabase, tmp_path: Path) -> Iterator[tuple[Place, dict[str, str]]]:
    """Copies of one community, by the way that will erase in them."""
    new_database("postgresql18" if kind == "postgresql" else kind)  # skips where the server is missing
    names = {way: f"bench_{os.getpid()}_{way}" for way in ("base", *WAYS)}
    run = Path(os.environ[RUN_FOLDER])
    found: Place = Sqlite(tmp_path)
    if kind == "postgresql":
        found = Postgresql(on_postgresql.postgresql(run, "postgresql18"))
    elif kind == "mariadb":
        found = Mariadb(on_mariadb.mariadb(run))
    found.load(names["base"], COMMUNITY)
    for way in WAYS:
        found.copy(names["base"], names[way])
    yield found, names
    for name in names.values():
        if isinstance(found, Postgresql):
            on_postgresql.drop(found.server, name)
        elif isinstance(found, Mariadb):
            on_mariadb.drop(found.server, name)


@ARE
def test_all_ways_leave_the_same_rows(
    place: tuple[Place, dict[str, str]], sqlite_records: Path, tmp_path: Path
) -> None:
    there, names = place
    before = there.digest(names["base"])
    assert {there.digest(names[way]) for way in WAYS} == {before}

    for way, erase in (
        ("hand", Handwritten.erase_one_by_one),
        ("set", Handwritten.erase_set),
        ("rows", Handwritten.erase_row_by_row),
    ):
        with closing(there.connect(names[way])) as connection:
            erase(Handwritten(there.kind, connection), SOME)
    upheld = Upheld(there.url(names["ours"]), tmp_path / "keys")
    for _, work in upheld.stages(SOME):
        work()

    assert len({there.digest(names[way]) for way in WAYS}) == 1
    assert there.digest(names["ours"]) != before
    assert upheld.certify() == len(SOME)


@ARE
def test_one_row_more_or_less_is_seen(place: tuple[Place, dict[str, str]]) -> None:
    there, names = place
    with closing(there.connect(names["set"])) as connection:
        connection.cursor().execute("UPDATE comments SET body = 'other' WHERE id = 7")
        connection.commit()
    assert there.digest(names["set"]) != there.digest(names["hand"])


@ARE
def test_access_reads_the_rows_of_the_hand_written_selects(
    place: tuple[Place, dict[str, str]], sqlite_records: Path, tmp_path: Path
) -> None:
    there, names = place
    with closing(there.connect(names["ours"])) as connection:
        by_hand = Handwritten(there.kind, connection).read_one_by_one(SOME)
    by_us = Upheld(there.url(names["ours"]), tmp_path / "keys").read_one_by_one(SOME)
    assert alike(by_hand, by_us)
    assert {each.table for each in by_us} == {table.name for table in TABLES}


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_row_of_somebody_else_in_place_of_hers_is_seen(
    place: tuple[Place, dict[str, str]], sqlite_records: Path, tmp_path: Path
) -> None:
    there, names = place
    with closing(there.connect(names["ours"])) as connection:
        hers, his = (Handwritten(there.kind, connection).read_one_by_one([each]) for each in SOME[:2])
    by_us = Upheld(there.url(names["ours"]), tmp_path / "keys").read_one_by_one(SOME[:1])

    found = [
        alike({**hers, name: [*rows[:-1], his[name][-1]]}, by_us)
        for name, rows in hers.items()
        if rows and his[name]
    ]

    assert alike(hers, by_us)
    assert found
    assert not any(found)


@ARE
def test_a_fresh_process_erases_a_list_and_says_what_it_took_of_memory(
    place: tuple[Place, dict[str, str]], tmp_path: Path
) -> None:
    there, names = place
    with closing(there.connect(names["set"])) as connection:
        Handwritten(there.kind, connection).erase_set(SOME)

    above = of_a_list(there.url(names["ours"]), tmp_path, SOME[2:], SOME[:2])

    assert there.digest(names["ours"]) == there.digest(names["set"])
    assert 0 <= above < 500


def test_few_do_much_and_most_do_little() -> None:
    community = Community(2_000)
    posts = next(table for table in TABLES if table.name == "posts")
    authors = [row[1] for row in community.rows(posts)]
    by_author = sorted((authors.count(each) for each in set(authors)), reverse=True)
    assert sum(by_author[: len(by_author) // 100]) > len(authors) / 20
    assert by_author[len(by_author) // 2] <= 3


def test_groups_of_people_never_meet() -> None:
    step = coprime(200_000)
    assert len({place * step % 200_000 for place in range(200_000)}) == 200_000
