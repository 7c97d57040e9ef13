"""What is held but not sent."""

from tests.rights.package.example import row
from upheld.datamap.model import Field
from upheld.rights.package.guard import guard

WITHHELD = {"$withheld": "password"}


def test_only_the_place_meant_is_cut_out_of_a_document() -> None:
    rules = guard([Field("data", "password", json="$.login.secret")])

    for document in ({"login": {"secret": "x", "name": "a"}}, '{"login": {"secret": "x", "name": "a"}}'):
        assert rules.apply(row("t", data=document)) == (
            {"data": ("object", {"login": {"secret": WITHHELD, "name": "a"}})},
            ("password",),
        )


def test_lists_on_the_way_are_gone_through() -> None:
    rules = guard(
        [Field("data", "password", json="users[*].pin"), Field("data", "password", json="codes[1]")]
    )

    written, _ = rules.apply(row("t", data={"users": [{"pin": 1}, {"pin": 2}], "codes": [3, 4]}))

    assert written == {"data": ("object", {"users": [{"pin": WITHHELD}] * 2, "codes": [3, WITHHELD]})}


def test_a_document_that_cannot_be_read_is_withheld_whole() -> None:
    rules = guard([Field("data", "password", json="secret")])

    assert rules.apply(row("t", data='{"secret": "x'))[0] == {"data": ("", WITHHELD)}


def test_what_is_not_held_is_not_said_to_be_held() -> None:
    rules = guard([Field("hash", "password"), Field("data", "password", json="secret")])

    assert rules.apply(row("t", hash=None, data={"other": 1})) == (
        {"hash": ("", None), "data": ("object", {"other": 1})},
        (),
    )


def test_columns_about_others_are_marked_even_if_the_connector_forgot() -> None:
    """G-15.5."""
    rules = guard([Field("reviewer", "name", of="others")])

    assert rules.apply(row("t", reviewer="Grace"))[0] == {"reviewer": ("", {"$withheld": "another-person"})}
