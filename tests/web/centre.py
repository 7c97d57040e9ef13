"""The child of `test_centre`: the public pages, asked in a program with the server's own settings.

Prints one JSON document. The map's one system is a socket of the parent, which counts who connects to it.
"""

import json
import random
import re
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402 - apps first
from django.db import connection  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402

from tests.web.matrix import verified  # noqa: E402
from upheld.actions import questions  # noqa: E402
from upheld.actions.enclosures import BYTES  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Arrival, Enclosure, Mail, Request  # noqa: E402
from upheld.web.means import means  # noqa: E402
from upheld.web.origin import origin as of  # noqa: E402

KNOWN, UNKNOWN = "ada.quillfeather@example.org", "zoe.nightingales@example.org"
SEND = {"step": "send", "place": "gdpr"}


def browser(network: str = "192.0.2.1") -> Client:
    return Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR=network)


def asked(address: str) -> dict[str, Any]:
    """What a stranger who times and reads can see of one question, and what our records were asked."""
    statements: list[str] = []

    def caught(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    seen = []
    with connection.execute_wrapper(caught):
        for more in ({"place": "gdpr"}, SEND):
            answer = browser().post("/en/", {"email": address, "copy": "on", "delete": "on", **more})
            seen.append([answer.status_code, masked(answer.content, address), headers(answer, address)])
        page = browser().get(answer.headers["Location"])
        seen.append([page.status_code, masked(page.content, address), headers(page, address)])
    return {"seen": seen, "statements": statements}


def masked(content: bytes, address: str) -> str:
    return re.sub(r"\b[0-9A-F]{8}\b", "NUMBER", content.decode().replace(address, "ADDRESS"))


def headers(answer: Any, address: str) -> list[list[str]]:
    return sorted([name, masked(value.encode(), address)] for name, value in answer.headers.items())


def form(**given: str) -> tuple[int, str]:
    answer = browser(f"198.51.100.{random.randrange(250)}").post("/en/", given)
    return answer.status_code, answer.content.decode()


def laws() -> dict[str, list[Any]]:
    """Each place with the law and the rights that come of it; nobody is refused for it."""
    found = {}
    for place in ("gdpr", "ccpa", "otherwise"):
        for wish in ("copy", "correct", "delete", "stop", "other"):
            more = {"wrong": "a", "right": "b", "words": "c", "email": f"{place}.{wish}@example.net"}
            status, _ = form(**{wish: "on", "place": place, "step": "send", **more})
            arrival = Arrival.objects.order_by("-received_at").first()
            found[f"{place} {wish}"] = [status, arrival.regime, arrival.rights] if arrival else []
    return found


def hostile(seed: int, hers: str, number: str) -> list[int]:
    """Whatever is sent, an answer that was thought of."""
    chance = random.Random(seed)
    names = (
        "copy",
        "other",
        "words",
        "email",
        "place",
        "step",
        "others",
        "names",
        "file",
        "attached",
        "none",
    )
    answers = []
    for each in range(60):
        data = {
            name: SimpleUploadedFile("x", chance.randbytes(chance.randrange(3000)))
            if chance.random() < 0.3
            else chance.randbytes(chance.randrange(600)).decode("latin-1")
            for name in chance.sample(names, 5)
        }
        pages = ("/en/", "/en/lost/", "/en/check/", f"/en/follow/{hers}/question/{number}/")
        answers += [browser(f"203.0.113.{each}").post(address, data).status_code for address in pages]
    return sorted(set(answers))


def uploads(hers: str, number: str) -> dict[str, Any]:
    address = f"/en/follow/{hers}/question/{number}/"

    def sent(*contents: bytes) -> int:
        files = [SimpleUploadedFile(f"{place}.pdf", each) for place, each in enumerate(contents)]
        return browser().post(address, {"words": "see", "attached": files}).status_code

    return {
        "a program called .pdf": sent(b"MZ\x90\x00\x03"),
        "six files": sent(*[b"text"] * 6),
        "too much": sent(b"%PDF-" + bytes(BYTES)),
        "beyond what is read": browser()
        .post(address, b"x" * 100, content_type="text/plain", CONTENT_LENGTH="99999999")
        .status_code,
        "kept meanwhile": Enclosure.objects.count(),
        "a PDF and a text": sent(b"%PDF-1.7 ...", "grüß".encode()),
        "kinds": sorted(Enclosure.objects.values_list("kind", flat=True)),
        "again": browser().get(address).status_code,
    }


def sent_on(*days: str) -> list[list[str]]:
    """The dates on the page that says her number, by the day in its address; of one without a day those of today."""
    pages = [browser().get("/en/sent/ABCDEF12/", {"for": "copy", "law": "gdpr", "on": day}) for day in days]
    return [
        re.findall(r"We answer by (.+?)\. The law gives us until (.+?)\.", each.content.decode())
        for each in pages
    ]


def origins() -> dict[str, str]:
    def origin(sender: str, forwarded: str = "") -> str:
        more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
        return of(RequestFactory().get("/", REMOTE_ADDR=sender, **more).META)

    return {
        "no proxy": origin("198.51.100.9"),
        "a stranger claims": origin("198.51.100.9", "192.0.2.1"),
        "our proxy says": origin("10.0.0.2", "198.51.100.9"),
        "what she claims through our proxy": origin("10.0.0.2", "192.0.2.1, 198.51.100.9"),
        "two of ours": origin("10.0.0.2", "198.51.100.9, 10.0.0.3"),
        "one subscriber": origin("2001:db8::1"),
        "no address": origin("10.0.0.2", "unknown"),
    }


def _heading(answer: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    return found[1].strip() if found else ""


def main() -> None:
    release.make()
    able = means(by="test")
    hers, request = verified(able, KNOWN)
    asked("warm.up@example.org")
    first, second = asked(KNOWN), asked(UNKNOWN)
    question = questions.ask_person(means=able, case=Request.objects.get(pk=request.pk).case, text="Which?")
    dutch = browser().get("/nl/").content.decode()
    before = Mail.objects.count()
    absent = browser().get(f"/de/follow/{hers}/certificate/{request.pk}/")
    found = {
        "absent": [absent.status_code, 'lang="de"' in absent.content.decode(), _heading(absent)],
        "known": first,
        "unknown": second,
        "laws": laws(),
        "hostile": hostile(7, hers, str(question.pk)),
        "uploads": uploads(hers, str(questions.ask_person(means=able, case=request.case, text="And?").pk)),
        "origins": origins(),
        "days": sent_on(
            f"{able.now.date() - timedelta(days=40)}", "", "2031-02-30", "2999-01-01", "1999-01-01"
        ),
        "dutch": [each in dutch for each in ("Wat mogen wij voor u doen?", "Nederlands", "Get a copy")],
        "many": [
            form(
                email=KNOWN,
                copy="on",
                place="gdpr",
                others="\n".join(["a@b.example"] * 1 + [f"x{n}@b.example" for n in range(6)]),
            )[0]
        ],
        "mails": Mail.objects.count() > before,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
