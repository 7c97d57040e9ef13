"""Connectors are made when the first is wanted, and not for their names."""

import pytest

from upheld.actions.reach import reached
from upheld.datamap.model import System
from upheld.rights.connector import Connector
from upheld.web import late
from upheld.web.late import Late


def test_only_whoever_wants_one_has_them_made_and_all_of_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "reached_at", None)
    made: list[dict[str, Connector]] = []

    def make() -> dict[str, Connector]:
        made.append({name: reached(System(name, kind="nobody's"), {}) for name in ("b", "a")})
        return made[-1]

    held = Late(("b", "a"), make)

    assert ([*held], len(held), "a" in held, "c" in held, held.get("c")) == (["b", "a"], 2, True, False, None)
    assert (made, late.reached_at) == ([], None)

    assert [held["a"], *held.values()] == [made[0]["a"], made[0]["b"], made[0]["a"]]
    assert (len(made), late.reached_at is not None) == (1, True)
