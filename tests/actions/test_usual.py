"""A form changes single values of a file, and not a byte beside them."""

from pathlib import Path

import pytest

from upheld.actions import revising, usual
from upheld.datamap.model import DataMap, Organisation
from upheld.rights.outcome import Permanent

MAP = DataMap(Organisation("Larkspur", "desk@larkspur.example"))
FORUM = """\
# The forum. Ask Fern before you touch it.
system: forum
title: "Forum"   # as people say
connect: ${FORUM_DATABASE_URL}
owner: Fern

limits:
  people_per_day: 20   # agreed in May
  quiet_hours: "01:00-05:00"
tables:
  users:
    person: id     # theirs
    on_erase: delete
"""


def changed(text: str, **given: object) -> str:
    asked = usual.blanks("systems/forum.yaml", text, MAP)
    return usual.with_values(text, asked, usual.values(text, asked) | given)


def test_giving_back_what_stands_there_changes_nothing() -> None:
    assert changed(FORUM) == FORUM


def test_each_value_is_put_into_its_place_and_comments_stay() -> None:
    after = changed(
        FORUM, title="Our forum", owner="Fern & Ivo", limits__people_per_day=50, limits__timeout=30
    )

    assert after == FORUM.replace('title: "Forum"', "title: Our forum").replace(
        "owner: Fern\n", 'owner: "Fern & Ivo"\n'
    ).replace("people_per_day: 20", "people_per_day: 50").replace(
        '"01:00-05:00"\n', '"01:00-05:00"\n  timeout: 30\n'
    )


def test_a_first_limit_brings_its_mapping_and_the_last_takes_it_away() -> None:
    without = changed(FORUM, limits__people_per_day=None, limits__quiet_hours="")
    again = changed(without, limits__people_per_hour=3, limits__concurrency=1)

    assert "limits" not in without
    assert without.count("\n") == FORUM.count("\n") - 3
    assert again == without + "limits: {concurrency: 1, people_per_hour: 3}\n"


def test_a_tick_that_says_what_stands_there_is_no_change() -> None:
    said = FORUM + "read_only: false\n"

    assert changed(said, read_only=False) == said
    assert changed(said, read_only=True) == FORUM + "read_only: true\n"
    assert changed(FORUM + "read_only: true\n", read_only=False) == FORUM


def test_a_manual_system_is_asked_for_what_is_done_by_hand_and_for_no_connection() -> None:
    names = {each.name for each in usual.blanks("systems/x.yaml", "system: x\nkind: manual\n", MAP)}

    assert {"look_for", "how", "how_to_copy", "days"} <= names
    assert not names & {"connect", "undo", "limits__timeout"}


def test_words_over_several_lines_come_back_as_they_were_given() -> None:
    text = "system: x\nkind: manual\nhow: shred\n"
    asked = usual.blanks("systems/x.yaml", text, MAP)
    words = "First this.\nThen: that # and\t“so on”."

    after = usual.with_values(text, asked, {"how": words})

    assert usual.values(after, asked)["how"] == words
    assert after.startswith("system: x\nkind: manual\nhow: ")


def test_lists_are_written_with_commas_and_the_register_by_its_names() -> None:
    text = "organisation:\n  name: Larkspur\n  contact: a@example.org\n  languages: [en, de]\n"
    asked = usual.blanks("upheld.yaml", text, MAP)
    given = usual.values(text, asked)
    purposes = "purposes:\n  service: {title: Our service, basis: contract, retention: a year}  # why\n"
    of_purposes = usual.blanks("purposes.yaml", purposes, MAP)

    assert given["organisation__languages"] == "en, de"
    assert usual.with_values(text, asked, given | {"organisation__languages": "en,fr , de"}) == text.replace(
        "[en, de]", "[en, fr, de]"
    )
    told = usual.values(purposes, of_purposes) | {"purposes__service__retention": "two years"}
    assert usual.with_values(purposes, of_purposes, told) == purposes.replace("a year", "two years")


def test_what_a_form_cannot_reach_is_said_and_not_guessed() -> None:
    text = "{}\n"
    asked = usual.blanks("systems/x.yaml", text, MAP)

    with pytest.raises(Permanent, match="a form cannot change it"):
        usual.with_values(text, asked, {"limits__people_per_day": 5})


def test_the_readers_complaint_comes_to_its_blank(tmp_path: Path) -> None:
    (tmp_path / "systems").mkdir()
    (tmp_path / "upheld.yaml").write_text("organisation: {name: L, contact: a@example.org}\n")
    wrong = changed(FORUM, limits__quiet_hours="at night", connect="postgresql://x:secret@host/db")
    asked = usual.blanks("systems/forum.yaml", wrong, MAP)

    errors = revising.problems(home=tmp_path, file="systems/forum.yaml", text=wrong)

    assert {usual.about("systems/forum.yaml", wrong, asked, each) for each in errors} == {
        "limits__quiet_hours",
        "connect",
    }
