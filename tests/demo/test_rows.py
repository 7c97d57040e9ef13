"""What the demo draws: the same from the same seed, skewed as reality is, and full of look-alikes."""

import unicodedata
from collections import Counter
from datetime import date
from random import Random

import pytest

from upheld.demo.build import Drawn, draw
from upheld.demo.people import HER_NUMBER, LOOKALIKES, her, make_people
from upheld.demo.rows import count, digest
from upheld.demo.scan import Names

TODAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(people=2000, today=TODAY)


def _digests(drawn: Drawn) -> list[str]:
    return [digest(each) for each in (drawn.forum, drawn.shop, drawn.crm, drawn.archive)]


def test_the_same_seed_draws_the_same_organisation(drawn: Drawn) -> None:
    assert _digests(draw(people=2000, today=TODAY)) == _digests(drawn)


def test_another_seed_draws_another_one_in_every_system(drawn: Drawn) -> None:
    other = _digests(draw(seed=7, people=2000, today=TODAY))

    assert all(one != two for one, two in zip(other, _digests(drawn), strict=True))


def test_several_thousand_people_leave_a_hundred_thousand_rows() -> None:
    whole = draw(today=TODAY)

    assert len(whole.people) == 5000
    assert sum(map(count, (whole.forum, whole.shop, whole.crm, whole.archive))) > 150_000


def test_a_few_people_write_most_of_the_posts(drawn: Drawn) -> None:
    posts = Counter(row[2] for row in drawn.forum["posts"].rows)
    most = sum(many for _, many in posts.most_common(len(drawn.people) // 10))

    assert most > len(drawn.forum["posts"].rows) / 2


def test_names_are_not_only_ascii(drawn: Drawn) -> None:
    foreign = [each for each in drawn.people if not each.name.isascii()]

    assert len(foreign) > len(drawn.people) / 10
    assert all(unicodedata.is_normalized("NFC", each.name) for each in foreign)


def test_addresses_and_user_names_are_unique_and_of_reserved_hosts(drawn: Drawn) -> None:
    addresses = [each.email for each in drawn.people] + [each.second_email for each in drawn.people]
    reserved = (".example", ".invalid", "example.org", "example.com", "example.net")

    assert len(set(map(str.casefold, addresses))) == 2 * len(drawn.people)
    assert len({each.username.casefold() for each in drawn.people}) == len(drawn.people)
    assert all(each.endswith(reserved) for each in addresses)


def test_she_is_in_every_table_that_knows_people(drawn: Drawn) -> None:
    buyer, contact = 100_000 + HER_NUMBER * 3, 7_000 + HER_NUMBER
    keys = ((drawn.forum, HER_NUMBER), (drawn.shop, buyer), (drawn.crm, contact))
    without = {"badges", "groups", "schema_versions", "post_revisions", "products", "order_items", "tags"}

    for tables, key in keys:
        lacking = [
            name
            for name, table in tables.items()
            if name not in without and not any(key in row for row in table.rows)
        ]
        assert lacking == []
    for table in drawn.archive.values():
        assert any("liv@studio-sorensen.example" in row for row in table.rows)


def test_her_retained_rows_lie_on_both_sides_of_their_period(drawn: Drawn) -> None:
    gifts = [str(row[6]) for row in drawn.crm["donations"].rows if row[1] == 7_000 + HER_NUMBER]
    invoices = [str(row[7]) for row in drawn.shop["invoices"].rows if row[1] == 100_000 + HER_NUMBER * 3]

    assert min(gifts) < "2019-03-01" < max(gifts)
    assert min(invoices) < "2016-03-01" < max(invoices)


def test_scenario_22_no_lookalike_bears_one_of_her_names(drawn: Drawn) -> None:
    """A part of a longer address, name or number is somebody else's."""
    names = Names(her(drawn.people))
    others = [each for each in drawn.people if each.number != HER_NUMBER]
    alike = [each for each in others if each.number in range(420, 420 + len(LOOKALIKES))]

    assert len(alike) == len(LOOKALIKES)
    assert [each.number for each in others if names.stand_in(repr(each))] == []


@pytest.mark.parametrize(
    "row",
    [
        "42 | liv.sorensen@brook.example.org | x",
        '{"email": "liv.sorensen@brook.example.org"}',
        "@livsorensen said it",
        "Call back at +494841555142.",
        "Deichgasse 7, 25813 Husum",
    ],
)
def test_each_of_her_names_is_seen_where_it_stands(row: str) -> None:
    people = make_people(Random("any"), 50, TODAY)

    assert Names(her(people)).stand_in(row)
