"""Identities are compared in one form, however they are written (ID-01)."""

import pytest

from upheld.datamap.normalise import normalise


@pytest.mark.parametrize(
    ("rule", "written", "form"),
    [
        ("email", " Ada@Chess.Example.ORG", "ada@chess.example.org"),
        ("email", "ada+x@chess.example.org", "ada+x@chess.example.org"),
        ("casefold", "STRASSE", "strasse"),
        ("phone", "+49 30 901820", "+4930901820"),
        ("phone", "030 901820", "030901820"),
        ("phone:DE", "030 901820", "+4930901820"),
        ("phone:DE", "+33 1 42 68 53 00", "+33142685300"),
        ("phone:DE", "none", ""),
        ("none", " Ada ", " Ada "),
        (None, "7", "7"),
    ],
)
def test_a_value_has_one_form(rule: str | None, written: str, form: str) -> None:
    assert normalise(rule, written) == form
