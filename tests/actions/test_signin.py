"""She signs in with the organisation's own accounts: what it proves, of whom, and only once she says so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.actions.office import asked
from tests.actions.test_arrivals import ask
from tests.actions.test_certainty import console
from tests.actions.test_intake import entries
from tests.actions.world import ADA, BOB
from tests.servers.openid import CLIENT, Accounts
from upheld.actions import cases, certainty, signin
from upheld.actions.means import Means, utc_now
from upheld.datamap.signin import SignIn as Way
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.outward.openid import Refused
from upheld.rights.outcome import Transient
from upheld.rights.subject import Identity
from upheld.store.models import Case, Level, LinkPurpose, Request, RequestState, SignIn, Verification

IDENTITIES = (("email", "email"), ("member number", "sub"))


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    server = Accounts()
    yield server
    server.stop()


def offering(folder: Path, accounts: Accounts, **more: Any) -> Means:
    """An organisation with accounts, and a console that must be sure who asks. The clock is the machine's:
    the provider's is."""
    able, given = console(folder), {"proves": IDENTITIES, "private": True} | more
    way = Way("members", "Members’ area", accounts.address, CLIENT, **given)
    organisation = replace(able.datamap.organisation, sign_in=(way,))
    made = replace(able, datamap=replace(able.datamap, organisation=organisation))
    return replace(made, clock=utc_now, now=utc_now())


def waiting(able: Means, *rights: Right, address: str = ADA) -> Case:
    """Her case, with requests that want more certainty than her link gave."""
    case = asked(able, *(rights or (Right.ERASURE,)), address=address)
    case.requests.update(needed=Level.HIGH)
    return case


def learnt(able: Means, case: Case, number: str) -> None:
    """The case knows a member number of hers."""
    known = cases.asked_in(means=able, case=case)
    added = (*known.identities, Identity("member number", number))
    assert cases.learn(means=able, case=case, asked=replace(known, identities=added))


def way(able: Means) -> Way:
    return able.datamap.organisation.sign_in[0]


def begun(able: Means, case: Case) -> str:
    return signin.begin(means=able, arrival=case.arrivals.get(), provider=way(able))


def back(able: Means, came: dict[str, str]) -> signin.Returned:
    return signin.returned(
        means=able, name="members", state=came["state"], code=came.get("code", ""), issuer=came["iss"]
    )


