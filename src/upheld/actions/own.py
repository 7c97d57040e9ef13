"""Upheld's own records as a system of the map (kind `own`): her requests and letters belong to her copy too.

A case is found here by the keyed index while it is open. Of closed ones those are added that are certainly
hers (`actions.earlier`); what they hold becomes unreadable with their keys (X-06). An erasure leaves it:
without it nobody could show how the request was answered.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from django.conf import settings

from upheld.actions import cases, earlier, ownwords
from upheld.datamap.model import System, Table
from upheld.rights.connector import Capabilities, Collected, Entropy, Execution, Finding, Found, Severity
from upheld.rights.many import Block, CommittedMany, ManyExecution, PreparedMany, Questioned, Tallied, summed
from upheld.rights.outcome import (
    Committed,
    Counts,
    Established,
    Permanent,
    Prepared,
    Settled,
    Verified,
)
from upheld.rights.plan import Step
from upheld.rights.rows.change import Changes
from upheld.rights.rows.select import Selector
from upheld.rights.rows.values import Row
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.unkept import Unkept
from upheld.store.keys import KeyStore
from upheld.store.models import BlindIndex, Case, Look, Mail, MailKind, Request

PEOPLE = "cases"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    PEOPLE: ("id", "law", "opened_at", "closed_at"),
    "requests": ("id", "case_id", "right", "received_at", "answer_by", "law_by", "state", "finished_at"),
    "letters": ("id", "case_id", "kind", "written_at", "sent_at", "subject", "words"),
    "looks": ("id", "case_id", "at", "what", "why"),
    "messages": ("id", "case_id", "channel", "received_at", "address", "words", "judged"),
    "questions": ("id", "case_id", "asked_at", "question", "answered_at", "answer"),
    "verifications": ("id", "case_id", "at", "method", "level", "words"),
    "doubts": ("id", "case_id", "at", "asked_for", "answered_at", "why"),
    "notes": ("id", "case_id", "at", "what", "words"),
}
"""What can be mapped. Who looked is a colleague's name, and not hers to have; when and why is."""


