"""The child of `test_matrix`: a server's pages asked by everybody, in a program with the server's own settings.

Prints one JSON document: each route's answer to each kind of visitor, and the queries of the list.
"""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - apps first
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402 - apps first
from django.conf import settings  # noqa: E402 - apps first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import URLPattern, get_resolver, reverse  # noqa: E402

from upheld.actions import (  # noqa: E402
    adding,
    approving,
    arrivals,
    correspondence,
    enclosures,
    extension,
    filing,
    intake,
    links,
    programs,
    questions,
    revising,
    rounds,
    staff,
    thread,
    tokens,
    two,
    verifying,
)
from upheld.actions.means import Means  # noqa: E402
from upheld.law.right import Right  # noqa: E402
from upheld.mail import template  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.store.models import (  # noqa: E402
    Agreement,
    Arrival,
    Case,
    Channel,
    Enclosure,
    LinkPurpose,
    Mail,
    Matter,
    ProgramKind,
    Request,
    Role,
    Staff,
    Task,
)
from upheld.web.means import means  # noqa: E402


def browser() -> Client:
    return Client(HTTP_HOST="127.0.0.1")


def verified(able: Means, address: str) -> tuple[str, Request]:
    """A person whose address is verified: the token of her page, and her request."""
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ERASURE,), address=address, language="en"
    )
    token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    followed = arrivals.verify(means=able, token=token)
    arrival.refresh_from_db()
    return followed.token, Request.objects.get(case=arrival.case)


def decisions(request: Request) -> dict[str, dict[str, Any]]:
    """Of what is decided on one request, or on its case."""
    return {
        "more": {"number": request.pk},
        "doubt": {"number": request.pk},
        "judge": {"number": request.pk},
        "wrote": {"number": request.pk},
        "extend": {"number": request.pk},
        "refuse": {"number": request.pk},
        "identity": {"number": request.pk},
        "take-back": {"number": request.pk},
        "undo": {"number": request.pk},
        "evidence": {"number": request.pk},
        "lift": {"number": request.case_id},
        "notes": {"number": request.case_id},
        "assign": {"number": request.case_id},
        "add": {"number": request.case_id},
    }


