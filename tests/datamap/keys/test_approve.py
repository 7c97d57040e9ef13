"""`approve`: what a trusted program sends in is approved by the folder alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.actions.chess import PEOPLE, USERS
from tests.datamap.keys.office import means
from tests.scenarios.conftest import Make
from upheld.actions import rounds, submission, tokens
from upheld.actions.submission import Wanted
from upheld.cli.certifying import certify_answered
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.rights.subject import Identity
from upheld.store.models import Level, Request


@pytest.mark.key("approve")
def test_the_rights_that_are_named_are_approved_without_a_look_and_no_others(
    make: Make, sqlite_records: Path, tmp_path: Path, settings: Any
) -> None:
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path / "data", 30
    world = make(PEOPLE, USERS)
    file = world.folder / "upheld.yaml"
    file.write_text(file.read_text() + "\napprove: [erasure]\n")
    world.datamap = read(world.folder)
    able = replace(means(world), orders=False)
    token = tokens.make(means=able, name="shop", submits=True, reads=True, trusted=Level.HIGH).token
    wanted = [
        Wanted(right, (Identity("email", f"{name}@chess.example.org"),), verified=True)
        for name, right in (("ada", Right.ERASURE), ("ben", Right.ACCESS))
    ]

    submission.submit(means=able, token=token, wanted=wanted, key="1", body=b"")
    rounds.drain(means=able, certify=certify_answered, server=None, sender="")

    assert dict(Request.objects.values_list("right", "state")) == {"ERASURE": "FULFILLED", "ACCESS": "OPEN"}
    assert sorted(world.rows("users")) == [(5, "ben@chess.example.org"), (10, "cy@chess.example.org")]
