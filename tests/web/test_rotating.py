"""Another master key while somebody is at the desk: her passkey, her app and her codes go on, on either database."""

from pathlib import Path

import pytest

from tests.servers.plugin import NewDatabase
from tests.web.child import told
from upheld.cli.beginning import begin


@pytest.mark.parametrize("kind", [pytest.param("sqlite", marks=pytest.mark.store("sqlite")), "postgresql"])
def test_every_second_factor_opens_after_a_rotation_and_sessions_end_with_the_next_start(
    new_database: NewDatabase, tmp_path: Path, kind: str
) -> None:
    """K-01: what is sealed is sealed anew; a passkey is no secret and stays as it is."""
    begin(tmp_path / "privacy", "Larkspur", "privacy@larkspur.example")
    elsewhere = {"UPHELD_DATABASE_URL": new_database(kind).url} if kind == "postgresql" else {}
    seen = told(
        "rotating", tmp_path, records=False, UPHELD_ADDRESS="https://privacy.larkspur.example", **elsewhere
    )

    assert seen == {
        "before": [200, "302 Olive", ["recovery_codes", "totp", "webauthn"]],
        "kinds": {"recovery_codes": False, "totp": False, "webauthn": True},
        "codes": True,
        "factors": 2,
        "while the server runs": [200, "302 Olive"],
        "after its start": [302, "302 Olive", "302 Olive"],
        "a recovery code": "302 Olive",
        "the old key": False,
        "on": kind,
    }
