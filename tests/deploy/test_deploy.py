"""What deploy/ ships, taken by the programs that it is for."""

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.database import Database
from tests.servers.plugin import MISSING_MARK
from tests.web.journeys.plugin import furnish
from tests.web.journeys.server import Server, free_port

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = {
    "upheld.service": "serve",
    "upheld-worker.service": "worker",
    "upheld-backup.service": "backup --dir /var/lib/upheld/privacy --data /var/lib/upheld "
    "--to /var/lib/upheld-backup/records --keys-to /var/lib/upheld-backup/keys",
}


def program(name: str, package: str) -> str:
    """Where Debian's program is; below UPHELD_UNPACKED where its package was only unpacked."""
    unpacked = Path(os.environ.get("UPHELD_UNPACKED", "/"))
    for folder in ("usr/sbin", "usr/bin"):
        if (unpacked / folder / name).exists():
            return str(unpacked / folder / name)
    found = shutil.which(name)
    if found is None:
        missing = f"{name} is missing (apt install {package})"
        if os.environ.get("UPHELD_REQUIRE_SERVERS"):
            pytest.fail(missing)
        pytest.skip(MISSING_MARK + missing)
    return found


def ran(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_units_and_finds_little_exposed(tmp_path: Path, unit: str) -> None:
    analyse = program("systemd-analyze", "systemd")
    for each in UNITS:  # what is started is not installed here
        (tmp_path / each).write_text(
            (DEPLOY / each).read_text().replace("/opt/upheld/bin/upheld", "/bin/true")
        )

    ran(analyse, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit))
    said = ran(analyse, "security", "--offline=true", "--threshold=20", str(tmp_path / unit))

    assert re.search(r"exposure level for \S+: 1\.\d OK", said), said[-300:]


def test_a_unit_starts_a_command_that_there_is() -> None:
    for unit, command in UNITS.items():
        text = (DEPLOY / unit).read_text()
        assert re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE) == [f"/opt/upheld/bin/upheld {command}"]
        known = (ROOT / "docs" / "settings.md").read_text()
        for name in re.findall(r"^Environment=(\w+)=", text, re.MULTILINE):
            assert f"`{name}`" in known


def test_systemd_starts_the_backup_every_night(tmp_path: Path) -> None:
    analyse = program("systemd-analyze", "systemd")
    for name in ("upheld-backup.service", "upheld-backup.timer"):
        text = (DEPLOY / name).read_text().replace("/opt/upheld/bin/upheld", "/bin/true")
        (tmp_path / name).write_text(text)

    ran(analyse, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / "upheld-backup.timer"))

    (when,) = re.findall(r"^OnCalendar=(.+)$", (DEPLOY / "upheld-backup.timer").read_text(), re.MULTILINE)
    said = ran(analyse, "calendar", "--iterations=2", "--base-time=2026-11-26 12:00:00 UTC", when)
    assert re.findall(r"2026-11-\d\d \d\d:\d\d", said)[-2:] == ["2026-11-27 02:30", "2026-11-28 02:30"]


def test_caddy_takes_its_file() -> None:
    said = ran(
        program("caddy", "caddy"), "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")
    )

    assert '"access"' not in said


@pytest.fixture
def proxied(
    sqlite: Database,
    tmp_path: Path,
    certificate: Path,
) -> Iterator[tuple[int, Path]]:
    """nginx with our file in front of a server: its port of HTTPS, and its folder."""
    server = Server(
        tmp_path / "data",
        furnish(sqlite, tmp_path)
        | {"UPHELD_ADDRESS": "https://privacy.example.org", "UPHELD_PROXIES": "127.0.0.1"},
    ).start()
    port, folder = free_port(), tmp_path / "nginx"
    (folder / "temp").mkdir(parents=True)
    text = (DEPLOY / "nginx.conf").read_text()
    for was, becomes in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("    listen [::]:80;\n", ""),
        ("127.0.0.1:8000", f"127.0.0.1:{server.port}"),
        ("/etc/ssl/privacy.example.org/fullchain.pem", str(certificate)),
        ("/etc/ssl/privacy.example.org/privkey.pem", str(certificate)),
        ("/var/log/nginx/", f"{folder}/"),
        (
            "    access_log off;\n    error_log",
            f"    access_log off; error_log {folder}/why.txt error; error_log",
        ),
    ):
        assert was in text, was
        text = text.replace(was, becomes)
    kept = "".join(
        f"{each}_temp_path {folder}/temp;" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ {kept} access_log {folder}/access.log;\n{text}\n}}"
    )
    nginx = program("nginx", "nginx-light")
    settings = ("-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"))
    ran(nginx, "-t", *settings)
    running = subprocess.Popen([nginx, *settings], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not _listens(port):
        assert time.monotonic() < until, (folder / "error.log").read_text()
        time.sleep(0.05)
    yield port, folder
    running.send_signal(signal.SIGTERM)
    running.wait(30)
    server.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_program_that_calls_without_encryption_is_told_so(proxied: tuple[int, Path]) -> None:
    """By a page it would be led on; a token that was sent in the clear has to be noticed."""
    (port,) = re.findall(r"listen 127\.0\.0\.1:(\d+);", (proxied[1] / "nginx.conf").read_text())

    def asked(path: str) -> tuple[int, str | None]:
        asking = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
        try:
            asking.request("GET", path, headers={"Host": "privacy.example.org"})
            answer = asking.getresponse()
            return answer.status, answer.getheader("Location")
        finally:
            asking.close()

    assert asked("/en/") == (301, "https://privacy.example.org/en/")
    assert asked("/api/v1/requests") == (403, None)


def test_nginx_hides_what_monitoring_asks_and_logs_no_address(proxied: tuple[int, Path]) -> None:
    port, folder = proxied
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])

    def got(path: str) -> int:
        request = urllib.request.Request(
            f"https://127.0.0.1:{port}/{path}", headers={"Host": "privacy.example.org"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code

    paths = (
        "en/",
        "en/follow/tok3nTok3n/",
        "healthz",
        "readyz",
        "metrics",
        "//metrics",
        "metrics?x=1",
        "%6detrics",
    )

    seen = [got(each) for each in paths]
    assert seen == [200, 404, 404, 404, 404, 404, 404, 404], "".join(
        each.read_text()[-2000:] for each in (*folder.glob("*.log"), folder / "why.txt")
    )
    logged = "".join(each.read_text() for each in folder.glob("*.log"))
    assert "tok3n" not in logged
