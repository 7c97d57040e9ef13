"""Lists of people as they arrive: what is wrong is said by line and column, and never what stands there."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.actions.asking import Asked
from upheld.actions.batch.look import Line
from upheld.cli.faults import WrongUse
from upheld.cli.people import read_people
from upheld.datamap.model import DataMap, IdentityColumn, Organisation, System, Table
from upheld.rights.connector import Connector
from upheld.rights.subject import Identity, Person
from upheld.rights.testing import InMemoryConnector

SECRET = "ada.quillfeather@example.org"
FORUM = System(
    "forum",
    tables=(
        Table(
            "users",
            person=("id",),
            identities=(IdentityColumn("email", "email"), IdentityColumn("username", "username")),
        ),
    ),
)
MAP = DataMap(Organisation("Example", "privacy@example.org"), systems=(FORUM,))
NAMED: dict[str, Connector] = {"forum": InMemoryConnector(FORUM, {"users": [{"id": 7, "email": SECRET}]})}


def read(tmp_path: Path, content: bytes) -> tuple[Line, ...]:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    return read_people(file, MAP, NAMED)


def refused(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(WrongUse) as caught:
        read(tmp_path, content)
    said = str(caught.value)
    assert SECRET not in said
    return said


def test_each_line_is_one_person_and_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfemail, username,forum.users\r\na@example.org,,\r\n\r\n,ann,7\r\n"

    assert read(tmp_path, content) == (
        Line(2, Asked((Identity("email", "a@example.org"),))),
        Line(4, Asked((Identity("username", "ann"),), (Person("forum", "users", (7,)),))),
    )


def test_a_cell_over_two_lines_counts_from_its_first(tmp_path: Path) -> None:
    lines = read(tmp_path, b'username,email\n"a\nb",x@example.org\nc,y@example.org\n')

    assert [each.number for each in lines] == [2, 4]


def test_a_formula_is_a_name_like_any_other(tmp_path: Path) -> None:
    (line,) = read(tmp_path, b'username\n"=HYPERLINK(""http://x"")"\n')

    assert line.asked.identities == (Identity("username", '=HYPERLINK("http://x")'),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty."),
        (b"email\n", "names nobody."),
        (b"email,username\n" + SECRET.encode() + b"\n", "line 2: there are 1 cell, and 2 in the first line."),
        (b"email\n" + SECRET.encode() + b",x\n", "line 2: there are 2 cells, and 1 in the first line."),
        (b"email,username\n,\n", "line 2: nobody is named."),
        (SECRET.encode() + b"\nb@example.org\n", "line 1: the first line does not name kinds"),
        (b"email;username\na;b\n", "line 1: the first line does not name kinds"),
        (b"phone\n1\n", "line 1: No system knows identities of the kind 'phone'."),
        (b"shop.users\n1\n", "line 1: there is no system 'shop'."),
        (b"forum.posts\n1\n", "line 1: no people live in forum.posts."),
        (b"email\n\xff" + SECRET.encode() + b"\n", "line 2: this is no UTF-8."),
        (SECRET.encode("utf-16"), "line 1: this is no UTF-8."),
        (b"email\na\x00b\n", "line 2: there is a NUL in it."),
        (b'email\na@example.org\n"' + SECRET.encode() + b"\n", "line 3: this is no CSV"),
        (b'email\n"a"b\n', "line 2: this is no CSV"),
        (b"email\n" + b"a" * 10_001 + b"\n", "line 2: this is no CSV"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_without_the_value(
    content: bytes, said: str, tmp_path: Path
) -> None:
    assert said in refused(tmp_path, content)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"cannot be read: No such file"):
        read_people(tmp_path / "none.csv", MAP, NAMED)


def test_ten_thousand_lines_are_read(tmp_path: Path) -> None:
    content = "email\n" + "".join(f"person{number}@example.org\n" for number in range(10_000))

    assert len(read(tmp_path, content.encode())) == 10_000


@pytest.mark.fuzz
@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"email,username\n{text}".encode())
)
def test_whatever_stands_in_the_file_it_is_read_or_refused(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    try:
        lines = read(folder, content)
    except WrongUse:
        return
    assert all(each.asked.identities or each.asked.decisions for each in lines)


@pytest.mark.fuzz
@given(
    cells=st.lists(st.text(min_size=1, max_size=20).filter(lambda cell: cell.strip()), min_size=1, max_size=5)
)
def test_what_a_csv_writer_writes_is_read_as_it_was_meant(
    cells: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    written = StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["username"], *([cell] for cell in cells)])
    if "\x00" in written.getvalue():
        return

    lines = read(tmp_path_factory.mktemp("lists"), written.getvalue().encode("utf-8", "surrogatepass"))

    assert [each.asked.identities[0].value for each in lines] == [cell.strip() for cell in cells]
