"""Rows out of files, and files out of rows, in one pass and bounded memory, whatever the format."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from upheld.connectors.files import csvtext, jsonl
from upheld.connectors.files.place import Entry, Root
from upheld.datamap.model import System, Table
from upheld.rights.outcome import Misconfigured
from upheld.rights.rows.values import Row, written

FORMATS = ("csv", "jsonl", "folder", "text")
_ENDINGS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "text"}

Effect = Callable[[Row], Row | None]

Cut = tuple[int, int, int, int]
"""A record that changes: where it was and how long, where it will be and how long."""


@dataclass(frozen=True)
class Store:
    """The tables of one system as files below its root."""

    system: System
    root: Root
    _dialects: dict[str, csvtext.Dialect] = field(default_factory=dict, compare=False)

    def form(self, table: Table) -> str:
        """How a table's rows stand in its files. Misconfigured where neither the map nor the path says it."""
        form = table.format or _ENDINGS.get(Path(table.path or "").suffix, "")
        if form not in FORMATS or not table.path:
            raise Misconfigured(
                f"{self.system.name}.{table.name} does not say where its rows stand, or how ({table.place}).",
                f"Add `path:` and `format:`, one of: {', '.join(FORMATS)}.",
            )
        return form

    def textual(self, table: Table) -> bool:
        """Whether all values of the table are texts."""
        return self.form(table) != "jsonl"

    def entries(self, table: Table) -> list[Entry]:
        """The files or folders of a table; none is a table without rows."""
        self.form(table)
        return self.root.entries(table.path or "")

    def scan(self, table: Table) -> Iterator[Row]:
        """Every row of every file of the table."""
        for entry in self.entries(table):
            for _, row in self.rows(table, entry):
                if row is not None:
                    yield row

    def rows(self, table: Table, entry: Entry) -> Iterator[tuple[bytes, Row | None]]:
        """Each record's bytes with its row; None where there is none in it (a header, an empty line).
        Misconfigured where a record cannot be read: what cannot be read cannot be said to be without her.
        """
        form, parts = self.form(table), dict(entry.parts)
        if form == "folder":
            yield b"", parts
            return
        path = self.root.path(entry.name)
        if path.is_dir():
            raise self.unreadable(table, entry, "is a folder, not a file")
        with path.open("rb") as file:
            try:
                if form == "text":
                    yield b"", {**parts, "text": file.read().decode(self.encoding)}
                elif form == "csv":
                    yield from self._csv(table, entry, file)
                else:
                    yield from self._jsonl(table, entry, file)
            except UnicodeDecodeError:
                raise self.unreadable(table, entry, f"is not in {self.encoding}") from None

    def _csv(self, table: Table, entry: Entry, file: BinaryIO) -> Iterator[tuple[bytes, Row | None]]:
        parts = dict(entry.parts)
        try:
            dialect = self.dialect(table, entry)
            if dialect is None:
                return
            for number, record in enumerate(csvtext.records(file, dialect.delimiter)):
                found = None if number == 0 else csvtext.row(record, dialect)
                yield record, None if found is None else {**parts, **found}
        except csvtext.Unreadable as error:
            raise self.unreadable(table, entry, f"cannot be read as CSV: {error}") from None

    def _jsonl(self, table: Table, entry: Entry, file: BinaryIO) -> Iterator[tuple[bytes, Row | None]]:
        parts = dict(entry.parts)
        for number, line in enumerate(file, start=1):
            try:
                found = jsonl.row(line)
            except jsonl.Unreadable as error:
                raise self.unreadable(table, entry, f"cannot be read: line {number} {error}") from None
            yield line, None if found is None else {**parts, **found}

    def dialect(self, table: Table, entry: Entry) -> csvtext.Dialect | None:
        """How a CSV file is written; None for an empty file."""
        with self.root.path(entry.name).open("rb") as file:
            first = file.readline(csvtext.LONGEST)
        delimiter = str(self.system.options.get("delimiter", ""))
        return csvtext.read_header(first, self.encoding, columns(table), delimiter) if first else None

    @property
    def encoding(self) -> str:
        """UTF-8 unless the map says otherwise."""
        return str(self.system.options.get("encoding", "utf-8"))

    def unreadable(self, table: Table, entry: Entry, why: str) -> Misconfigured:
        """A failure that names the file, or only the pattern where file names are people's."""
        name = table.path if "{" in str(table.path) else entry.name
        return Misconfigured(
            f"{self.system.name}.{table.name}: {name} {why}.", "Repair it, or say so in the map."
        )

    # --- writing ---

    def rewrite(
        self, table: Table, entry: Entry, effect: Effect, out: BinaryIO, cuts: list[Cut] | None = None
    ) -> bool:
        """Write the file as it will be; True where it differs. Records that do not change keep every byte;
        `cuts` is told of those that do."""
        different, cuts, was, left = False, [] if cuts is None else cuts, 0, 0
        for record, row in self.rows(table, entry):
            after = row if row is None else effect(row)
            made = b""
            if after is row or row is None:
                made = (
                    record if self.form(table) != "text" else str((row or {})["text"]).encode(self.encoding)
                )
            elif after is not None:
                made = self._changed(table, entry, record, row, after)
            if after is not row:
                different = True
                cuts.append((was, len(record), left, len(made)))
            out.write(made)
            was, left = was + len(record), left + len(made)
        return different

    def _changed(self, table: Table, entry: Entry, record: bytes, row: Row, after: Row) -> bytes:
        for part, value in entry.parts:
            if after.get(part) != value:
                raise Misconfigured(
                    f"{self.system.name}.{table.name}: {part} stands in a file's name and cannot be changed.",
                    f"Delete these rows, or leave {part} out of the rule ({table.place}).",
                )
        try:
            if self.form(table) == "text":
                return str(after.get("text") or "").encode(self.encoding)
            if self.form(table) == "jsonl":
                return jsonl.changed(record, row, after)
            dialect = self.dialect(table, entry)
            if dialect is None:
                return record
            texts: Mapping[str, object] = {
                name: None if value is None else written(value) for name, value in after.items()
            }
            return csvtext.changed(record, dialect, row, texts)
        except UnicodeEncodeError:
            raise self.unreadable(table, entry, f"cannot hold the new value in {self.encoding}") from None

    def removable(self, table: Table) -> bool:
        """Whether a row that goes takes its file or folder with it."""
        return self.form(table) in ("folder", "text")

    def contents(self, entry: Entry) -> Iterator[str]:
        """Names of the files that belong to a row, below the root; links that lead out are refused."""
        path = self.root.path(entry.name)
        if not path.is_dir():
            yield entry.name
            return
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                below = (Path(folder) / name).relative_to(os.path.realpath(self.root.folder)).as_posix()
                self.root.path(below)
                yield below


def columns(table: Table) -> tuple[str, ...]:
    """Every column that the map names for a table."""
    found = [*table.person, *table.key, *(each.column for each in table.every_field)]
    found += [column for link in table.links for column in link.columns]
    for each in table.identities:
        found += [each.column, *([each.verified_by] if each.verified_by else [])]
    found += [test.column for rule in table.treatment.rules for test in rule.when]
    found += [test.column for link in table.links for test in link.when]
    found += [each.column for each in table.files]
    found += [each for each in (table.deleted, table.restricted) if each]
    for stop in table.stops:
        found += [stop.column, *(test.column for test in stop.when)]
    if table.replies:
        found.append(table.replies.column)
    return tuple(dict.fromkeys(found))
