"""docs/how-to: every page is carried out as it stands, and the commands say what it says they say."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.plugin import stored

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
BLOCK = re.compile(r"^```(sql|sh|text|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    for match in BLOCK.finditer(page.read_text()):
        yield match[1], match[2]


def pattern(text: str) -> str:
    """`…` stands for the rest of a line, or alone on a line for any lines."""
    lines = (
        "(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n"
        for line in text.splitlines()
    )
    return "".join(lines)


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """A place in which `upheld` is the program of this checkout."""
    program = tmp_path / "bin" / "upheld"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m upheld.cli.main "$@"\n')
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    return {**kept, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def carry_out(page: Path, place: Path, shell: dict[str, str]) -> None:
    """Every block in order; what a command said is compared with the block after it."""
    place.mkdir()
    said, exports = "", ""

    for kind, text in blocks(page):
        match kind:
            case "sql":
                connection = sqlite3.connect(place / "shop.sqlite")
                connection.executescript(text)
                connection.close()
            case "yaml":
                (place / text.splitlines()[0].removeprefix("# ")).write_text(text)
            case "sh":
                exports += "".join(f"{line}\n" for line in text.splitlines() if line.startswith("export "))
                done = subprocess.run(
                    ["sh", "-c", exports + text],
                    cwd=place,
                    env=shell | stored(place / "upheld-data"),
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert "Traceback" not in done.stderr
                said = done.stdout
            case _:
                assert re.fullmatch(pattern(text), said), f"{page.name} says:\n{text}\nbut it was:\n{said}"


def test_the_first_map_is_carried_out_as_it_stands_and_keeps_what_it_promises(
    tmp_path: Path, shell: dict[str, str]
) -> None:
    carry_out(HOW_TO / "first-map.md", tmp_path / "place", shell)

    with sqlite3.connect(tmp_path / "place" / "shop.sqlite") as connection:
        rows = connection.execute("SELECT id, user_id, words FROM reviews ORDER BY id").fetchall()
        orders = connection.execute("SELECT id, user_id, what FROM orders ORDER BY id").fetchall()
        people = connection.execute("SELECT id, name FROM users ORDER BY id").fetchall()
    connection.close()
    assert rows == [(1, None, "[removed]"), (2, 8, "Thin paper.")]
    assert orders == [(2, 7, "quills"), (3, 8, "paper")]
    assert people == [(7, None), (8, "Bob Ashgrove")]


def test_a_dataset_of_fides_is_carried_over_decided_and_carried_out_as_the_page_says(
    tmp_path: Path, shell: dict[str, str]
) -> None:
    carry_out(HOW_TO / "from-fides.md", tmp_path / "place", shell)

    with sqlite3.connect(tmp_path / "place" / "shop.sqlite") as connection:
        customers = connection.execute(
            "SELECT id, full_name, address_id FROM customer ORDER BY id"
        ).fetchall()
        addresses = connection.execute("SELECT id, street FROM address ORDER BY id").fetchall()
        purchases = connection.execute("SELECT id, customer_id FROM purchase ORDER BY id").fetchall()
    connection.close()
    assert customers == [(7, None, None), (8, "Bob Ashgrove", 2)]
    assert addresses == [(2, "9 Ash Road")]
    assert purchases == [(1, 7), (2, 8)]


def test_the_draft_is_carried_out_as_it_stands_and_spares_everybody_else(
    tmp_path: Path, shell: dict[str, str]
) -> None:
    carry_out(HOW_TO / "discover.md", tmp_path / "place", shell)

    with sqlite3.connect(tmp_path / "place" / "shop.sqlite") as connection:
        people = connection.execute("SELECT id, name, phone FROM users ORDER BY id").fetchall()
        sessions = connection.execute("SELECT id, user_id FROM sessions").fetchall()
        posts = connection.execute("SELECT id, author, body FROM posts ORDER BY id").fetchall()
    connection.close()
    assert people == [(7, None, None), (8, "Bob Ashgrove", None), (9, "Cy Elm", None)]
    assert sessions == [(2, 8)]
    assert posts == [(1, None, None), (2, 8, "Any that dries."), (3, 9, "Goose.")]


@pytest.mark.store("sqlite")  # they move the data folder away, and the records with it
@pytest.mark.parametrize("page", ["restore.md", "lost-keys.md", "new-master-key.md"])
def test_the_drills_of_backups_are_carried_out_as_they_stand(
    page: str, tmp_path: Path, shell: dict[str, str]
) -> None:
    """K-01, K-02, K-05"""
    carry_out(HOW_TO / page, tmp_path / "place", shell)

    with sqlite3.connect(tmp_path / "place" / "shop.sqlite") as connection:
        people = connection.execute("SELECT id FROM users").fetchall()
    connection.close()
    assert people == {"restore.md": [], "lost-keys.md": [(8,)], "new-master-key.md": []}[page]
