"""Values are told from their look-alikes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.datamap.discover.recognise import KINDS, kinds, luhn

STRONG = ("email", "phone", "ip", "card", "iban", "agent", "url", "uuid", "date")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("ada@example.org", "email"),
        ("ADA.Q+news@mail.example.co.uk", "email"),
        ("ada@quill.test", "email"),
        ("removed@example.invalid", "email"),
        ("+49 30 901820", "phone"),
        ("0049 30 901820", "phone"),
        ("(212) 736-5000", "phone"),
        ("030 / 901820", "phone"),
        ("192.0.2.7", "ip"),
        ("2001:db8::7/128", "ip"),
        ("4111 1111 1111 1111", "card"),
        ("5555555555554444", "card"),
        ("DE89 3704 0044 0532 0130 00", "iban"),
        ("http://example.org/ada", "url"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "agent"),
        ("6f1c9a1e-2d1b-4b6e-9c51-0d4c1f1b9a77", "uuid"),
        ("2026-11-25 12:00:00+01", "date"),
    ],
)
def test_a_value_is_what_it_is(value: str, kind: str) -> None:
    assert [each for each in kinds(value) if each in STRONG] == [kind]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Ada Quillfeather", "name"),
        ("Jan van der Berg", "name"),
        ("Zoë O’Hara-Smith", "name"),
        ("Elm Street 4", "street"),
        ("Lindenallee 12b", "street"),
        ("221 Baker Street", "street"),
        ("85073003328", "official"),  # a PESEL
        ("11144477735", "official"),  # a CPF
        ("RSSMRA85T10A562S", "official"),  # a codice fiscale
        ("1985-07-30", "birth"),
        ("1985-07-30 00:00:00", "birth"),
        ("30.7.1985", "birth"),
        ("07/30/1985", "birth"),
    ],
)
def test_a_weak_shape_is_seen(value: str, kind: str) -> None:
    assert kind in kinds(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("ada quillfeather", "name"),
        ("Order 66", "name"),
        ("Street", "street"),
        ("85073003329", "official"),  # a PESEL whose check digit is wrong
        ("12345678", "official"),
        ("1985-07-30 14:11:05", "birth"),  # something happened then
        ("2026-11-25", "birth"),
        ("1985-13-30", "birth"),
        ("1.2.1985.3", "birth"),
        ("1815-12-10", "birth"),
    ],
)
def test_what_only_resembles_it_is_not(value: str, kind: str) -> None:
    assert kind not in kinds(value)


@pytest.mark.parametrize(
    "value",
    [
        "2024001234",  # an order
        "0301234567",  # an article that begins like a number of Berlin
        "20261125120000",
        "12.11.2024",
        "01/02/2023",
        "1.2.3",  # a version
        "12.04.1",
        "ada@",
        "@ada",
        "a@b",
        "ada@example.org, bob@example.org",
        "see mail@example.org for more",
        "4111 1111 1111 1112",  # the check digit is wrong
        "79927398713",  # the check digit is right, the length is none of a card's
        "1234567812345670",  # right, and no card begins so
        "DE89 3704 0044 0532 0130 01",
        "ISBN 978-3-16-148410-0",
    ],
)
def test_a_look_alike_is_nothing(value: str) -> None:
    assert [each for each in kinds(value) if each in ("email", "phone", "ip", "card", "iban", "date")] == []


def test_the_check_digit_of_luhn() -> None:
    assert [luhn(each) for each in ("79927398713", "79927398710", "0", "18")] == [True, False, True, True]


@given(st.integers(10**15, 10**16 - 1))
def test_by_chance_one_number_in_ten_has_a_right_check_digit(number: int) -> None:
    rest = str(number)[:-1]

    assert sum(luhn(rest + last) for last in "0123456789") == 1


@given(st.text(max_size=60))
def test_anything_is_something_and_nothing_raises(value: str) -> None:
    found = kinds(value)

    assert set(found) <= set(KINDS)
    assert len([each for each in found if each in ("number", "word", "text")]) == 1
