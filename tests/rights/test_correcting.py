"""What a correction is aimed at, and what it leaves to somebody's decision, by the map alone."""

from upheld.datamap.model import DataMap, Field, IdentityColumn, Link, Organisation, System, Table
from upheld.rights.connector import Severity
from upheld.rights.correcting import Wish, aim

NAME = Field("name", "name", provided=True)
USERS = Table("users", person=("id",), identities=(IdentityColumn("email", "email"),), fields=(NAME,))


def club(*tables: Table) -> DataMap:
    return DataMap(
        Organisation("Club", "privacy@example.org"), systems=(System("club", tables=(USERS, *tables)),)
    )


def test_a_category_leaves_out_what_rows_are_told_apart_or_found_by_and_says_so() -> None:
    """G-16.1"""
    badge = Field("badge", "name", provided=True)
    cards = Table(
        "cards", key=("badge",), fields=(badge,), links=(Link(("user_id",), to="users", key=("id",)),)
    )

    aimed = aim(club(cards), [Wish("name", "Ada")])

    assert [(each.table, each.column) for each in aimed.targets] == [("users", "name")]
    assert [(each.code, each.severity, each.table, each.column) for each in aimed.findings] == [
        ("correct.key", Severity.DOUBT, "cards", "badge")
    ]


def test_a_category_leaves_out_rows_of_several_people_unless_the_map_says_whose_the_field_is() -> None:
    """G-16.1"""
    links = tuple(Link((column,), to="users", key=("id",)) for column in ("from_id", "to_id"))
    letters = Table("letters", key=("id",), links=links, fields=(Field("signed", "name", provided=True),))
    notes = Table(
        "notes", key=("id",), links=links, fields=(Field("signed", "name", provided=True, of="from_id"),)
    )

    aimed = aim(club(letters, notes), [Wish("name", "Ada")])

    assert [(each.table, each.column) for each in aimed.targets] == [("users", "name"), ("notes", "signed")]
    assert [(each.code, each.severity, each.table, each.column) for each in aimed.findings] == [
        ("correct.whose", Severity.DOUBT, "letters", "signed")
    ]
