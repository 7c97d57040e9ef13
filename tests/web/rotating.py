"""The child of `test_rotating`: a desk with every kind of second factor, before and after another master key, in a
program with the server's own settings. Prints one JSON document."""

import json
import sys
from typing import Any

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - apps first
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from tests.web.device import Device  # noqa: E402
from tests.web.journeys.plugin import code  # noqa: E402
from tests.web.passkeys import OURS, PASSWORD, PLACE, asked, browser, made, sent  # noqa: E402
from upheld.actions.means import utc_now  # noqa: E402
from upheld.actions.rotation import rotate  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.keys import KeyStore  # noqa: E402
from upheld.store.models import Staff  # noqa: E402


def stored() -> dict[str, Any]:
    """What stands in the table, by kind."""
    return dict(Authenticator.objects.values_list("type", "data"))


def codes(olive: Staff) -> list[str]:
    return list(
        RecoveryCodes(Authenticator.objects.get(user=olive, type="recovery_codes")).get_unused_codes()
    )


def by_passkey(device: Device) -> str:
    client = browser()
    return sent(client, "passkey-log-in", device.used(asked(client, "passkey-log-in")))


def by_code(olive: Staff, given: str) -> str:
    client = browser()
    client.post(reverse("account_login"), {"login": olive.email, "password": PASSWORD})
    answer = client.post(reverse("mfa_authenticate"), {"code": given})
    return f"{answer.status_code} {'Olive' if client.session.get('_auth_user_id') else 'nobody'}"


def looks(desk: Client) -> int:
    return int(desk.get(reverse("console")).status_code)


def main() -> None:
    release.make()
    olive, device, secret = made("Olive"), Device(PLACE, OURS), generate_totp_secret()
    desk = browser()
    desk.force_login(olive)
    TOTP.activate(olive, secret)
    sent(desk, "passkey-add", device.made(asked(desk, "passkey-add")))
    before, kept = stored(), codes(olive)
    old = {path.name: path.read_bytes() for path in settings.UPHELD_KEYS.iterdir() if path.is_file()}
    found: dict[str, object] = {"before": [looks(desk), by_passkey(device), sorted(before)]}

    done = rotate(keys=KeyStore(settings.UPHELD_KEYS), at=utc_now())

    after = stored()
    found["kinds"] = {kind: after[kind] == before[kind] for kind in sorted(after)}
    found["codes"] = codes(olive) == kept
    found["factors"] = done.factors
    found["while the server runs"] = [looks(desk), by_passkey(device)]
    settings.SECRET_KEY = KeyStore(settings.UPHELD_KEYS).derived("django").hex()  # as its start makes it
    found["after its start"] = [looks(desk), by_passkey(device), by_code(olive, code(secret))]
    found["a recovery code"] = by_code(olive, kept[0])
    found["the old key"] = old["master.key"] == (settings.UPHELD_KEYS / "master.key").read_bytes()
    found["on"] = connection.vendor
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
