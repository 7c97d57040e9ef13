"""What a passkey opens, and what only looks like one: honest and hostile answers of a device of our own."""

import pytest

from tests.web.child import told
from upheld.cli.beginning import begin


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("passkeys")
    begin(folder / "privacy", "Larkspur", "privacy@larkspur.example")
    return told("passkeys", folder, UPHELD_ADDRESS="https://privacy.larkspur.example")


def test_a_passkey_is_added_from_our_own_page_with_a_fresh_challenge_and_the_last_one_stays(
    seen: dict[str, dict],
) -> None:
    assert seen["enrolling"] == {
        "a neighbour's page adds": 0,
        "an old challenge adds": 0,
        "added": "302 Olive",
        "named": "My telephone",
        "codes came with it": 1,
        "the last one": 409,
    }
    assert seen["hers, by Otto"] == [404, 409], "nobody removes a colleague's"


def test_alone_it_opens_only_where_the_device_told_who_holds_it(seen: dict[str, dict]) -> None:
    assert seen["alone"].pop("hers") == "302 Olive"
    assert set(seen["alone"].values()) == {"422 nobody"}, seen["alone"]
    assert seen["of a closed account"] == "422 nobody"


def test_after_the_password_her_own_opens_and_many_tries_close_the_door(seen: dict[str, dict]) -> None:
    assert seen["beside"] == {
        "hers": "302 Olive",
        "hers, small": "302 Olive",
        "a colleague's": "200 nobody",
        "of a neighbour": "200 nobody",
        "after many tries": "200 nobody",
        "and then hers": "200 nobody",
    }


def test_who_is_logged_in_shows_by_it_that_it_is_still_he(seen: dict[str, dict]) -> None:
    assert seen["again"] == {"a neighbour's": "422 Otto", "his": "302 Otto"}


def test_whatever_comes_instead_is_refused_and_breaks_nothing(seen: dict[str, dict]) -> None:
    statuses, harmless = seen["hostile"]

    assert set(statuses) <= {200, 302, 422}, "200: the page of setting up, shown again"
    trusted = {"", "response", "response.clientDataJSON"}
    assert not {f"passkey-add {each}" for each in trusted | {"response.attestationObject"}} & set(harmless)
    signed = {"rawId", "response.authenticatorData", "response.signature", "response.userHandle"}
    assert not {f"passkey-log-in {each}" for each in trusted | signed} & set(harmless)


def test_each_one_more_is_an_entry_of_the_ledger(seen: dict[str, dict]) -> None:
    assert seen["entries"] == [["factor-added", "factor-added"], "closed"]
