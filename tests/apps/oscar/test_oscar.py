"""django-oscar on MariaDB: 94 tables that nobody here wrote, a shop with 208 accounts and 60 guests, and one customer who
asks to be forgotten.

`tests/apps/scan.py` looks for her by brute force and knows nothing of the map or of the product; what the map keeps
is read from the map's file as plain YAML.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.apps import product, scan
from tests.apps.oscar import dump, hers, setup
from tests.apps.oscar.site import INSIDE, site
from tests.servers import mariadb
from tests.servers.plugin import RUN_FOLDER
from tests.servers.server import Server, ServerMissing

MAP = setup.ROOT / "src" / "upheld" / "datamap" / "ready" / "oscar.yaml"
HEROINE = f"email={hers.EMAIL}"


@dataclass(frozen=True, slots=True)
class Story:
    """What was seen before, in between and afterwards; the tests only read it."""

    engine: Engine
    folder: Path
    needles: scan.Needles
    found_before: list[scan.Found]
    his: set[tuple[str, scan.Row]]
    touchable: dict[str, set[scan.Row]]
    digests_before: dict[str, dict[scan.Row, str]]
    checked: dict[str, object]
    rehearsed: str
    found_after: list[scan.Found]
    digests_after: dict[str, dict[scan.Row, str]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    setup.install()
    folder = tmp_path_factory.mktemp("oscar")
    server = _server()
    for name in ("oscar", "oscar_before"):
        mariadb.create(server, name)
        dump.restore(server.url(name))
    engine = create_engine(server.url("oscar"))
    try:
        yield _lived(engine, server.url("oscar"), folder)
    finally:
        engine.dispose()
        for name in ("oscar", "oscar_before"):
            mariadb.drop(server, name)


def _lived(engine: Engine, database: str, folder: Path) -> Story:
    needles = hers.needles(engine)
    found_before = scan.find(engine, needles)
    touchable = dict(hers.touchable(engine, found_before))
    digests_before = scan.digests(engine)
    product.privacy(folder, MAP)
    checked = json.loads(_upheld(folder, database, "map", "check", "--strict", "--json"))
    copy = folder / "copy.age"
    _upheld(folder, database, "access", "--identity", HEROINE, "--yes", "--out", str(copy))
    opened = ("--key", f"{copy}.key", "--to", str(folder / "copy"))
    _upheld(folder, database, "package", "open", str(copy), *opened)
    rehearsed = _upheld(folder, database, "erase", "--identity", HEROINE, "--dry-run", "--json")
    assert scan.digests(engine) == digests_before
    _upheld(folder, database, "erase", "--identity", HEROINE, "--yes", "--out", str(folder / "certificate"))
    return Story(
        engine, folder, needles, found_before, hers.his(engine), touchable, digests_before, checked, rehearsed,
        scan.find(engine, needles), scan.digests(engine),
    )  # fmt: skip


def test_two_hundred_people_have_rows_in_many_tables(story: Story) -> None:
    tables = list(scan.shapes(story.engine))
    rows: Counter[int] = Counter()
    places: Counter[int] = Counter()
    with _engine(story, "oscar_before") as before, before.connect() as connection:
        for shape in tables:
            for column, target in shape.refers.items():
                if target == hers.USERS:
                    counted = connection.execute(
                        text(f"SELECT {column}, count(*) FROM {shape.quoted} WHERE {column} > 0 GROUP BY 1")
                    )
                    for person, many in counted:
                        rows[person] += many
                        places[person] += 1

    people = [person for person in rows if rows[person] >= 6 and places[person] >= 5]

    assert len(tables) == 94
    assert len(people) >= 200


def test_the_map_covers_every_table_and_the_strict_check_is_clean(story: Story) -> None:
    findings = story.checked["findings"]
    assert isinstance(findings, list)

    assert [each for each in findings if each["severity"] != "note"] == []
    assert story.checked["not_checked"] == {}


def test_the_copy_has_every_row_that_names_her_account_and_nobody_elses_address(story: Story) -> None:
    """G-15.4, G-15.5 and S-46: what others wrote to or about others is not hers to read."""
    data = story.folder / "copy" / "data" / "oscar"
    copied = {
        path.name.removesuffix(".jsonl"): path.read_text().splitlines() for path in data.glob("*.jsonl")
    }
    named: dict[str, set[scan.Row]] = {}
    for each in story.found_before:
        if (each.table, each.key) not in story.his:
            named.setdefault(each.table, set()).add(each.key)

    assert {table: len(keys) for table, keys in named.items() if len(copied.get(table, ())) < len(keys)} == {}
    everything = "\n".join(line for lines in copied.values() for line in lines)
    others = {address for address in _addresses(story) if f'"{address}"' in everything}
    assert others == set()


def test_the_rehearsal_counts_what_the_erasure_does(story: Story) -> None:
    """Compared where one step touches a table. A row that becomes what it was already is announced and not seen."""
    steps = [each for each in json.loads(story.rehearsed)["systems"]["oscar"]["steps"] if each["rows"]]
    once = {table for table, many in Counter(each["table"] for each in steps).items() if many == 1}
    announced = {each["table"]: each["rows"] for each in steps if each["table"] in once}
    changed = scan.changes(story.digests_before, story.digests_after)
    gone = {table: len(keys) for table, keys in changed.gone.items() if table in once}

    assert {table: announced[table] for table in gone} == gone
    assert all(len(keys) <= announced[table] for table, keys in changed.other.items() if table in once)
    assert {*changed.gone, *changed.other} <= {each["table"] for each in steps}
    assert len(gone) > 12


def test_she_is_found_nowhere_outside_what_the_map_retains_and_what_her_husband_wrote(story: Story) -> None:
    left = [each for each in story.found_after if (each.table, each.key) not in story.his]

    assert len(story.found_before) > 100
    assert {each.table for each in left} <= product.retained(MAP)
    assert [each for each in story.found_after if each.needle.startswith("auth_user.id")] == []
    assert [each for each in story.found_after if each.needle == hers.EMAIL] == []


def test_invoices_keep_her_address_and_nothing_leads_from_her_account_to_them(story: Story) -> None:
    """G-17.3: the tax office wants who bought; the parcel's address and the note on it are not for it."""
    before = Counter(
        each.table
        for each in story.found_before
        if (each.table, each.key) not in story.his and each.column == "*"
    )
    after = Counter(
        each.table
        for each in story.found_after
        if (each.table, each.key) not in story.his and each.column == "*"
    )

    assert after == Counter({"order_billingaddress": before["order_billingaddress"]})


