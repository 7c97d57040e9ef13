"""A system goes out of the map when nothing that was approved needs it, and a limit is not raised by one alone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.actions.test_decisions import asked, entries
from tests.actions.world import forum, means
from upheld.actions import agreeing, approving, depending, folder, loosening, revising, two
from upheld.actions.depending import Dependence
from upheld.actions.means import Means
from upheld.cli.beginning import begin
from upheld.datamap.model import DataMap, Limits, Organisation, System
from upheld.datamap.proof import OwnProof
from upheld.datamap.read import read
from upheld.datamap.two import Second, Two
from upheld.law.pack import Certainty
from upheld.rights.outcome import Permanent
from upheld.store.models import Fulfilment, FulfilmentState, Matter, Revision

LETTERS = "systems/letters.yaml"
FILE = "systems/forum.yaml"
FORUM = "system: forum\nconnect: ${FORUM_DATABASE_URL}\nlimits: {people_per_day: 20}\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    begin(tmp_path / "privacy", "Larkspur", "desk@larkspur.example", serving=True)
    (tmp_path / "privacy" / FILE).write_text(FORUM)
    return tmp_path / "privacy"


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    return means(tmp_path, forum())


def changed(able: Means, home: Path, text: str | None, file: str = FILE) -> Revision:
    return revising.propose(means=able, home=home, file=file, text=text)


def test_a_system_of_a_request_that_is_under_way_stays_and_may_go_afterwards(able: Means, home: Path) -> None:
    request = asked(able)
    looked = approving.fingerprint(approving.look(means=able, request=request))
    approving.approve(means=able, request=request, looked=looked)
    out = changed(able, home, None)

    assert depending.dependences("forum") == (
        Dependence("approved and not done there yet", 1, (request.case_id,)),
    )
    with pytest.raises(depending.Needed, match="forum is still needed"):
        revising.write(means=able, home=home, revision=out)
    for other in (FORUM.replace("system: forum", "system: board"), FORUM + "kind: files\n"):
        row = changed(able, home, other)
        with pytest.raises(depending.Needed):
            revising.write(means=able, home=home, revision=row)
    assert (home / FILE).read_text() == FORUM

    Fulfilment.objects.update(state=FulfilmentState.DONE)
    revising.write(means=able, home=home, revision=changed(able, home, None))

    assert not (home / FILE).exists()


def test_what_nothing_depends_on_says_so(able: Means) -> None:
    assert (depending.dependences("forum"), depending.unapproved()) == ((), 0)


def test_where_nobody_has_to_agree_one_person_raises_a_limit(able: Means, home: Path) -> None:
    row = changed(able, home, FORUM.replace("20", "500"))

    assert revising.second(means=able, home=home, revision=row) is None
    revising.write(means=able, home=home, revision=row)

    assert (home / FILE).read_text() == FORUM.replace("20", "500")


def ruled(able: Means, second: Second) -> Means:
    """The rule as the page has it: from the folder."""
    rules = Two((("map", second),), cooling=24)
    return replace(
        able, datamap=replace(able.datamap, organisation=replace(able.datamap.organisation, two=rules))
    )


def test_a_raised_limit_waits_for_a_colleague_and_the_yes_is_good_for_that_change_alone(
    able: Means, home: Path
) -> None:
    able = ruled(able, Second.COLLEAGUE)
    row = changed(able, home, FORUM.replace("20", "500"))

    with pytest.raises(Permanent, match="for two to decide"):
        revising.write(means=able, home=home, revision=row)
    wish = revising.ask_second(means=able, home=home, revision=row, reason="The campaign in May.")
    assert wish.said == ("change systems/forum.yaml so that more is allowed: forum: people a day 20 → 500")
    with pytest.raises(two.Needed):
        revising.write(means=able, home=home, revision=row)
    with pytest.raises(Permanent, match="Whoever asked cannot be the second"):
        agreeing.agree(means=able, agreement=wish, by="officer")
    assert not agreeing.agree(means=able, agreement=wish, by="carla")
    assert revising.second(means=able, home=home, revision=row) == revising.Second(
        ("forum: people a day 20 → 500",), None, wanted=False
    )

    other = changed(replace(able, by="engineer"), home, FORUM.replace("20", "501"))
    with pytest.raises(Permanent, match="for two to decide"):
        revising.write(means=able, home=home, revision=other)
    revising.write(means=able, home=home, revision=row)

    assert (home / FILE).read_text() == FORUM.replace("20", "500")
    wish.refresh_from_db()
    assert wish.used_at is not None
    (entry,) = entries("agreement.given/v1")
    assert {name: entry[name] for name in entry if name not in ("at", "type")} == {
        "matter": "map",
        "rule": "colleague",
    }


def test_the_same_person_says_it_again_after_the_cooling_time(able: Means, home: Path) -> None:
    able = ruled(able, Second.COOLING)
    row = changed(able, home, FORUM.replace("limits: {people_per_day: 20}\n", ""))
    first = revising.ask_second(means=able, home=home, revision=row, reason="It was for the trial.")
    moment = able.clock() + timedelta(hours=25)
    later = replace(able, clock=lambda: moment)

    assert first.agreed_at is None
    assert revising.ask_second(means=later, home=home, revision=row, reason="Still.").agreed_at == moment
    revising.write(means=later, home=home, revision=row)

    assert read(home).system("forum").limits == Limits()


def test_a_tighter_limit_and_everything_else_is_for_one_person(able: Means, home: Path) -> None:
    able = ruled(able, Second.COLLEAGUE)
    row = changed(able, home, FORUM.replace("20", "5") + "owner: Fern\n")

    revising.write(means=able, home=home, revision=row)

    assert (home / FILE).read_text() == FORUM.replace("20", "5") + "owner: Fern\n"
    with pytest.raises(Permanent, match="Nobody else has to agree"):
        revising.ask_second(means=able, home=home, revision=row, reason="x")


def test_a_change_on_disk_makes_the_yes_useless_for_it(able: Means, home: Path) -> None:
    able = ruled(able, Second.COLLEAGUE)
    row = changed(able, home, FORUM.replace("20", "500"))
    wish = revising.ask_second(means=able, home=home, revision=row, reason="May.")
    agreeing.agree(means=able, agreement=wish, by="carla")
    (home / FILE).write_text(FORUM + "# theirs\n")

    with pytest.raises(folder.Changed):
        revising.write(means=able, home=home, revision=row)

    wish.refresh_from_db()
    assert (wish.used_at, (home / FILE).read_text()) == (None, FORUM + "# theirs\n")


NONE, ALONE = Limits(), Two()


ONE_POINT = OwnProof("ccpa", Certainty.HIGH, 1, declaration=True, because="Nobody has two.")


def a_map(
    *, general: Limits = NONE, rules: Two = ALONE, proof: tuple[OwnProof, ...] = (), **own: Limits
) -> DataMap:
    organisation = Organisation("Larkspur", "desk@larkspur.example", limits=general, two=rules, proof=proof)
    return DataMap(organisation, systems=tuple(System(name, limits=each) for name, each in own.items()))


RULES = Two((("limits", Second.COLLEAGUE), ("stop", Second.OUTSIDE)), cooling=24, outside="a@example.org")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (a_map(forum=Limits(5)), a_map(forum=Limits(5)), ()),
        (a_map(forum=Limits(5)), a_map(forum=Limits(4)), ()),
        (a_map(forum=Limits()), a_map(forum=Limits(4)), ()),
        (a_map(forum=Limits(5)), a_map(), ()),
        (
            a_map(forum=Limits(5, 10, 0.05)),
            a_map(forum=Limits(None, 11, 0.5)),
            (
                "forum: people a day 5 → no limit",
                "forum: rows a person 10 → 11",
                "forum: share of a table 0.05 → 0.5",
            ),
        ),
        (
            a_map(forum=Limits(people_per_hour=1, concurrency=1, timeout=5)),
            a_map(forum=Limits()),
            (),
        ),
        (
            a_map(general=Limits(5)),
            a_map(general=Limits(6), shop=Limits(6)),
            ("systems that do not say it: people a day 5 → 6", "shop: people a day 5 → 6"),
        ),
        (
            a_map(rules=RULES),
            a_map(rules=Two((("limits", Second.COOLING),), cooling=1, outside="b@example.org")),
            (
                "decisions of two, limits: colleague → cooling",
                "decisions of two, stop: outside → nobody",
                "decisions of two: the address outside",
                "decisions of two: 24 → 1 hours of cooling",
            ),
        ),
        (a_map(), a_map(rules=RULES), ()),
        (a_map(), a_map(proof=(ONE_POINT,)), ("proof of who asks, ccpa, high certainty: other than before",)),
        (a_map(proof=(ONE_POINT,)), a_map(), ("proof of who asks, ccpa, high certainty: other than before",)),
        (a_map(proof=(ONE_POINT,)), a_map(proof=(ONE_POINT,)), ()),
    ],
)
def test_only_what_allows_more_is_for_two(before: DataMap, after: DataMap, said: tuple[str, ...]) -> None:
    assert loosening.loosened(before, after) == said


def test_the_matter_has_a_rule_of_its_own(tmp_path: Path) -> None:
    begin(tmp_path / "privacy", "Larkspur", "desk@larkspur.example", serving=True)
    file = tmp_path / "privacy" / "upheld.yaml"
    file.write_text(file.read_text() + "\nstaff: team\ntwo: {map: none}\n")

    found = read(tmp_path / "privacy").organisation.two

    assert [found.rule(each.value.lower()) for each in Matter] == [Second.COLLEAGUE] * 4 + [None]
