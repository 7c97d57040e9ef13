"""A case is found in the console by the words of any name that she gave us, by whatever channel."""

from pathlib import Path

from tests.servers.database import Database
from tests.web.child import told
from tests.web.journeys.plugin import furnish

NAMED = "    identities: {email: {column: email, normalise: email}, full-name: {column: name}}\n"


def test_a_case_is_found_by_the_words_of_each_name_that_came_with_it_until_its_key_goes(
    sqlite: Database, tmp_path: Path
) -> None:
    """K-05: names of the form, of an answer, of a mail, a letter and a fax, and of a program; and nothing of her remains."""
    given = furnish(sqlite, tmp_path)
    shop = tmp_path / "privacy" / "systems" / "shop.yaml"
    plain = "    identities: {email: {column: email, normalise: email}}\n"
    shop.write_text(shop.read_text().replace(plain, NAMED))
    seen = told("searching", tmp_path, SHOP_DATABASE_URL=given["SHOP_DATABASE_URL"])

    assert seen.pop("by a number, or by part of a word") == []
    assert (seen.pop("after its key"), seen.pop("marks")) == ([], 0)
    assert {word for word, there in seen.items() if not there} == set()
    assert len(seen) == 10
