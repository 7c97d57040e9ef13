"""Indico: 162 tables that nobody here wrote, 204 people, and one of them asks to be forgotten.

`tests/apps/scan.py` looks for her by brute force and knows nothing of the map or of the product; what the map keeps
is read from the map's file as plain YAML.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Engine, create_engine, text

from tests.apps import scan
from tests.apps.indico import dump, hers, setup
from tests.apps.indico.site import site
from tests.servers import postgresql
from tests.servers.plugin import MISSING_MARK, RUN_FOLDER, servers_required
from tests.servers.server import Server, ServerMissing

MAP = setup.ROOT / "src" / "upheld" / "datamap" / "ready" / "indico.yaml"
WORKS = Path(__file__).with_name("inside") / "works.py"
HEROINE = "email=mara.lindqvist@example.org"


@dataclass(frozen=True, slots=True)
class Story:
    """What was seen before, in between and afterwards; the tests only read it."""

    engine: Engine
    folder: Path
    needles: scan.Needles
    found_before: list[scan.Found]
    touchable: dict[str, set[scan.Row]]
    digests_before: dict[str, dict[scan.Row, str]]
    worked_before: str
    checked: dict[str, object]
    rehearsed: str
    found_after: list[scan.Found]
    digests_after: dict[str, dict[scan.Row, str]]
    worked_after: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    _require_redis()
    setup.install()
    folder = tmp_path_factory.mktemp("indico")
    server = _server()
    for name in ("indico", "indico_before"):
        postgresql.create(server, name)
        dump.restore(server.url(name))
    engine = create_engine(server.url("indico"))
    try:
        yield _lived(engine, server.url("indico_before"), server.url("indico"), folder)
    finally:
        engine.dispose()
        for name in ("indico", "indico_before"):
            postgresql.drop(server, name)


def _lived(engine: Engine, before: str, database: str, folder: Path) -> Story:
    with site(before) as indico:
        worked_before = indico.run(WORKS)
    needles = hers.needles(engine)
    found_before = scan.find(engine, needles)
    touchable = dict(hers.touchable(engine, found_before))
    digests_before = scan.digests(engine)
    _privacy(folder)
    checked = json.loads(_upheld(folder, database, "map", "check", "--json"))
    copy = folder / "copy.age"
    _upheld(folder, database, "access", "--identity", HEROINE, "--yes", "--out", str(copy))
    _upheld(
        folder, database, "package", "open", str(copy), "--key", f"{copy}.key", "--to", str(folder / "copy")
    )
    rehearsed = _upheld(folder, database, "erase", "--identity", HEROINE, "--dry-run", "--json")
    assert scan.digests(engine) == digests_before
    _upheld(folder, database, "erase", "--identity", HEROINE, "--yes", "--out", str(folder / "certificate"))
    found_after, digests_after = scan.find(engine, needles), scan.digests(engine)
    with site(database) as indico:
        worked_after = indico.run(WORKS)
    return Story(
        engine, folder, needles, found_before, touchable, digests_before, worked_before, checked, rehearsed,
        found_after, digests_after, worked_after,
    )  # fmt: skip


def test_everybody_has_many_rows_in_many_tables(story: Story) -> None:
    tables = list(scan.shapes(story.engine))
    rows: Counter[int] = Counter()
    places: Counter[int] = Counter()
    with _engine(story, "indico_before") as before, before.connect() as connection:
        for shape in tables:
            columns = [column for column, target in shape.refers.items() if target == hers.USERS]
            if not columns:
                continue
            each = " UNION ".join(f"SELECT {column}, ctid FROM {shape.quoted}" for column in columns)
            counted = connection.execute(
                text(f"SELECT 1 * t.{columns[0]}, count(*) FROM ({each}) t GROUP BY 1")
            )
            for person, many in counted:
                if person is not None:
                    rows[person] += many
                    places[person] += 1

    people = [person for person in rows if rows[person] >= 20 and places[person] >= 15]

    assert len(tables) == 162
    assert len(people) >= 204


def test_the_map_covers_every_table_and_the_check_stops_nothing(story: Story) -> None:
    findings = story.checked["findings"]
    assert isinstance(findings, list)

    assert [each for each in findings if each["severity"] == "stop"] == []
    assert story.checked["not_checked"] == {}


def test_the_copy_has_every_row_that_names_her_account_and_nobody_elses_address(story: Story) -> None:
    """G-15.3, and S-46: what others wrote to or about others is not hers to read."""
    data = story.folder / "copy" / "data" / "indico"
    copied = {
        path.name.removesuffix(".jsonl"): path.read_text().splitlines() for path in data.glob("*.jsonl")
    }
    wanted = Counter(table for table, keys in _named(story).items() for _ in keys)

    assert {table: many for table, many in wanted.items() if len(copied.get(table, ())) < many} == {}
    everything = "\n".join(line for lines in copied.values() for line in lines)
    others = {address for address in _addresses(story) if f'"{address}"' in everything}
    assert others == set()


def test_the_rehearsal_counts_what_the_erasure_does(story: Story) -> None:
    """Compared where one step touches a table; several may touch the same row of the others."""
    steps = [each for each in json.loads(story.rehearsed)["systems"]["indico"]["steps"] if each["rows"]]
    once = {table for table, many in Counter(each["table"] for each in steps).items() if many == 1}
    changed = scan.changes(story.digests_before, story.digests_after)
    touched = Counter(
        table
        for rows in (changed.gone, changed.other)
        for table, keys in rows.items()
        for _ in keys
        if table in once
    )

    assert {each["table"]: each["rows"] for each in steps if each["table"] in once} == touched
    assert len(once) > 50


def test_she_is_found_nowhere_outside_what_the_map_retains(story: Story) -> None:
    left = {each.table for each in story.found_after}

    assert len(story.found_before) > 300
    assert left <= _retained()
    assert [each for each in story.found_after if each.needle.startswith("users.users.id")] == []


def test_every_other_row_is_as_it_was(story: Story) -> None:
    changed = scan.changes(story.digests_before, story.digests_after)

    assert changed.new == {}
    for touched in (changed.gone, changed.other):
        strangers = {table: keys - story.touchable.get(table, set()) for table, keys in touched.items()}
        assert {table: keys for table, keys in strangers.items() if keys} == {}


def test_who_is_taken_for_her_keeps_what_is_not_hers_too(story: Story) -> None:
    alike = scan.Needles(hers.LOOKALIKES)
    with _engine(story, "indico_before") as before:
        was = [
            each
            for each in scan.find(before, alike)
            if each.key not in story.touchable.get(each.table, set())
        ]
    now = [
        each
        for each in scan.find(story.engine, alike)
        if each.key not in story.touchable.get(each.table, set())
    ]

    assert now == was
    assert {each.needle for each in now} == set(hers.LOOKALIKES)


def test_indico_works_as_before(story: Story) -> None:
    assert story.worked_after == story.worked_before
    assert story.worked_before.endswith(" 0 wrong\n")


def test_a_second_erasure_changes_nothing(story: Story) -> None:
    before = scan.digests(story.engine)

    _upheld(story.folder, _address(story.engine), "erase", "--identity", HEROINE, "--nothing-found", "--yes")

    assert scan.digests(story.engine) == before


def _named(story: Story) -> dict[str, set[scan.Row]]:
    rows: dict[str, set[scan.Row]] = {}
    for each in story.found_before:
        if each.needle.startswith("users.users.id="):
            rows.setdefault(each.table, set()).add(each.key)
    return rows


def _addresses(story: Story) -> list[str]:
    """Everybody's addresses but hers."""
    with _engine(story, "indico_before") as before, before.connect() as connection:
        read = connection.execute(text("SELECT DISTINCT email FROM users.emails"))
        return [address for (address,) in read if address not in hers.TEXTS]