def test_every_other_row_is_as_it_was(story: Story) -> None:
    changed = scan.changes(story.digests_before, story.digests_after)

    assert changed.new == {}
    for touched in (changed.gone, changed.other):
        strangers = {table: keys - story.touchable.get(table, set()) for table, keys in touched.items()}
        assert {table: keys for table, keys in strangers.items() if keys} == {}


def test_who_is_taken_for_her_keeps_what_is_not_hers_too(story: Story) -> None:
    alike = scan.Needles(hers.LOOKALIKES)

    def not_hers(engine: Engine) -> list[scan.Found]:
        return [
            each
            for each in scan.find(engine, alike)
            if each.key not in story.touchable.get(each.table, set())
        ]

    with _engine(story, "oscar_before") as before:
        was = not_hers(before)
    now = not_hers(story.engine)

    assert now == was
    assert {each.needle for each in now} == set(hers.LOOKALIKES)


def test_what_upheld_keeps_of_it_names_nobody(story: Story) -> None:
    kept = [path for path in (story.folder / "upheld-data").rglob("*") if path.is_file()]
    kept += [path for path in story.folder.glob("certificate*") if path.is_file()]
    texts = {each.encode().lower() for each in story.needles.texts}

    named = {path.name for path in kept for each in texts if each in path.read_bytes().lower()}

    assert len(kept) >= 3
    assert named == set()


def test_a_second_erasure_changes_nothing(story: Story) -> None:
    before = scan.digests(story.engine)

    _upheld(story.folder, _address(story.engine), "erase", "--identity", HEROINE, "--nothing-found", "--yes")

    assert scan.digests(story.engine) == before


def test_the_shop_works_as_before(story: Story) -> None:
    """Last, for it buys something in both."""
    with site(_address(story.engine).replace("/oscar?", "/oscar_before?")) as shop:
        worked_before = shop.run(INSIDE / "works.py")
    with site(_address(story.engine)) as shop:
        worked_after = shop.run(INSIDE / "works.py")

    assert worked_after == worked_before
    assert worked_before.endswith(" 0 wrong\n")


def _addresses(story: Story) -> list[str]:
    """Everybody's addresses but hers."""
    with _engine(story, "oscar_before") as before, before.connect() as connection:
        read = connection.execute(
            text(
                "SELECT email FROM auth_user UNION SELECT guest_email FROM order_order WHERE guest_email <> ''"
            )
        )
        return [address for (address,) in read if address != hers.EMAIL]


@contextmanager
def _engine(story: Story, database: str) -> Iterator[Engine]:
    engine = create_engine(story.engine.url.set(database=database))
    try:
        yield engine
    finally:
        engine.dispose()


def _upheld(folder: Path, database: str, *arguments: str) -> str:
    return product.upheld(folder, {"OSCAR_DATABASE_URL": database}, *arguments)


def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _server() -> Server:
    try:
        return mariadb.mariadb(Path(os.environ[RUN_FOLDER]))
    except ServerMissing as missing:
        product.missing(missing.why, missing.remedy)
        raise
