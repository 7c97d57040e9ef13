"""What the environment leaves open and the console was told: sealed, told to nobody, and beaten by the environment."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.actions.world import forum, means
from upheld.actions import house
from upheld.actions.means import Means
from upheld.connectors.sql.engine import filled
from upheld.rights.outcome import Misconfigured
from upheld.store.models import HouseSetting, PendingEntry, Role, Staff

URL = "smtp://upheld:s3cret-word@mail.example.org:587"
SHOP = "postgresql://shop:s3cret-word@db.example.org/shop"


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    return means(tmp_path, forum())


@pytest.fixture
def olive(able: Means) -> Staff:
    return Staff.objects.create(
        email="olive@larkspur.example", name="officer", role=Role.OFFICER, created_at=able.clock()
    )


def rows() -> str:
    """Every value of the table, as whoever copies the database reads it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM store_housesetting")
        return "".join(
            bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
            for row in cursor.fetchall()
            for value in row
        )


def entries() -> list[dict[str, str]]:
    told = [json.loads(bytes(each.content)) for each in PendingEntry.objects.order_by("pk")]
    return [{key: each[key] for key in each if key not in ("at", "type")} for each in told]


def test_a_secret_is_sealed_under_a_key_that_goes_with_it(able: Means, olive: Staff) -> None:
    house.put(means=able, account=olive, name=house.SERVER, value=URL)
    first = HouseSetting.objects.get().key
    assert house.mail_server(keys=able.keys) == URL
    assert "s3cret" not in rows()

    house.put(means=able, account=olive, name=house.SERVER, value="smtps://mail.example.org:465")
    second = HouseSetting.objects.get().key

    assert (able.keys.exists(first), able.keys.exists(second)) == (False, True)
    assert house.mail_server(keys=able.keys) == "smtps://mail.example.org:465"
    house.remove(means=able, account=olive, name=house.SERVER)
    house.remove(means=able, account=olive, name=house.SERVER)
    assert (able.keys.exists(second), house.mailing(), house.mail_server(keys=able.keys)) == (
        False,
        False,
        "",
    )
    assert entries() == [
        {"setting": "mail-server", "change": change, "account": str(olive.pk)}
        for change in ("set", "set", "removed")
    ]


def test_what_is_no_secret_stands_as_it_was_said(
    able: Means, olive: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "UPHELD_ADDRESS", "")
    monkeypatch.setattr(settings, "UPHELD_LISTENS", "http://127.0.0.1:8000")
    assert (house.address(), house.sender()) == ("http://127.0.0.1:8000", "")

    house.put(means=able, account=olive, name=house.ADDRESS, value="https://privacy.example.org")
    house.put(means=able, account=olive, name=house.SENDER, value="privacy@example.org")

    assert (house.address(), house.sender()) == ("https://privacy.example.org", "privacy@example.org")


def test_the_environment_wins(able: Means, olive: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ((house.SERVER, URL), (house.SENDER, "a@example.org"), ("SHOP_URL", SHOP)):
        house.put(means=able, account=olive, name=name, value=value)
    monkeypatch.setattr(settings, "UPHELD_SMTP_URL", "smtps://other.example.org")
    monkeypatch.setattr(settings, "UPHELD_MAIL_FROM", "b@example.org")
    monkeypatch.setattr(settings, "UPHELD_ENVIRONMENT", {"SHOP_URL": "sqlite:///here"})

    assert house.mail_server(keys=able.keys) == "smtps://other.example.org"
    assert house.sender() == "b@example.org"
    assert house.secrets(able.keys)["SHOP_URL"] == "sqlite:///here"


def test_a_map_calls_what_it_was_told_and_never_what_is_upheld_s_own(able: Means, olive: Staff) -> None:
    house.put(means=able, account=olive, name="SHOP_URL", value=SHOP, system="shop")
    house.put(means=able, account=olive, name=house.SERVER, value=URL)
    told = house.secrets(able.keys)

    assert filled("${SHOP_URL}", told, "shop") == SHOP
    for name in (house.SERVER, "NOWHERE"):
        with pytest.raises(Misconfigured) as refused:
            filled(f"postgresql://evil.example/${{{name}}}", told, "shop")
        assert "s3cret" not in str(refused.value)
    assert entries()[0] == {
        "setting": "database",
        "system": "shop",
        "change": "set",
        "account": str(olive.pk),
    }


def test_where_its_key_is_gone_nothing_is_said_any_more(able: Means, olive: Staff) -> None:
    """As after a restore of older records (K-02)."""
    house.put(means=able, account=olive, name=house.SERVER, value=URL)

    able.keys.destroy([HouseSetting.objects.get().key])

    assert (house.mailing(), house.mail_server(keys=able.keys)) == (True, "")
