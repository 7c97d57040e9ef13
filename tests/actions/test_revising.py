"""A file of the privacy folder is changed from a page: tried, shown, written, and the earlier version kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.world import forum, means
from upheld.actions import errands, folder, revising
from upheld.actions.means import Means
from upheld.actions.revising import Line, Remark
from upheld.cli.beginning import begin
from upheld.datamap.read import read
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Permanent
from upheld.store.models import Errand, ErrandKind, Revision

MAP = "upheld.yaml"
LETTERS = "systems/letters.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    begin(tmp_path / "privacy", "Larkspur", "desk@larkspur.example", serving=True)
    return tmp_path / "privacy"


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    return means(tmp_path, forum())


def everything(home: Path) -> dict[str, bytes]:
    return {str(each.relative_to(home)): each.read_bytes() for each in home.rglob("*") if each.is_file()}


def text(home: Path, file: str) -> str:
    return (home / file).read_text()


def test_a_change_is_kept_shown_and_only_then_written_with_the_earlier_version(
    able: Means, home: Path
) -> None:
    before, files = text(home, LETTERS), everything(home)
    wanted = before.replace("days: 14", "days: 21  # the office is small")
    assert wanted != before

    row = revising.propose(means=able, home=home, file=LETTERS, text=wanted)
    kept = everything(home)
    done = revising.write(means=replace(able, by="engineer"), home=home, revision=row)

    assert kept == files, "a change that is only shown changes nothing"
    assert everything(home) == files | {LETTERS: wanted.encode()}
    assert (done.before, done.text, done.asked_by, done.done_by) == (before, wanted, "officer", "engineer")
    assert revising.earlier(file=LETTERS) == (done,)
    assert [(each.kind, each.system) for each in Errand.objects.all()] == [("LOOK", "letters")]
    with pytest.raises(Permanent, match="done, or was dropped"):
        revising.write(means=able, home=home, revision=row)


def test_an_edit_on_disk_between_showing_and_writing_is_not_written_over(able: Means, home: Path) -> None:
    wanted = text(home, MAP) + "# ours\n"
    row = revising.propose(means=able, home=home, file=MAP, text=wanted)
    theirs = text(home, MAP) + "# a colleague's\n"
    (home / MAP).write_text(theirs)

    with pytest.raises(folder.Changed):
        revising.write(means=able, home=home, revision=row)

    assert text(home, MAP) == theirs
    row.refresh_from_db()
    assert (row.state, Errand.objects.count()) == ("OPEN", 0)


def test_an_edit_on_disk_while_somebody_typed_is_found_before_anything_is_kept(
    able: Means, home: Path
) -> None:
    seen = folder.state(home, [MAP])
    (home / MAP).write_text(text(home, MAP) + "# a colleague's\n")

    with pytest.raises(folder.Changed):
        revising.propose(means=able, home=home, file=MAP, text="organisation: {}\n", seen=seen)

    assert Revision.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "line", "what"),
    [
        ("system: letters\nkind: manual\nowner: [\n", 4, "Not valid YAML"),
        ("system: letters\nkind: manual\nowner: a\naddress: b@example.org\ncolour: red\n", 5, "colour"),
        ("system: letters\nkind: manual\naddress: b@example.org\n", 2, "needs `owner`"),
    ],
)
def test_what_is_no_map_is_neither_kept_nor_written_and_its_lines_are_named(
    able: Means, home: Path, wrong: str, line: int, what: str
) -> None:
    before = everything(home)

    with pytest.raises(revising.Unclear) as refused:
        revising.propose(means=able, home=home, file=LETTERS, text=wrong)

    said = revising.remarks(LETTERS, refused.value.errors)
    assert (said[0].line, what in said[0].what) == (line, True), said
    assert (Revision.objects.count(), everything(home)) == (0, before)


def test_what_went_well_alone_is_refused_where_the_folder_has_changed_so_that_it_no_longer_does(
    able: Means, home: Path
) -> None:
    wanted = text(home, LETTERS) + "processor: post\n"
    (home / "processors.yaml").write_text(
        "processors:\n  post: {title: Post, service: mail, country: DE}\n", encoding="utf-8"
    )
    row = revising.propose(means=able, home=home, file=LETTERS, text=wanted)
    (home / "processors.yaml").unlink()
    before = everything(home)

    with pytest.raises(folder.NoMap):
        revising.write(means=able, home=home, revision=row)

    assert everything(home) == before


def test_taking_a_file_out_keeps_it_and_putting_it_back_gives_the_same_bytes(able: Means, home: Path) -> None:
    begun = everything(home)
    out = revising.propose(means=able, home=home, file=LETTERS, text=None)
    gone = revising.write(means=able, home=home, revision=out)
    without = [each.name for each in read(home).systems]

    back = revising.propose(means=able, home=home, file=LETTERS, text=gone.before)
    revising.write(means=able, home=home, revision=back)

    assert without == ["upheld"]
    assert everything(home) == begun


def test_a_second_wish_of_the_same_person_takes_the_place_of_the_first(able: Means, home: Path) -> None:
    first = revising.propose(means=able, home=home, file=MAP, text=text(home, MAP) + "# a\n")
    other = replace(able, by="engineer")
    theirs = revising.propose(means=other, home=home, file=MAP, text=text(home, MAP) + "# b\n")
    second = revising.propose(means=able, home=home, file=MAP, text=text(home, MAP) + "# c\n")

    first.refresh_from_db()
    assert first.state == "DROPPED"
    assert revising.open_ones(file=MAP) == (theirs, second)


def test_nothing_changed_is_no_change(able: Means, home: Path) -> None:
    with pytest.raises(Permanent, match="Nothing is changed"):
        revising.propose(means=able, home=home, file=MAP, text=text(home, MAP))


def test_files_outside_the_folder_cannot_be_changed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("system: secret\n")
    (home / "systems" / "led-out.yaml").symlink_to(tmp_path / "secret.yaml")

    assert revising.editable(home) == (MAP, "purposes.yaml", LETTERS, "systems/upheld.yaml")
    for name in ("../out", "a/b", "", ".hidden", "A", "x" * 62):
        with pytest.raises(Permanent, match="no name for a system"):
            revising.new_file(name)


def test_line_ends_stay_as_the_file_has_them() -> None:
    sent = "a: 1\r\nb: 2\r\n"

    assert revising.as_sent(sent, "a: 1\n") == "a: 1\nb: 2\n"
    assert revising.as_sent(sent, "a: 1\r\n") == sent


def test_a_difference_shows_each_line_and_leaves_out_what_is_far_from_it() -> None:
    before = "\n".join(f"line {number}" for number in range(20)) + "\n"
    after = before.replace("line 2\n", "line two\n").replace("line 17\n", "")

    assert revising.difference(before, after) == (
        Line("same", "line 0"),
        Line("same", "line 1"),
        Line("out", "line 2"),
        Line("in", "line two"),
        Line("same", "line 3"),
        Line("same", "line 4"),
        Line("same", "line 5"),
        Line("gap", ""),
        Line("same", "line 14"),
        Line("same", "line 15"),
        Line("same", "line 16"),
        Line("out", "line 17"),
        Line("same", "line 18"),
        Line("same", "line 19"),
    )
    assert revising.difference(None, "a\n--b\n") == (Line("in", "a"), Line("in", "--b"))


SYSTEM = """\
system: forum
# who they are
tables:
  users:
    person: id
    fields:
      email: email-address
  posts:
    belongs_to: {user_id: users.id}
    on_erase: delete
"""


def test_findings_stand_at_the_lines_that_they_are_about() -> None:
    def found(table: str, column: str) -> Finding:
        return Finding("index.missing", Severity.DOUBT, "forum", table, column, "It is slow.", "Add one.")

    findings = [
        found("posts", "user_id"),
        found("users", "email"),
        found("posts", "x"),
        found("likes", ""),
    ]

    assert [
        (each.line, each.severity) for each in revising.located("systems/forum.yaml", SYSTEM, findings)
    ] == [
        (0, "doubt"),
        (7, "doubt"),
        (8, "doubt"),
        (9, "doubt"),
    ]
    assert revising.located("systems/forum.yaml", SYSTEM, findings[1:2]) == (
        Remark(7, "doubt", "It is slow.", "Add one.", "index.missing"),
    )


def test_what_is_ordered_twice_is_done_once(able: Means) -> None:
    first = errands.order(means=able, kind=ErrandKind.LOOK, system="forum")
    again = errands.order(means=replace(able, by="engineer"), kind=ErrandKind.LOOK, system="forum")

    assert (again, errands.waiting(system="forum")) == (first, first)
