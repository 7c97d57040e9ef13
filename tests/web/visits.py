"""The child of `test_visits`: a logged-in desk, in a program with the settings of a server behind a proxy.

Prints one JSON document.
"""

import json
import sys

import django

django.setup()

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402 - apps first
from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from upheld.actions.means import utc_now  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Role, Staff  # noqa: E402
from upheld.web.idle import IDLE, NOTED  # noqa: E402

OWN = "https://privacy.larkspur.example"


def main() -> None:
    release.make()
    olive = Staff.objects.create(
        email="olive@larkspur.example", name="Olive", role=Role.OFFICER, created_at=utc_now()
    )
    TOTP.activate(olive, generate_totp_secret())
    browser = Client(HTTP_HOST="privacy.larkspur.example", enforce_csrf_checks=True)
    browser.force_login(olive)

    def sent(origin: str) -> int:
        browser.get(reverse("staff"))
        token = browser.cookies[settings.CSRF_COOKIE_NAME].value
        form = {"csrfmiddlewaretoken": token, "role": "nothing"}
        return browser.post(reverse("staff"), form, HTTP_ORIGIN=origin).status_code

    def after(seconds: int) -> str:
        kept = browser.session
        kept["seen"] -= seconds
        kept.save()
        shown = browser.get(reverse("console"))
        return f"{shown.status_code} {shown.headers.get('Location', '')}"

    found = {
        "from our own address": sent(OWN),
        "from a neighbour": sent("https://shop.larkspur.example"),
        "cookies": {
            name: [
                bool(each["secure"]),
                bool(each["httponly"]),
                each["samesite"],
                each["path"],
                each["domain"],
            ]
            for name, each in sorted(browser.cookies.items())
        },
        "after a while": after(IDLE - NOTED),
        "after another": after(IDLE - NOTED),
        "after more than an hour": after(IDLE + NOTED),
        "and then": browser.get(reverse("staff")).status_code,
    }
    json.dump(found, sys.stdout)


main()
