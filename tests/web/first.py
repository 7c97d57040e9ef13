"""The child of `test_first`: hostile answers to every question, in a program with the server's own settings.

Prints one JSON document: how often each status came, whether the folder was a map after each answer, and what was
logged.
"""

import io
import json
import logging
import sys
from collections import Counter
from pathlib import Path

import django

django.setup()

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402 - apps first
from django.conf import settings  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from hypothesis import HealthCheck, Phase, given  # noqa: E402
from hypothesis import settings as examples  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from upheld.actions import folder  # noqa: E402
from upheld.actions.means import utc_now  # noqa: E402
from upheld.actions.milestones import FIRST  # noqa: E402
from upheld.datamap.known.listed import systems  # noqa: E402
from upheld.datamap.read import read  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Role, Staff  # noqa: E402

SECRET = "quillfeather"
TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            f"{SECRET}@larkspur.example",
            f"{SECRET}: *x\n- y",
            "${HOME}",
            "!!python/object:os.system",
            "{{ 7*7 }}{% include 'x' %}",
            "</textarea><script>alert(1)</script>",
            "NO",
            "DE, NL",
            "Europe/Berlin",
            "../../etc/passwd",
            f"https://{SECRET}.example/",
            "http://[",
            "a" * 5000,
        ]
    ),
)
FIELDS = ("name", "contact", "address", "country", "region", "time_zone", "places", "text", "link", "stage")
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, TEXT),
        "stage": st.sampled_from(["choose", "add", "x"]),
        "country": st.sampled_from(["DE", "US", "NO", "XX", ""]),
        "wished": st.lists(st.sampled_from(["gdpr", "ccpa", "voluntary", "x"]), max_size=3),
        "languages": st.lists(st.sampled_from(["en", "de", "fr", "xx"]), max_size=3),
        "system": st.lists(st.sampled_from([*systems(), "../x"]), max_size=4),
        "owner-dropbox": TEXT,
        "address-dropbox": TEXT,
        "file": st.builds(
            SimpleUploadedFile,
            st.sampled_from(["a.md", "b.html", "../../c.txt", "d.exe", f"{SECRET}.md"]),
            st.binary(max_size=200),
        ),
    },
)


def main() -> None:
    release.make()
    logged = io.StringIO()
    logging.getLogger("upheld").addHandler(logging.StreamHandler(logged))
    account = Staff.objects.create(
        email="olive@larkspur.example", name="Olive", role=Role.OFFICER, created_at=utc_now()
    )
    TOTP.activate(account, generate_totp_secret())
    client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
    client.force_login(account)
    home, statuses, no_map = Path(settings.UPHELD_DIR), Counter[int](), []

    mending = [
        name
        for name in FIRST
        if b"something to mend" in client.get(reverse("first-step", kwargs={"name": name})).content
    ]

    @examples(
        max_examples=150,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(FIRST), ANSWER)
    def answered(name: str, answer: dict[str, object]) -> None:
        page = client.get(reverse("first-step", kwargs={"name": name}))
        seen = page.context.get("seen", "") if page.context else ""
        sent = client.post(reverse("first-step", kwargs={"name": name}), {"seen": seen, **answer})
        statuses[sent.status_code] += 1
        statuses[client.get(reverse("folder")).status_code] += 1
        statuses[client.get(reverse("snippet")).status_code] += 1
        try:
            read(home)
        except Exception as error:  # noqa: BLE001 - each is told
            no_map.append(str(error))

    answered()
    outside = sorted(
        str(each.relative_to(home)) for each in home.rglob("*") if each.is_file() and ".part" in each.name
    )
    json.dump(
        {
            "statuses": sorted(statuses),
            "written": statuses[302],
            "mending": mending,
            "no_map": no_map,
            "logged": logged.getvalue(),
            "crumbs": outside,
            "files": sorted(name for name, _ in folder.every(home)),
            "beside": sorted(each.name for each in home.parent.iterdir()),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
