"""Keys that only systems of another kind have: a person who looks by hand, a folder of files."""

from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from tests.datamap.keys.test_registers import PROCESSORS
from tests.scenarios.world import NOW, ORGANISATION, PURPOSES
from upheld.connectors import files, manual
from upheld.datamap.fault import Invalid
from upheld.datamap.model import DataMap
from upheld.datamap.read import read
from upheld.datamap.risk import risk_of
from upheld.law.pack import Risk
from upheld.law.right import Right
from upheld.rights.connector import Row
from upheld.rights.fulfil import execute
from upheld.rights.identify import identify
from upheld.rights.outcome import Asked, Verified
from upheld.rights.plan import Task
from upheld.rights.planner import plan
from upheld.rights.subject import Identity, Subject

ADA = Identity("email", "ada@chess.example.org")


def _map(folder: Path, system: str) -> DataMap:
    (folder / "systems").mkdir(parents=True)
    (folder / "upheld.yaml").write_text(ORGANISATION)
    (folder / "purposes.yaml").write_text(PURPOSES)
    (folder / "systems" / "one.yaml").write_text(dedent(system))
    return read(folder)


@pytest.mark.key("look_for", "how", "days")
def test_the_owner_of_a_manual_system_is_told_what_to_look_for_how_and_by_when(tmp_path: Path) -> None:
    datamap = _map(
        tmp_path / "privacy",
        """
        system: letters
        kind: manual
        owner: Front desk
        address: desk@chess.example.org
        look_for: paper letters in the green cabinet
        how: shred them
        days: 12
        """,
    )
    connector = manual.connector(datamap.system("letters"), secrets={})

    [asked] = [
        event
        for event in execute(
            plan(datamap, Right.ERASURE, today=NOW.date()),
            {"letters": connector},
            Subject((ADA,)),
            now=NOW,
            entropy=lambda: "r1",
        )
        if isinstance(event, Asked)
    ]

    assert (asked.owner, asked.address) == ("Front desk", "desk@chess.example.org")
    assert (asked.look_for, asked.how) == ("paper letters in the green cabinet", "shred them")
    assert asked.due == date(2026, 11, 22) + timedelta(days=12)


@pytest.mark.key("how_to_copy")
def test_the_instruction_fits_the_right_and_never_says_to_shred_what_is_to_be_copied(tmp_path: Path) -> None:
    letters = """
system: letters
kind: manual
owner: Front desk
address: desk@chess.example.org
look_for: paper letters
how: shred them
"""
    silent = _map(tmp_path / "silent", letters)
    spoken = _map(tmp_path / "spoken", letters + "how_to_copy: scan them\n")

    def told(datamap: DataMap, right: Right) -> list[str]:
        return [each.how for each in plan(datamap, right, today=NOW.date()).steps if isinstance(each, Task)]

    assert (told(silent, Right.ERASURE), told(spoken, Right.ERASURE)) == (["shred them"], ["shred them"])
    assert (told(silent, Right.ACCESS), told(spoken, Right.ACCESS)) == (["copy"], ["scan them"])
    for right in (Right.PORTABILITY, Right.RESTRICTION):
        assert "shred" not in "".join(told(silent, right) + told(spoken, right))


@pytest.mark.key("categories")
def test_what_a_manual_system_holds_decides_how_sure_it_must_be_who_asks(tmp_path: Path) -> None:
    wages = """
system: payroll
kind: manual
owner: Front desk
address: desk@chess.example.org
look_for: wage slips
how: shred them
"""
    silent = _map(tmp_path / "silent", wages)
    spoken = _map(tmp_path / "spoken", wages + "categories: [name, salary]\n")

    assert (risk_of(silent, Right.ACCESS), risk_of(spoken, Right.ACCESS)) == (Risk.LOW, Risk.HIGH)
    agreed = tmp_path / "spoken"
    (agreed / "processors.yaml").write_text(PROCESSORS.replace("free-text, password", "name, salary"))
    one = agreed / "systems" / "one.yaml"
    one.write_text(one.read_text() + "processor: host\n")
    assert read(agreed).system("payroll").categories == ("name", "salary")
    (agreed / "processors.yaml").write_text(PROCESSORS)
    with pytest.raises(Invalid) as raised:
        read(agreed)
    assert [each.code for each in raised.value.errors] == ["category-not-agreed"] * 2


@pytest.mark.key("tables.*.path", "tables.*.format")
def test_rows_of_a_folder_stand_where_and_as_the_map_says(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "lists").mkdir(parents=True)
    (root / "lists" / "may.csv").write_text(
        "email,name\nada@chess.example.org,Ada\nben@chess.example.org,Ben\n"
    )
    (root / "log.jsonl").write_text(
        '{"email": "ada@chess.example.org"}\n{"email": "ben@chess.example.org"}\n'
    )
    datamap = _map(
        tmp_path / "privacy",
        """
        system: archive
        kind: files
        connect: ${ARCHIVE}
        tables:
          lists: {path: "lists/*.csv", format: csv, belongs_to: {email: {identity: email}}, on_erase: delete}
          log: {path: log.jsonl, format: jsonl, belongs_to: {email: {identity: email}}, on_erase: delete}
        """,
    )
    connector = files.connector(datamap.system("archive"), secrets={"ARCHIVE": str(root)})
    subject = identify({"archive": connector}, [ADA]).subject

    copied = connector.collect(plan(datamap, Right.ACCESS, today=NOW.date()).steps, subject, now=NOW)
    rows = [(each.table, each.values["email"]) for each in copied if isinstance(each, Row)]
    events = list(
        execute(
            plan(datamap, Right.ERASURE, today=NOW.date()),
            {"archive": connector},
            subject,
            now=NOW,
            entropy=lambda: "r1",
        )
    )

    assert rows == [("lists", "ada@chess.example.org"), ("log", "ada@chess.example.org")]
    assert [event.remnants for event in events if isinstance(event, Verified)] == [()]
    assert (root / "lists" / "may.csv").read_text() == "email,name\nben@chess.example.org,Ben\n"
    assert (root / "log.jsonl").read_text() == '{"email": "ben@chess.example.org"}\n'
