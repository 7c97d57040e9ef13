"""From connectors to one age file, in one pass over each system and bounded memory (G-15.4, G-20.1)."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO
from zoneinfo import ZoneInfo

from upheld.datamap.model import DataMap
from upheld.law.right import Right
from upheld.rights.connector import Attachment, Connector
from upheld.rights.outcome import Failure, Misconfigured, Transient
from upheld.rights.package import manifest, start
from upheld.rights.package.archive import Archive, Recipients, readers, seal
from upheld.rights.package.catalogue import Catalogue
from upheld.rights.package.english import words as english
from upheld.rights.package.french import words as french
from upheld.rights.package.gather import Gathering, Holding, Part, Said, State, parts
from upheld.rights.package.german import words as german
from upheld.rights.package.indented import indented
from upheld.rights.package.names import Names
from upheld.rights.package.pages import pages
from upheld.rights.package.reading import Reader
from upheld.rights.package.spool import Spool
from upheld.rights.package.tables import as_csv, as_jsonl, schema
from upheld.rights.plan import Plan
from upheld.rights.regime import Pinned
from upheld.rights.statement import Statement
from upheld.rights.subject import Subject

languages: Mapping[str, Catalogue] = {words.code: words for words in (english, german, french)}


@dataclass(frozen=True, slots=True)
class SystemSummary:
    """One system's part, for the case: `failure` is for staff, the person's page only says that it failed."""

    system: str
    state: State
    rows: tuple[tuple[str, int], ...]
    files: int
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written. Holds no personal data. `size` and `sha256` are of the age file."""

    systems: tuple[SystemSummary, ...]
    files: int
    size: int
    sha256: str

    @property
    def complete(self) -> bool:
        """Every system answered in full; only then is the right to a copy fulfilled."""
        return all(part.state in (State.COMPLETE, State.NOTHING) for part in self.systems)


def write(
    plan: Plan,
    datamap: DataMap,
    subject: Subject,
    connectors: Mapping[str, Connector],
    *,
    now: datetime,
    out: BinaryIO | Path,
    recipients: Sequence[str],
    language: str = "en",
    answers: Mapping[str, Sequence[Attachment]] = MappingProxyType({}),
    statements: Sequence[Statement] = (),
    spool: Path | None = None,
    pinned: Pinned | None = None,
) -> Summary:
    """Write her copy, encrypted to `recipients` (age X25519 public keys); see spec/access-package.md.

    A system that fails does not stop the others: the package and the summary say so. A path appears only
    when the file is whole, readable by its owner alone; a stream may hold a part when this raises.
    Misconfigured for a key, language or time zone that is none; Transient when the disk gives out.
    `answers`: by system, the files that came with the answers to all its tasks; empty means answered that
    nothing is held, missing means that nobody answered yet. `statements`: her own, shown beside what they are
    about (G-16.2). `spool`: folder for what is set aside, encrypted,
    meanwhile. `pinned`: the law and the dates of her request, said in the copy (X-04).
    """
    if language not in languages:
        raise Misconfigured(f"No package in {language!r}.", f"Choose one of: {', '.join(sorted(languages))}.")
    keys = readers(recipients)
    reader = Reader(languages[language], _zone(datamap))
    try:
        with Spool(spool) as shelf:
            job = _Job(plan, datamap, subject, connectors, now, reader, shelf, answers, statements, pinned)
            size, digest = (
                seal(job.pieces(), out, keys) if not isinstance(out, Path) else _to_path(job, out, keys)
            )
    except OSError as error:
        raise Transient(
            f"The package could not be written: {error.strerror}.", "Make room or choose another place."
        ) from None
    systems = tuple(_summary(part) for part in job.parts)
    return Summary(systems, len(job.archive.entries), size, digest)


def _zone(datamap: DataMap) -> ZoneInfo:
    try:
        return ZoneInfo(datamap.organisation.time_zone)
    except (KeyError, ValueError):
        raise Misconfigured(
            f"{datamap.organisation.time_zone!r} is not a time zone.",
            "Write one such as Europe/Berlin in upheld.yaml.",
        ) from None


def _summary(part: Part) -> SystemSummary:
    rows = tuple((holding.name, holding.rows) for holding in part.holdings)
    return SystemSummary(part.system.name, part.state, rows, len(part.files), part.failure)


class _Job:
    def __init__(
        self,
        plan: Plan,
        datamap: DataMap,
        subject: Subject,
        connectors: Mapping[str, Connector],
        now: datetime,
        reader: Reader,
        shelf: Spool,
        answers: Mapping[str, Sequence[Attachment]],
        statements: Sequence[Statement],
        pinned: Pinned | None,
    ) -> None:
        self.plan, self.datamap, self.connectors, self.now, self.reader = (
            plan,
            datamap,
            connectors,
            now,
            reader,
        )
        self.answers, self.pinned = answers, pinned
        self.parts = parts(plan, datamap)
        self.archive = Archive(now)
        self.said = tuple(Said(number, each) for number, each in enumerate(statements, start=1))
        self.gathering = Gathering(plan, subject, shelf, self.archive, Names(), self.said)

    def pieces(self) -> Iterator[bytes]:
        """The ZIP. Systems are read first, so that no snapshot stays open while pages are written."""
        for part in self.parts:
            name = part.system.name
            if name in self.answers:
                yield from self.gathering.answered(part, self.answers[name])
            else:
                yield from self.gathering.fill(part, self.connectors.get(name), self.now)
        for part in self.parts:
            for holding in part.holdings:
                yield from self._table(part, holding)
        for said in self.said:
            yield from self.archive.add(said.path, [said.statement.words.encode("utf-8", "backslashreplace")])
        page = start.start_page(
            self.datamap,
            self.parts,
            self.reader.language,
            now=self.now,
            zone=self.reader.zone,
            regime=self.plan.regime,
            said=self.said,
            ported=self.plan.right is Right.PORTABILITY,
            pinned=self.pinned,
        )
        yield from self.archive.add(start.path, [page])
        listed = manifest.manifest(
            self.plan,
            self.datamap,
            self.parts,
            self.archive.entries,
            now=self.now,
            language=self.reader.language.code,
            said=self.said,
            pinned=self.pinned,
        )
        yield from self.archive.add(manifest.path, [listed])
        yield from self.archive.close()

    def _table(self, part: Part, holding: Holding) -> Iterator[bytes]:
        size = holding.strand.size
        yield from self.archive.add(f"data/{holding.slug}.jsonl", as_jsonl(holding.strand), size=size)
        yield from self.archive.add(f"csv/{holding.slug}.csv", as_csv(holding), size=size * 2)
        description = indented(schema(holding)) + "\n"
        yield from self.archive.add(
            f"schema/{holding.slug}.schema.json", [description.encode("utf-8", "backslashreplace")]
        )
        name = self.datamap.organisation.name
        title = start.system_title(part)
        beside = [each for each in self.said if each.statement.beside(part.system.name, holding.name)]
        for path, page in pages(holding, self.reader, organisation=name, system=title, said=beside):
            yield from self.archive.add(path, [page])


def _to_path(job: _Job, out: Path, keys: Recipients) -> tuple[int, str]:
    partial = out.with_name(out.name + ".part")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            result = seal(job.pieces(), stream, keys)
            os.fsync(stream.fileno())
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return result
