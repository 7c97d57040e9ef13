"""The child of `test_api`: programs calling a server, in a program with the server's own settings.

Prints one JSON document.
"""

import io
import json
import logging
import re
import shlex
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from upheld.actions import rounds, tokens  # noqa: E402
from upheld.actions.arrivals import ORDER  # noqa: E402
from upheld.cli.certifying import certify_answered  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Arrival, Case, Level, Request, TokenUse  # noqa: E402
from upheld.web.api.document import document, text  # noqa: E402
from upheld.web.api.form import RequestForm  # noqa: E402
from upheld.web.means import means  # noqa: E402

PLANTED = "quillfeather"
HERS = f"ada.{PLANTED}@larkspur.example"
PATH = "/api/v1/requests"
HOWTO = Path(__file__).parents[2] / "docs" / "how-to" / "api.md"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just(HERS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
FORM = st.fixed_dictionaries(
    {
        "requests": st.lists(
            st.fixed_dictionaries({"right": st.sampled_from(["access", "know", "x", 1])}), max_size=2
        )
    }
)


def body(*people: str, right: str = "access", verified: bool = True, **more: Any) -> dict[str, Any]:
    """As a program sends it."""
    return {
        "requests": [
            {"right": right, "verified": verified, "identities": [{"kind": "email", "value": each}], **more}
            for each in people
        ]
    }


class Program:
    """A client with a token, and no cookie."""

    def __init__(self, secret: str) -> None:
        self.client, self.secret = Client(HTTP_HOST="127.0.0.1"), secret

    def post(self, said: object, *, key: str = "", **headers: str) -> Any:
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        sent = {
            "HTTP_AUTHORIZATION": f"Bearer {self.secret}",
            "HTTP_IDEMPOTENCY_KEY": key or uuid4().hex,
            "content_type": "application/json",
        } | headers
        return self.client.post(PATH, raw, **sent)

    def get(self, number: str) -> Any:
        return self.client.get(f"{PATH}/{number}", HTTP_AUTHORIZATION=f"Bearer {self.secret}")


def problem(answer: Any) -> list[Any]:
    """Status, media type and the code."""
    return [answer.status_code, answer["Content-Type"], answer.json()["type"].rpartition(":")[2]]


def refusals(shop: Program, reader: Program, trustless: Program) -> dict[str, list[Any]]:
    """What goes wrong, by name."""
    good = body(HERS)
    twice = b'{"requests": [], "requests": []}'
    return {
        "no token": problem(Client(HTTP_HOST="127.0.0.1").post(PATH, "{}", content_type="application/json")),
        "wrong token": problem(Program("upheld_x").post(good)),
        "another right of the token": problem(reader.post(good)),
        "not trusted": problem(trustless.post(good)),
        "method": problem(shop.client.get(PATH)),
        "delete": problem(shop.client.delete(PATH)),
        "no such address": problem(shop.client.get("/api/v1/people")),
        "no such number": problem(shop.get(str(uuid4()))),
        "form": problem(shop.post(b"a=b", content_type="application/x-www-form-urlencoded")),
        "no key": problem(shop.post(good, HTTP_IDEMPOTENCY_KEY="")),
        "key twice in an object": problem(shop.post(twice)),
        "NaN": problem(shop.post(b'{"requests": NaN}')),
        "infinite": problem(shop.post(b'{"requests": 1e999}')),
        "half a character": problem(shop.post(b'{"requests": "\\ud800"}')),
        "no UTF-8": problem(shop.post(b'{"requests": "\xff"}')),
        "deep": problem(shop.post(b"[" * 100_000)),
        "unknown field": problem(shop.post(body(HERS, colour="red"))),
        "text for a truth": problem(shop.post(body(HERS, verified="yes"))),  # type: ignore[arg-type]
        "none": problem(shop.post({"requests": []})),
        "too many": problem(shop.post(body(*[HERS] * 101))),
        "too large": problem(shop.post(b" " * 300_000)),
        "nothing taken": problem(shop.post({"requests": [{"right": "access", "identities": [{"kind": "shoe", "value": "44"}], "verified": True}]})),
    }  # fmt: skip


def documented(shop: Program) -> list[list[Any]]:
    """The calls of the how-to as they stand there, and what they are answered with; beside it what the page says."""
    blocks = re.findall(r"```(sh|json)\n(.*?)```", HOWTO.read_text(), re.DOTALL)
    found, number = [], ""
    for (_, call), (_, said) in zip(blocks[::2], blocks[1::2], strict=True):
        words = shlex.split(
            call.replace("\\\n", " ").replace("$TOKEN", shop.secret).replace("$NUMBER", number)
        )
        headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        address = urlsplit(next(each for each in words if each.startswith("http"))).path
        sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        if "-d" in words:
            body_ = words[words.index("-d") + 1]
            answer = shop.client.post(address, body_, content_type=headers["Content-Type"], **sent)
            number = answer.json()["results"][0]["number"]
        else:
            answer = shop.client.get(address, **sent)
        found.append([answer.status_code, answer.json(), json.loads(said)])
    return found


def main() -> None:
    release.make()
    heard = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(heard))
    able = means(by="officer", reaching=True)
    high = tokens.make(means=able, name="shop", submits=True, reads=True, trusted=Level.HIGH)
    shop = Program(high.secret)
    reader = Program(tokens.make(means=able, name="reader", submits=False, reads=True).secret)
    trustless = Program(tokens.make(means=able, name="form", submits=True, reads=True).secret)

    wrong = refusals(shop, reader, trustless)
    nothing = [Case.objects.count(), Arrival.objects.count()]

    sent = shop.post(body(HERS, "bob.ashgrove@larkspur.example"), key="first")
    again = shop.post(body(HERS, "bob.ashgrove@larkspur.example"), key="first")
    other = problem(shop.post(body(HERS), key="first"))
    counted = [Request.objects.count(), Arrival.objects.count()]
    number = sent.json()["results"][0]["number"]
    nobody = shop.post(body("nobody@larkspur.example")).json()["results"][0]["number"]
    before = shop.get(number).json()["state"]
    for _ in range(2):
        rounds.drain(means=able, certify=certify_answered, server=None, sender="")
    after = shop.get(number)
    hers = shop.client.get(after.json()["package"]["address"])

    told = documented(shop)

    with CaptureQueriesContext(connection) as one:
        shop.post(body("one@larkspur.example"))
    with CaptureQueriesContext(connection) as many:
        shop.post(body(*[f"p{each}@larkspur.example" for each in range(50)]))

    statuses = set[int]()
    small = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

    @small
    @given(JSON | FORM | st.binary(max_size=60))
    def anything(said: object) -> None:
        statuses.add(shop.post(said).status_code)

    anything()
    rushed = [Program("upheld_y").post(body(HERS)).status_code for _ in range(40)]
    out = {
        "wrong": wrong,
        "nothing": nothing,
        "sent": [sent.status_code, again.status_code, again.headers.get("Idempotency-Replayed")],
        "same": sent.json() == again.json(),
        "other": other,
        "counted": counted,
        "states": [before, after.json()["state"]],
        "nobody": shop.get(nobody).json()["state"],
        "zip": [hers.status_code, hers["Content-Type"], b"".join(hers.streaming_content)[:2].decode()],
        "cookies": [*sent.cookies, *after.cookies],
        "queries": [len(one), len(many)],
        "fuzz": sorted(statuses),
        "rushed": sorted(set(rushed)),
        "uses": sorted({*TokenUse.objects.values_list("status", flat=True)}),
        "named": PLANTED in heard.getvalue() or PLANTED in json.dumps(list(TokenUse.objects.values_list("results"))),
        "documented": told,
        "text": text(),
        "paths": sorted(document()["paths"]),
        "rights": [
            list(RequestForm.model_json_schema()["properties"]["right"]["enum"]),
            [each.value.lower() for each in ORDER],
        ],
        "answers": {"submitted": sent.json(), "status": after.json()},
    }  # fmt: skip
    json.dump(out, sys.stdout)


main()
