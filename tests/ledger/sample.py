"""A small ledger with one erasure in it, the same every time: keys, entries, checkpoints, certificate."""

from dataclasses import replace
from datetime import UTC, date, datetime

from upheld.ledger import certificate as c
from upheld.ledger.checkpoint import SignedCheckpoint, advance, begin
from upheld.ledger.commitment import commit
from upheld.ledger.cosignature import Cosigner
from upheld.ledger.export import write_export
from upheld.ledger.issue import Issued, certificate_entry, issue
from upheld.ledger.keys import Ed25519Signer, Signer
from upheld.ledger.merkle import leaf_hash
from upheld.ledger.note import with_signatures
from upheld.ledger.proof import Proof, prove
from upheld.ledger.tree import MemoryHashes, Tree
from upheld.ledger.types import REGISTRY

ORIGIN = "juniper.example/ledger"
SIGNER = Ed25519Signer(ORIGIN, bytes(range(32)))
VKEY = SIGNER.verifier().vkey
WITNESS = Cosigner("witness.example/w1", bytes(range(32, 64)))
CASE = "c-7f3k9q"
CASE_KEY = bytes(range(64, 96))
AT = datetime(2026, 11, 24, 2, 31, tzinfo=UTC)
PLAN = commit(CASE_KEY, b"the plan")

FORUM = c.SystemResult(
    system="forum",
    title="Community forum",
    connector="sql",
    connector_version="0.1.0",
    matched=324,
    erased=312,
    anonymised=3,
    detached=0,
    retained=9,
    evidence=c.EvidenceClass.B,
    established=c.Established.WITNESSED,
    started_at=datetime(2026, 11, 24, 2, 30, 58, tzinfo=UTC),
    finished_at=AT,
    error=None,
)
SHOP = replace(
    FORUM,
    system="shop",
    title="Shop",
    matched=0,
    erased=0,
    anonymised=0,
    retained=0,
    evidence=c.EvidenceClass.A,
    established=None,
)
COMPLETE = c.Certificate(
    case=CASE,
    right="ERASURE",
    regime="gdpr",
    regime_version="2026.1",
    organisation="Juniper Linux Foundation",
    contact="privacy@juniper.example",
    authority="the data protection authority of your country",
    finished_at=AT,
    plan=PLAN,
    systems=(FORUM, SHOP),
    retained=(
        c.Retained(
            system="forum",
            what="Donations",
            records=9,
            ground="legal-obligation",
            reference="tax records",
            reason="Tax law asks us to keep them for seven years.",
            until=date(2032, 3, 31),
            review=None,
        ),
    ),
    told=(
        c.Told("The mail service", date(2026, 11, 23), date(2026, 11, 24), None),
        c.Told("The survey tool", date(2026, 11, 23), None, date(2026, 11, 30)),
    ),
    backups=c.Backups(unreadable_by=date(2026, 12, 24), replayed=True),
    unfinished=(),
    destroyed_keys=(c.DestroyedKey("k-41", date(2026, 12, 24)),),
)
INCOMPLETE = replace(
    COMPLETE,
    systems=(
        FORUM,
        replace(SHOP, evidence=None, finished_at=None, error="The shop could not be reached."),
    ),
    unfinished=(
        c.Unfinished(
            system="shop",
            title="Shop",
            why="The shop's database could not be reached.",
            next_step="We try again every night and write to you.",
            expected=date(2026, 12, 1),
        ),
    ),
)


def entries(certificate: c.Certificate = COMPLETE) -> list[bytes]:
    """Six entries; the last binds the certificate."""
    create = REGISTRY.create
    counts = {"matched": 324, "deleted": 312, "anonymised": 3, "detached": 0, "retained": 9}
    step = {"case": CASE, "system": "forum", "step": "erase"}
    made = [
        create("case.opened/v1", at=AT, case=CASE, right="ERASURE", regime="gdpr/2026.1"),
        create("plan.approved/v1", at=AT, case=CASE, plan=PLAN, systems=2),
        create(
            "step.fulfilled/v1",
            at=AT,
            **step,
            outcome="done",
            evidence_class="B",
            counts=counts,
            evidence=commit(CASE_KEY, b"the evidence"),
            established="witnessed",
        ),
        create("step.retained/v1", at=AT, **step, ground="legal-obligation", records=9, until="2032-03-31"),
        create("key.destroyed/v1", at=AT, case=CASE, key="k-41", effective_by="2026-12-24"),
        certificate_entry(certificate, case_key=CASE_KEY, at=AT),
    ]
    return [entry.encode() for entry in made]


def signed(
    data: list[bytes], sizes: tuple[int, ...] = (2, 6), signer: Signer = SIGNER
) -> tuple[Tree, list[SignedCheckpoint]]:
    """The tree over these entries, and its checkpoints at 0 and the sizes given."""
    tree, released = Tree(MemoryHashes()), [begin(signer)]
    for size in sizes:
        tree = tree.extend(leaf_hash(entry) for entry in data[tree.size : size])
        released.append(advance(tree=tree, last=released[-1], signer=signer))
    return tree, released


def exported(*, cosigned: bool = False) -> bytes:
    _, released = signed(entries())
    notes = [item.signed for item in released]
    if cosigned:
        cosignature = WITNESS.cosign(released[-1].checkpoint, seconds=1_795_487_500)
        notes[-1] = with_signatures(notes[-1], cosignature)
    witnesses = [WITNESS.key.vkey] if cosigned else []
    return b"".join(
        write_export(origin=ORIGIN, vkey=VKEY, entries=entries(), checkpoints=notes, witnesses=witnesses)
    )


def proof_of(index: int, certificate: c.Certificate = COMPLETE) -> Proof:
    data = entries(certificate)
    tree, released = signed(data)
    return prove(tree, index, released[-1], extra=data[index])


def issued(certificate: c.Certificate = COMPLETE) -> Issued:
    return issue(certificate, case_key=CASE_KEY, inclusion=proof_of(5, certificate), signer=SIGNER)
