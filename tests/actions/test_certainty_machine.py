"""No path of verbs approves a request below its level: random sequences of arrivals, doubts, doubts, answers,
judgements, time and approvals, checked against an independent reckoning of what was proved."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.actions.test_certainty import GRAVE, KNOWN, POSTS
from tests.actions.world import ADA, FORUM, HER, NOW, forum_rows, means
from upheld.actions import approving, arrivals, cases, certainty, comparing, copies, doubts, links
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Failure
from upheld.rights.testing import InMemoryConnector
from upheld.store.models import Channel, Doubt, LinkPurpose, Request, RequestState

POINTS = {"gdpr": (0, 1, 2), "ccpa": (0, 2, 3)}
"""How many data points each level wants, as the law says it, and not as the packs do."""
LASTS = timedelta(days=92)


@dataclass
class Known:
    """What was proved for one request, in the test's own reckoning: when, and what."""

    links: list = field(default_factory=list)
    matched: list = field(default_factory=list)
    signed: list = field(default_factory=list)
    judged: list = field(default_factory=list)
    doubted: bool = False


class Paths(RuleBasedStateMachine):
    """One person's requests under one law."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="upheld-paths-")
        self.now = NOW
        self.known: dict = {}
        self.numbers = count()
        self.able: Means | None = None
        self.mark = transaction.atomic()
        self.mark.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.mark.__exit__(None, None, None)
        self.folder.cleanup()

    @initialize(law=st.sampled_from(["gdpr", "ccpa"]), grave=st.booleans())
    def begin(self, law: str, grave: bool) -> None:
        self.law, self.grave = law, grave
        self.approved = 0
        rows = forum_rows()
        rows["users"][0]["phone"] = "030 901820"
        system = replace(FORUM, tables=(GRAVE if grave else KNOWN, POSTS))
        able = means(Path(self.folder.name), InMemoryConnector(system, rows), systems=(system,))
        organisation = replace(able.datamap.organisation, regimes=(law,), country="DE")
        self.able = replace(
            able,
            datamap=replace(able.datamap, organisation=organisation),
            orders=False,
            clock=lambda: self.now + timedelta(microseconds=next(self.numbers)),
        )
        self.arrive((Right.ACCESS, Right.ERASURE), proved=True)

    def at(self) -> Means:
        assert self.able is not None
        return replace(self.able, now=self.now)

    def requests(self) -> Iterator[Request]:
        return iter(Request.objects.select_related("case").order_by("received_at", "pk"))

    def one(self, data: st.DataObject) -> Request | None:
        found = list(self.requests())
        return data.draw(st.sampled_from(found)) if found else None

    def of_her(self, what: str, proved: object, worth: int) -> None:
        """It was proved for one request, and for all others that wait."""
        for each in self.requests():
            if each.pk == proved or each.state == RequestState.OPEN:
                getattr(self.known.setdefault(each.pk, Known()), what).append((self.now, worth))

    def level(self, request: Request) -> int:
        """By the test's own reckoning."""
        known, now = self.known.setdefault(request.pk, Known()), self.now
        fresh = lambda times: [each for each in times if each[0] + LASTS > now]  # noqa: E731 - a short name
        points = bool(fresh(known.links)) + max((many for _, many in fresh(known.matched)), default=0)
        _, low, high = POINTS[self.law]
        signed = bool(fresh(known.signed)) or self.law == "gdpr"
        by_points = 2 if points >= high and signed else 1 if points >= low else 0
        return max([by_points, *(sure for _, sure in fresh(known.judged))])

    def needed(self, request: Request) -> int:
        known = self.known.setdefault(request.pk, Known())
        shows = request.right == Right.ACCESS
        return 2 if self.grave or known.doubted or (self.law == "ccpa" and shows) else 1

    @rule(
        rights=st.sampled_from([(Right.ACCESS,), (Right.ERASURE,), (Right.ACCESS, Right.ERASURE)]),
        proved=st.booleans(),
    )
    def arrive(self, rights: tuple[Right, ...], proved: bool) -> None:
        able = self.at()
        arrival = arrivals.receive(
            means=able, channel=Channel.FORM, rights=rights, address=ADA, language="en"
        )
        token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
        if proved:
            arrivals.verify(means=able, token=token)
            for each in self.requests():
                if each.right in rights and each.state == RequestState.OPEN:
                    self.known.setdefault(each.pk, Known()).links.append((self.now, 1))

    @rule(right=st.sampled_from([Right.ACCESS, Right.ERASURE]))
    def enter_by_hand(self, right: Right) -> None:
        cases.receive(means=self.at(), right=right, asked=HER)

    @rule(data=st.data())
    def doubt(self, data: st.DataObject) -> None:
        request = self.one(data)
        if request is None:
            return
        try:
            certainty.doubt(means=self.at(), request=request, why="why")
        except Failure:
            return
        self.known.setdefault(request.pk, Known()).doubted = True

    @rule(data=st.data(), kinds=st.sets(st.sampled_from(["name", "phone-number"])), declaration=st.booleans())
    def ask(self, data: st.DataObject, kinds: set[str], declaration: bool) -> None:
        request = self.one(data)
        if request is None:
            return
        try:
            doubts.ask(
                means=self.at(),
                request=request,
                kinds=tuple(sorted(kinds)),
                declaration=declaration,
                why="why",
            )
        except Failure:
            return
        assert self.level(request) < self.needed(request), "nobody is asked for more than is lacking"

    @rule(
        data=st.data(),
        name=st.sampled_from(["Ada Quillfeather", "Ada"]),
        phone=st.sampled_from(["030 901820", "1"]),
    )
    def answer(self, data: st.DataObject, name: str, phone: str) -> None:
        request = self.one(data)
        made = doubts.open_in(means=self.at(), case=request.case) if request else None
        if made is None:
            return
        doubts.answer(
            means=self.at(),
            made=made,
            given={"name": name, "phone-number": phone},
            name="Ada" if made.declaration else "",
            words="I declare",
        )
        if made.declaration:
            self.of_her("signed", made.request_id, 1)
        kinds = made.kinds.split()
        self.pending = getattr(self, "pending", {})
        self.pending[made.pk] = (name != "Ada" and "name" in kinds) + (
            phone != "1" and "phone-number" in kinds
        )

    @rule()
    def compare(self) -> None:
        waiting = list(Doubt.objects.filter(sealed_answers__isnull=False).select_related("request"))
        comparing.compare_all(means=self.at())
        for each in waiting:
            if self.pending[each.pk] and each.request.state == RequestState.OPEN:
                self.of_her("matched", each.request_id, self.pending[each.pk])

    @rule(data=st.data(), sure=st.integers(0, 2))
    def judge(self, data: st.DataObject, sure: int) -> None:
        request = self.one(data)
        if request is None:
            return
        try:
            certainty.judge(means=self.at(), request=request, sure=sure, why="why")
        except Failure:
            return
        self.of_her("judged", request.pk, sure)

    @rule(days=st.sampled_from([1, 15, 95]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(data=st.data(), way=st.sampled_from(["page", "verb", "verb", "row"]))
    def approve(self, data: st.DataObject, way: str) -> None:
        request = self.one(data)
        if request is None or request.state != RequestState.OPEN:
            return
        able, enough = self.at(), self.level(request) >= self.needed(request)
        try:
            with transaction.atomic():
                if way == "row":
                    Request.objects.filter(pk=request.pk).update(state=RequestState.IN_PROGRESS)
                elif way == "verb" and request.right == Right.ACCESS:
                    plan = approving.look(means=able, request=request).plan
                    copies.approve(means=able, request=request, plan=plan)
                else:
                    looked = approving.fingerprint(approving.look(means=able, request=request))
                    approving.approve(means=able, request=request, looked=looked)
        except (Failure, IntegrityError):
            assert not (enough and way == "verb" and request.right == Right.ACCESS), (
                "what is proved is approved"
            )
            return
        if way != "row":
            assert enough, "approved below its level"

    @invariant()
    def nothing_under_way_is_below_what_it_needs(self) -> None:
        for each in self.requests() if self.able else ():
            assert each.needed == self.needed(each)
            if each.state != RequestState.OPEN:
                assert each.reached >= each.needed


def test_no_path_of_verbs_approves_a_request_below_its_level(sqlite_records: Path) -> None:
    run_state_machine_as_test(
        Paths,
        settings=settings(
            max_examples=settings.default.max_examples if settings.default.max_examples > 1_000 else 25,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