def sign_ins(public: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """There and back."""
    return {
        "sign-in": public | {"provider": "members"},
        "sign-in-back": {"provider": "members"},
        "signed-in": {"language": "en", "provider": "members"},
    }


def files(able: Means) -> dict[str, dict[str, Any]]:
    """Of what is changed in the privacy folder."""
    home = Path(settings.UPHELD_DIR)
    text = (home / "upheld.yaml").read_text() + "# a note\n"
    revision = revising.propose(means=able, home=home, file="upheld.yaml", text=text)
    return {
        **{
            key: {"name": "letters"}
            for key in (
                "system",
                "system-check",
                "system-drawing",
                "system-out",
                "system-decide",
                "system-address",
            )
        },
        "file-edit": {"file": "systems/letters.yaml"},
        "file-usual": {"file": "upheld.yaml"},
        "revision": {"number": revision.pk},
    }


def tokened(able: Means, name: str = "shop") -> dict[str, dict[str, Any]]:
    """Of the routes of programs and of their tokens."""
    made = tokens.make(means=able, name=name, submits=True, reads=True)
    return {"program-revoke": {"number": made.token.pk}, "api-status": {"number": uuid4()}}


def answered(able: Means, request: Request) -> dict[str, dict[str, Any]]:
    """Of an answer that was filed into its case."""
    came = intake.keep(means=able, channel=Channel.EMAIL, raw=b"It is the one by the river")
    reply = filing.file(means=able, number=came.pk, case=request.case_id)
    return {"reply": {"number": reply.pk}, "reply-file": {"number": reply.pk, "place": 1}}


def copies(public: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Of a copy, and of one to take elsewhere: whole, and a page of it."""
    page = public | {"name": "index.html"}
    return {"copy": page, "copy-archive": public, "portable": page, "portable-archive": public}


def arguments(able: Means, hers: str, request: Request) -> dict[str, dict[str, Any]]:
    """What stands in the address of each route."""
    task = Task.objects.get()
    fresh = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ACCESS,), address="cy@example.net", language="en"
    )
    rounds.ask(means=able, task=task)
    letter = correspondence.send(
        means=able, case=request.case, name="acknowledge", language="en", subject="We have it", text="Hello"
    )
    public = {"language": "en", "token": hers}
    backing = verified(able, "dee@example.net")
    outside = "x" * 32
    second = two.ask(means=able, wish=two.Wish(Matter.LIMITS, "x", "x", request=request), reason="y")
    Agreement.objects.filter(pk=second.pk).update(link_digest=links.digest(outside))
    verify = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=fresh).token
    answer = links.give(means=able, purpose=LinkPurpose.ANSWER, task=task).token
    post = intake.keep(means=able, channel=Channel.LETTER, raw=b"Please delete my data")
    case, told = request.case, arrivals.Told(words="what do you do with it?", others=("dora@example.net",))
    asked = questions.ask_person(means=able, case=case, text="Which of the two gardens?")
    other = questions.ask_person(means=able, case=case, text="May we see the letter?")
    questions.answer(
        means=able, question=other, words="here", files=[enclosures.Given("letter.txt", b"dear all")]
    )
    waits = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(), address="eve@example.net", language="en", told=told
    )
    arrivals.verify(means=able, token=links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=waits).token)
    also = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=waits, position=1).token
    return sign_ins(public) | {
        **files(able),
        "message": {"number": post.pk},
        **answered(able, request),
        "arrival": {"number": fresh.pk},
        "original": {"number": fresh.pk},
        "original-file": {"number": fresh.pk, "place": 1},
        "ask": {"language": "en"},
        "lost": {"language": "en"},
        "contact": {"language": "en"},
        "proof-check": {"language": "en"},
        "mine": {"language": "en", "token": also},
        "question": public | {"number": asked.pk},
        "ask-person": {"number": request.case_id},
        "nothing": {"number": request.pk},
        "told": {"number": request.case_id},
        "enclosure": {"number": Enclosure.objects.get().pk},
        "waiting": {"number": waits.pk},
        "waiting-read": {"number": waits.pk},
        "waiting-decide": {"number": waits.pk},
        "sent": {"language": "en", "number": "0A1B2C3D"},
        "confirm": {"language": "en", "token": verify},
        "follow": public,
        **copies(public),
        "prove": public,
        "certificate": public | {"number": request.pk},
        "proof": public | {"number": request.pk},
        "task-answer": {"language": "en", "token": answer},
        "case": {"number": request.case_id},
        "look": {"number": request.case_id},
        "plan": {"number": request.pk},
        "retry": {"number": request.pk},
        "task": {"number": task.pk},
        "letter": {"language": "en", "name": "extend"},
        "letter-edit": {"language": "en", "name": "extend"},
        "case-letters": {"number": request.case_id},
        "case-letter": {"number": request.case_id, "language": "en", "name": "keep-obligation"},
        "letter-sent": {"number": letter.pk},
        "mail": {"number": Mail.objects.get(task=task).pk},
        **decisions(request),
        "agree": {"number": second.pk},
        "agree-outside": {"language": "en", "token": outside},
        "withdraw": {"language": "en", "token": backing[0], "number": backing[1].pk},
        "entry-proof": {"number": 0},
        "enrol": {"token": staff.invite(means=able, role=Role.AUDITOR)},
        "first-step": {"name": "organisation"},
        "week": {"name": "link"},
        **tokened(able),
    }


def visitors(able: Means) -> dict[str, Client]:
    """Nobody, an account without its second factor, and one account a role."""
    clients = {"nobody": browser()}
    for name in ("no factor", *Role.values):
        account = Staff.objects.create(
            email=f"{name.replace(' ', '').lower()}@larkspur.example",
            name=name,
            role=Role.OFFICER if name == "no factor" else Role(name),
            created_at=able.now,
        )
        if name != "no factor":
            TOTP.activate(account, generate_totp_secret())
        clients[name.lower()] = browser()
        clients[name.lower()].force_login(account)
    return clients


def people(closing: str) -> dict[str, dict[str, Any]]:
    """Of accounts: whose is closed, and a second factor of the officer's."""
    factor = Authenticator.objects.get(user__name="OFFICER")
    return {
        "staff-close": {"number": Staff.objects.get(name=closing).pk},
        "staff-confirm": {"number": Staff.objects.get(name="SUPPORT").pk},
        "factor-remove": {"number": factor.pk},
    }


def scripted(clients: dict[str, Client], addresses: dict[str, str]) -> list[str]:
    """Routes whose pages may run a script."""
    return [
        name
        for name, address in addresses.items()
        for kind in ("nobody", "officer")
        if "script-src" in clients[kind].get(address).headers.get("Content-Security-Policy", "")
    ]


def links_of(able: Means, request: Request) -> str:
    """A link to the page of the person whose request it is."""
    arrival = request.case.arrivals.get()
    return links.give(means=able, purpose=LinkPurpose.FOLLOW, arrival=arrival).token


def fresh_other(able: Means) -> str:
    """An unused link to another address of somebody."""
    waits = Arrival.objects.exclude(waits_at=None).get()
    return links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=waits, position=1).token


def routes(patterns: list[Any]) -> list[str]:
    """The names of all routes."""
    return [
        name
        for each in patterns
        for name in ([str(each.name)] if isinstance(each, URLPattern) else routes(each.url_patterns))
    ]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def kept_verdict(able: Means, client: Client) -> list[bool]:
    """Whether the page of the ledger says that a verification is ordered, and then how it ended."""
    page = reverse("history")
    client.post(reverse("history-verify"))
    ordered = b"The runner verifies all of it next." in client.get(page).content
    while verifying.go_on(means=able):
        pass
    after = client.get(page).content
    return [ordered, b"<b>Verified" in after, b"Verify all of it again" in after]


def fill(able: Means, case: Case, client: Client) -> None:
    """Two more of everything that a case's page shows."""
    for number, right in enumerate((Right.ACCESS, Right.PORTABILITY)):
        arrivals.receive(
            means=able,
            channel=Channel.FORM,
            rights=(Right.ERASURE,),
            address="bob.ashgrove@example.com",
            language="en",
        )
        adding.add(means=able, case=case, right=right, why="she wrote")
        thread.note(means=able, case=case, words=f"note {number}")
        client.post(reverse("look", kwargs={"number": case.pk}), {"why": f"look {number}"})
        request = case.requests.get(right=right)
        wish = two.Wish(Matter.LIMITS, "x", f"x{number}", request=request)
        two.ask(means=able, wish=wish, reason="y")
        extension.extend(means=able, request=request, code="number", words="many")
        approving.approve(
            means=able,
            request=request,
            looked=approving.fingerprint(approving.look(means=able, request=request)),
        )


def letters(client: Client) -> dict[str, list[str]]:
    """Letters that the list of a language links to, and those of them that open."""
    found = {}
    for language in template.languages():
        page = client.get(reverse("letters"), {"language": language}).content.decode()
        linked = [name for name in template.names() if reverse("letter", args=[language, name]) in page]
        found[language] = [
            name for name in linked if client.get(reverse("letter", args=[language, name])).status_code == 200
        ]
    return found


def main() -> None:
    release.make()
    able = means(by="matrix", reaching=True)
    hers, request = verified(able, "ada.quillfeather@example.org")
    _, other = verified(able, "bob.ashgrove@example.com")
    looked = approving.fingerprint(approving.look(means=able, request=other))
    approving.approve(means=able, request=other, looked=looked)
    given, clients = arguments(able, hers, request), visitors(able)
    given |= people("OFFICER")

    answers = {}
    for name in sorted(set(routes(get_resolver().url_patterns))):
        address = reverse(name, kwargs=given.get(name, {}))
        answers[name] = {
            kind: [client.get(address).status_code, client.post(address).status_code]
            for kind, client in clients.items()
            if name != "account_logout" or kind == "nobody"
        }
    strange = {
        "a token of another purpose": reverse(
            "follow", kwargs={"language": "en", "token": given["task-answer"]["token"]}
        ),
        "another person's question": reverse(
            "question", kwargs=given["question"] | {"token": links_of(able, other)}
        ),
        "a link to another address, to confirm with": reverse(
            "confirm", kwargs={"language": "en", "token": fresh_other(able)}
        ),
    }
    lists = (reverse("console"), reverse("cases"), reverse("programs"))
    case = reverse("case", kwargs={"number": other.case_id})
    adding.add(means=able, case=other.case, right=Right.RESTRICTION, why="she wrote")
    thread.note(means=able, case=other.case, words="note")
    one = [queries(clients["officer"], each) for each in lists]
    alone = queries(clients["officer"], case)
    fill(able, other.case, clients["officer"])
    full = queries(clients["officer"], case)
    public = (
        "ask",
        "lost",
        "contact",
        "proof-check",
        "sent",
        "confirm",
        "mine",
        "follow",
        "question",
        "prove",
        "sign-in",
        "signed-in",
    )
    pages = (*public, "task-answer")
    for number in range(4):
        verified(able, f"more{number}@example.net")
        tokened(able)
    listed = "".join(clients["officer"].get(reverse(name)).content.decode() for name in ("console", "cases"))
    idle = ["Nothing carries out" in clients["engineer"].get(reverse("console")).content.decode()]
    programs.beat(owner="a runner", kind=ProgramKind.RUNNER, at=able.clock())
    idle.append("Nothing carries out" in clients["engineer"].get(reverse("console")).content.decode())
    addresses = {name: reverse(name, kwargs=given.get(name, {})) for name in answers}
    found = {
        "idle": idle,
        "scripted": sorted(set(scripted(clients, addresses))),
        "letters": letters(clients["auditor"]),
        "answers": answers,
        "strange": {what: browser().get(address).status_code for what, address in strange.items()},
        "cookies": {name: sorted(browser().get(reverse(name, kwargs=given[name])).cookies) for name in pages},
        "verified": kept_verdict(able, clients["officer"]),
        "queries": [one, [queries(clients["officer"], each) for each in lists]],
        "case": [alone, full],
        "named": [each for each in ("ada.quillfeather", "bob.ashgrove", "more1") if each in listed],
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
