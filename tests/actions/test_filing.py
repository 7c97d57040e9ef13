"""An answer to one of our mails is kept in the case that it answers, and read there."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.office import asked, office, request
from tests.actions.test_alarms import approved
from tests.actions.world import ADA, BOB, DESK
from upheld.actions import arrivals, casefile, desk, filing, intake, ownwords, tasks
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail.receive import read
from upheld.rights.outcome import Permanent
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, Case, Channel, Communication, Reply, Task

SAID = "It is the one by the river."


def mail(sender: str, subject: str, *, file: bool = False) -> bytes:
    head = f"From: Somebody <{sender}>\nTo: privacy@example.org\nSubject: {subject}\n"
    if not file:
        return f"{head}\n{SAID}\n".encode()
    return (
        f'{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\n{SAID}\n--x\n'
        'Content-Type: text/plain\nContent-Disposition: attachment; filename="list.txt"\n\none letter\n--x--\n'
    ).encode()


def proposed(able: Means, sender: str, subject: str, number: str = "") -> filing.Proposal | None:
    return filing.propose(means=able, mail=read(mail(sender, subject)), number=number)


def kept(able: Means, raw: bytes) -> Communication:
    return intake.keep(means=able, channel=Channel.EMAIL, raw=raw)


@pytest.mark.parametrize(
    "subject", ["Re: [{hers}] We have it", "AW: [{ours}] Something needs you", "Re: no number"]
)
def test_the_case_is_proposed_by_the_number_as_she_or_as_staff_and_owners_have_it(
    subject: str, records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    asked(able, Right.ERASURE, address=BOB)
    hers, ours = arrivals.number(Arrival.objects.get(case=case)), desk.number(case)

    found = proposed(able, ADA, subject.format(hers=hers, ours=ours))

    if "no number" in subject:
        assert found is None
        found = proposed(able, ADA, subject, number=f" [{hers.lower()}]")
    assert found == filing.Proposal(case, hers=True, tasks=(), task=None)


@pytest.mark.parametrize("number", ["0A1B2C3D", "xxxxxxxx", "12", "", "[]", "0a1b2c3d0"])
def test_a_number_that_no_case_has_proposes_nothing(number: str, records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    asked(able, Right.ERASURE)

    assert proposed(able, ADA, f"Re: [{number}] x") is None
    assert proposed(able, ADA, "x", number=number) is None


def test_somebody_else_who_writes_the_number_into_a_subject_is_not_taken_for_her(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)

    found = proposed(able, BOB, f"Re: [{desk.number(case)}] x")

    assert found is not None
    assert (found.case, found.hers, found.task) == (case, False, None)


def test_an_owners_answer_leads_to_her_task_and_is_kept_with_it(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    erasure = approved(able)
    number, task = desk.number(erasure.case), Task.objects.get()
    raw = mail(DESK.address.upper(), f"Re: [{number}] A task in Letters")

    found = filing.propose(means=able, mail=read(raw))
    assert found == filing.Proposal(erasure.case, hers=False, tasks=((task, "Letters"),), task=task)
    made = filing.file(means=able, number=kept(able, raw).pk, case=erasure.case_id, task=task.pk)

    assert (made.task, made.filed_by, Task.objects.get().answered_at) == (task, "officer", None)
    tasks.answer(means=able, task=task, words="shredded", rows=1, by="Front desk", files=())
    after = filing.propose(means=able, mail=read(raw))
    assert after is not None
    assert after.task == task, "an owner who writes once more writes of the same"


def test_it_is_sealed_with_the_cases_key_told_in_the_story_and_opens_nothing(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    message = kept(able, mail(ADA, "Re: which?", file=True))
    own = message.key

    made = filing.file(means=able, number=message.pk, case=case.pk)

    assert (Communication.objects.count(), Case.objects.count(), intake.unread()) == (0, 1, 0)
    assert SAID.encode() not in bytes(made.sealed_original)
    found = filing.opened(means=able, reply=made)
    assert (found.text.strip(), found.sender.address) == (SAID, ADA)
    assert [(each.name, each.content.strip()) for each in found.attachments] == [("list.txt", b"one letter")]
    file = casefile.opened(means=able, case=case)
    assert file.replies == (made,)
    told = [(each.what, each.by) for each in file.story if "answer" in each.what]
    assert sorted(told) == [
        ("An answer by e-mail from a message came in", ""),
        ("Filed that answer here", "officer"),
    ]
    assert able.keys.exists(case.key)
    able.keys.destroy([case.key])
    with pytest.raises(Destroyed):
        filing.opened(means=able, reply=made)
    assert not able.keys.exists(own)


def test_what_she_answered_belongs_to_her_copy_and_the_owners_address_does_not(
    records: str, tmp_path: Path
) -> None:
    """G-15.3"""
    able = office(tmp_path)
    case = approved(able).case
    filing.file(means=able, number=kept(able, mail(ADA, "hers")).pk, case=case.pk)
    filing.file(
        means=able,
        number=kept(able, mail(DESK.address, "owner")).pk,
        case=case.pk,
        task=Task.objects.get().pk,
    )

    rows = ownwords.tables(able.keys, Case.objects.all())["messages"]

    assert sorted((each["address"], each["words"]) for each in rows if each["words"]) == [
        ("", f"owner\n\n{SAID}"),
        (ADA, f"hers\n\n{SAID}"),
    ]


def test_it_is_filed_once_into_a_case_that_can_still_be_read_and_to_a_task_of_it(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case, other = approved(able).case, asked(able, Right.ERASURE, address=BOB)
    message = kept(able, mail(ADA, "x"))
    with pytest.raises(Permanent, match="not of this case"):
        filing.file(means=able, number=message.pk, case=other.pk, task=Task.objects.get().pk)
    with pytest.raises(Permanent, match="not here"):
        filing.file(means=able, number=message.pk, case=request(case).pk)
    Case.objects.filter(pk=other.pk).update(key_destroyed_at=able.now)
    with pytest.raises(Permanent, match="destroyed"):
        filing.file(means=able, number=message.pk, case=other.pk)
    assert proposed(able, BOB, f"[{desk.number(other)}] x") is None
    assert Reply.objects.count() == 0

    filing.file(means=able, number=message.pk, case=case.pk)
    with pytest.raises(intake.Gone):
        filing.file(means=replace(able), number=message.pk, case=case.pk)
