"""The key `sign_in` of upheld.yaml: accounts of the organisation's own, by which a person proves who she is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.office import asked
from tests.datamap.keys.office import means
from tests.scenarios.conftest import Make
from tests.servers.openid import SECRET, Accounts
from upheld.actions import cases, certainty, signin
from upheld.actions.means import Means, utc_now
from upheld.actions.preview import preview
from upheld.datamap.fault import Invalid
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.outward.openid import Refused
from upheld.store.models import Case, Level, Verification

MEMBERS = """
CREATE TABLE members (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, number VARCHAR(20) NOT NULL);
INSERT INTO members VALUES (0, 'old@chess.example.org', 'M-7'), (5, 'ben@chess.example.org', 'M-8');
"""
MAPPED = """
members:
  person: id
  identities: {email: email, member number: number}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: delete
"""
SIGN_IN = """
sign_in:
  members:
    title: Members' area
    issuer: ISSUER
    client: upheld
    secret: ${CLUB_SIGN_IN}
    proves: {email: email, member number: sub}
    anew: true
    acr: [two-factor]
    private: true
"""
MAILBOX = "ada@home.example.org"


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    server = Accounts({"ada": {"sub": "M-7", "email": MAILBOX, "email_verified": True, "acr": "two-factor"}})
    yield server
    server.stop()


def waiting(able: Means) -> Case:
    case = asked(able, Right.ERASURE, address=MAILBOX)
    case.requests.update(needed=Level.HIGH)
    return case


def signed_in(able: Means, case: Case, accounts: Accounts) -> None:
    (way,) = able.datamap.organisation.sign_in
    address = signin.begin(means=able, arrival=case.arrivals.get(), provider=way)
    came = accounts.sign_in(address, "ada")
    found = signin.returned(
        means=able, name=way.name, state=came["state"], code=came["code"], issuer=came["iss"]
    )
    signin.confirm(means=able, name=way.name, token=found.token)


def found(able: Means, case: Case) -> int:
    """How many rows of the systems are hers, as far as is known now."""
    seen = preview(means=able, right=Right.ERASURE, asked=cases.asked_in(means=able, case=case))
    return len(seen.subject.people)


@pytest.mark.key(
    "sign_in",
    "sign_in.*.title",
    "sign_in.*.issuer",
    "sign_in.*.client",
    "sign_in.*.secret",
    "sign_in.*.proves",
    "sign_in.*.anew",
    "sign_in.*.acr",
    "sign_in.*.private",
)
def test_who_signs_in_is_sure_enough_and_found_by_the_number_of_her_account(
    make: Make, sqlite_records: Path, accounts: Accounts, settings: object
) -> None:
    settings.UPHELD_ENVIRONMENT = {"CLUB_SIGN_IN": SECRET}  # type: ignore[attr-defined]
    world = make(MEMBERS, MAPPED)
    file = world.folder / "upheld.yaml"
    file.write_text(file.read_text() + SIGN_IN.replace("ISSUER", accounts.address))
    world.datamap = read(world.folder)
    able = replace(means(world), clock=utc_now, orders=False)
    case = waiting(able)
    before = found(able, case)
    accounts.claims = lambda claims: claims.update(acr="password")
    with pytest.raises(Refused, match="as surely"):
        signed_in(able, case, accounts)
    accounts.claims = lambda claims: claims.update(auth_time=1)
    with pytest.raises(Refused, match="too long ago"):
        signed_in(able, case, accounts)
    accounts.claims = dict.copy  # type: ignore[assignment]

    signed_in(able, case, accounts)

    case.refresh_from_db()
    proof = Verification.objects.get(method="SIGN_IN")
    assert (before, found(able, case)) == (0, 1)
    assert certainty.words(means=able, proof=proof) == f"Members' area ({accounts.address}): M-7"
    assert proof.level == Level.HIGH


@pytest.mark.parametrize(
    ("line", "wrong", "says"),
    [
        ("secret: ${CLUB_SIGN_IN}", "secret: s3cret", "the secret itself stands in the environment"),
        ("private: true", "private: false", "This sign-in is not encrypted"),
        ("issuer: ISSUER", "issuer: login.example.org", "an address such as https://login.example.org"),
        ("  members:\n", "  Members Area:\n", "a short name of small letters"),
    ],
)
def test_what_cannot_be_a_sign_in_is_refused(make: Make, line: str, wrong: str, says: str) -> None:
    world = make(MEMBERS, MAPPED)
    file = world.folder / "upheld.yaml"
    written = SIGN_IN.replace(line, wrong).replace("ISSUER", "http://login.example.org")
    file.write_text(file.read_text() + written)

    with pytest.raises(Invalid) as caught:
        read(world.folder)

    assert says in str(caught.value)
    assert "s3cret" not in str(caught.value)
