"""What one person alone may not decide: the rules, their three kinds, and that the verb itself holds them."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.actions.test_decisions import asked, entries
from tests.actions.world import FORUM, HER, NOW, forum, means
from upheld.actions import agreeing, approving, erasure, outbox, refusal, staff, stop, two, vouching
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.datamap.model import DataMap, Limits
from upheld.datamap.two import Second, Two
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import (
    Agreement,
    Decision,
    Mail,
    MailKind,
    Matter,
    RequestState,
    Role,
    Staff,
    Stop,
)

OUTSIDE = "board@larkspur.example"
ALL = ("limits", "undo", "refusal", "stop", "map")
TIGHT = replace(FORUM, limits=Limits(rows_per_person=1))


def ruled(folder: Path, second: Second, *, by: str = "olive") -> Means:
    """Means of an organisation in which every matter is for two."""
    able = means(folder, forum(), systems=(TIGHT,))
    rules = Two(tuple((matter, second) for matter in ALL), cooling=24, outside=OUTSIDE)
    organisation = replace(able.datamap.organisation, two=rules)
    return replace(able, datamap=DataMap(organisation, systems=(TIGHT,)), by=by)


def acting(able: Means, by: str, **passed: float) -> Means:
    moment = NOW + timedelta(minutes=5, **passed)
    return replace(able, by=by, now=moment, clock=lambda: moment)


def test_a_refusal_waits_for_a_second_member_of_staff(records: str, tmp_path: Path) -> None:
    able = ruled(tmp_path, Second.COLLEAGUE)
    request = asked(able)

    wish = refusal.refuse(means=able, request=request, ground="unfounded", words="He jokes.")
    assert isinstance(wish, Agreement)
    request.refresh_from_db()
    assert (request.state, Decision.objects.count()) == (RequestState.OPEN, 0)
    with pytest.raises(Permanent, match="Whoever asked cannot be the second"):
        agreeing.agree(means=acting(able, "olive"), agreement=wish, by="olive")
    assert refusal.refuse(means=able, request=request, ground="unfounded", words="He jokes.") == wish
    assert agreeing.agree(means=acting(able, "carla"), agreement=wish, by="carla")

    request.refresh_from_db()
    assert (request.state, Decision.objects.get().by) == (RequestState.DENIED, "olive")
    (entry,) = entries("agreement.given/v1")
    assert (entry["matter"], entry["rule"], entry["case"]) == (
        "refusal",
        "colleague",
        str(request.case_id),
    )


def joined(able: Means, name: str, *, invited_by: Staff | None = None) -> Staff:
    """An account by a link of the console, or of the server where nobody is named."""
    token = staff.invite(means=able, role=Role.OFFICER, by=invited_by)
    address = f"{name}@larkspur.example"
    return staff.enrol(means=able, token=token, email=address, name=name, password="seven lamps")


def test_whom_she_invited_herself_is_no_colleague_before_another_one_says_so(
    records: str, tmp_path: Path
) -> None:
    able = ruled(tmp_path, Second.COLLEAGUE)
    olive, carla = joined(able, "olive"), joined(able, "carla")
    otto = joined(able, "otto", invited_by=olive)
    puppet = joined(able, "puppet", invited_by=otto)
    request = asked(able)
    wish = refusal.refuse(means=able, request=request, ground="unfounded", words="He jokes.")
    assert isinstance(wish, Agreement)

    with pytest.raises(Permanent, match="otto was invited in the console"):
        agreeing.agree(means=acting(able, "otto"), agreement=wish, by="otto")
    for account, by in ((otto, olive), (otto, otto), (otto, puppet), (puppet, otto)):
        with pytest.raises(Permanent):
            vouching.confirm(means=acting(able, by.name), account=account, by=by)
    request.refresh_from_db()
    assert (request.state, Decision.objects.count()) == (RequestState.OPEN, 0)

    vouching.confirm(means=acting(able, "carla"), account=otto, by=carla)
    with pytest.raises(Permanent, match="confirmed already"):
        vouching.confirm(means=acting(able, "carla"), account=otto, by=carla)
    assert agreeing.agree(means=acting(able, "otto"), agreement=wish, by="otto")
    changes = [(each["account"], each["change"]) for each in entries("account.changed/v1")]
    assert changes[-1] == (str(otto.pk), "confirmed")


def test_nor_may_she_say_yes_to_what_that_account_asks(records: str, tmp_path: Path) -> None:
    able = ruled(tmp_path, Second.COLLEAGUE)
    olive = joined(able, "olive")
    joined(able, "otto", invited_by=olive)
    request = asked(able)
    by_otto = acting(able, "otto")
    wish = refusal.refuse(means=by_otto, request=request, ground="unfounded", words="He jokes.")
    assert isinstance(wish, Agreement)

    with pytest.raises(Permanent, match="otto was invited in the console"):
        agreeing.agree(means=acting(able, "olive"), agreement=wish, by="olive")

    assert Decision.objects.count() == 0


def test_a_yes_is_good_for_exactly_what_was_asked(records: str, tmp_path: Path) -> None:
    able = ruled(tmp_path, Second.COLLEAGUE)
    request = asked(able)
    first = refusal.refuse(means=able, request=request, ground="unfounded", words="He jokes.")
    assert isinstance(first, Agreement)
    two.agree(means=acting(able, "carla"), agreement=first, by="carla")

    other = refusal.refuse(means=able, request=request, ground="excessive", words="Something else.")

    request.refresh_from_db()
    assert isinstance(other, Agreement)
    assert (request.state, other.agreed_at) == (RequestState.OPEN, None)


def test_no_is_no(records: str, tmp_path: Path) -> None:
    able = ruled(tmp_path, Second.COLLEAGUE)
    request = asked(able)
    wish = refusal.refuse(means=able, request=request, ground="unfounded", words="He jokes.")
    assert isinstance(wish, Agreement)
    two.decline(means=acting(able, "carla"), agreement=wish, by="carla")

    with pytest.raises(Permanent, match="This is over"):
        agreeing.agree(means=acting(able, "carla"), agreement=wish, by="carla")

    request.refresh_from_db()
    assert request.state == RequestState.OPEN


def test_the_same_person_says_it_again_after_the_cooling_time_and_not_before(
    records: str, tmp_path: Path
) -> None:
    able = ruled(tmp_path, Second.COOLING)
    stop.stop(means=able, reason="a strange plan")

    wish = stop.lift(means=acting(able, "olive"), reason="the plan was right")
    assert isinstance(wish, Agreement)
    with pytest.raises(Permanent, match="too early"):
        agreeing.agree(means=acting(able, "olive", hours=23), agreement=wish, by="olive")
    assert isinstance(stop.lift(means=acting(able, "olive", hours=23), reason="still"), Agreement)
    assert Stop.objects.filter(lifted_at=None).count() == 1
    later = acting(able, "olive", hours=25)
    assert agreeing.agree(means=later, agreement=wish, by="olive")

    assert not Stop.objects.filter(lifted_at=None).exists()
    wish.refresh_from_db()
    assert (wish.rule, wish.asked_by, wish.agreed_by, wish.reason) == (
        "COOLING",
        "olive",
        "olive",
        "the plan was right",
    )


def test_the_command_that_is_given_again_after_the_cooling_time_lifts_the_stop(
    records: str, tmp_path: Path
) -> None:
    able = ruled(tmp_path, Second.COOLING)
    stop.stop(means=able, reason="a strange plan")

    assert isinstance(stop.lift(means=acting(able, "olive"), reason="it was right"), Agreement)
    assert stop.lift(means=acting(able, "olive", hours=25), reason="it was right") is True


def test_somebody_outside_says_yes_by_a_link_that_names_nobody(records: str, tmp_path: Path) -> None:
    able = ruled(tmp_path, Second.OUTSIDE)
    request = asked(able)
    wish = refusal.refuse(means=able, request=request, ground="unfounded", words="Ada Quillfeather jokes.")
    letter = outbox.opened(means=able, mail=Mail.objects.get(kind=MailKind.AGREE))
    (token,) = re.findall(r"https://privacy.test/en/agree/(\S+)/", letter.text)

    assert letter.to == OUTSIDE
    assert "Quillfeather" not in letter.text
    assert "refuse the request (erasure), whole: Art. 12(5)(b) GDPR." in letter.text
    found = two.find(means=able, token=token)
    assert found == wish
    assert agreeing.agree(means=acting(able, "link"), agreement=found, by=OUTSIDE)
    request.refresh_from_db()
    assert request.state == RequestState.DENIED


def test_a_limit_is_passed_by_two_and_by_no_other_way(records: str, tmp_path: Path) -> None:
    """The command's verb is held as well as the button's."""
    able = ruled(tmp_path, Second.COLLEAGUE)
    request = asked(able)
    seen = approving.look(means=able, request=request)
    looked = approving.fingerprint(seen)
    assert [each.limit for each in seen.beyond] == ["rows_per_person"]

    with pytest.raises(Permanent, match="beyond a limit"):
        approving.approve(means=able, request=request, looked=looked)
    with pytest.raises(Permanent, match="for two to decide"):
        erasure.approve(
            means=able,
            request=request,
            preview=preview(means=able, right=Right.ERASURE, asked=HER),
            allow=frozenset({"rows_per_person"}),
            reason="because I say so",
        )
    wish = approving.ask_beyond(means=able, request=request, looked=looked, reason="an old account")
    assert not agreeing.agree(means=acting(able, "carla"), agreement=wish, by="carla")
    approving.approve(means=able, request=request, looked=looked)

    request.refresh_from_db()
    plan = request.plans.get()
    assert (request.state, plan.allowed, plan.reason) == (
        RequestState.IN_PROGRESS,
        ["rows_per_person"],
        "an old account (carla agreed)",
    )
    wish.refresh_from_db()
    assert wish.used_at is not None


def test_the_database_refuses_a_second_yes_of_whoever_asked(records: str, tmp_path: Path) -> None:
    able = ruled(tmp_path, Second.COLLEAGUE)
    request = asked(able)
    wish = refusal.refuse(means=able, request=request, ground="unfounded", words="He jokes.")
    assert isinstance(wish, Agreement)

    with pytest.raises(IntegrityError, match="agreement_is_of_two"), transaction.atomic():
        Agreement.objects.filter(pk=wish.pk).update(agreed_by="olive", agreed_at=able.clock())
    with pytest.raises(IntegrityError, match="agreement_used_was_given"), transaction.atomic():
        Agreement.objects.filter(pk=wish.pk).update(used_at=able.clock())


def test_without_a_rule_one_person_decides(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    stop.stop(means=able, reason="a strange plan")

    assert stop.lift(means=able) is True
    assert two.rule_of(means=able, matter=Matter.STOP) is None
    assert not Agreement.objects.exists()