class OwnRecords(Unkept):
    """Our own records of people. Reads only; an erasure writes nothing here."""

    @property
    def capabilities(self) -> Capabilities:
        """Reading."""
        return Capabilities(
            transactions=True, establishes=Established.WITNESSED, restrict=False, undo=False, version="1"
        )

    def check(self) -> tuple[Finding, ...]:
        """A table or a column that is none of ours is a STOP, as is a rule that would remove something: our
        records go with their keys and in no other way."""
        found = []
        for table in self.system.tables:
            known = COLUMNS.get(table.name)
            if known is None:
                cure = f"Tables: {', '.join(COLUMNS)}."
                found.append(self._finding("table.missing", table, "", "There is no such record.", cure))
                continue
            for each in table.fields:
                if each.column not in known:
                    what, cure = "It has no such field.", f"Fields: {', '.join(known)}."
                    found.append(self._finding("column.missing", table, each.column, what, cure))
        return tuple(found)

    def _finding(self, code: str, table: Table, column: str, what: str, cure: str) -> Finding:
        return Finding(code, Severity.STOP, self.system.name, table.name, column, what, cure)

    def key(self, table: str, text: str) -> Key:
        """Permanent: a case is not named from outside."""
        raise Permanent(f"{self.system.name}.{table} has no keys to name.", "Leave this identity out.")

    def find(self, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
        """Open cases of these identities."""
        keys, found = KeyStore(settings.UPHELD_KEYS), {}
        for identity in identities:
            if not identity.verified:
                continue
            digest = keys.blind(identity.kind, cases.canonical(identity).value)
            for each in BlindIndex.objects.filter(digest=digest, open=True, whole=False):
                found[each.case_id] = Person(self.system.name, PEOPLE, (str(each.case_id),), identity)
        return Found(tuple(found.values()))

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        """Her rows."""
        (subject,) = self._whole([subject])
        changes = self._changes(steps, subject, now)
        return changes.counts(changes.tally(undecided=False))

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        """Her rows, table by table."""
        (subject,) = self._whole([subject])
        for _, _, copied in self._changes(steps, subject, now).collect():
            yield copied

    def execute(
        self,
        steps: Sequence[Step],
        subject: Subject,
        *,
        now: datetime,
        entropy: Entropy,
        allow: frozenset[str],
        before: bool = False,
    ) -> Execution:
        """Nothing is written: it says what stays."""
        counts = self.count(steps, subject, now=now)
        yield Prepared(self.system.name, "all", entropy(), counts, b"")
        yield Committed(self.system.name, "all", Established.WITNESSED, counts, ())

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        """Everything that is mapped here stays, by the map."""
        return Verified(self.system.name, (), (), ())

    def settle(self, token: str) -> Settled:
        """Nothing was written, so nothing can have been lost."""
        return Settled.COMMITTED

    # --- sets of people --------------------------------------------------------------------------------

    def find_many(self, questions: Sequence[Questioned]) -> tuple[Found, ...]:
        """As `find`, in one query."""
        keys = KeyStore(settings.UPHELD_KEYS)
        digests = [
            {keys.blind(each.kind, cases.canonical(each).value): each for each in identities if each.verified}
            for identities, _ in questions
        ]
        rows = BlindIndex.objects.filter(
            digest__in={each for own in digests for each in own}, open=True, whole=False
        ).values_list("digest", "case")
        known: dict[bytes, list[str]] = {}
        for digest, case in rows:
            known.setdefault(bytes(digest), []).append(str(case))
        found = []
        for own in digests:
            hers = {case: each for digest, each in own.items() for case in known.get(digest, ())}
            found.append(
                Found(tuple(Person(self.system.name, PEOPLE, (case,), each) for case, each in hers.items()))
            )
        return tuple(found)

    def keys_many(self, table: str, texts: Sequence[str]) -> tuple[Key | None, ...]:
        """A case is not named from outside."""
        return (None,) * len(texts)

    def count_many(self, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime) -> Tallied:
        """As `count`, from records that were read together; no case is two people's."""
        subjects = self._whole(subjects)
        records = self._records([each for subject in subjects for each in self._hers(subject)])
        each = []
        for subject in subjects:
            changes = self._changes(steps, subject, now, records)
            each.append(changes.counts(changes.tally(undecided=False)))
        return Tallied(tuple(each), summed(each))

    def collect_many(
        self, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime
    ) -> Generator[Block, None, None]:
        """As `collect`, from records that were read together."""
        subjects = self._whole(subjects)
        records = self._records([each for subject in subjects for each in self._hers(subject)])
        for member, subject in enumerate(subjects):
            given = [copied for _, _, copied in self._changes(steps, subject, now, records).collect()]
            texts = [value for row in given for value in row.values.values()]
            yield Block({member: given}, sum(len(each) for each in texts if isinstance(each, str)))

    def execute_many(
        self,
        steps: Sequence[Step],
        subjects: Sequence[Subject],
        *,
        now: datetime,
        entropy: Entropy,
        allow: frozenset[str],
        before: bool = False,
    ) -> ManyExecution:
        """As `execute`."""
        counts, token = self.count_many(steps, subjects, now=now).each, entropy()
        members, name = tuple(range(len(subjects))), self.system.name
        yield PreparedMany(members, tuple(Prepared(name, "all", token, each, b"") for each in counts))
        witnessed = Established.WITNESSED
        yield CommittedMany(members, tuple(Committed(name, "all", witnessed, each, ()) for each in counts))

    def verify_many(
        self,
        steps: Sequence[Step],
        subjects: Sequence[Subject],
        traces: Sequence[Sequence[bytes]],
        *,
        now: datetime,
    ) -> tuple[Verified, ...]:
        """As `verify`."""
        return tuple(
            self.verify(steps, subject, own, now=now) for subject, own in zip(subjects, traces, strict=True)
        )

    def _whole(self, subjects: Sequence[Subject]) -> list[Subject]:
        """With their closed cases."""
        keys, name = KeyStore(settings.UPHELD_KEYS), self.system.name
        closed = earlier.of_all(keys, name, PEOPLE, subjects)
        return [
            replace(each, people=(*each.people, *(Person(name, PEOPLE, (number,)) for number in numbers)))
            for each, numbers in zip(subjects, closed, strict=True)
        ]

    def _hers(self, subject: Subject) -> list[str]:
        return [str(key[0]) for key in subject.keys(self.system.name, PEOPLE)]

    def _records(self, hers: Sequence[str]) -> dict[str, list[Row]]:
        """What is mapped of these cases; what is sealed is opened only where it is."""
        tables = _records(hers)
        if {each.name for each in self.system.tables} - set(tables) and hers:
            tables |= ownwords.tables(KeyStore(settings.UPHELD_KEYS), Case.objects.filter(pk__in=hers))
        mapped = [
            each.column for table in self.system.tables if table.name == "letters" for each in table.fields
        ]
        if tables["letters"] and {"subject", "words"} & set(mapped):
            said = ownwords.letters(KeyStore(settings.UPHELD_KEYS), Case.objects.filter(pk__in=hers))
            tables["letters"] = [{**each, **said.get(each["id"], {})} for each in tables["letters"]]
        return tables

    def _changes(
        self,
        steps: Sequence[Step],
        subject: Subject,
        now: datetime,
        records: "Mapping[str, list[Row]] | None" = None,
    ) -> Changes:
        hers = self._hers(subject)
        tables = self._records(hers) if records is None else _only(records, hers)
        selector = Selector(self.system, lambda table: iter(tables.get(table.name, ())), subject, now)
        changes = Changes(selector, steps, _unasked)
        changes.prepare()
        return changes


def _unasked() -> NoReturn:
    raise TypeError("Nothing random is written here.")


def _only(records: Mapping[str, list[Row]], numbers: Sequence[str]) -> dict[str, list[Row]]:
    """Those of these cases."""
    wanted = set(numbers)
    return {
        table: [each for each in rows if each["id" if table == PEOPLE else "case_id"] in wanted]
        for table, rows in records.items()
    }


def _records(numbers: Sequence[str]) -> dict[str, list[Row]]:
    """What our tables hold about these cases."""
    found = Case.objects.filter(pk__in=numbers)
    return {
        PEOPLE: [
            {"id": str(each.pk), "law": each.regime, "opened_at": each.opened_at, "closed_at": each.closed_at}
            for each in found
        ],
        "requests": [
            {
                "id": str(each.pk),
                "case_id": str(each.case_id),
                "right": each.right,
                "received_at": each.received_at,
                "answer_by": each.target_date,
                "law_by": each.legal_date,
                "state": each.state,
                "finished_at": each.finished_at,
            }
            for each in Request.objects.filter(case__in=found).order_by("received_at", "pk")
        ],
        "letters": [
            {
                "id": each.pk,
                "case_id": str(each.case_id),
                "kind": each.kind,
                "written_at": each.written_at,
                "sent_at": each.sent_at,
                "subject": "",
                "words": "",
            }
            for each in Mail.objects.filter(case__in=found, task=None)
            .exclude(kind=MailKind.ALARM)
            .order_by("pk")
        ],
        "looks": [
            {"id": each.pk, "case_id": str(each.case_id), "at": each.at, "what": each.what, "why": each.why}
            for each in Look.objects.filter(case__in=found).order_by("pk")
        ],
    }


def connector(system: System, *, secrets: Mapping[str, str]) -> OwnRecords:  # noqa: ARG001 - no secrets
    """The entry point of kind `own`."""
    return OwnRecords(system)
