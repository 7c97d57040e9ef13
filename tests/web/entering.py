"""The child of `test_entering`: log-ins, good and hostile, in a program with the settings of a server behind a proxy.

Prints one JSON document.
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Sequence

import django

django.setup()

from allauth.account.adapter import get_adapter  # noqa: E402 - apps first
from allauth.mfa.models import Authenticator  # noqa: E402
from allauth.mfa.totp.internal.auth import (  # noqa: E402
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.urls import reverse  # noqa: E402

from upheld.actions import links, staff  # noqa: E402
from upheld.store.models import LinkPurpose, Pace, Role, Staff  # noqa: E402
from upheld.web.means import means  # noqa: E402

PASSWORD, OTHER = " seven lamps and a harbour", "nine kites above the moor "
SEED = generate_totp_secret()
LINES: list[list[object]] = []


class Kept(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("account."):
            LINES.append([record.msg, *getattr(record, "fields", {}).values()])
        elif getattr(record, "fields", {}).get("status") == 403:
            LINES.append([403, record.fields.get("account")])  # type: ignore[attr-defined]


def browser() -> Client:
    return Client(HTTP_HOST="privacy.larkspur.example")


def code() -> str:
    """Of now; a used one is not taken twice, so each is forgotten first."""
    cache.clear()
    return of_now()


def of_now() -> str:
    if (left := 30 - time.time() % 30) < 2:  # it is sent before it ends
        time.sleep(left)
    return format_hotp_value(hotp_value(SEED, int(time.time()) // 30))


def entered(password: str, **more: str) -> tuple[Client, HttpResponse]:
    """A log-in with both factors, and the last answer of it."""
    own = browser()
    given = {"login": "olive@larkspur.example", "password": password, **more}
    answer = own.post(reverse("account_login"), given)
    if answer.status_code == 302 and Authenticator.objects.exists():
        answer = own.post(answer.headers["Location"], {"code": code()})
    return own, answer


def made() -> dict[str, object]:
    """The account, by its link."""
    token = links.give(means=means(by="a test"), purpose=LinkPurpose.STAFF, role=Role.OFFICER).token
    given = {"name": "Olive", "email": "olive@larkspur.example"}
    own = [
        browser().post(reverse("enrol", args=[token]), given | {"password": each}).status_code
        for each in ("Larkspur2026!", "privacy-upheld-1234", "sunshine!!!2026!")
    ]
    done = browser().post(reverse("enrol", args=[token]), given | {"password": PASSWORD}).status_code
    TOTP.activate(Staff.objects.get(), SEED)
    return {"words of this place": own, "a sentence": done}


def led_away() -> dict[str, str]:
    """Where a log-in leads to that somebody else wrote the address of."""
    return {
        each: entered(PASSWORD, next=each)[1].headers.get("Location", "")
        for each in ("/console/cases/", "https://127.0.0.1/x", "//localhost/x", "https://evil.example/")
    }


def lasting() -> list[int]:
    """Of a visitor who clicks all day: before twelve hours, and after."""
    own, _ = entered(PASSWORD)
    seen = [own.get(reverse("mfa_index")).status_code]
    for hours in (11, 2):
        kept = own.session
        kept["begun"] -= hours * 3600
        kept.save()
        seen.append(own.get(reverse("mfa_index")).status_code)
    return seen


def again() -> dict[str, object]:
    """Proving it again, and what is asked for before."""
    own, _ = entered(PASSWORD)
    own.get(reverse("mfa_index"))
    fresh = own.get(reverse("mfa_generate_recovery_codes")).status_code
    kept = own.session
    kept["begun"] -= 3600
    for each in kept["account_authentication_methods"]:
        each["at"] -= 3600
    kept.save()
    before = own.session.session_key
    asked = own.get(reverse("mfa_generate_recovery_codes"))
    done = own.post(asked.headers["Location"], {"password": PASSWORD, "code": code()})
    return {
        "soon after": fresh,
        "later": asked.headers["Location"].partition("?")[0],
        "done": done.status_code,
        "session": own.session.session_key != before,
    }


def changed() -> dict[str, object]:
    """Another password: only with the present one; other visits end."""
    here, there = entered(PASSWORD)[0], entered(PASSWORD)[0]

    def change(old: str, new: str) -> int:
        given = {"oldpassword": old, "password1": new, "password2": new}
        return here.post(reverse("account_change_password"), given).status_code

    wrong, own, done = change("wrong", OTHER), change(PASSWORD, "upheld-upheld-1"), change(PASSWORD, OTHER)
    return {
        "wrong": wrong,
        "own words": own,
        "done": done,
        "here": here.get(reverse("mfa_index")).status_code,
        "there": there.get(reverse("mfa_index")).status_code,
        "old": entered(PASSWORD)[1].status_code,
        "new": entered(OTHER)[1].status_code,
        "trimmed": entered(OTHER.strip())[1].status_code,
    }


def elsewhere() -> dict[str, object]:
    """What is open of the account, as its page says it; ended by her wish, and by a factor that goes."""
    here, there, third = (entered(OTHER)[0] for _ in range(3))

    def answers() -> list[int]:
        return [each.get(reverse("mfa_index")).status_code for each in (here, there, third)]

    def told() -> list[int]:
        page = here.get(reverse("mfa_index")).content.decode()
        return [page.count(f"<td>{which} browser</td>") for which in ("This", "Another")]

    found: dict[str, object] = {"open": answers(), "told": told()}
    found["asked"] = "4 other browsers" in here.get(reverse("elsewhere")).content.decode()
    found["wished"] = here.post(reverse("elsewhere")).status_code
    found["then"] = [answers(), told()]
    there = entered(OTHER)[0]
    olive = Staff.objects.get()
    key = Authenticator.objects.create(user=olive, type="webauthn", data={"name": "a key"})
    found["removed"] = here.post(reverse("factor-remove", kwargs={"number": key.pk})).status_code
    found["at last"] = [answers(), told()]
    return found


def left() -> list[str | None]:
    own, _ = entered(OTHER)
    pages = own.get(reverse("mfa_index")), own.post(reverse("account_logout"))
    return [each.headers.get("Clear-Site-Data") for each in pages]


def guessed() -> dict[str, object]:
    """Many guesses; what the library counted is forgotten between them, as after its five minutes."""
    own, tries = browser(), []
    for number in range(26):
        cache.clear()
        given = {"login": "rosa@larkspur.example", "password": f"guess {number}"}
        shown = own.post(reverse("account_login"), given)
        tries.append("Too many" in shown.content.decode())
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 192.0.2.7")
    return {"refused from": tries.index(True), "address": get_adapter().get_client_ip(request)}


def tried(own: Client, codes: Sequence[str]) -> list[int]:
    """Past the password, then these codes; what each is answered with."""
    asked = own.post(reverse("account_login"), {"login": "olive@larkspur.example", "password": OTHER})
    return [own.post(asked.headers["Location"], {"code": each}).status_code for each in codes]


def elsewhere_tried(*codes: str) -> list[int]:
    """The same in another web process, which shares nothing but the records."""
    called = [sys.executable, "-m", "tests.web.entering", *codes]
    done = subprocess.run(called, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def seconds() -> dict[str, object]:
    """Second factors: five wrong ones by two processes and then the right one; and one that was used."""
    wrong = ("000000", "111111", "222222")
    cache.clear()
    Pace.objects.all().delete()  # her log-ins so far
    found: dict[str, object] = {"here": tried(browser(), wrong), "there": elsewhere_tried(*wrong[:2])}
    found["right"] = tried(browser(), [of_now()])
    used = code()
    found["used"] = [tried(browser(), [used]), elsewhere_tried(used)]
    return found


def main() -> None:
    PBKDF2PasswordHasher.iterations = 1  # half a hundred log-ins
    if len(sys.argv) > 1:
        json.dump(tried(browser(), sys.argv[1:]), sys.stdout)
        return
    call_command("migrate", verbosity=0)
    logging.getLogger("upheld.web").addHandler(Kept())
    logging.getLogger("upheld.web").setLevel(logging.INFO)
    found: dict[str, object] = {"made": made(), "led": led_away(), "lasting": lasting(), "again": again()}
    found |= {"changed": changed(), "elsewhere": elsewhere(), "left": left()}
    LINES.clear()
    entered("wrong")
    own, _ = entered(OTHER)
    staff_token = links.give(means=means(by="a test"), purpose=LinkPurpose.STAFF, role=Role.SUPPORT).token
    support = staff.enrol(
        means=means(by="a test"), token=staff_token, email="s@x.example", name="Sam", password=OTHER
    )
    TOTP.activate(support, SEED)
    other = browser()
    other.force_login(support)
    other.get(reverse("staff"))
    own.post(reverse("account_logout"))
    found["lines"] = list(LINES)
    found["guessed"] = guessed()
    found["seconds"] = seconds()
    json.dump(found, sys.stdout)


main()
