"""Whose page it is: what opens to her does not open to another, where both have one."""

from pathlib import Path

from tests.web.child import told
from tests.web.journeys.plugin import ORGANISATION, PURPOSES
from tests.web.test_matrix import LETTERS


def test_copies_certificates_and_withdrawals_open_to_whose_they_are_and_to_nobody_else(
    tmp_path: Path,
) -> None:
    privacy = tmp_path / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION)
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)

    assert told("own", tmp_path) == {
        "ada's own copy": [200, ["ada"]],
        "bob's own copy": [200, ["bob"]],
        "a copy by the link of somebody without one": [404, []],
        "ada's own archive": 200,
        "an archive by the link of somebody without one": 404,
        "her own certificate": 200,
        "another's certificate": 404,
        "the other's own certificate": 200,
        "her own proof": 200,
        "another's proof": 404,
        "withdrawing her own": 200,
        "withdrawing another's": 404,
        "withdrawing the other's own": 200,
        "another's, by sending": 404,
        "still open": "OPEN",
    }
