"""The child of `test_searching`: people who write by each channel, and a desk that looks for them by their names.

Prints one JSON document.
"""

import json
import re
import sys
from datetime import date

import django

django.setup()

from django.test import Client  # noqa: E402 - apps first
from django.urls import reverse  # noqa: E402

from tests.web.matrix import browser, visitors  # noqa: E402
from upheld.actions import arrivals, cases, intake, judging, links, questions, tokens  # noqa: E402
from upheld.actions.means import Means  # noqa: E402
from upheld.actions.originals import Asker  # noqa: E402
from upheld.law.right import Right  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import Arrival, BlindIndex, Case, Channel, Level, LinkPurpose, RequestState  # noqa: E402
from upheld.web.means import means  # noqa: E402


def by_form(able: Means) -> str:
    """With other names, and a number, which is none."""
    said = {"email": "ada@example.org", "delete": "on", "step": "send"}
    browser().post("/en/", {**said, "names": "Zoë Quillfeather-Møller\nmember 4711\nAda"})
    arrival = Arrival.objects.get(channel=Channel.FORM)
    arrivals.verify(
        means=able, token=links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    )
    arrival.refresh_from_db()
    return case(arrival)


def by_question(able: Means, number: str) -> None:
    """She answers with another name of hers."""
    arrival = Arrival.objects.get(channel=Channel.FORM)
    question = questions.ask_identifier(means=able, case=Case.objects.get(pk=number))
    questions.identify(means=able, question=question, arrival=arrival, address="", name="Augusta Byrne")


def by_message(able: Means, channel: Channel, raw: str, who: Asker) -> str:
    """Taken in, and judged to be hers."""
    kept = intake.keep(means=able, channel=channel, raw=raw.encode())
    reading = intake.Reading((who,), (Right.ERASURE,), "gdpr", date(2026, 3, 2), "en")
    (arrival,) = intake.take_in(means=able, number=kept.pk, reading=reading)
    judging.judge(means=able, number=arrival.pk, why="she called back")
    arrival.refresh_from_db()
    return case(arrival)


def by_program(secret: str, address: str, name: str) -> str:
    """It says what she is called."""
    identities = [{"kind": "email", "value": address}, {"kind": "full-name", "value": name}]
    sent = {"requests": [{"right": "erasure", "verified": True, "identities": identities}]}
    headers = {"HTTP_AUTHORIZATION": f"Bearer {secret}", "HTTP_IDEMPOTENCY_KEY": name}
    answer = browser().post("/api/v1/requests", json.dumps(sent), content_type="application/json", **headers)
    assert answer.status_code == 201, answer.content
    return case(Arrival.objects.get(pk=answer.json()["results"][0]["number"]))


def case(arrival: Arrival) -> str:
    assert arrival.case is not None
    return str(arrival.case.pk)


def found(desk: Client, words: str) -> list[str]:
    page = desk.post(reverse("search"), {"words": words, "why": "she telephoned"}).content.decode()
    return sorted(re.findall(r'href="/console/cases/([0-9a-f-]{36})/"', page))


def main() -> None:
    release.make()
    able = means(by="desk", reaching=True)
    desk = visitors(able)["officer"]
    secret = tokens.make(means=able, name="shop", submits=True, reads=True, trusted=Level.HIGH).secret
    mail = (
        "From: Grace Lark <grace@example.org>\nTo: privacy@larkspur.example\nMessage-ID: <1@x>\n\nDelete me."
    )
    names = {
        by_form(able): ["Zoe Quillfeather", "møller", "Ada"],
        by_message(able, Channel.EMAIL, mail, Asker("Grace Lark", "grace@example.org")): ["lark grace"],
        by_message(able, Channel.LETTER, "Delete me.", Asker("Ida Post", post="1 Lane")): ["Ida Post"],
        by_message(able, Channel.FAX, "Delete me. Ruth Fax", Asker("Ruth Fax", phone="+4930901820")): [
            "RUTH"
        ],
        by_program(secret, "nora@example.org", "Nora Program"): ["Nora"],
    }
    first = next(iter(names))
    by_question(able, first)
    names[first].append("Augusta")
    seen = {word: found(desk, word) == [number] for number, words in names.items() for word in words}
    seen["by a number, or by part of a word"] = found(desk, "4711") + found(desk, "Quillf")
    joined = by_program(secret, "nora@example.org", "Nora Ashgrove")
    seen["joined later"] = found(desk, "Ashgrove") == [joined]

    closing = Case.objects.get(pk=first)
    cases.finish(means=able, request=closing.requests.get(), state=RequestState.DENIED)
    seen["closed"] = found(desk, "Augusta") == [first]
    closing.refresh_from_db()
    cases.destroy_key(means=able, case=closing, at=able.clock())
    seen["after its key"] = found(desk, "Augusta")
    seen["marks"] = BlindIndex.objects.filter(case=closing).count()
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main()
