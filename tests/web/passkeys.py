"""The child of `test_passkeys`: passkeys as honest and as hostile browsers send them, in a program with the settings
of a server behind a proxy. Prints one JSON document."""

import json
import re
import sys
from copy import deepcopy
from html import unescape
from itertools import count
from typing import Any

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - apps first
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tests.web.device import PRESENT, Device  # noqa: E402
from upheld.actions import accounts  # noqa: E402
from upheld.actions.means import utc_now  # noqa: E402
from upheld.store.models import PendingEntry, Role, Staff  # noqa: E402
from upheld.web.means import means  # noqa: E402

PLACE, PASSWORD = "privacy.larkspur.example", "seven lamps beside the harbour"
OURS, NEIGHBOUR = f"https://{PLACE}", f"https://shop.{PLACE}"
VISITORS = count(1)


def browser() -> Client:
    """Each from an address of its own: so many tries would be too many from one."""
    number = next(VISITORS)
    return Client(HTTP_HOST=PLACE, REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


def made(name: str) -> Staff:
    account = Staff(
        email=f"{name.lower()}@larkspur.example", name=name, role=Role.OFFICER, created_at=utc_now()
    )
    account.set_password(PASSWORD)
    account.save()
    return account


def asked(client: Client, page: str) -> dict[str, Any]:
    """What the page hands to the browser."""
    (written,) = re.findall(r'data-options="([^"]*)"', client.get(reverse(page)).content.decode())
    found: dict[str, Any] = json.loads(unescape(written))
    return found


def sent(client: Client, page: str, credential: object) -> str:
    """The answer to it, and whether somebody is logged in then."""
    answer = client.post(reverse(page), {"credential": json.dumps(credential), "name": "My telephone"})
    who = client.session.get("_auth_user_id")
    name = Staff.objects.get(pk=who).name if who else "nobody"
    return f"{answer.status_code} {name}"


def passkeys(account: Staff) -> int:
    return Authenticator.objects.filter(user=account, type="webauthn").count()


def enrolling(olive: Staff, device: Device) -> dict[str, object]:
    """Adding one: from a page of a neighbour, with an old challenge, and as it should be."""
    desk = browser()
    desk.force_login(olive)
    found: dict[str, object] = {}
    theirs = Device(PLACE, NEIGHBOUR)
    sent(desk, "passkey-add", theirs.made(asked(desk, "passkey-add")))
    found["a neighbour's page adds"] = passkeys(olive)
    answer = device.made(asked(desk, "passkey-add"))
    asked(desk, "passkey-add")
    sent(desk, "passkey-add", answer)
    found["an old challenge adds"] = passkeys(olive)
    found["added"] = sent(desk, "passkey-add", device.made(asked(desk, "passkey-add")))
    found["named"] = Authenticator.objects.get(user=olive, type="webauthn").data["name"]
    found["codes came with it"] = Authenticator.objects.filter(user=olive, type="recovery_codes").count()
    hers = Authenticator.objects.get(user=olive, type="webauthn").pk
    found["the last one"] = desk.post(reverse("factor-remove", kwargs={"number": hers})).status_code
    return found


def alone(olive: Staff, device: Device, stranger: Device) -> dict[str, str]:
    """Logging in by it alone."""

    def tried(using: Device, **how: Any) -> str:
        client = browser()
        return sent(client, "passkey-log-in", using.used(asked(client, "passkey-log-in"), **how))

    def with_weaker_challenge() -> str:
        client = browser()
        options = asked(client, "passkey-log-in")
        session = client.session
        session["mfa.webauthn.state"]["user_verification"] = "preferred"
        session.save()
        return sent(client, "passkey-log-in", device.used(options, flags=PRESENT))

    def twice() -> str:
        client = browser()
        answer = device.used(asked(client, "passkey-log-in"))
        sent(client, "passkey-log-in", answer)
        return sent(browser(), "passkey-log-in", answer)

    claiming = Device(PLACE, OURS, device.holder, stranger.key, device.number)
    return {
        "hers": tried(device),
        "asked for by a neighbour": tried(device, origin=NEIGHBOUR),
        "asked for without encryption": tried(device, origin=f"http://{PLACE}"),
        "bound to another name": tried(
            Device("larkspur.example", OURS, device.holder, device.key, device.number)
        ),
        "that did not tell who holds it": tried(device, flags=PRESENT),
        "nor was asked to": with_weaker_challenge(),
        "with nobody there": tried(device, flags=0),
        "of another kind": tried(device, type="webauthn.create"),
        "a stranger's that says it is hers": tried(claiming),
        "a second time": twice(),
        "of nobody": tried(Device(PLACE, OURS, "bm9ib2R5", stranger.key)),
    }


def beside(olive: Staff, device: Device, otto: Device) -> dict[str, str]:
    """After the password; there a small key need not know its holder."""

    def tried(using: Device, **how: Any) -> str:
        client = browser()
        client.post(reverse("account_login"), {"login": olive.email, "password": PASSWORD})
        return sent(client, "mfa_authenticate", using.used(asked(client, "mfa_authenticate"), **how))

    found = {
        "hers": tried(device),
        "hers, small": tried(device, flags=PRESENT),
        "a colleague's": tried(otto),
        "of a neighbour": tried(device, origin=NEIGHBOUR),
    }
    for _ in range(12):
        found["after many tries"] = tried(otto)
    found["and then hers"] = tried(device)
    return found


def again(otto: Staff, device: Device) -> dict[str, str]:
    """To show that it is still he."""
    client = browser()
    client.force_login(otto)
    page = "mfa_reauthenticate_webauthn"
    return {
        "a neighbour's": sent(client, page, device.used(asked(client, page), origin=NEIGHBOUR)),
        "his": sent(client, page, device.used(asked(client, page))),
    }


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.just([]), st.just({}), st.just("A" * 5000),
    st.binary(max_size=40).map(lambda raw: raw.hex()),
)  # fmt: skip


