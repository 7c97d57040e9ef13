"""The same layout with Upheld: register, erasure, access and ledger are its own, as its verbs do them.

Django takes its settings from the environment once a process: `begin` comes first.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import django
from django.core.management import call_command

from bench.gdprbench.records import PURPOSES, Operation, email, recipient
from bench.gdprbench.side import LOGS, Answer
from bench.gdprbench.tables import Tables, table
from upheld.datamap.model import DataMap
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.ledger.types import REGISTRY, STEP_FULFILLED
from upheld.rights.connector import Connector, Row
from upheld.rights.identify import identify
from upheld.rights.plan import Step
from upheld.rights.planner import plan
from upheld.rights.subject import Identity, Subject

if TYPE_CHECKING:
    from upheld.actions.means import Means

SYSTEM = "office"
SECOND = timedelta(seconds=1)
"""At most so often the sequencer works while there is something to do, as in the product."""
NONE = dict.fromkeys(("matched", "deleted", "anonymised", "detached", "retained"), 0)


class WentWrong(Exception):
    """Something did not end as it should: there is nothing to measure."""


def privacy_folder(folder: Path) -> None:
    """The map: 25 purposes, each with its table, and the people to whom rows belong."""
    (folder / "systems").mkdir(parents=True)
    (folder / "upheld.yaml").write_text("organisation: {name: Office, contact: privacy@example.org}\n")
    (folder / "purposes.yaml").write_text(_purposes({each: recipient(each) for each in range(PURPOSES)}))
    tables = "".join(
        f"  {table(each)}:\n    belongs_to: {{person_id: people.id}}\n    purposes: [{_purpose(each)}]\n"
        f"    fields: {{data: {{category: category-{each}, provided: true}}}}\n    on_erase: delete\n"
        for each in range(PURPOSES)
    )
    (folder / "systems" / f"{SYSTEM}.yaml").write_text(
        f"system: {SYSTEM}\nconnect: ${{OFFICE_DATABASE_URL}}\n"
        "no_personal_data: [{tables: [log], reason: names nobody}]\n"
        "tables:\n  people:\n    person: id\n    identities: {email: email}\n"
        "    fields: {objection: {category: objection}}\n    purposes: [p00]\n    on_erase: delete\n" + tables
    )


def begin(folder: Path) -> None:
    """The privacy folder, and records of our own beside it."""
    privacy_folder(folder / "privacy")
    os.environ.update(
        UPHELD_DIR=str(folder / "privacy"),
        UPHELD_DATA=str(folder / "data"),
        UPHELD_DATABASE_URL="",
        DJANGO_SETTINGS_MODULE="upheld.project.settings",
    )
    (folder / "data").mkdir()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


@dataclass
class Upheld(Tables):
    """Its verbs where it has them, else the application's statement and an entry in the ledger."""

    folder: Path = Path()
    means: "Means" = field(init=False)
    erased: dict[int, tuple[Subject, tuple[Step, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from upheld.actions.means import Means, random_token, utc_now  # lazy: app ready
        from upheld.actions.reach import connectors  # lazy: app ready
        from upheld.store.keys import KeyStore  # lazy: app ready
        from upheld.store.sequencer import signer  # lazy: app ready

        mapped = read(self.folder / "privacy")
        keys = KeyStore(self.folder / "keys")
        self.means = Means(
            datamap=mapped,
            connectors=connectors(datamap=mapped, secrets={"OFFICE_DATABASE_URL": self.base.url}),
            keys=keys,
            signer=signer(keys),
            now=datetime.now(UTC),
            clock=utc_now,
            entropy=random_token,
            owner="bench/1/1",
            by="bench",
            orders=True,
        )
        self.sequenced = datetime.now(UTC)
        self.entered = 0
        self.understand(mapped)

    @property
    def connector(self) -> Connector:
        """Of the one system."""
        return self.means.connectors[SYSTEM]

    # --- the register ---

    def register(self) -> None:
        """It stands in the privacy folder."""

    def understand(self, mapped: DataMap) -> None:
        """What the map says about purposes, ready to be asked."""
        (system,) = mapped.systems
        using = {
            purpose: each.name for each in system.tables if each.name != "people" for purpose in each.purposes
        }
        self.tables = {int(each.name[1:]): using[each.name] for each in mapped.purposes}
        self.recipients = {int(each.name[1:]): int(each.recipients[0].split()[1]) for each in mapped.purposes}

    def recipient(self, purpose: int) -> int:
        return self.recipients[purpose]

    def _rewritten(self, recipients: Mapping[int, int], o: Operation) -> Answer:
        """The register with other recipients: the file is replaced, and the whole folder read and checked."""
        file = self.folder / "privacy" / "purposes.yaml"
        new = file.with_suffix(".new")
        new.write_text(_purposes(recipients))
        new.replace(file)
        self.understand(read(self.folder / "privacy"))
        return self.written(o)

    def update_metadata_by_purpose(self, o: Operation) -> Answer:
        return self._rewritten({**self.recipients, o.purpose: o.value}, o)

    def update_metadata_by_recipient(self, o: Operation) -> Answer:
        changed = {purpose: o.value if who == o.purpose else who for purpose, who in self.recipients.items()}
        return self._rewritten(changed, o)

    # --- the ledger ---

    def log(self, operation: Operation) -> None:
        """An entry; the sequencer gives it its place at most a second later."""
        from upheld.actions.record import record  # lazy: app ready
        from upheld.store import sequencer  # lazy: app ready

        self.entered += 1
        record(
            STEP_FULFILLED,
            at=self.means.clock(),
            case=str(UUID(int=self.entered)),
            system=SYSTEM,
            step=operation.name,
            outcome="done",
            evidence_class="A",
            counts=NONE,
            evidence=f"{self.entered:064x}",
        )
        if self.means.clock() - self.sequenced > SECOND:
            sequencer.drain(by=self.means.signer, now=self.means.clock())
            self.sequenced = self.means.clock()

    def finish(self) -> None:
        from upheld.actions import ledger  # lazy: app ready

        ledger.checkpoint(means=self.means)

    def get_logs(self, _: Operation) -> Answer:
        """Entries in their places, under a signed checkpoint. An erasure has two of its own, the second
        for the new look; the first stands for the operation."""
        from upheld.actions import ledger  # lazy: app ready
        from upheld.store.models import Entry  # lazy: app ready

        ledger.checkpoint(means=self.means)
        names: list[str] = []
        for content in Entry.objects.order_by("-index").values_list("content", flat=True).iterator(LOGS):
            entry = REGISTRY.decode(bytes(content))
            if entry.type == STEP_FULFILLED:
                step = str(entry.fields["step"])
                if step == "verify":
                    continue
                names.append("delete-by-user" if step.startswith("part:") else step)
                if len(names) == LOGS:
                    break
        return names

    # --- the rights of a person ---

    def delete_by_user(self, o: Operation) -> Answer:
        """`upheld erase`: received, identified, planned, counted, approved, done, verified, certified."""
        from upheld.actions import cases, certificates, erasure, preview  # lazy: app ready
        from upheld.actions.asking import Asked  # lazy: app ready

        asked = Asked((Identity("email", email(o.user)),))
        request = cases.receive(means=self.means, right=Right.ERASURE, asked=asked)
        shown = preview.preview(means=self.means, right=Right.ERASURE, asked=asked)
        self.erased[o.user] = (shown.subject, shown.plan.of(SYSTEM))
        erasure.approve(means=self.means, request=request, preview=shown)
        request.refresh_from_db()
        standing = erasure.fulfil(means=self.means, request=request)
        if not standing.complete:
            raise WentWrong(f"An erasure was not finished: {standing.systems}")
        certificates.certify(means=self.means, request=request)
        certificates.written(means=self.means, request=request)
        return None

    def verify_deletion(self, o: Operation) -> Answer:
        """A new look by the map, from everything that was known of her."""
        if o.user not in self.erased:
            return 0
        subject, steps = self.erased[o.user]
        found = self.connector.verify(steps, subject, (), now=self.means.clock())
        return sum(each.rows for each in found.remnants)

    def read_data_by_user(self, o: Operation) -> Answer:
        """`upheld access`, without packing: who she is, and all that is hers."""
        steps = plan(self.means.datamap, Right.ACCESS, today=self.means.clock().date()).of(SYSTEM)
        return sorted(
            (int(each.table[-2:]), each.values["number"], each.values["data"])
            for each in self.connector.collect(steps, self._subject(o.user), now=self.means.clock())
            if isinstance(each, Row) and each.table != "people"
        )

    def _subject(self, user: int) -> Subject:
        return identify({SYSTEM: self.connector}, [Identity("email", email(user))]).subject


def _purpose(number: int) -> str:
    return f"p{number:02}"


def _purposes(recipients: Mapping[int, int]) -> str:
    return "purposes:\n" + "".join(
        f"  {_purpose(each)}: {{title: Purpose {each}, basis: contract, retention: until it is over, "
        f"recipients: [Recipient {who}]}}\n"
        for each, who in recipients.items()
    )
