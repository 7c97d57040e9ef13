"""Whose rows may be: one person's, or several people's."""

import pytest

from upheld.datamap.model import Field, History, Holding, Link, System, Table, Tie
from upheld.rights.sharing import anybodys, several


def link(column: str, to: str | None = "users", **more: object) -> Link:
    identity = None if to else "email"
    return Link((column,), to=to, key=("id",) if to else (), identity=identity, **more)  # type: ignore[arg-type]


USERS = Table("users", person=("id",), links=(link("guardian_id"), link("other_id")))
ALONE = Table("posts", links=(link("user_id"), link("watcher_id", tie=Tie.SEES)))
LETTERS = Table("letters", links=(link("from_id"), link("to_id")))
ABOVE = (USERS, ALONE, LETTERS)


@pytest.mark.parametrize(
    ("table", "is_several"),
    [
        (USERS, False),
        (ALONE, False),
        (Table("drafts", links=(link("post_id", "posts"),)), False),
        (Table("rooms", links=(link("who", None),)), False),
        (Table("replies", links=(link("parent_id", "replies"),)), False),
        (LETTERS, True),
        (Table("files", links=(link("letter_id", "letters"),)), True),
        (Table("chats", links=(link("members", array=True),)), True),
        (Table("boards", links=(link("seats", json="$.seats[*].id"),)), True),
        (Table("circles", held_by=(Holding("members", ("circle_id",), ("id",)),)), True),
        (Table("letters_log", history_of=History("letters", ("letter_id",), ("id",))), True),
        (Table("posts_log", history_of=History("posts", ("post_id",), ("id",))), False),
    ],
    ids=lambda each: each.name if isinstance(each, Table) else "",
)
def test_a_row_may_be_several_peoples_by_its_own_links_or_by_what_it_hangs_on(
    table: Table, is_several: bool
) -> None:
    """G-20.1"""
    system = System("club", tables=(*(each for each in ABOVE if each.name != table.name), table))

    assert several(system, table) is is_several


@pytest.mark.parametrize(
    ("of", "whose"), [("", True), ("letter_id", True), ("by_id", False), ("seen_by", True)]
)
def test_of_says_whose_a_field_is_where_its_link_leads_to_one_person(of: str, whose: bool) -> None:
    """G-20.1"""
    files = Table("files", links=(link("letter_id", "letters"), link("by_id"), link("seen_by", array=True)))
    system = System("club", tables=(*ABOVE, files))

    assert anybodys(system, files, Field("title", "message", of=of or None)) is whose
    assert not anybodys(system, ALONE, Field("body", "message"))
