"""`upheld demo --once` from end to end, as a program of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools import tour
from tools.findings import ROOT
from upheld.demo import postgresql
from upheld.demo.server import free_port
from upheld.demo.visitor import Visitor
from upheld.rights.outcome import Misconfigured


@pytest.fixture(scope="module")
def postgresql_18() -> None:
    try:
        postgresql.programs()
    except Misconfigured as missing:
        pytest.skip(str(missing))


def _demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "UPHELD_DIR": "elsewhere",
        "FORUM_DATABASE_URL": "postgresql://nowhere.invalid/x",
    }
    return subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", "demo", "--once", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.mark.usefixtures("postgresql_18")
def test_the_demo_holds_and_leaves_no_server_behind(tmp_path: Path) -> None:
    """G-15.3, G-17.1, P-20: a copy and an erasure in five systems, the proof of both, and a thousand people more."""
    done = _demo(tmp_path, "--people", "2000")

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    place = tmp_path / "upheld-demo"
    told = done.stdout
    assert re.findall(r"^\d+\. ", told, re.MULTILINE) == [f"{number}. " for number in range(1, 14)]
    assert re.search(r"other people's rows: [\d,]+, of which 0 changed", told)
    assert "certificate: verified" in told
    assert (place / "copy" / "index.html").is_file()
    assert len(list((place / "upheld-data" / "certificates").glob("*.html"))) == 2
    assert "the visitor reads the copy in her browser" in told
    assert not (place / "servers.json").exists()
    ledger = (place / "ledger.jsonl").read_text()
    for name in ("liv.sorensen", "studio-sorensen", "livsorensen", "555142", "Deichgasse"):
        assert name not in ledger
    assert str(tmp_path) not in told
    assert tour.structure(told) == tour.structure(tour.shown((ROOT / "README.md").read_text())), (
        "The README's tour is another: run python -m tools.tour"
    )


@pytest.mark.usefixtures("postgresql_18")
def test_the_server_stays_until_ctrl_c_and_leaves_nothing_running(tmp_path: Path) -> None:
    ports = [str(free_port()) for _ in range(2)]
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "upheld.cli.main", "demo", "--people", "2000"),
            *("--port", ports[0], "--inbox-port", ports[1]),
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told, visitor = "", Visitor()
        while "Ctrl-C ends it" not in told:
            line = running.stdout.readline() if running.stdout else ""
            assert line, told
            told += line
        visitor.open(f"http://127.0.0.1:{ports[0]}/console/")
        password = re.search(r"with the password +(\S+)", told)
        assert password
        visitor.press("Log in", Email="officer@wattgrund.example", Password=password[1])
        visitor.says("Your second factor")
        assert re.search(r"second factor: \d{6}", Visitor().open(f"http://127.0.0.1:{ports[1]}/").text)
        running.send_signal(signal.SIGINT)
        told += running.communicate(timeout=120)[0]
    finally:
        running.kill()
        running.wait()

    assert running.returncode == 0, told
    assert "Everything that was started is stopped." in told
    assert not (tmp_path / "upheld-demo" / "servers.json").exists()
    with pytest.raises(OSError, match="refused"):
        visitor.open(f"http://127.0.0.1:{ports[0]}/")


@pytest.mark.usefixtures("postgresql_18")
def test_a_foreign_folder_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "upheld-demo").mkdir()
    (tmp_path / "upheld-demo" / "mine.txt").write_text("mine")

    done = _demo(tmp_path)

    assert done.returncode == 1
    assert "Choose another with --dir." in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert [path.name for path in (tmp_path / "upheld-demo").iterdir()] == ["mine.txt"]


def test_the_privacy_folder_asks_for_no_secret_in_a_file() -> None:
    folder = Path(postgresql.__file__).parent / "organisation"
    connects = re.findall(
        r"^connect: (.*)$", "".join(p.read_text() for p in folder.rglob("*.yaml")), re.MULTILINE
    )

    assert sorted(connects) == json.loads(
        '["${ARCHIVE_FOLDER}", "${CRM_DATABASE_URL}", "${FORUM_DATABASE_URL}", "${SHOP_DATABASE_URL}"]'
    )
