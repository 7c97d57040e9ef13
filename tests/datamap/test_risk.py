"""Which requests could do harm in the wrong hands."""

import pytest

from upheld.datamap.known.listed import systems
from upheld.datamap.model import DataMap, Field, Keep, Organisation, Rule, System, Table, Treatment
from upheld.datamap.risk import grave, is_grave, risk_of
from upheld.law.pack import Risk
from upheld.law.right import Right


def holding(*categories: str, sorted_rows: tuple[str, ...] = ()) -> DataMap:
    rows = Rule(Keep("a test"), fields=tuple(Field(each, each) for each in sorted_rows))
    table = Table("t", fields=tuple(Field(each, each) for each in categories), treatment=Treatment((rows,)))
    return DataMap(
        Organisation("Example", "x@example.org"), systems=(System("a"), System("b", tables=(table,)))
    )


@pytest.mark.parametrize(
    "category",
    ["health", "bank-account", "payment", "date-of-birth-of-child", "criminal-record", "trade-union"],
)
def test_grave_data_makes_what_shows_or_ends_it_a_high_risk_and_a_restriction_never(category: str) -> None:
    held = holding("name", category)

    assert {right for right in Right if risk_of(held, right) is Risk.HIGH} == {
        Right.ACCESS,
        Right.RECTIFICATION,
        Right.ERASURE,
        Right.PORTABILITY,
        Right.DELETE,
    }


def test_ordinary_data_is_a_low_risk_and_so_is_what_no_word_tells() -> None:
    """G-12.8"""
    held = holding("name", "email-address", "scorecard", "healthy-lunch", "unions")

    assert (grave(held), risk_of(held, Right.ACCESS)) == ((), Risk.LOW)


def test_a_field_of_some_rows_only_counts_too() -> None:
    assert grave(holding("name", sorted_rows=("iban",))) == ("iban",)


def test_what_a_system_by_hand_holds_counts_as_fields_do() -> None:
    """G-12.8"""
    wages = System("payroll", kind="manual", categories=("name", "salary"))
    held = DataMap(Organisation("Example", "x@example.org"), systems=(System("a"), wages))

    assert (grave(held), risk_of(held, Right.ACCESS)) == (("salary",), Risk.HIGH)
    assert risk_of(held, Right.RESTRICTION) is Risk.LOW


def test_of_the_well_known_systems_those_with_money_and_wages_are_grave() -> None:
    known = {each.name for each in systems().values() if any(map(is_grave, each.categories))}

    assert known == {"stripe", "paypal", "datev", "personio"}
