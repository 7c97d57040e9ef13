"""The child of `test_matrix`: a server's pages asked by everybody, in a program with the server's own settings.

Prints one JSON document: each route's answer to each kind of visitor, and the queries of the list.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import URLPattern, get_resolver, reverse

    from upheld.actions import approving, arrivals, links, rounds, staff
    from upheld.law.right import Right
    from upheld.store.models import Channel, LinkPurpose, Mail, Request, Role, Staff, Task
    from upheld.web.means import means

    call_command("migrate", verbosity=0)
    able = means(by="matrix", reaching=True)

    def verified(address: str) -> tuple[str, Request]:
        arrival = arrivals.receive(
            means=able, channel=Channel.FORM, rights=(Right.ERASURE,), address=address, language="en"
        )
        token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
        followed = arrivals.verify(means=able, token=token)
        arrival.refresh_from_db()
        return followed.token, Request.objects.get(case=arrival.case)

    hers, request = verified("ada.quillfeather@example.org")
    _, other = verified("bob.ashgrove@example.com")
    approving.approve(
        means=able, request=other, looked=approving.fingerprint(approving.look(means=able, request=other))
    )
    task = Task.objects.get()
    fresh = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ACCESS,), address="cy@example.net", language="en"
    )
    verify = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=fresh).token
    answer = links.give(means=able, purpose=LinkPurpose.ANSWER, task=task).token
    join = staff.invite(means=able, role=Role.AUDITOR)
    rounds.ask(means=able, task=task)
    mail = Mail.objects.get(task=task)

    clients = {"nobody": Client(HTTP_HOST="127.0.0.1")}
    for name in ("no factor", *Role.values):
        role = Role.OFFICER if name == "no factor" else Role(name)
        account = Staff.objects.create(
            email=f"{name.replace(' ', '')}@larkspur.example".lower(),
            name=name,
            role=role,
            created_at=able.now,
        )
        if name != "no factor":
            TOTP.activate(account, generate_totp_secret())
        clients[name.lower()] = Client(HTTP_HOST="127.0.0.1")
        clients[name.lower()].force_login(account)

    public = {"language": "en", "token": hers}
    arguments = {
        "ask": {"language": "en"},
        "sent": {"language": "en", "number": "0A1B2C3D"},
        "confirm": {"language": "en", "token": verify},
        "follow": public,
        "copy-archive": public,
        "copy": public | {"name": "index.html"},
        "certificate": public | {"number": request.pk},
        "proof": public | {"number": request.pk},
        "task-answer": {"language": "en", "token": answer},
        "case": {"number": request.case_id},
        "look": {"number": request.case_id},
        "plan": {"number": request.pk},
        "retry": {"number": request.pk},
        "task": {"number": task.pk},
        "mail": {"number": mail.pk},
        "enrol": {"token": join},
    }

    def names(patterns: list, found: list[str]) -> list[str]:
        for each in patterns:
            if isinstance(each, URLPattern):
                found.append(str(each.name))
            else:
                names(each.url_patterns, found)
        return found

    answers = {}
    for name in sorted(set(names(get_resolver().url_patterns, []))):
        address = reverse(name, kwargs=arguments.get(name, {}))
        answers[name] = {
            kind: [client.get(address).status_code, client.post(address).status_code]
            for kind, client in clients.items()
            if name != "account_logout" or kind == "nobody"
        }

    strange = {
        "a token of another purpose": Client(HTTP_HOST="127.0.0.1")
        .get(reverse("follow", kwargs=public | {"token": answer}))
        .status_code,
        "another person's certificate": Client(HTTP_HOST="127.0.0.1")
        .get(reverse("certificate", kwargs=public | {"number": other.pk}))
        .status_code,
        "another person's proof": Client(HTTP_HOST="127.0.0.1")
        .get(reverse("proof", kwargs=public | {"number": other.pk}))
        .status_code,
    }
    cookies = {
        name: sorted(Client(HTTP_HOST="127.0.0.1").get(reverse(name, kwargs=arguments[name])).cookies)
        for name in ("ask", "sent", "confirm", "follow", "task-answer")
    }

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert clients["officer"].get(reverse("console")).status_code == 200
        return len(caught)

    one = queries()
    for number in range(4):
        verified(f"more{number}@example.net")
    listed = clients["officer"].get(reverse("console")).content.decode()
    json.dump(
        {
            "answers": answers,
            "strange": strange,
            "cookies": cookies,
            "queries": [one, queries()],
            "named": [each for each in ("ada.quillfeather", "bob.ashgrove", "more1") if each in listed],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
