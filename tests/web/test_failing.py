"""A system that is away is on every page that has to do with it, and the person's own page names it."""

import socket

import pytest

from tests.web.child import told
from tests.web.journeys.plugin import ORGANISATION, PURPOSES, SHOP

UNREAD = {
    "en": "Shop could not be read yet. We know, and try it again until your copy is whole.",
    "de": "Shop konnte noch nicht gelesen werden. Wir wissen davon und versuchen es weiter, bis Ihre Kopie vollständig ist.",
    "fr": "Shop n’a pas encore pu être lu. Nous le savons et réessayons jusqu’à ce que votre copie soit complète.",
}
UNFINISHED = {
    "en": "Shop could not be finished yet. We know, and go on with it.",
    "de": "Shop ist noch nicht fertig. Wir wissen davon und arbeiten daran.",
    "fr": "Shop n’est pas encore terminé. Nous le savons et nous nous en occupons.",
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("failing")
    systems = folder / "privacy" / "systems"
    systems.mkdir(parents=True)
    (folder / "privacy" / "upheld.yaml").write_text(ORGANISATION)
    (folder / "privacy" / "purposes.yaml").write_text(PURPOSES)
    (systems / "shop.yaml").write_text(SHOP)
    with socket.socket() as nobody:  # bound and not listening: whoever connects is refused
        nobody.bind(("127.0.0.1", 0))
        away = f"postgresql://nobody@127.0.0.1:{nobody.getsockname()[1]}/shop"
        found: dict[str, str] = told("failing", folder, SHOP_DATABASE_URL=away)
    return found


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_a_persons_page_names_the_system_that_failed_in_her_language(
    language: str, seen: dict[str, str]
) -> None:
    """G-12.1"""
    assert UNREAD[language] in seen[f"her copy, {language}"]
    assert UNFINISHED[language] in seen[f"his erasure, {language}"]
    assert "connection" not in seen["her copy, en"], "whose words are for staff"


def test_a_copy_that_failed_is_where_a_failed_erasure_is(seen: dict[str, str]) -> None:
    assert seen["today"].count("Shop failed") == 2
    assert seen["cases"].count("Shop failed") == 2
    assert seen["journal"].startswith("2 parts failed.")
    for case in ("copy", "erasure"):
        assert "Shop failed." in seen[case]
        assert "Try again what failed" in seen[case]
    assert "Can be read until" not in seen["copy"]
    assert seen["retry"] == [True, True]
