"""Log-ins of staff, as somebody hostile tries them: what lasts, what is counted, where they lead, what is written down."""

import pytest

from tests.web.child import told
from upheld.cli.beginning import begin


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("entering")
    begin(folder / "privacy", "Larkspur", "privacy@larkspur.example")
    found: dict[str, object] = told(
        "entering", folder, UPHELD_ADDRESS="https://privacy.larkspur.example", UPHELD_PROXIES="127.0.0.1"
    )
    return found


def test_a_password_is_no_word_of_this_place_and_is_taken_as_it_was_typed(seen: dict[str, object]) -> None:
    assert seen["made"] == {"words of this place": [422, 422, 422], "a sentence": 302}


def test_a_log_in_leads_to_pages_of_this_server_only(seen: dict[str, object]) -> None:
    assert seen["led"] == {
        "/console/cases/": "/console/cases/",
        "https://127.0.0.1/x": "/console/",
        "//localhost/x": "/console/",
        "https://evil.example/": "/console/",
    }


def test_after_twelve_hours_even_who_clicks_all_day_is_logged_out(seen: dict[str, object]) -> None:
    assert seen["lasting"] == [200, 200, 302]


def test_whoever_proves_again_who_she_is_goes_on_under_a_new_session(seen: dict[str, object]) -> None:
    assert seen["again"] == {
        "soon after": 200,
        "later": "/console/reauthenticate/",
        "done": 302,
        "session": True,
    }


def test_a_password_is_changed_with_the_present_one_and_ends_what_was_open_elsewhere(
    seen: dict[str, object],
) -> None:
    assert seen["changed"] == {
        "wrong": 200,
        "own words": 200,
        "done": 302,
        "here": 200,
        "there": 302,
        "old": 200,
        "new": 302,
        "trimmed": 200,
    }


def test_other_sessions_are_told_and_end_when_she_wishes_or_a_factor_goes(seen: dict[str, object]) -> None:
    """Those that an earlier password had opened are not among them; two of the test before are."""
    assert seen["elsewhere"] == {
        "open": [200, 200, 200],
        "told": [1, 4],
        "asked": True,
        "wished": 302,
        "then": [[200, 302, 302], [1, 0]],
        "removed": 302,
        "at last": [[200, 302, 302], [1, 0]],
    }


def test_a_browser_forgets_the_pages_of_whoever_logs_out(seen: dict[str, object]) -> None:
    assert seen["left"] == [None, '"cache"']


def test_log_ins_and_refusals_are_written_down_by_number_alone(seen: dict[str, object]) -> None:
    assert seen["lines"] == [
        ["account.refused", "password"],
        ["account.entered", 1],
        ["account.entered", 2],
        [403, 2],
        ["account.left", 1],
    ]


def test_second_factors_are_counted_for_all_web_processes_and_a_used_code_is_taken_by_none(
    seen: dict[str, object],
) -> None:
    assert seen["seconds"] == {
        "here": [200, 200, 200],
        "there": [200, 200],
        "right": [200],
        "used": [[302], [200]],
    }


def test_guesses_are_counted_where_a_restart_forgets_nothing_and_by_the_visitor_behind_the_proxy(
    seen: dict[str, object],
) -> None:
    assert seen["guessed"] == {"refused from": 20, "address": "192.0.2.7"}