@contextmanager
def _engine(story: Story, database: str) -> Iterator[Engine]:
    engine = create_engine(story.engine.url.set(database=database))
    try:
        yield engine
    finally:
        engine.dispose()


def _retained() -> set[str]:
    tables = YAML(typ="safe").load(MAP)["tables"]
    return {
        name
        for name, table in tables.items()
        if "retain" in json.dumps(table.get("on_erase", {}), default=str)
    }


def _privacy(folder: Path) -> None:
    systems = folder / "privacy" / "systems"
    systems.mkdir(parents=True)
    about = "organisation: {name: Harbour House, contact: privacy@harbour.example.org}\n"
    (folder / "privacy" / "upheld.yaml").write_text(about)
    shutil.copy(MAP, systems / "indico.yaml")


def _upheld(folder: Path, database: str, *arguments: str) -> str:
    """The program as people start it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", *arguments],
        env={**os.environ, "INDICO_DATABASE_URL": database},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _server() -> Server:
    try:
        return postgresql.postgresql(Path(os.environ[RUN_FOLDER]), "postgresql15")
    except ServerMissing as missing:
        _missing(missing.why, missing.remedy)
        raise


def _require_redis() -> None:
    if shutil.which("redis-server") is None:
        _missing("Redis is not installed", "apt install redis-server")


def _missing(why: str, remedy: str) -> None:
    if servers_required():
        pytest.fail(f"{why}: {remedy}", pytrace=False)
    pytest.skip(f"{MISSING_MARK}{why} ({remedy})")