def hostile(otto: Staff, device: Device) -> list[list[Any]]:
    """Statuses of whatever may come instead, and what of an answer was changed and did not matter."""
    statuses: set[int] = set()
    harmless: set[str] = set()
    desk = browser()
    desk.force_login(otto)
    his = Authenticator.objects.get(user=otto, type="webauthn")
    places = [(), ("response",), ("response", "clientDataJSON"), ("response", "attestationObject")]
    places += [(each,) for each in ("type", "id", "rawId", "clientExtensionResults")]
    places += [("response", each) for each in ("authenticatorData", "signature", "userHandle", "transports")]

    @settings(
        max_examples=80,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(["passkey-add", "passkey-log-in"]), st.sampled_from(places), JUNK, st.booleans())
    def junk(page: str, place: tuple[str, ...], instead: object, gone: bool) -> None:
        client = desk if page == "passkey-add" else browser()
        options = asked(client, page)
        answer: Any = deepcopy(device.made(options) if page == "passkey-add" else device.used(options))
        if not place:
            answer = instead
        else:
            within = answer
            for each in place[:-1]:
                within = within[each]
            within.pop(place[-1], None)
            if not gone:
                within[place[-1]] = instead
        status = client.post(reverse(page), {"credential": json.dumps(answer)}).status_code
        if status == 302:
            harmless.add(f"{page} {'.'.join(place)}")
            Authenticator.objects.filter(user=otto, type="webauthn").exclude(pk=his.pk).delete()
        statuses.add(status)

    junk()
    for written in (
        "",
        "{",
        "[" * 50_000,
        '{"a":' * 20_000,
        "NaN",
        "\x00",
        '"' + "9" * 9999 + '"',
        "1e999999",
    ):
        for client, page in ((desk, "passkey-add"), (browser(), "passkey-log-in")):
            asked(client, page)
            statuses.add(client.post(reverse(page), {"credential": written}).status_code)
    return [sorted(statuses), sorted(harmless)]


def entries() -> list[dict[str, Any]]:
    return [json.loads(bytes(each.content)) for each in PendingEntry.objects.order_by("pk")]


def main() -> None:
    call_command("migrate", verbosity=0)
    olive, otto = made("Olive"), made("Otto")
    device, his = Device(PLACE, OURS), Device(PLACE, OURS, number=b"of otto")
    found: dict[str, object] = {"enrolling": enrolling(olive, device)}
    desk = browser()
    desk.force_login(otto)
    TOTP.activate(otto, generate_totp_secret())
    sent(desk, "passkey-add", his.made(asked(desk, "passkey-add")))
    hers = Authenticator.objects.get(user=olive, type="webauthn").pk
    found["hers, by Otto"] = [
        desk.get(reverse("factor-remove", kwargs={"number": hers})).status_code,
        desk.post(reverse("factor-remove", kwargs={"number": hers})).status_code,
    ]
    before = [each["change"] for each in entries()]
    found |= {"alone": alone(olive, device, his), "again": again(otto, his), "hostile": hostile(otto, his)}
    found["beside"] = beside(olive, device, his)
    accounts.close(means=means(by="Olive"), account=otto)
    client = browser()
    found["of a closed account"] = sent(client, "passkey-log-in", his.used(asked(client, "passkey-log-in")))
    found["entries"] = [before, entries()[-1]["change"]]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
