"""Who may open what: every route of the server, asked by everybody. A new route without a row here fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.journeys.plugin import ORGANISATION, PURPOSES

LETTERS = """\
system: letters
kind: manual
title: Letters
owner: The office
address: office@larkspur.example
look_for: letters
how: shred them
days: 14
"""
KINDS = ("nobody", "no factor", "officer", "operator", "support", "auditor", "engineer")
IN, NO, AWAY = 200, 403, 302


def everybody(get: int, post: int) -> dict[str, list[int]]:
    """A public page: who asks makes no difference."""
    return {kind: [get, post] for kind in KINDS}


def only(get: dict[str, int], post: dict[str, int]) -> dict[str, list[int]]:
    """A page of the console: those named get these answers, other roles 403, everybody else goes to log in."""
    outside = {"nobody": [AWAY, AWAY], "no factor": [AWAY, AWAY]}
    return outside | {kind: [get.get(kind, NO), post.get(kind, NO)] for kind in KINDS[2:]}


def roles(status: int, *kinds: str) -> dict[str, int]:
    return dict.fromkeys(kinds, status)


SEE = ("officer", "operator", "support", "auditor")
PLAN = ("officer", "operator", "auditor")
DESK = ("officer", "operator")
LOOK = ("officer", "operator", "support")
LOCK = ("officer", "operator", "engineer")
HOUSE = ("officer", "operator", "auditor", "engineer")
ALL = KINDS[2:]
TABLE = {
    "start": everybody(302, 302),
    "ask": everybody(200, 422),
    "lost": everybody(200, 422),
    "contact": everybody(200, 405),
    "proof-check": everybody(200, 422),
    "question": everybody(200, 422),
    "sent": everybody(200, 200),
    "follow": everybody(200, 200),
    "copy": everybody(404, 405),
    "copy-archive": everybody(404, 405),
    "certificate": everybody(404, 405),
    "proof": everybody(404, 405),
    "task-answer": everybody(200, 422),
    "enrol": everybody(200, 422),
    "console": only(roles(200, *SEE), roles(405, *SEE)),
    "case": only(roles(200, *SEE), roles(405, *SEE)),
    "look": only(roles(405, *LOOK), roles(409, *LOOK)),
    "ask-person": only(roles(405, *DESK), roles(409, *DESK)),
    "told": only(roles(405, *LOOK), roles(409, *LOOK)),
    "enclosure": only(roles(405, *LOOK), roles(200, *LOOK)),
    "waiting": only(roles(200, *LOOK), roles(405, *LOOK)),
    "waiting-read": only(roles(405, *LOOK), roles(409, *LOOK)),
    "waiting-decide": only({"officer": 405}, {"officer": 409}),
    "nothing": only({"officer": 405}, {"officer": 409}),
    "plan": only(roles(200, *PLAN), {"officer": 409}),
    "retry": only({"officer": 405}, {"officer": 302}),
    "task": only(roles(200, *DESK), roles(422, *DESK)),
    "outbox": only(roles(200, *LOCK), roles(405, *LOCK)),
    "mail": only({"officer": 405}, {"officer": 409}),
    "stop": only(roles(200, *LOCK), roles(409, *LOCK)),
    "systems": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "system": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "system-check": only(roles(405, *LOCK), roles(302, *LOCK)),
    "system-drawing": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "journal": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "history": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "history-verify": only(roles(405, *HOUSE), roles(200, *HOUSE)),
    "entry-proof": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "mfa_index": only(roles(200, *ALL), roles(405, *ALL)),
    "mfa_deactivate_totp": only(roles(200, *ALL), roles(405, *ALL)),
    "account_logout": {"nobody": [302, 302]},
}
OF_ALLAUTH = {
    "account_inactive",
    "account_login",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
}
"""Each is about the account that is logged in, or logs in, and about nothing else."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("matrix")
    privacy = folder / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION)
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)
    (folder / "data").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    ran = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-m", "tests.web.matrix"],
        cwd=Path(__file__).parents[2],
        env=kept
        | {
            "DJANGO_SETTINGS_MODULE": "upheld.project.site",
            "UPHELD_DATA": str(folder / "data"),
            "UPHELD_DIR": str(privacy),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


def test_every_route_answers_each_role_as_the_table_says(seen: dict[str, dict]) -> None:
    answers = dict(seen["answers"])
    once = {name: answers.pop(name) for name in ("confirm", "mine")}
    of_allauth = {name: answers.pop(name) for name in OF_ALLAUTH}

    assert answers == TABLE
    assert {name: each.pop("nobody") for name, each in once.items()} == {
        "confirm": [200, 302],
        "mine": [200, 200],
    }, "the first use of the link"
    assert {tuple(each) for kinds in once.values() for each in kinds.values()} == {(410, 410)}, (
        "and no second"
    )
    assert {name: each["nobody"][0] for name, each in of_allauth.items()} == {
        "account_inactive": 200,
        "account_login": 200,
        **dict.fromkeys(OF_ALLAUTH - {"account_inactive", "account_login"}, 302),
    }


def test_a_link_opens_nothing_of_another_purpose_or_person(seen: dict[str, dict]) -> None:
    assert set(seen["strange"].values()) == {404}


def test_public_pages_set_no_cookie(seen: dict[str, dict]) -> None:
    assert set(map(tuple, seen["cookies"].values())) == {()}


def test_the_list_takes_as_many_queries_for_six_cases_as_for_two_and_names_nobody(
    seen: dict[str, dict],
) -> None:
    first, more = seen["queries"]

    assert (first, seen["named"]) == (more, [])
