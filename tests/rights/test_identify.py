"""Whose rows an identity leads to, from one system to the next: never a stranger's without a person's decision."""

from collections.abc import Sequence

import pytest

from upheld.datamap.model import Delete, IdentityColumn, Rule, System, Table, Treatment
from upheld.rights.identify import Ambiguous, Candidate, Identified, identify
from upheld.rights.subject import Identity, Person
from upheld.rights.testing import InMemoryConnector

ADA, BEN = "ada@x.example.org", "ben@x.example.org"
PHONE = "+49 30 901820"


def system(name: str, *rows: dict[str, object]) -> InMemoryConnector:
    users = Table(
        "users",
        person=("id",),
        identities=(
            IdentityColumn("email", "email", normalise="email", verified_by="confirmed"),
            IdentityColumn("username", "username"),
            IdentityColumn("phone", "phone", normalise="phone"),
        ),
        treatment=Treatment((Rule(Delete()),)),
    )
    return InMemoryConnector(System(name, tables=(users,)), {"users": list(rows)})


def row(
    key: int, email: str | None, username: str | None, phone: str | None = None, confirmed: bool = True
) -> dict[str, object]:
    return {"id": key, "email": email, "username": username, "phone": phone, "confirmed": confirmed}


def found(
    *systems: InMemoryConnector, given: Sequence[Identity], decisions: Sequence[Person] = ()
) -> Identified:
    return identify({each.system.name: each for each in systems}, given, decisions)


def people(identified: Identified) -> list[tuple[str, object]]:
    return sorted((each.system, each.key[0]) for each in identified.subject.people)


def test_a_name_learnt_in_the_forum_is_not_hers_in_the_shop() -> None:
    """Scenario 36: the shop's `ada` is another woman with another address."""
    forum, shop = system("forum", row(7, ADA, "ada")), system("shop", row(70, BEN, "ada"))

    for order in ((forum, shop), (shop, forum)):
        with pytest.raises(Ambiguous) as doubt:
            found(*order, given=(Identity("email", ADA),))
        assert doubt.value.candidates == (Candidate("shop", "users", (70,), "username"),)


def test_a_name_that_two_systems_know_is_hers_where_her_address_says_so_too() -> None:
    forum, shop = system("forum", row(7, ADA, "ada")), system("shop", row(70, ADA.upper(), "ada"))

    assert people(found(forum, shop, given=(Identity("email", ADA),))) == [("forum", 7), ("shop", 70)]
    assert people(found(forum, shop, given=(Identity("username", "ada"),))) == [("forum", 7), ("shop", 70)]


def test_a_given_name_that_means_two_people_is_decided_by_a_person() -> None:
    forum, shop = system("forum", row(7, ADA, "ada")), system("shop", row(70, BEN, "ada"))

    with pytest.raises(Ambiguous) as doubt:
        found(forum, shop, given=(Identity("username", "ada"),))

    assert {each.system for each in doubt.value.candidates} == {"forum", "shop"}
    none = Person("shop", "users", ())
    assert people(found(forum, shop, given=(Identity("username", "ada"),), decisions=(none,))) == [
        ("forum", 7)
    ]
    hers = Person("shop", "users", (70,))
    decided = found(
        forum, shop, given=(Identity("username", "ada"),), decisions=(hers, Person("forum", "users", (7,)))
    )
    assert people(decided) == [("forum", 7), ("shop", 70)]


def test_a_telephone_number_shared_at_home_does_not_erase_the_husband() -> None:
    forum = system("forum", row(7, ADA, None, PHONE), row(8, BEN, "ben"))
    shop = system("shop", row(70, BEN, None, PHONE))

    with pytest.raises(Ambiguous) as doubt:
        found(forum, shop, given=(Identity("email", ADA),))

    assert doubt.value.candidates == (Candidate("shop", "users", (70,), "phone"),)


def test_a_telephone_number_leads_to_her_second_address_too() -> None:
    forum, shop = system("forum", row(7, ADA, None, PHONE)), system("shop", row(70, BEN, None, PHONE))

    assert people(found(forum, shop, given=(Identity("email", ADA),))) == [("forum", 7), ("shop", 70)]


def test_a_telephone_number_that_nothing_contradicts_leads_on() -> None:
    forum, shop = system("forum", row(7, ADA, None, PHONE)), system("shop", row(70, None, None, PHONE))

    assert people(found(forum, shop, given=(Identity("email", ADA),))) == [("forum", 7), ("shop", 70)]


def test_an_account_with_her_unconfirmed_address_leads_to_nothing_else() -> None:
    """Mallory typed Ada's address and never confirmed it: his name and number are not hers to follow."""
    forum = system("forum", row(9, ADA, "mallory", PHONE, confirmed=False))
    shop = system("shop", row(90, None, "mallory", PHONE))

    identified = found(forum, shop, given=(Identity("email", ADA),))

    assert people(identified) == [("forum", 9)]
    assert [each.kind for each in identified.subject.identities if each.verified] == ["email"]
