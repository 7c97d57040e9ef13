"""Folders of CSV and of JSONL files pass the kit that every connector has to pass."""

import csv
import io
import json
from typing import ClassVar

import pytest

from upheld.connectors.conformance import ConnectorConformance, Rows, standard_system
from upheld.connectors.files import FilesConnector, connector
from upheld.datamap.model import System


class _Folder(ConnectorConformance):
    ending: ClassVar[str]

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.root = tmp_path / "archive"
        self.root.mkdir()

    def make(self, rows: Rows) -> tuple[System, FilesConnector]:
        for name, each in rows.items():
            (self.root / f"{name}.{self.ending}").write_bytes(self.write(each))
        paths = {name: f"{name}.{self.ending}" for name in rows}
        system = standard_system(kind="files", connect="${ARCHIVE_DIR}", paths=paths)
        return system, self.connect(system)

    def connect(self, system: System) -> FilesConnector:
        return connector(system, secrets={"ARCHIVE_DIR": str(self.root)})

    def stored(self) -> Rows:
        return {
            path.stem: self.read(path.read_bytes()) for path in sorted(self.root.glob(f"*.{self.ending}"))
        }

    def write(self, rows):
        raise NotImplementedError

    def read(self, content):
        raise NotImplementedError


class TestCsv(_Folder):
    ending = "csv"
    textual = True

    def write(self, rows):
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()

    def read(self, content):
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


class TestJsonl(_Folder):
    ending = "jsonl"

    def write(self, rows):
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    def read(self, content):
        return [json.loads(line) for line in content.splitlines()]
