"""Where is it? What is next and when, what we need from her, and the way to copy and certificate."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from upheld.actions import arrivals, doubts, grounds, questions, signin
from upheld.actions.following import Step, story
from upheld.actions.means import Means
from upheld.actions.questions import Asked
from upheld.law.right import Right
from upheld.store.models import Arrival
from upheld.web.centre.followed import Closed, followed
from upheld.web.centre.pages import public
from upheld.web.centre.wish import NAMED
from upheld.web.means import PERSON, means

TITLES = {
    Right.PORTABILITY: _("Get a copy to take elsewhere"),
    Right.RESTRICTION: _("Limit the use"),
}
"""What stands under another wish in the form, or none."""


@public
def follow(request: HttpRequest, token: str) -> HttpResponse:
    able = means(by=PERSON)
    try:
        arrival = followed(request, able, token)
    except Closed as closed:
        return closed.answer
    steps = story(means=able, arrival=arrival)
    shown = {
        "number": arrivals.number(arrival),
        "steps": [(TITLES.get(each.right, NAMED[each.wish]), each, _spared(each)) for each in steps],
        "token": token,
        "waits": arrival.waits_at is not None,
        "all_done": _done(steps) and arrival.waits_at is None,
        "questions": _open(able, arrival),
        "ways": signin.offered(means=able, arrival=arrival),
        "question": arrival.case and doubts.open_in(means=able, case=arrival.case),
    }
    return render(request, "centre/follow.html", shown)


def _spared(step: Step) -> list[tuple[str, str, str]]:
    """The systems that were left out, each with the ground in plain words and its law."""
    return [(each.title, grounds.refusal(each.code), each.cites) for each in step.spared]


def _done(steps: tuple[Step, ...]) -> bool:
    return all(each.state == "done" for each in steps)


def _open(able: Means, arrival: Arrival) -> list[Asked]:
    if arrival.case is None or arrival.case.key_destroyed_at is not None:
        return []
    return [each for each in questions.of(means=able, case=arrival.case) if each.answered is None]
