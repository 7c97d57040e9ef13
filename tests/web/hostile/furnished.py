"""A server with a little of everything in it, so that hostile requests meet pages that are full."""

from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db.models import Max
from django.urls import get_resolver, reverse

from tests.web import matrix
from tests.web.hostile import corpus
from upheld.actions import approving, arrivals, certainty, intake, judging, links, rounds, tasks
from upheld.actions.means import Means
from upheld.cli.certifying import certify_answered
from upheld.law.pack import Certainty
from upheld.law.right import Right
from upheld.store import release
from upheld.store.models import (
    Channel,
    Fulfilment,
    FulfilmentState,
    LinkPurpose,
    PendingEntry,
    Request,
    RequestState,
    Task,
)
from upheld.store.models.journal import FailureKind
from upheld.web.means import means


def furnish() -> tuple[dict[str, str], dict[str, str]]:
    """The address of each route and of some pages more, and the cookies of each visitor."""
    PBKDF2PasswordHasher.iterations = 1  # log-ins are tried by the hundred
    release.make()
    able = means(by="hostile", reaching=True)
    hers, request = matrix.verified(able, corpus.ADDRESS)
    _, other = matrix.verified(able, "bob.ashgrove@example.com")
    approve(able, other)
    given, clients = matrix.arguments(able, hers, request), matrix.visitors(able)
    given |= matrix.people("SUPPORT")
    done = fulfilled(able)
    given |= dict.fromkeys(("certificate", "proof"), done)
    given |= {"evidence": {"number": done["number"]}, "copy": copied(able) | {"name": "index.html"}}
    given["copy-archive"] = {name: given["copy"][name] for name in ("language", "token")}
    doubtful = unsure(able)
    given |= {"retry": {"number": failed(able).pk}}
    given |= {name: {"number": doubtful.pk} for name in ("more", "wrote", "judge", "doubt")}
    told = arrivals.Told(words=corpus.SAID, hints=(f"Ada {corpus.NAME}", corpus.ACCOUNT))
    waits = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(), address=corpus.ADDRESS, language="en", told=told
    )
    arrivals.verify(means=able, token=links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=waits).token)
    given["message"] = {"number": intake.keep(means=able, channel=Channel.EMAIL, raw=corpus.mail()).pk}
    names = sorted(set(matrix.routes(get_resolver().url_patterns)))
    addresses = {name: reverse(name, kwargs=given.get(name, {})) for name in names}
    addresses["case"] = reverse("case", kwargs={"number": request.case_id})
    addresses |= {"case, unsure": reverse("case", kwargs={"number": doubtful.case_id})}
    cookies = {
        who: "; ".join(f"{each.key}={each.value}" for each in client.cookies.values())
        for who, client in clients.items()
    }
    return addresses, cookies


def approve(able: Means, request: Request) -> None:
    looked = approving.fingerprint(approving.look(means=able, request=request))
    approving.approve(means=able, request=request, looked=looked)


def fulfilled(able: Means) -> dict[str, Any]:
    """An erasure that is done, and her link to its certificate."""
    token, request = matrix.verified(able, "gil.marlowe@example.net")
    approve(able, request)
    answer(able, request)
    rounds.drain(means=able, certify=certify_answered, server=None, sender="privacy@larkspur.example")
    request.refresh_from_db()
    assert request.state == RequestState.FULFILLED
    return {"language": "en", "token": token, "number": request.pk}


def answer(able: Means, request: Request) -> None:
    for task in Task.objects.filter(fulfilment__request=request):
        tasks.answer(means=able, task=task, words="looked everywhere", rows=0, by="Otto")


def copied(able: Means, address: str = "hal@example.net") -> dict[str, Any]:
    """A copy that is written, and her link to it."""
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ACCESS,), address=address, language="en"
    )
    token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    followed = arrivals.verify(means=able, token=token)
    arrival.refresh_from_db()
    request = Request.objects.get(case=arrival.case)
    approve(able, request)
    answer(able, request)
    rounds.drain(means=able, certify=certify_answered, server=None, sender="privacy@larkspur.example")
    request.refresh_from_db()
    assert request.state == RequestState.FULFILLED, request.copy.failure_text
    return {"language": "en", "token": followed.token}


def failed(able: Means) -> Request:
    """One that failed for good in a system."""
    _, request = matrix.verified(able, "ivy@example.net")
    approve(able, request)
    Fulfilment.objects.filter(request=request).update(
        state=FulfilmentState.FAILED, failure=FailureKind.PERMANENT, failure_text="away"
    )
    return request


def unsure(able: Means) -> Request:
    """One of which it is not sure enough who asks."""
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ACCESS,), address="jo@example.net", language="en"
    )
    judging.judge(means=able, number=arrival.pk, why="she called back")
    arrival.refresh_from_db()
    request = Request.objects.get(case=arrival.case)
    Request.objects.filter(pk=request.pk).update(needed=certainty.level(Certainty.HIGH))
    return request


def last_entry() -> int:
    """The newest entry that waits for its place."""
    return int(PendingEntry.objects.aggregate(last=Max("pk"))["last"] or 0)
