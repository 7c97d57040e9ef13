"""docs/first-week.md: the boxes are carried out in order, on the server that the first of them starts."""

import subprocess
import sys
from pathlib import Path

from tests.cli.test_howto import blocks, shell  # noqa: F401 - a fixture
from tests.store.plugin import stored
from tests.web.journeys.server import Server

PAGE = Path(__file__).parents[2] / "docs" / "first-week.md"


def test_the_first_week_is_carried_out_as_it_stands(
    tmp_path: Path,
    shell: dict[str, str],  # noqa: F811 - the fixture
) -> None:
    (_, first), *others = blocks(PAGE)
    assert first == "upheld serve --data upheld-data\n"
    data = tmp_path / "upheld-data"
    server = Server(data, stored(data)).start()
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    try:
        said = [
            subprocess.run(
                ["sh", "-e", "-c", text.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")],
                cwd=tmp_path,
                env=shell | stored(data) | {"UPHELD_ADDRESS": server.address},
                capture_output=True,
                text=True,
                check=False,
            )
            for kind, text in others
            if kind == "sh"
        ]
    finally:
        server.stop()

    assert [(each.returncode, each.stderr) for each in said] == [(0, "")] * 5
    check, invite, ready, ledger, backup = (each.stdout for each in said)
    assert "findings" in check
    assert invite.startswith(f"{server.address}/console/join/")
    assert ready.startswith("ok\n")
    assert "not ok" not in ready
    assert "ledger export: verified" in ledger
    assert backup.startswith("records: backup/records/upheld-records-")
    assert len(list((tmp_path / "backup" / "keys").iterdir())) == 1
