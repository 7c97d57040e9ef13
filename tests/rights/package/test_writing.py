"""From what systems give to a package that stands for itself."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from jsonschema import Draft202012Validator

from tests.rights.package.example import (
    DATAMAP,
    FORUM,
    KEY,
    NOW,
    PAPER,
    PERSON,
    SHOP,
    Given,
    file,
    full,
    made,
    plan_of,
    row,
)
from upheld.rights.connector import Attachment
from upheld.rights.outcome import Misconfigured, Permanent, Transient
from upheld.rights.package.gather import State
from upheld.rights.package.writing import SystemSummary, write

SPEC = Path(__file__).parents[3] / "spec"


def manifest(folder: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((folder / "package.json").read_text("utf-8"))
    return content


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_full_package_holds_each_table_four_times_and_the_files(tmp_path: Path) -> None:
    """G-15.4, G-20.1."""
    summary, folder = made(tmp_path, full(), answers={"archive": []})

    tables = ("forum/messages", "forum/posts", "forum/users", "shop/donations")
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == sorted(
        [
            "index.html",
            "package.json",
            "files/forum/posts/holiday-picture.jpg",
            *(f"data/{table}.jsonl" for table in tables),
            *(f"csv/{table}.csv" for table in tables),
            *(f"schema/{table}.schema.json" for table in tables),
            *(f"pages/{table}/1.html" for table in tables),
        ]
    )
    assert (folder / "files/forum/posts/holiday-picture.jpg").read_bytes() == b"\xff\xd8\xffdata"
    assert summary.systems == (
        SystemSummary("forum", State.COMPLETE, (("users", 1), ("posts", 4), ("messages", 2)), 1),
        SystemSummary("shop", State.COMPLETE, (("donations", 4),), 0),
        SystemSummary("archive", State.NOTHING, (), 0),
    )
    assert summary.complete


def test_the_manifest_and_every_line_meet_their_schemas(tmp_path: Path) -> None:
    _, folder = made(tmp_path, full())

    schema = json.loads((SPEC / "schema/access-package.json").read_text("utf-8"))
    content = manifest(folder)
    Draft202012Validator(schema).validate(content)
    for path in folder.glob("schema/*/*.json"):
        validator = Draft202012Validator(json.loads(path.read_text("utf-8")))
        lines = folder / "data" / path.parent.name / path.name.replace(".schema.json", ".jsonl")
        for line in lines.read_text("utf-8").splitlines():
            validator.validate(json.loads(line))


def test_nothing_is_held_is_a_package_too(tmp_path: Path) -> None:
    """G-15.1."""
    summary, folder = made(tmp_path, {"forum": Given(), "shop": Given()}, answers={"archive": []})

    page = (folder / "index.html").read_text("utf-8")
    assert "and we hold nothing: Community forum, Donations, Paper archive." in page
    assert (summary.complete, [part.state for part in summary.systems]) == (True, [State.NOTHING] * 3)


def test_a_system_that_fails_is_named_and_nothing_looks_finished(tmp_path: Path) -> None:
    broken = Given([row("donations", id=1), Transient("db7.example.invalid does not answer.", "Try again.")])

    summary, folder = made(tmp_path, {"forum": full()["forum"], "shop": broken})

    page = (folder / "index.html").read_text("utf-8")
    assert (
        "This copy is not complete yet. We could not include everything from: Donations, Paper archive."
        in page
    )
    assert "Reading this system broke off." in page
    assert (folder / "data/shop/donations.jsonl").read_text("utf-8") == '{"id":1}\n'
    assert not summary.complete
    assert [part.state for part in summary.systems] == [State.COMPLETE, State.FAILED, State.WAITING]
    assert b"db7.example.invalid" not in everything(folder)


def test_systems_that_could_not_be_connected_are_not_systems_that_hold_nothing(tmp_path: Path) -> None:
    summary, folder = made(tmp_path, {})

    page = (folder / "index.html").read_text("utf-8")
    assert "This does not mean that we hold nothing" in page
    assert [part.state for part in summary.systems] == [State.FAILED, State.FAILED, State.WAITING]


def test_a_system_that_the_plan_leaves_out_is_said_to_be_left_out(tmp_path: Path) -> None:
    summary, folder = made(tmp_path, full(), plan=plan_of(FORUM, PAPER), answers={"archive": []})

    assert [part.state for part in summary.systems] == [State.COMPLETE, State.NOT_ASKED, State.NOTHING]
    assert "This system was left out of this copy." in (folder / "index.html").read_text("utf-8")


def test_what_somebody_answered_for_a_manual_system_is_included(tmp_path: Path) -> None:
    letter = file("Letter.pdf", b"%PDF-1.4", table="letters")

    summary, folder = made(tmp_path, full(), answers={"archive": [letter]})

    assert (folder / "files/archive/letters/letter.pdf").read_bytes() == b"%PDF-1.4"
    assert summary.complete


def test_c_14_values_that_would_harm_her_are_said_to_be_held_and_never_sent(tmp_path: Path) -> None:
    """C-14."""
    _, folder = made(tmp_path, full())

    assert b"planted" not in everything(folder)
    page = (folder / "index.html").read_text("utf-8")
    assert "Password: we hold it (1), but never send it" in page
    assert "Bank or card number: we hold it (4), but never send it" in page


def test_scenario_46_other_people_in_shared_rows_are_marked(tmp_path: Path) -> None:
    """G-15.5: even when a connector leaves the value beside the mark."""
    _, folder = made(tmp_path, full())

    assert (folder / "data/forum/messages.jsonl").read_text("utf-8") == (
        '{"id":5,"sender_id":7,"recipient_id":{"$withheld":"another-person"},"body":"Hello"}\n'
        '{"id":6,"sender_id":{"$withheld":"another-person"},"recipient_id":7,"body":"Hi","$mine":false}\n'
    )
    assert (folder / "csv/forum/messages.csv").read_bytes().decode("utf-8-sig") == (
        '"id","sender_id","recipient_id","body","$mine"\r\n'
        '"5","7","[withheld: another-person]","Hello","true"\r\n'
        '"6","[withheld: another-person]","7","Hi","false"\r\n'
    )


def test_the_start_page_tells_only_what_applies_to_her(tmp_path: Path) -> None:
    """G-15.2, G-15.3, G-15.6: no purpose, recipient or rule of tables in which she has no row."""
    systems = {"forum": full()["forum"], "shop": Given()}

    _, folder = made(tmp_path, systems, answers={"archive": []})

    page = (folder / "index.html").read_text("utf-8")
    for said in (
        "To run the forum for its members",
        "Art. 6(1)(b) GDPR",
        "Northern Hosting, Finland",
        "Until you",
    ):
        assert said in page
    for other in ("To receive donations", "Letterbox", "tax records", "newsletter"):
        assert other not in page


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "What Riverside Trust holds about you"),
        ("de", "Was Riverside Trust über Sie gespeichert hat"),
        ("fr", "Ce que Riverside Trust conserve à votre sujet"),
    ],
)
def test_a_package_speaks_her_language(tmp_path: Path, language: str, heading: str) -> None:
    """G-12.1."""
    _, folder = made(tmp_path, full(), language=language)

    page = (folder / "index.html").read_text("utf-8")
    assert f"<h1>{heading}</h1>" in page
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"recipients": []}, "No key to encrypt"),
        ({"recipients": ["age1no"]}, "is not an age public key"),
        ({"language": "tlh"}, "No package in 'tlh'"),
    ],
)
def test_what_cannot_be_written_is_refused_before_a_system_is_read(
    options: dict[str, object], what: str
) -> None:
    given: dict[str, object] = {"now": NOW, "out": io.BytesIO(), "recipients": [KEY]}

    with pytest.raises(Misconfigured, match=what):
        write(plan_of(FORUM), DATAMAP, PERSON, {"forum": _Untouched()}, **(given | options))  # type: ignore[arg-type]


class _Untouched(Given):
    def collect(self, *_: object, **__: object) -> object:  # type: ignore[override]
        raise AssertionError("It was read.")


def test_a_package_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    class Bug(Exception):
        pass

    def breaking() -> object:
        yield row("posts", id=1)
        raise Bug

    with pytest.raises(Bug):
        write(
            plan_of(FORUM),
            DATAMAP,
            PERSON,
            {"forum": Given(breaking())},  # type: ignore[arg-type]
            now=NOW,
            out=tmp_path / "copy.age",
            recipients=[KEY],
        )

    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_transient() -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(Transient, match="No space left on device"):
        write(plan_of(FORUM), DATAMAP, PERSON, full(), now=NOW, out=Full(), recipients=[KEY])  # type: ignore[arg-type]


def test_only_the_owner_can_read_the_age_file_and_nothing_of_hers_is_legible_in_it(tmp_path: Path) -> None:
    made(tmp_path, full())

    package = tmp_path / "copy.age"
    assert package.stat().st_mode & 0o777 == 0o600
    assert package.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert b"ada@example.org" not in package.read_bytes()


def test_every_recipient_can_open_it() -> None:
    out, keys = io.BytesIO(), [pyrage.x25519.Identity.generate() for _ in range(2)]

    write(
        plan_of(FORUM),
        DATAMAP,
        PERSON,
        full(),  # type: ignore[arg-type]
        now=NOW,
        out=out,
        recipients=[str(key.to_public()) for key in keys],
    )

    assert pyrage.decrypt(out.getvalue(), [keys[0]]) == pyrage.decrypt(out.getvalue(), [keys[1]])


def test_a_file_that_breaks_off_is_said_to_be_not_whole(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"first"
        raise Permanent("The file changed while it was read.")

    torn = Attachment(0, "posts", "notes.txt", pieces())  # type: ignore[arg-type]

    summary, folder = made(tmp_path, {"forum": Given([torn]), "shop": Given()}, answers={"archive": []})

    assert summary.systems[0].state is State.FAILED
    assert "this file is not whole" in (folder / "index.html").read_text("utf-8")


def test_rows_of_tables_that_come_mixed_stay_in_order(tmp_path: Path) -> None:
    rows = [row("posts" if number % 2 else "usermeta", id=number) for number in range(9)]

    _, folder = made(tmp_path, {"forum": Given(rows), "shop": Given()})

    assert (folder / "data/forum/posts.jsonl").read_text("utf-8").split() == [
        f'{{"id":{n}}}' for n in (1, 3, 5, 7)
    ]


def test_two_systems_may_have_names_that_look_alike(tmp_path: Path) -> None:
    datamap = replace(DATAMAP, systems=(replace(FORUM, name="A b"), replace(SHOP, name="a-b")))
    systems = {"A b": Given([row("posts", id=1)]), "a-b": Given([row("posts", id=2)])}

    _, folder = made(tmp_path, systems, datamap)

    assert (folder / "data/a-b/posts.jsonl").read_text("utf-8") == '{"id":1}\n'
    assert (folder / "data/a-b-2/posts.jsonl").read_text("utf-8") == '{"id":2}\n'