def test_she_signs_in_says_that_it_is_hers_and_it_is_sure_enough(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    able = offering(tmp_path, accounts)
    case = waiting(able, Right.ACCESS, Right.ERASURE)

    found = back(able, accounts.sign_in(begun(able, case), "ada"))
    before = Verification.objects.filter(method=Method.SIGN_IN).count()
    given = signin.confirm(means=able, name="members", token=found.token)

    proofs = Verification.objects.filter(method=Method.SIGN_IN)
    assert (before, sorted((each.request.right, each.level, each.grants) for each in proofs)) == (
        0,
        [("ACCESS", Level.HIGH, Level.HIGH), ("ERASURE", Level.HIGH, Level.HIGH)],
    )
    assert {each.reached for each in Request.objects.all()} == {Level.HIGH}
    assert certainty.words(means=able, proof=proofs[0]) == f"Members’ area ({accounts.address}): A-7"
    case.refresh_from_db()
    assert cases.asked_in(means=able, case=case).identities == (
        Identity("email", ADA),
        Identity("member number", "A-7"),
    )
    assert given.link.purpose == LinkPurpose.FOLLOW
    assert SignIn.objects.count() == 0
    assert signin.offered(means=able, arrival=case.arrivals.get()) == ()
    leaked = [each for each in entries() if "A-7" in each or ADA in each.lower()]
    assert (leaked, any('"sign-in"' in each for each in entries())) == ([], True)


def test_nothing_of_a_try_stands_in_the_clear(records: str, tmp_path: Path, accounts: Accounts) -> None:
    able = offering(tmp_path, accounts)
    address = begun(able, waiting(able))
    row = SignIn.objects.get()
    asked_ = dict(each.split("=") for each in address.partition("?")[2].split("&"))
    stored = bytes(row.digest) + bytes(row.sealed)

    assert [each for each in ("state", "nonce") if asked_[each].encode() in stored] == []
    back(able, accounts.sign_in(address, "ada"))
    row.refresh_from_db()
    assert [each for each in (b"A-7", b"quillfeather") if each in bytes(row.sealed).lower()] == []


def test_a_sign_in_as_somebody_else_proves_nothing_and_cannot_be_tried_again(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    able = offering(tmp_path, accounts)
    came = accounts.sign_in(begun(able, waiting(able)), "bob")

    with pytest.raises(signin.Stranger):
        back(able, came)
    with pytest.raises(signin.Over):
        back(able, came)
    assert SignIn.objects.get().answer is None
    assert not Verification.objects.filter(method=Method.SIGN_IN).exists()


@pytest.mark.parametrize(
    "said",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": ["ada.quillfeather@example.org"]},
        {"email": ""},
    ],
)
def test_an_address_that_the_provider_has_not_seen_to_be_hers_is_nobodys(
    records: str, tmp_path: Path, accounts: Accounts, said: dict[str, Any]
) -> None:
    able = offering(tmp_path, accounts)
    accounts.claims = lambda claims: claims.update(said)

    with pytest.raises(signin.Stranger):
        back(able, accounts.sign_in(begun(able, waiting(able)), "ada"))


def test_another_number_than_the_case_knows_contradicts_the_address(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    able = offering(tmp_path, accounts)
    case = waiting(able)
    learnt(able, case, "Z-9")

    with pytest.raises(signin.Stranger):
        back(able, accounts.sign_in(begun(able, case), "ada"))


def test_an_account_number_alone_is_enough_where_the_case_knows_it(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    able = offering(tmp_path, accounts, proves=(("member number", "sub"),))
    case = waiting(able)
    with pytest.raises(signin.Stranger):
        back(able, accounts.sign_in(begun(able, case), "ada"))
    learnt(able, case, "A-7")

    assert back(able, accounts.sign_in(begun(able, case), "ada")).arrival == case.arrivals.get()


def test_each_way_back_works_once_and_for_a_quarter_of_an_hour(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    able = offering(tmp_path, accounts)
    case = waiting(able)
    first = accounts.sign_in(begun(able, case), "ada")
    found = back(able, first)
    with pytest.raises(signin.Over):
        back(able, first)
    late = replace(able, clock=lambda: utc_now() + signin.LASTS)
    with pytest.raises(signin.Over):
        signin.confirm(means=late, name="members", token=found.token)
    signin.confirm(means=able, name="members", token=found.token)
    with pytest.raises(signin.Over):
        signin.confirm(means=able, name="members", token=found.token)
    with pytest.raises(signin.Over):
        begun(able, case)

    second = waiting(able, address=BOB)
    came = accounts.sign_in(begun(able, second), "bob")
    with pytest.raises(signin.Over):
        back(late, came)
    assert (signin.expire(means=able), signin.expire(means=late), SignIn.objects.count()) == (0, 1, 0)


def test_what_is_made_up_is_over(records: str, tmp_path: Path, accounts: Accounts) -> None:
    able = offering(tmp_path, accounts)
    came = accounts.sign_in(begun(able, waiting(able)), "ada")

    for wrong in ({"state": "x"}, {"state": ""}, {"code": ""}):
        with pytest.raises(signin.Over):
            back(able, came | wrong)
    with pytest.raises(signin.Over):
        signin.returned(means=able, name="others", state=came["state"], code=came["code"], issuer="")
    with pytest.raises(signin.Over):
        signin.confirm(means=able, name="members", token="")


def test_a_try_is_used_up_also_when_the_answer_does_not_hold(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    able = offering(tmp_path, accounts)
    came = accounts.sign_in(begun(able, waiting(able)), "ada")
    accounts.claims = lambda claims: claims.update(nonce="another")

    with pytest.raises(Refused):
        back(able, came)
    with pytest.raises(signin.Over):
        back(able, came)


def test_it_is_not_offered_while_nothing_waits_for_it(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    """G-12.8"""
    able = offering(tmp_path, accounts)
    enough = asked(able, Right.ERASURE)
    unconfirmed = ask(able, address=BOB)

    assert signin.offered(means=able, arrival=enough.arrivals.get()) == ()
    assert signin.offered(means=able, arrival=unconfirmed) == ()
    enough.requests.update(needed=Level.HIGH)
    assert signin.offered(means=able, arrival=enough.arrivals.get()) == (way(able),)
    enough.requests.update(state=RequestState.REVOKED, finished_at=utc_now())
    assert signin.offered(means=able, arrival=enough.arrivals.get()) == ()


def test_a_sign_in_of_some_time_ago_is_worth_less(records: str, tmp_path: Path, accounts: Accounts) -> None:
    able = offering(tmp_path, accounts, anew=False)
    case = waiting(able)
    accounts.claims = lambda claims: claims.update(auth_time=1)

    signin.confirm(
        means=able, name="members", token=back(able, accounts.sign_in(begun(able, case), "ada")).token
    )

    assert (Request.objects.get().reached, Request.objects.get().needed) == (Level.REASONABLE, Level.HIGH)


def test_an_account_of_another_open_case_joins_none(records: str, tmp_path: Path, accounts: Accounts) -> None:
    able = offering(tmp_path, accounts)
    mine, other = waiting(able), asked(able, Right.ACCESS, address=BOB)
    learnt(able, other, "A-7")
    found = back(able, accounts.sign_in(begun(able, mine), "ada"))

    with pytest.raises(cases.TwoCases):
        signin.confirm(means=able, name="members", token=found.token)
    assert not Verification.objects.filter(method=Method.SIGN_IN).exists()


def test_after_ten_tries_an_hour_there_is_no_other(records: str, tmp_path: Path, accounts: Accounts) -> None:
    able = offering(tmp_path, accounts)
    case = waiting(able)

    for _ in range(signin.TRIES):
        begun(able, case)
    with pytest.raises(signin.TooMany):
        begun(able, case)
    begun(replace(able, clock=lambda: utc_now() + signin.LASTS * 5), case)


def test_a_provider_that_cannot_be_reached_leaves_nothing(
    records: str, tmp_path: Path, accounts: Accounts
) -> None:
    able = offering(tmp_path, accounts)
    case = waiting(able)
    accounts.status = 500

    with pytest.raises(Transient):
        begun(able, case)
    assert SignIn.objects.count() == 0
