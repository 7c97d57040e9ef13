"""What every connector that answers by itself has to do, as a pytest class to inherit from."""

import inspect
from dataclasses import replace
from datetime import datetime

import pytest

from upheld.connectors.conformance.setting import SettingConformance
from upheld.connectors.conformance.world import (
    NOW,
    SECRETS,
    Rows,
    as_text,
    rows_afterwards,
    standard_rows,
    steps_of,
    with_limits,
    with_unique_email,
)
from upheld.datamap.model import Limits, System
from upheld.law.right import Right
from upheld.rights.connector import Capabilities, Connector, Entropy, Finding, Row, Severity
from upheld.rights.outcome import (
    Committed,
    Counts,
    Established,
    Failure,
    FileImage,
    Misconfigured,
    Permanent,
    Prepared,
    Settled,
)
from upheld.rights.plan import Step
from upheld.rights.share import sizes
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.undo import Restoring, Undone

EMAIL = Identity("email", "ada@example.org")


def entropy() -> Entropy:
    """Tokens that are fresh and the same in every run."""
    numbers = iter(range(1, 1_000_000))
    return lambda: f"{next(numbers):024d}"


class ConnectorConformance(SettingConformance):
    """Inherit, name the class Test…, and supply `make`, `connect` and `stored`. Each test starts empty.

    `textual`: the store knows only texts, so keys are texts and nothing is the empty text.
    """

    textual = False

    def make(self, rows: Rows) -> tuple[System, Connector]:
        """Put the rows into an empty system; give its map, from `standard_system`, and a connector to it."""
        raise NotImplementedError

    def connect(self, system: System) -> Connector:
        """A connector to the data that `make` has put there, for a map that differs from the standard one."""
        raise NotImplementedError

    def stored(self) -> Rows:
        """All rows as they stand now, in order of their keys, read without the connector."""
        raise NotImplementedError

    # --- what the tests share ---

    @pytest.fixture
    def world(self) -> tuple[System, Connector]:
        """The standard world in this kind of system."""
        system, connector = self.make(self.given(standard_rows()))
        return system, connector

    def given(self, rows: Rows) -> Rows:
        """The rows as this kind of store holds them."""
        return as_text(rows) if self.textual else rows

    def her(self, connector: Connector) -> Subject:
        """Ada, as she is found from her verified address."""
        found = connector.find([EMAIL], [])
        more = connector.find([EMAIL], found.people)
        return Subject((EMAIL, *more.identities), found.people)

    def erase(
        self, system: System, connector: Connector, subject: Subject, *, now: datetime = NOW, allow: str = ""
    ) -> tuple[list[Prepared], list[Committed]]:
        """Execute to the end."""
        steps = steps_of(system, Right.ERASURE)
        allowed = frozenset(allow.split())
        prepared, committed = [], []
        for outcome in connector.execute(steps, subject, now=now, entropy=entropy(), allow=allowed):
            if isinstance(outcome, Prepared):
                prepared.append(outcome)
            if isinstance(outcome, Committed):
                committed.append(outcome)
        return prepared, committed

    def same(self, expected: Rows) -> None:
        """What stands in the store now is exactly that."""
        assert in_order(self.stored()) == in_order(self.given(expected))

    # --- the port ---

    def test_it_has_every_method_of_the_port_with_its_parameters(
        self, world: tuple[System, Connector]
    ) -> None:
        _, connector = world
        assert isinstance(connector.capabilities, Capabilities)
        for name in (
            *("check", "key", "find", "count", "collect", "execute", "verify", "settle"),
            *("returning", "sealed", "undo"),
        ):
            given = inspect.signature(getattr(connector, name)).parameters
            wanted = list(inspect.signature(getattr(Connector, name)).parameters)[1:]
            assert list(given) == wanted

    def test_the_standard_world_is_in_order(self, world: tuple[System, Connector]) -> None:
        _, connector = world
        assert [each for each in connector.check() if each.severity is Severity.STOP] == []

    # --- finding her ---

    def test_scenario_22_an_address_is_found_in_any_spelling_and_names_nobody_else(
        self, world: tuple[System, Connector]
    ) -> None:
        system, connector = world
        found = connector.find([EMAIL], [])
        assert [(each.table, each.key, each.via) for each in found.people] == [("people", self.key(7), EMAIL)]
        her = connector.find([EMAIL], found.people)
        assert [(each.kind, each.value.casefold(), each.verified) for each in her.identities] == [
            ("email", "ada@example.org", True)
        ]

    def key(self, number: int) -> Key:
        """A key of the world as this store holds it."""
        return (str(number),) if self.textual else (number,)

    def test_an_identity_that_nobody_verified_is_not_looked_for(
        self, world: tuple[System, Connector]
    ) -> None:
        _, connector = world
        assert connector.find([Identity("email", "ada@example.org", verified=False)], []).people == ()

    def test_a_row_that_does_not_vouch_leads_no_further(self, world: tuple[System, Connector]) -> None:
        system, connector = world
        unconfirmed = Person(system.name, "people", self.key(72))
        assert [each for each in connector.find([], [unconfirmed]).identities if each.verified] == []

    def test_scenario_36_a_shared_address_gives_every_person_it_names(
        self, world: tuple[System, Connector]
    ) -> None:
        _, connector = world
        found = connector.find([Identity("email", "shared@example.org")], [])
        assert sorted(each.key for each in found.people) == [self.key(5), self.key(6)]

    @pytest.mark.parametrize("value", ["", "%", "*", "_", "' OR 1=1 --", "7", "NULL", "ada@example", "@"])
    def test_scenario_27_what_is_no_identity_of_hers_names_nobody(
        self, world: tuple[System, Connector], value: str
    ) -> None:
        system, connector = world
        for kind in ("email", "nonsense"):
            assert connector.find([Identity(kind, value)], []).people == ()
        subject = Subject((Identity("email", value),))
        assert [
            each for each in connector.count(steps_of(system, Right.ERASURE), subject, now=NOW) if each.rows
        ] == []

    @pytest.mark.parametrize(
        "text", ["7abc", "%", "", " 7", "7 ", "0x7", "7;", "7.0", "-", "NULL", "９", "1e1"]
    )
    def test_scenario_27_what_is_no_key_means_no_rows(
        self, world: tuple[System, Connector], text: str
    ) -> None:
        system, connector = world
        try:
            key = connector.key("people", text)
        except Permanent as refusal:
            assert text.strip("-.; %") in ("", "7", "0x7", "NULL") or text not in str(refusal)
            return
        subject = Subject((), (Person(system.name, "people", key),))
        assert [
            each for each in connector.count(steps_of(system, Right.ERASURE), subject, now=NOW) if each.rows
        ] == []

    def test_a_key_given_as_text_is_the_key_that_is_found(self, world: tuple[System, Connector]) -> None:
        _, connector = world
        assert connector.key("people", "7") == self.key(7)

    def test_a_subject_without_people_and_identities_has_no_rows(
        self, world: tuple[System, Connector]
    ) -> None:
        system, connector = world
        for right in (Right.ACCESS, Right.ERASURE):
            counted = connector.count(steps_of(system, right), Subject(()), now=NOW)
            assert [each for each in counted if each.rows] == []
        self.erase(system, connector, Subject(()))
        self.same(standard_rows())

    # --- putting back ---

    def test_scenario_55_what_was_erased_is_put_back_or_was_refused_before_the_first_write(
        self, world: tuple[System, Connector]
    ) -> None:
        system, connector = world
        subject, steps, before = self.her(connector), steps_of(system, Right.ERASURE), self.stored()
        run = connector.execute(steps, subject, now=NOW, entropy=entropy(), allow=frozenset(), before=True)
        if not connector.capabilities.undo:
            with pytest.raises(Misconfigured):
                next(run)
            assert in_order(self.stored()) == in_order(before)
            return
        images: list[bytes | None] = []
        files: list[FileImage] = []
        for each in run:
            if isinstance(each, Prepared):
                images.append(each.before)
                files += [held(file) for file in each.files]
        assert in_order(self.stored()) != in_order(before)
        kept = [each for each in images if each is not None]
        preview = connector.returning(kept, files=files)
        *_, restoring, done = connector.undo(kept, entropy=entropy(), files=files)
        assert isinstance(restoring, Restoring)
        assert isinstance(done, Undone)
        assert (done.restored, done.restored.conflicts) == (preview, ())
        assert in_order(self.stored()) == in_order(before)

    # --- counting and copying ---

    def test_what_is_counted_is_what_is_done(self, world: tuple[System, Connector]) -> None:
        system, connector = world
        subject = self.her(connector)
        steps = steps_of(system, Right.ERASURE)
        before = connector.count(steps, subject, now=NOW)
        self.same(standard_rows())
        _, committed = self.erase(system, connector, subject)
        assert _by_step(steps, *(each.counts for each in committed)) == _by_step(steps, before)
        assert _matched(before) == {
            "people": 1,
            "posts": 1,
            "messages": 3,
            "newsletter": 1,
            "donations": 3,
            "settings": 2,
        }

    def test_scenario_47_every_row_that_an_erasure_touches_is_in_the_copy_before_it(
        self, world: tuple[System, Connector]
    ) -> None:
        system, connector = world
        copied = self.copy(system, connector)
        assert {name: len(rows) for name, rows in copied.items()} == {
            "people": 1,
            "posts": 1,
            "messages": 3,
            "newsletter": 1,
            "donations": 3,
            "settings": 2,
        }
        self.same(standard_rows())

    def copy(self, system: System, connector: Connector) -> dict[str, list[Row]]:
        """Her copy, by table."""
        copied: dict[str, list[Row]] = {}
        subject = self.her(connector)
        for each in connector.collect(steps_of(system, Right.ACCESS), subject, now=NOW):
            assert isinstance(each, Row)
            copied.setdefault(each.table, []).append(each)
        return copied

    def test_scenario_46_her_copy_shows_her_values_and_nothing_about_others(
        self, world: tuple[System, Connector]
    ) -> None:
        system, connector = world
        copied = self.copy(system, connector)
        person = copied["people"][0]
        assert (person.values["email"], person.values["name"], person.redacted) == (
            "Ada@Example.ORG",
            "Ada Byron",
            (),
        )
        shown = {str(value) for rows in copied.values() for row in rows for value in row.values.values()}
        assert {"first note", "note to self", "dinner at eight", "old gift", "new gift", "dark"} <= shown
        assert not {"Ben", "between others", "a note of somebody else", "hers who stays", "Countess"} & shown
        letter = next(row for row in copied["messages"] if str(row.values["id"]) == "1")
        assert letter.redacted == ("recipient_id",)
        assert str(letter.values["recipient_id"]) != "5"

    # --- erasing ---

    def test_an_erasure_leaves_exactly_what_the_map_says(self, world: tuple[System, Connector]) -> None:
        system, connector = world
        prepared, committed = self.erase(system, connector, self.her(connector))
        self.same(rows_afterwards())
        assert [each.part for each in prepared] == [each.part for each in committed]
        due = sorted((each.table, each.on, len(each.rows)) for part in committed for each in part.due)
        assert due == [("donations", "2026-03-01", 1), ("donations", "2031-02-28", 1)]

    def test_verification_finds_her_before_and_nothing_after(self, world: tuple[System, Connector]) -> None:
        system, connector = world
        subject, steps = self.her(connector), steps_of(system, Right.ERASURE)
        before = connector.verify(steps, subject, (), now=NOW)
        assert {each.table for each in before.remnants} >= {
            "people",
            "posts",
            "messages",
            "newsletter",
            "settings",
        }
        prepared, _ = self.erase(system, connector, subject)
        after = connector.verify(steps, subject, [each.traces for each in prepared], now=NOW)
        assert after.remnants == ()
        assert {place.split(".")[0] for place in after.searched} >= {each.table for each in before.remnants}

    def test_a_second_run_changes_nothing(self) -> None:
        system, _ = self.make(self.given(standard_rows()))
        system = with_unique_email(system)
        connector = self.connect(system)
        subject = self.her(connector)
        self.erase(system, connector, subject)
        first = in_order(self.stored())
        person = next(row for row in first["people"] if str(row["id"]) == "7")
        assert str(person["email"]).startswith("gone-")
        assert str(person["email"]).endswith("@example.invalid")
        self.erase(system, connector, subject)
        assert in_order(self.stored()) == first

    def test_scenario_50_a_row_that_came_after_the_count_is_not_left_behind(self) -> None:
        rows = standard_rows()
        late = rows["posts"].pop(0)
        system, connector = self.make(self.given(rows))
        connector.count(steps_of(system, Right.ERASURE), self.her(connector), now=NOW)
        rows["posts"].insert(0, late)
        system, connector = self.make(self.given(rows))
        self.erase(system, connector, self.her(connector))
        self.same(rows_afterwards())

    # --- stopping in time ---

    def test_closing_before_the_commit_writes_nothing_and_leaves_nothing_locked(
        self, world: tuple[System, Connector]
    ) -> None:
        system, connector = world
        subject, steps = self.her(connector), steps_of(system, Right.ERASURE)
        execution = connector.execute(steps, subject, now=NOW, entropy=entropy(), allow=frozenset())
        prepared = next(execution)
        assert isinstance(prepared, Prepared)
        execution.close()
        self.same(standard_rows())
        assert connector.settle(prepared.token) in (Settled.ABORTED, Settled.UNKNOWN)
        self.erase(system, connector, subject)
        self.same(rows_afterwards())

    def test_what_became_of_a_commit_is_established(self, world: tuple[System, Connector]) -> None:
        system, connector = world
        prepared, _ = self.erase(system, connector, self.her(connector))
        settled = {connector.settle(each.token) for each in prepared}
        sure = connector.capabilities.establishes in (Established.WITNESSED, Established.RECEIPT)
        assert settled <= ({Settled.COMMITTED} if sure else {Settled.COMMITTED, Settled.UNKNOWN})
        assert connector.settle("a token that was never given out") is not Settled.COMMITTED

    def test_scenario_68_beyond_a_limit_nothing_is_written_without_a_named_approval(self) -> None:
        rows = standard_rows()
        rows["posts"] += [{"id": 100 + each, "person_id": 7, "body": "one more"} for each in range(60)]
        system, connector = self.make(self.given(rows))
        for limits, name in (
            (Limits(rows_per_person=3), "rows_per_person"),
            (Limits(share_of_table=0.4), "share_of_table"),
        ):
            narrow = with_limits(system, limits)
            connector = self.connect(narrow)
            with pytest.raises(Permanent) as refused:
                self.erase(narrow, connector, self.her(connector))
            assert name in str(refused.value)
            self.same(rows)
        self.erase(narrow, connector, self.her(connector), allow="share_of_table")
        bodies = [row["body"] for row in self.stored()["posts"]]
        assert bodies.count("[removed]") == 61

    def test_scenario_68_a_table_says_how_large_it_is_as_far_as_somebody_needs_to_know(
        self, world: tuple[System, Connector]
    ) -> None:
        """Only of a connector that can (`upheld.rights.share`); another judges when it writes."""
        _, connector = world
        if not sizes(connector):
            return
        rows = len(standard_rows()["posts"])
        asked = (None, rows + 1, rows, 1)
        assert [connector.size("posts", each) for each in asked] == [rows, rows, rows, 1]

    def test_rows_that_nobody_decided_about_stop_the_system_before_its_first_write(self) -> None:
        rows = standard_rows()
        rows["settings"].append({"person_id": 7, "name": "shoe size", "value": "unknown to the map"})
        system, connector = self.make(self.given(rows))
        with pytest.raises(Misconfigured) as refused:
            self.erase(system, connector, self.her(connector))
        assert "settings" in str(refused.value)
        self.same(rows)

    def test_a_read_only_system_is_never_written(self) -> None:
        system, _ = self.make(self.given(standard_rows()))
        system = _read_only(system)
        connector = self.connect(system)
        with pytest.raises(Failure):
            self.erase(system, connector, self.her(connector))
        self.same(standard_rows())

    # --- what may be seen ---

    def test_scenario_48_nothing_of_hers_stands_in_findings_counts_refusals_or_outcomes(self) -> None:
        rows = standard_rows()
        rows["settings"].append({"person_id": 7, "name": "shoe size", "value": "unknown to the map"})
        system, connector = self.make(self.given(rows))
        subject = self.her(connector)
        said: list[str] = []
        said.extend(repr(each) for each in connector.check())
        said.append(repr(connector.count(steps_of(system, Right.ERASURE), subject, now=NOW)))
        with pytest.raises(Failure) as refused:
            self.erase(system, connector, subject)
        said.append(repr(refused.value) + str(refused.value))
        system, connector = self.make(self.given(standard_rows()))
        prepared, committed = self.erase(system, connector, self.her(connector))
        said.extend(repr((each.token, each.part, each.counts)) for each in prepared)
        said.extend(repr((each.part, each.established, each.counts)) for each in committed)
        verified = connector.verify(steps_of(system, Right.ERASURE), subject, (), now=NOW)
        said.append(repr(verified))
        for secret in (*SECRETS, "shoe size", "unknown to the map"):
            assert [text for text in said if secret.casefold() in text.casefold()] == []

    def test_findings_say_what_to_do(self, world: tuple[System, Connector]) -> None:
        _, connector = world
        for each in connector.check():
            assert isinstance(each, Finding)
            assert each.code
            assert each.what
            assert each.cure


def _read_only(system: System) -> System:
    return replace(system, read_only=True)


def held(file: FileImage) -> FileImage:
    """A file as its caller keeps it: read before the execution goes on."""
    content = b"".join(file.content())
    assert len(content) == file.size
    return FileImage(file.image, file.size, lambda: iter((content,)))


def in_order(rows: Rows) -> dict[str, list[dict[str, object]]]:
    """The rows of each table, sorted, to be compared."""
    return {
        name: sorted(each, key=lambda row: [str(value) for value in row.values()])
        for name, each in rows.items()
    }


def _by_step(steps: tuple[Step, ...], *counted: Counts) -> dict[int, int]:
    return {step.number: sum(each.rows(step.number) for each in counted) for step in steps}


def _matched(counted: Counts) -> dict[str, int]:
    return {each.table: each.matched for each in counted.tables}
