"""The house that hostile programs are let into: a shop on a database, letters by hand, two laws and a team."""

from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import ORGANISATION, furnish
from tests.web.test_matrix import LETTERS


def house(shop: Database, folder: Path) -> dict[str, str]:
    """Its privacy folder, in this one; gives the environment that reaches the shop."""
    told = furnish(shop, folder)
    privacy = folder / "privacy"
    (privacy / "upheld.yaml").write_text(ORGANISATION.replace("[gdpr]", "[gdpr, ccpa]") + "staff: team\n")
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)
    return told
