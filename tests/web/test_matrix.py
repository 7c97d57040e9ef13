"""Who may open what: every route of the server, asked by everybody. A new route without a row here fails."""

import pytest

from tests.web.child import told
from tests.web.journeys.plugin import ORGANISATION, PURPOSES
from upheld.mail import template

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
FRONT = (*DESK, "support")
LOOK = ("officer", "operator", "support")
LOCK = ("officer", "operator", "engineer")
SETTERS = ("officer", "engineer")
CLERK = ("officer", "operator", "support")
HOUSE = ("officer", "operator", "auditor", "engineer")
BOOKS = ("officer", "auditor", "engineer")
ALL = KINDS[2:]
TABLE = {
    "start": everybody(302, 302),
    "healthz": everybody(200, 405),
    "readyz": everybody(503, 405),
    "metrics": everybody(200, 405),
    "ask": everybody(200, 422),
    "lost": everybody(200, 422),
    "contact": everybody(200, 405),
    "proof-check": everybody(200, 422),
    "question": everybody(200, 422),
    "sent": everybody(200, 200),
    "follow": everybody(200, 200),
    "prove": everybody(200, 200),
    "sign-in": everybody(410, 410),
    "sign-in-back": everybody(302, 405),
    "signed-in": everybody(410, 410),
    "copy": everybody(404, 405),
    "copy-archive": everybody(404, 405),
    "portable": everybody(404, 405),
    "portable-archive": everybody(404, 405),
    "certificate": everybody(404, 405),
    "proof": everybody(404, 405),
    "task-answer": everybody(200, 422),
    "enrol": everybody(200, 422),
    "console": only(roles(200, *ALL), roles(405, *ALL)),
    "cases": only(roles(200, *SEE), roles(405, *SEE)),
    "first": only(roles(302, *ALL), roles(405, *ALL)),
    "first-step": only(roles(200, *ALL), roles(422, *SETTERS)),
    "week": only(roles(405, *SETTERS), roles(302, *SETTERS)),
    "snippet": only(roles(200, *ALL), roles(405, *ALL)),
    "folder": only(roles(200, *ALL), roles(405, *ALL)),
    "system-add": only(roles(200, *SETTERS), roles(422, *SETTERS)),
    "system-out": only(roles(200, *SETTERS), roles(409, *SETTERS)),
    "file-edit": only(roles(200, *SETTERS), roles(422, *SETTERS)),
    "file-usual": only(roles(200, *SETTERS), roles(422, *SETTERS)),
    "revision": only(roles(200, *SETTERS), roles(409, *SETTERS)),
    "folder-archive": only(roles(200, *ALL), roles(405, *ALL)),
    "case": only(roles(200, *SEE), roles(405, *SEE)),
    "search": only(
        roles(200, "officer", "operator", "support"), roles(422, "officer", "operator", "support")
    ),
    "wanted": only({"officer": 200}, {"officer": 422}),
    "look": only(roles(405, *LOOK), roles(409, *LOOK)),
    "ask-person": only(roles(405, *DESK), roles(409, *DESK)),
    "told": only(roles(405, *LOOK), roles(409, *LOOK)),
    "enclosure": only(roles(405, *LOOK), roles(200, *LOOK)),
    "waiting": only(roles(200, *LOOK), roles(405, *LOOK)),
    "waiting-read": only(roles(405, *LOOK), roles(409, *LOOK)),
    "waiting-decide": only({"officer": 405}, {"officer": 409}),
    "nothing": only({"officer": 405}, {"officer": 409}),
    "plan": only(roles(200, *PLAN), {"officer": 409}),
    "extend": only({"officer": 200}, {"officer": 422}),
    "refuse": only({"officer": 200}, {"officer": 422}),
    "identity": only({"officer": 200}, {"officer": 422}),
    "take-back": only({"officer": 200}, {"officer": 422}),
    "undo": only({"officer": 409}, {"officer": 409}),
    "evidence": only(roles(404, *SEE), roles(405, *SEE)),
    "lift": only({"officer": 200}, {"officer": 409}),
    "notes": only(roles(200, *FRONT), roles(422, *FRONT)),
    "assign": only(roles(405, *DESK), roles(302, *DESK)),
    "add": only({"officer": 405}, {"officer": 409}),
    "agree": only(roles(200, *DESK), roles(409, *DESK)),
    "agree-outside": everybody(200, 422),
    "retry": only({"officer": 405}, {"officer": 302}),
    "more": only(roles(405, *DESK), roles(409, *DESK)),
    "doubt": only(roles(405, *DESK), roles(409, *DESK)),
    "wrote": only(roles(405, *DESK), roles(409, *DESK)),
    "judge": only({"officer": 405}, {"officer": 409}),
    "task": only(roles(200, *DESK), roles(422, *DESK)),
    "intake": only(roles(200, *CLERK), roles(422, *CLERK)),
    "message": only(roles(200, *CLERK), roles(422, *CLERK)),
    "arrival": only(roles(200, *SEE), {"officer": 422}),
    "original": only(roles(405, *CLERK), roles(409, *CLERK)),
    "original-file": only(roles(405, *CLERK), roles(404, *CLERK)),
    "reply": only(roles(405, *LOOK), roles(409, *LOOK)),
    "reply-file": only(roles(405, *LOOK), roles(409, *LOOK)),
    "outbox": only(roles(200, *LOCK), roles(405, *LOCK)),
    "address": only(roles(200, *SETTERS), roles(422, *SETTERS)),
    "mail-server": only(roles(200, *SETTERS), roles(422, *SETTERS)),
    "mail": only({"officer": 405}, {"officer": 409}),
    "letters": only(roles(200, *SEE), roles(405, *SEE)),
    "letter": only(roles(200, *SEE), roles(405, *SEE)),
    "letter-edit": only({"officer": 200}, {"officer": 422}),
    "case-letters": only({"officer": 200}, {"officer": 405}),
    "case-letter": only({"officer": 200}, {"officer": 200}),
    "letter-sent": only({"officer": 405}, {"officer": 409}),
    "stop": only(roles(200, *LOCK), roles(409, *LOCK)),
    "programs": only(roles(200, *BOOKS), roles(405, *BOOKS)),
    "program-make": only({"officer": 200}, {"officer": 422}),
    "program-revoke": only({"officer": 405}, {"officer": 302}),
    "api-submit": everybody(405, 401),
    "api-status": everybody(401, 405),
    "systems": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "system": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "system-check": only(roles(405, *LOCK), roles(302, *LOCK)),
    "system-decide": only(roles(200, *SETTERS), roles(422, *SETTERS)),
    "system-address": only(roles(404, *SETTERS), roles(404, *SETTERS)),
    "system-drawing": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "journal": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "history": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "history-verify": only(roles(405, *HOUSE), roles(302, *HOUSE)),
    "entry-proof": only(roles(200, *HOUSE), roles(405, *HOUSE)),
    "staff": only({"officer": 200}, {"officer": 422}),
    "staff-close": only({"officer": 405}, {"officer": 409}),
    "staff-confirm": only({"officer": 405}, {"officer": 409}),
    "factor-remove": only(roles(200, "officer") | roles(404, *ALL[1:]), roles(409, *ALL)),
    "passkey-log-in": {kind: [200, 422] if kind == "nobody" else [AWAY, AWAY] for kind in KINDS},
    "elsewhere": only(roles(200, *ALL), roles(302, *ALL)),
    "mfa_index": only(roles(200, *ALL), roles(405, *ALL)),
    "mfa_deactivate_totp": only(roles(200, *ALL), roles(405, *ALL)),
    "account_logout": {"nobody": [302, 302]},
}
OF_ALLAUTH = {
    "account_change_password",
    "account_inactive",
    "account_login",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_view_recovery_codes",
    "passkey-add",
}
"""Each is about the account that is logged in, or logs in, and about nothing else."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("matrix")
    privacy = folder / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION + "staff: team\n")
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)
    return told("matrix", folder)


def test_every_route_answers_each_role_as_the_table_says(seen: dict[str, dict]) -> None:
    answers = dict(seen["answers"])
    withdraw = answers.pop("withdraw")
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
    assert (withdraw.pop("nobody"), set(map(tuple, withdraw.values()))) == ([200, 302], {(404, 404)}), (
        "what was taken back once is not there a second time"
    )
    assert {name: each["nobody"][0] for name, each in of_allauth.items()} == {
        "account_inactive": 200,
        "account_login": 200,
        **dict.fromkeys(OF_ALLAUTH - {"account_inactive", "account_login"}, 302),
    }


def test_a_link_opens_nothing_of_another_purpose_or_person(seen: dict[str, dict]) -> None:
    assert set(seen["strange"].values()) == {404}


def test_every_letter_is_reached_from_the_list_in_every_language(seen: dict[str, dict]) -> None:
    assert seen["letters"] == {each: list(template.names()) for each in ("de", "en", "fr")}


def test_the_start_page_says_when_nobody_carries_out_what_is_approved(seen: dict[str, dict]) -> None:
    assert seen["idle"] == [True, False]


def test_only_pages_that_ask_for_a_passkey_may_run_a_script(seen: dict[str, dict]) -> None:
    assert seen["scripted"] == [
        "mfa_authenticate",
        "mfa_reauthenticate_webauthn",
        "passkey-add",
        "passkey-log-in",
    ]


def test_public_pages_set_no_cookie(seen: dict[str, dict]) -> None:
    assert set(map(tuple, seen["cookies"].values())) == {()}


def test_start_page_and_lists_take_as_many_queries_for_many_rows_as_for_few_and_name_nobody(
    seen: dict[str, dict],
) -> None:
    first, more = seen["queries"]

    assert (first, seen["named"]) == (more, [])


def test_a_case_takes_as_many_queries_with_three_requests_and_notes_as_with_fewer(
    seen: dict[str, dict],
) -> None:
    alone, full = seen["case"]

    assert alone == full


def test_a_verification_of_the_ledger_is_ordered_and_its_verdict_stays_on_the_page(
    seen: dict[str, dict],
) -> None:
    """P-04"""
    assert seen["verified"] == [True, True, True]
