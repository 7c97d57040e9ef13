"""What somebody says of herself, against what a row holds."""

from datetime import date, datetime

import pytest

from upheld.datamap.likeness import alike


@pytest.mark.parametrize(
    ("kind", "said", "row"),
    [
        ("name", "ada QUILLFEATHER", ["Ada Quillfeather"]),
        ("name", "Quillfeather, Ada", ["Ada", "Quillfeather"]),
        ("name", "Zoe Muller", ["Zoë Müller"]),
        ("postal-address", "17, Larkspur Lane; 10115 Berlin", ["17 Larkspur Lane", "10115", "Berlin", "DE"]),
        ("postal-address", "17 Larkspur Lane", ["17 Larkspur Lane"]),
        ("phone-number", "030 901820", ["+4930901820"]),
        ("date-of-birth", "12.3.1980", [date(1980, 3, 12)]),
        ("date-of-birth", "1980-03-12", ["1980-03-12 00:00:00"]),
        ("date-of-birth", "12/03/1980", [datetime(1980, 3, 12)]),  # noqa: DTZ001 - as a driver gives it
        ("username", "Quill", ["quill"]),
        ("customer-number", "K-1047", ["k 1047"]),
    ],
)
def test_the_same_in_another_spelling(kind: str, said: str, row: list[object]) -> None:
    assert alike(kind, said, row, country="DE")


@pytest.mark.parametrize(
    ("kind", "said", "row"),
    [
        ("name", "Ada", ["Ada"]),
        ("name", "Ada", ["Ada", "Quillfeather"]),
        ("name", "Ada Ashgrove", ["Ada", "Quillfeather"]),
        ("name", "Ada Quillfeather Ashgrove", ["Ada", "Quillfeather"]),
        ("postal-address", "Berlin", ["17 Larkspur Lane", "10115", "Berlin"]),
        ("postal-address", "Berlin DE", ["17 Larkspur Lane", "10115", "Berlin", "DE"]),
        ("phone-number", "", [""]),
        ("phone-number", "1", ["1"]),
        ("date-of-birth", "1980", [date(1980, 1, 1)]),
        ("date-of-birth", "31.2.1980", [date(1980, 3, 2), None]),
        ("username", "", ["", None]),
        ("username", "a b", ["a", "b"]),
    ],
)
def test_what_is_cheap_to_guess_is_not_enough(kind: str, said: str, row: list[object]) -> None:
    assert not alike(kind, said, row, country="DE")
