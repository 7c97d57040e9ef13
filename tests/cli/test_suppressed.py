"""A list is sifted before it is imported: whoever was erased stays away."""

import json
from pathlib import Path

from tests.cli.program import ADA, Shop

LIST = (
    "Name,Email,City\n"
    "Ada Quillfeather, ADA.Quillfeather@Example.org ,Hull\n"
    'Bob Ashgrove,bob@example.com,"Hull, east"\n'
    "Nobody,,Hull\n"
)


def erased(folder: Path) -> Shop:
    shop = Shop(folder)
    done = shop.upheld("erase", "--identity", f"email={ADA}", "--yes")
    assert done.returncode == 0, done.stderr
    return shop


def test_scenario_44_an_import_of_an_erased_address_is_refused_by_line_and_never_by_value(
    tmp_path: Path,
) -> None:
    shop = erased(tmp_path)
    (tmp_path / "news.csv").write_text(LIST)

    said = shop.upheld("suppressed", "news.csv")

    assert (said.returncode, said.stdout, said.stderr) == (
        1,
        "1 of 3 must not come back: line 2.\nLeave them out before you import, or give --out FILE.\n",
        "",
    )
    machine = shop.upheld("suppressed", "news.csv", "--json")
    assert (machine.returncode, json.loads(machine.stdout)) == (
        1,
        {"people": 3, "lines": [2], "columns": ["email"]},
    )


def test_the_list_is_written_without_them_and_otherwise_as_it_was(tmp_path: Path) -> None:
    shop = erased(tmp_path)
    (tmp_path / "news.csv").write_text(LIST)

    said = shop.upheld("suppressed", "news.csv", "--out", "left.csv")

    assert (said.returncode, said.stdout) == (
        0,
        "1 of 3 must not come back: line 2.\n2 are in left.csv.\n",
    )
    left = tmp_path / "left.csv"
    assert left.read_text().splitlines() == [
        "Name,Email,City",
        'Bob Ashgrove,bob@example.com,"Hull, east"',
        "Nobody,,Hull",
    ]
    assert left.stat().st_mode & 0o777 == 0o600
    again = shop.upheld("suppressed", "left.csv", "--out", "left.csv")
    assert (again.returncode, again.stdout) == (2, "")
    assert "left.csv is there already." in again.stderr


def test_a_list_that_names_nobody_is_refused_for_it_would_look_clean(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    (tmp_path / "news.csv").write_text(f"Name;Email\nAda;{ADA}\n")

    said = shop.upheld("suppressed", "news.csv")

    assert said.returncode == 2
    assert "news.csv, line 1: no column is titled as a kind of identity." in said.stderr
    assert "Title one as one of these: email." in said.stderr
    assert ADA not in said.stderr
    (tmp_path / "news.csv").write_text("email\nbob@example.com\n")
    assert shop.upheld("suppressed", "news.csv").stdout == "Nobody of the 1 in news.csv has to be left out.\n"


def test_who_objected_to_marketing_is_left_out_while_her_systems_still_stop(tmp_path: Path) -> None:
    """G-21.2"""
    shop = Shop(tmp_path)
    (tmp_path / "news.csv").write_text(LIST)
    objected = shop.upheld("object", "--to", "marketing", "--identity", f"email={ADA}", "--yes")
    assert "shop: waits" in objected.stdout.replace("waiting", "waits"), objected

    said = shop.upheld("suppressed", "news.csv")

    assert (said.returncode, said.stdout.splitlines()[0]) == (1, "1 of 3 must not come back: line 2.")


def test_a_line_whose_cells_do_not_fit_the_first_is_refused_for_she_could_be_overlooked(
    tmp_path: Path,
) -> None:
    shop = erased(tmp_path)
    (tmp_path / "news.csv").write_text(f"name,email\nBob,bob@example.com\nQuillfeather, Ada,{ADA}\n")

    said = shop.upheld("suppressed", "news.csv", "--out", "left.csv")

    assert (said.returncode, said.stdout) == (2, "")
    assert "news.csv, line 3: there are 3 cells, and 2 in the first line." in said.stderr
    assert "Quillfeather" not in said.stderr
    assert not (tmp_path / "left.csv").exists()
