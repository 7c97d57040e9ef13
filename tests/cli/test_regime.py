"""Which law, and until when: as people type it and read it, and as programs do."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.test_commands import ADA, Shop

HER = ("--identity", f"email={ADA}")
LAWS = "  regimes: [gdpr, ccpa]\n  regime_by_place: {US-CA: ccpa}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    home = tmp_path / "privacy" / "upheld.yaml"
    written = home.read_text()
    assert "  regimes: [gdpr]\n" in written
    home.write_text(written.replace("  regimes: [gdpr]\n", LAWS))
    return made


def test_both_dates_are_in_the_preview_the_copy_and_the_status(shop: Shop) -> None:
    """X-04, C-02"""
    looked = json.loads(shop.upheld("access", *HER, "--place", "US-CA", "--dry-run", "--json").stdout)
    due = looked["dates"]
    received = date.fromisoformat(due["received"])
    legal, target = str(received + timedelta(days=45)), str(received + timedelta(days=44))
    assert (due["target"], due["legal"]) == (target, legal)
    assert due["acknowledge"]["target"] <= due["acknowledge"]["legal"]
    assert due["extended"]["legal"] == str(received + timedelta(days=90))

    asked = shop.upheld("access", *HER, "--place", "US-CA")
    assert f"Answer by {target}; the last lawful day is {legal}." in asked.stderr
    told = shop.upheld("status").stdout
    assert f"  due: target {target}, legal {legal} (ccpa/2026-11)" in told
    [request] = json.loads(shop.upheld("status", "--json").stdout)["requests"]
    assert (request["pack"], request["target_date"], request["legal_date"]) == ("ccpa/2026-11", target, legal)

    copied = shop.upheld("access", *HER, "--yes", "--json")
    done = json.loads(copied.stdout)
    assert (done["pack"], done["target_date"], done["legal_date"]) == ("ccpa/2026-11", target, legal)
    opened = shop.upheld("package", "open", done["file"], "--key", done["key"], "--to", "copy")
    assert opened.returncode == 0, opened.stderr
    content = json.loads((shop.folder / "copy" / "package.json").read_text())
    assert content["due"] == {
        "pack": "ccpa/2026-11",
        "received": str(received),
        "target": target,
        "legal": legal,
    }
    page = (shop.folder / "copy" / "index.html").read_text()
    assert f"by law the last day is {date.fromisoformat(legal).day} " in page
    assert "No case is open." in shop.upheld("status").stdout


def test_a_place_that_is_none_and_a_right_that_a_law_does_not_give_are_said_so(shop: Shop) -> None:
    """X-02"""
    wrong = shop.upheld("access", *HER, "--place", "California")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "'California' is no place.\nWrite a country such as DE, or a state such as US-CA.\n",
    )

    refused = shop.upheld("restrict", *HER, "--ground", "contested", "--place", "US-CA", "--yes")
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "California Consumer Privacy Act (ccpa/2026-11) gives no right of restriction.\nIt gives: access, "
    )
    assert "No case is open." in shop.upheld("status").stdout
