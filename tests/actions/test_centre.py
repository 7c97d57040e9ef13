"""What a person tells beside her wish: other addresses, names, own words, a lost mailbox."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.test_arrivals import later, token
from tests.actions.world import ADA, BOB, NOW, forum, means
from upheld.actions import alias, arrivals, cases, deciding, hints, links, outbox, pace
from upheld.actions.arrivals import Told
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity, Subject
from upheld.store.models import Arrival, Case, Channel, Look, Mail, MailKind, Pace, Request

OTHER = "quill@example.net"


def ask(
    able: Means, told: Told, *, address: str = ADA, rights: tuple[Right, ...] = (Right.ACCESS,)
) -> Arrival:
    return arrivals.receive(
        means=able, channel=Channel.FORM, rights=rights, address=address, language="en", told=told
    )


def confirm(able: Means, arrival: Arrival) -> Arrival:
    arrivals.verify(means=able, token=token(able, Mail.objects.get(arrival=arrival, kind=MailKind.VERIFY)))
    arrival.refresh_from_db()
    return arrival


def other_token(able: Means, mail: Mail) -> str:
    return outbox.opened(means=able, mail=mail).text.split("/mine/")[1].partition("/")[0]


def given(able: Means, arrival: Arrival) -> tuple[Identity, ...]:
    arrival.refresh_from_db()
    assert arrival.case is not None
    return cases.asked_in(means=able, case=arrival.case).identities


def test_dates_run_from_the_day_of_arrival_and_not_from_the_click(records: str, tmp_path: Path) -> None:
    """G-12.9"""
    able = means(tmp_path, forum())
    arrival = ask(able, Told())

    confirm(later(able, days=2), arrival)

    request = Request.objects.get()
    assert (request.received_at, request.received_date) == (NOW, NOW.date())
    assert request.legal_date == datetime(2026, 12, 22, tzinfo=UTC).date()


def test_another_address_counts_only_once_its_own_link_is_used(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    arrival = ask(able, Told(others=(OTHER,)))
    assert not Mail.objects.filter(kind=MailKind.OTHER).exists(), "her own comes first"

    confirm(able, arrival)
    assert given(able, arrival) == (Identity("email", ADA),)
    mail = Mail.objects.get(kind=MailKind.OTHER)
    letter = outbox.opened(means=able, mail=mail)
    assert (letter.to, ADA in letter.text) == (OTHER, False), "nobody learns whose request it is"
    secret = other_token(able, mail)
    with pytest.raises(links.Unknown):
        arrivals.verify(means=able, token=secret)

    assert alias.prove(means=able, token=secret, arrival=arrival, other=OTHER)
    assert given(able, arrival) == (Identity("email", ADA), Identity("email", OTHER))
    with pytest.raises(links.Unusable):
        alias.prove(means=able, token=secret, arrival=arrival, other=OTHER)


def test_another_address_comes_too_late_once_the_person_is_identified(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    arrival = confirm(able, ask(able, Told(others=(OTHER,))))
    assert arrival.case is not None
    cases.remember(means=able, case=arrival.case, subject=Subject((Identity("email", ADA),)))

    secret = other_token(able, Mail.objects.get(kind=MailKind.OTHER))

    assert not alias.prove(means=able, token=secret, arrival=arrival, other=OTHER)
    assert given(able, arrival) == (Identity("email", ADA),)


def test_an_address_with_an_open_case_of_its_own_joins_no_other(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    confirm(able, ask(able, Told(), address=BOB))
    arrival = confirm(able, ask(able, Told(others=(BOB,))))

    with pytest.raises(cases.TwoCases):
        alias.prove(
            means=able,
            token=other_token(able, Mail.objects.get(kind=MailKind.OTHER)),
            arrival=arrival,
            other=BOB,
        )
    assert given(able, arrival) == (Identity("email", ADA),)


def test_three_mails_a_day_go_to_an_address_that_somebody_else_names(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    for number in range(5):
        confirm(able, ask(able, Told(others=(OTHER,)), address=f"p{number}@example.org"))

    assert Mail.objects.filter(kind=MailKind.OTHER).count() == 3


def test_own_words_wait_for_staff_and_become_what_they_decide(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    arrival = ask(able, Told(words="Please forget my old poems.", others=(OTHER,)), rights=())
    assert deciding.waiting() == (0, ()), "nobody has proved that address"

    confirm(able, arrival)
    assert not Mail.objects.filter(kind=MailKind.OTHER).exists(), "no case could learn it yet"
    assert (Case.objects.count(), [each.arrival for each in deciding.waiting()[1]]) == (0, [arrival.pk])
    with pytest.raises(Permanent):
        deciding.decide(means=able, arrival=arrival, rights=[], why="she says so")
    with pytest.raises(Permanent):
        deciding.decide(means=able, arrival=arrival, rights=[Right.ERASURE], why=" ")
    assert Case.objects.count() == 0

    after = later(able, days=3)
    case = deciding.decide(means=after, arrival=arrival, rights=[Right.ERASURE], why="she wants poems gone")

    assert [(each.right, each.received_at) for each in case.requests.all()] == [("ERASURE", NOW)]
    assert Mail.objects.filter(kind=MailKind.OTHER).count() == 1
    assert given(able, arrival) == (Identity("email", ADA),)
    assert arrivals.opened(means=able, arrival=arrival).told.words == "Please forget my old poems."
    assert [(each.what, each.why) for each in Look.objects.all()] == [
        ("which right was asked for", "she wants poems gone")
    ]
    with pytest.raises(Permanent):
        deciding.decide(means=able, arrival=arrival, rights=[Right.ERASURE], why="again")


def test_own_words_beside_a_copy_do_not_hold_up_the_copy(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    arrival = confirm(able, ask(able, Told(words="And who has seen it?")))

    assert arrival.case is not None
    assert [each.right for each in arrival.case.requests.all()] == ["ACCESS"]
    case = deciding.decide(means=able, arrival=arrival, rights=[Right.OBJECTION], why="she minds")
    assert (case, {each.right for each in case.requests.all()}) == (arrival.case, {"ACCESS", "OBJECTION"})


def test_a_lost_mailbox_gets_no_mail_and_opens_no_case_before_staff_say_it_is_she(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, forum())
    new = "ada@example.net"
    arrival = ask(able, Told(lost=ADA, others=(OTHER,)), address=new)

    confirm(able, arrival)

    assert {outbox.opened(means=able, mail=each).to for each in Mail.objects.all()} == {new}
    assert (Case.objects.count(), arrival.case, arrival.waits_at is None) == (0, None, False)
    deciding.decide(means=able, arrival=arrival, rights=[], why="called back on the number that we hold")
    assert given(able, arrival) == (Identity("email", ADA), Identity("email", new))
    assert [each.what for each in Look.objects.all()] == ["whether it is she"]


def test_who_is_reached_by_telephone_alone_waits_for_staff_at_once(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())

    arrival = ask(able, Told(lost=ADA, reach="030 1234"), address="")

    assert (Mail.objects.count(), deciding.waiting()[0]) == (0, 1)
    assert arrivals.expire(means=later(able, days=15)) == 0, "nobody let it lapse unread"
    assert arrivals.expire(means=later(able, days=91)) == 1
    assert not able.keys.exists(arrival.key)


def test_a_name_is_never_an_identity_and_only_counts_where_a_system_says_it(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, forum())
    arrival = confirm(able, ask(able, Told(hints=("+49 30 1234", "Bob Ashgrove"))))
    assert arrival.case is not None
    assert given(able, arrival) == (Identity("email", ADA),)
    assert [each.found for each in hints.of(means=able, case=arrival.case)] == [False, False]

    known = (
        Identity("email", ADA),
        Identity("phone", "+49301234", source="forum.users"),
        Identity("name", "Bob Ashgrove", verified=False, source="forum.users"),
    )
    cases.remember(means=able, case=arrival.case, subject=Subject(known))

    assert [each.found for each in hints.of(means=able, case=arrival.case)] == [True, False]


def test_a_rate_is_counted_in_the_store_under_a_keyed_digest_and_forgotten(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, forum())

    def more(at: Means, whom: str = "192.0.2.7") -> bool:
        return pace.exceeded(means=at, what="ask", whom=whom, most=2, within=timedelta(minutes=10))

    assert [more(able), more(able), more(able), more(able, "192.0.2.8")] == [False, False, True, False]
    assert not [each for each in Pace.objects.all() if b"192.0.2.7" in bytes(each.digest)]
    assert more(later(able, minutes=9))
    assert not more(later(able, minutes=11)), "the span begins with the first"
    assert pace.forget(means=later(able, minutes=12)) == 1
    assert pace.forget(means=later(able, days=1)) == 1
