"""Verifies a whole ledger export: every entry, every checkpoint, every root, in one pass."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from upheld.ledger.checkpoint import MalformedCheckpoint, parse_text
from upheld.ledger.cosignature import CosignatureVerifier
from upheld.ledger.entry import RefusedEntry, Registry
from upheld.ledger.export import (
    MAX_LINE,
    CheckpointLine,
    EndLine,
    EntryLine,
    Header,
    MalformedExport,
    read_header,
    read_lines,
)
from upheld.ledger.keys import Ed25519Verifier, MalformedKey
from upheld.ledger.merkle import Frontier, leaf_hash
from upheld.ledger.note import MalformedNote, Opened, UnverifiedNote, open_note
from upheld.ledger.verdict import Failure, Verdict, failed

KIND = "ledger export"
_MAX_FAILURES = 20

NO_WITNESS = (
    "No witness's signature was checked: the organisation could still show another history to somebody else. "
    "Compare the last checkpoint with one that somebody outside has kept."
)
OWN_KEY = (
    "The key was taken from the file itself. That the organisation made this file is shown only by "
    "comparing the key with the one it published; give that one with --vkey."
)
SAID_NOT_GONE = (
    "A ledger shows what the organisation said at the time and that it has not been rewritten since. "
    "It cannot show that bytes are gone."
)


class Audit:
    """The state of one pass. Collects failures and goes on, so that the first is not the only one seen."""

    def __init__(self, header: Header, registry: Registry) -> None:
        self.header = header
        self.registry = registry
        self.log_keys = [Ed25519Verifier.from_vkey(text) for text in (header.vkey, *header.former)]
        self.witness_keys = [CosignatureVerifier.from_vkey(text) for text in header.witnesses]
        self.frontier = Frontier()
        self.failures: list[Failure] = []
        self.unlisted = 0
        self.checkpoints = 0
        self.cosigned = 0
        self.last_size: int | None = None
        self.last_key: bytes | None = None
        self.good_line = 1
        self.broken = False

    def paused(self) -> dict[str, Any]:
        """Where it is, in values that can be written down: `resume` goes on from there."""
        return {
            "size": self.frontier.size,
            "peaks": [each.hex() for each in self.frontier.peaks],
            "failures": [[each.line, each.message] for each in self.failures],
            "unlisted": self.unlisted,
            "checkpoints": self.checkpoints,
            "cosigned": self.cosigned,
            "last_size": self.last_size,
            "last_key": self.last_key.hex() if self.last_key is not None else None,
            "good_line": self.good_line,
            "broken": self.broken,
        }

    def resume(self, at: Mapping[str, Any]) -> None:
        """Go on where `paused` was."""
        self.frontier = Frontier.after(at["size"], map(bytes.fromhex, at["peaks"]))
        self.failures = [Failure(line, message) for line, message in at["failures"]]
        self.unlisted, self.checkpoints, self.cosigned = at["unlisted"], at["checkpoints"], at["cosigned"]
        self.last_size, self.good_line, self.broken = at["last_size"], at["good_line"], at["broken"]
        self.last_key = bytes.fromhex(at["last_key"]) if at["last_key"] is not None else None

    @property
    def next_line(self) -> int:
        """The line of an export at which what comes next would stand."""
        return 2 + self.frontier.size + self.checkpoints

    def fail(self, line: int, message: str) -> None:
        """Notes a failure; after twenty they are only counted."""
        if len(self.failures) < _MAX_FAILURES:
            self.failures.append(Failure(line, message))
        else:
            self.unlisted += 1

    def entry(self, line: EntryLine) -> None:
        """Hashes the entry, whether or not it may stand here, and judges its form."""
        self.frontier.append(leaf_hash(line.data))
        try:
            self.registry.decode(line.data)
        except RefusedEntry as error:
            self.fail(line.line, f"This is not an entry that may stand in the ledger. {error}")

    def checkpoint(self, line: CheckpointLine) -> None:
        """Judges signatures, origin, size and root against the entries read so far."""
        self.checkpoints += 1
        try:
            opened = open_note(line.signed, [*self.log_keys, *self.witness_keys])
            checkpoint = parse_text(opened.text)
        except (MalformedNote, UnverifiedNote, MalformedCheckpoint) as error:
            self.fail(line.line, str(error))
            return
        self._judge_signatures(line.line, opened)
        if checkpoint.origin != self.header.origin:
            self.fail(line.line, f"The checkpoint is of another ledger, {checkpoint.origin[:60]!r}.")
        if checkpoint.size != self.frontier.size:
            self.fail(
                line.line,
                f"The checkpoint covers {checkpoint.size} entries, but {self.frontier.size} stand before "
                "it: entries were removed, added or moved.",
            )
        elif checkpoint.root == self.frontier.root():
            self.good_line = line.line
        elif not self.broken:
            self.broken = True  # every later root is wrong as well; saying it once names the place
            self.fail(
                line.line,
                "The entries do not lead to the root that was signed here: an entry between line "
                f"{self.good_line + 1} and line {line.line - 1} was changed, exchanged or replaced.",
            )
        self.last_size = checkpoint.size

    def _judge_signatures(self, line: int, opened: Opened) -> None:
        log_ids = {key.key_id for key in self.log_keys}
        by_log = [signature for signature in opened.verified if signature.key_id in log_ids]
        everything = [(signature.name, signature.key_id) for signature in (*opened.verified, *opened.unknown)]
        if not by_log:
            self.fail(line, "The ledger's own key has not signed this checkpoint.")
        else:
            self.last_key = by_log[-1].key_id
        if opened.unknown:
            self.fail(line, "The checkpoint has a signature by a key that the header does not name.")
        if len(set(everything)) != len(everything):
            self.fail(line, "The checkpoint has the same signature twice.")
        self.cosigned += len(opened.verified) > len(by_log)

    def end(self, line: EndLine) -> None:
        """Compares the end line with what was read."""
        if (line.entries, line.checkpoints) != (self.frontier.size, self.checkpoints):
            self.fail(
                line.line,
                f"The end line promises {line.entries} entries and {line.checkpoints} checkpoints; "
                f"there are {self.frontier.size} and {self.checkpoints}.",
            )
        if self.last_size != self.frontier.size:
            self.fail(line.line, "The last entries are not covered by a good checkpoint.")
        elif self.last_key != self.log_keys[0].key_id:
            self.fail(line.line, "The last checkpoint is not signed with the key that the header names.")

    def judge_names(self, vkey: str | None) -> None:
        """Whether the keys are of this ledger, and the one that was given is its own."""
        header = self.header
        if any(key.name != header.origin for key in self.log_keys):
            self.fail(1, f"A key of the header does not have the ledger's name, {header.origin[:60]!r}.")
        if vkey is not None and vkey != header.vkey:
            self.fail(1, "The file is signed with another key than the one given with --vkey.")

    def verdict(self, vkey: str | None) -> Verdict:
        """What was found, once all is read."""
        more = [Failure(None, f"{self.unlisted} further failures are not listed.")] if self.unlisted else []
        return Verdict(KIND, self.checked(), (*self.failures, *more), _limits(self, vkey))

    def checked(self) -> tuple[str, ...]:
        """The statements found true; none when anything failed."""
        if self.failures:
            return ()
        sentences = [
            (
                f"All {self.frontier.size} entries are of known types, hold only declared fields, and were "
                "hashed again."
            ),
            f"All {self.checkpoints} checkpoints of {self.header.origin} are signed with its key.",
            (
                "Each checkpoint's root was computed again from the entries before it, so each continues "
                "the one before: nothing was changed, removed or inserted between them."
            ),
        ]
        if self.cosigned:
            sentences.append(
                f"{self.cosigned} of the checkpoints are cosigned by a witness that the header names."
            )
        return tuple(sentences)


def verify_export(file: BinaryIO, *, vkey: str | None, registry: Registry) -> Verdict:
    """Judges an export from its first line on. Reads each line once and keeps one hash per level."""
    try:
        header = read_header(file.readline(MAX_LINE + 1))
        audit = Audit(header, registry)
    except MalformedExport as error:
        return failed(KIND, str(error), line=error.line)
    except MalformedKey as error:
        return failed(KIND, str(error), line=1)
    audit.judge_names(vkey)
    try:
        for line in read_lines(file):
            if isinstance(line, EntryLine):
                audit.entry(line)
            elif isinstance(line, CheckpointLine):
                audit.checkpoint(line)
            else:
                audit.end(line)
    except MalformedExport as error:
        audit.fail(error.line, str(error))
    return audit.verdict(vkey)


def _limits(audit: Audit, vkey: str | None) -> tuple[str, ...]:
    limits = [] if vkey else [OWN_KEY]
    if vkey and audit.header.former:
        limits.append(
            "Earlier checkpoints are signed with former keys, which were taken from the file itself; "
            "the last checkpoint, signed with the key you gave, covers the same entries."
        )
    limits.append("Witnesses' keys were taken from the file itself." if audit.cosigned else NO_WITNESS)
    return (*limits, SAID_NOT_GONE)
