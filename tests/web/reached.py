"""The child of `test_reached`: a server that was told its address in the console, asked under it and under others.

Prints one JSON document.
"""

import json

import django

django.setup()

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402 - apps first
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from upheld.actions import desk, house  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Role, Staff  # noqa: E402
from upheld.web.means import means  # noqa: E402

HOST = "privacy.larkspur.example"
FORM = {"name": "Olive", "email": "olive@larkspur.example"}


def asked(host: str) -> dict[str, object]:
    """The page of the log-in, which sets a cookie."""
    answer = Client(HTTP_HOST=host).get(reverse("account_login"))
    return {
        "status": answer.status_code,
        "cookies": sorted((name, bool(each["secure"])) for name, each in answer.cookies.items()),
        "https from now on": "Strict-Transport-Security" in answer.headers,
    }


def sent(origin: str) -> int:
    """A form that a page of `origin` sends, where a proxy has ended the encryption."""
    own = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    if own.get(reverse("account_login")).status_code != 200:
        return 400
    token = own.cookies["__Host-upheld-form"].value
    given = {"login": "x@example.org", "password": "x", "csrfmiddlewaretoken": token}
    return own.post(reverse("account_login"), given, HTTP_ORIGIN=origin).status_code


def logged_in(olive: Staff) -> list[int]:
    """A session under that address by its own cookie, and by one that a neighbour's host could plant."""
    made = Client(HTTP_HOST=HOST)
    made.force_login(olive)
    session = made.cookies["upheld"].value
    found = []
    for name in ("__Host-upheld", "upheld"):
        own = Client(HTTP_HOST=HOST)
        own.cookies[name] = session
        found.append(own.get(reverse("console")).status_code)
    return found


def told(officer: Client, address: str) -> int:
    return officer.post(reverse("address"), {"address": address}).status_code


def main() -> None:
    release.make()
    olive = Staff.objects.create(
        email="olive@larkspur.example", name="Olive", role=Role.OFFICER, created_at=means(by="x").clock()
    )
    TOTP.activate(olive, generate_totp_secret())
    officer = Client(HTTP_HOST="127.0.0.1")
    officer.force_login(olive)
    seen: dict[str, object] = {"before": [asked(HOST)["status"], desk.page()]}
    refused = (
        "privacy.example",
        "ftp://x.example",
        "https://u:p@x.example",
        "https://x.example/y",
        "https://",
    )
    seen["refused"] = [
        told(officer, each) for each in (*refused, "https://x.example?y", "https://x.example:port")
    ]
    seen["taken"] = [told(officer, f"https://{HOST}/"), house.address(), desk.page()]
    seen["asked"] = {host: asked(host) for host in (HOST, "127.0.0.1", "evil.example")}
    seen["sent"] = [sent(each) for each in (f"https://{HOST}", "https://evil.example", f"https://a.{HOST}")]
    seen["logged in"] = logged_in(olive) if house.address_told() else []
    officer.post(reverse("address"), {"answer": "forget"})
    seen["forgotten"] = [asked(HOST)["status"], desk.page()]
    print(json.dumps(seen))  # noqa: T201 - for the test


main()
