"""What monitoring asks of a running server, and who may know what."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.servers.database import Database
from tests.store.plugin import stored
from tests.web.journeys.plugin import furnish
from tests.web.journeys.server import Server

TOKEN = "seven lamps"
NAME = r"[a-z_]+"
LABEL = r'[a-z]+="(?:[^"\\\n]|\\.)*"'
SAMPLE = re.compile(rf"{NAME}(?:\{{{LABEL}(?:,{LABEL})*\}})? (?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?)")
COMMENT = re.compile(rf"# (?:HELP {NAME} .+|TYPE {NAME} (?:gauge|counter|histogram))")


def got(address: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(  # noqa: S310 - our own server
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read().decode()


def test_a_running_server_is_live_ready_and_measured(
    sqlite: Database, serving: Callable[..., Server]
) -> None:
    server = serving(sqlite, UPHELD_METRICS_TOKEN=TOKEN)
    got(f"{server.address}/en/")
    got(f"{server.address}/en/follow/{'secret' * 5}/")
    got(f"{server.address}/nothing-{'secret' * 5}/")

    assert got(f"{server.address}/healthz") == (200, "ok\n")
    status, said = got(f"{server.address}/readyz")
    assert (status, said) == (
        200,
        '{"store": "ok", "migrations": "ok", "keys": "ok", "map": "ok", "work": "ok", "disk": "ok"}',
    )
    status, text = got(f"{server.address}/metrics")
    lines = text.splitlines()
    assert status == 200
    assert [each for each in lines if not SAMPLE.fullmatch(each) and not COMMENT.fullmatch(each)] == []
    assert len({each.rpartition(" ")[0] for each in lines}) == len(lines), "no sample is there twice"
    assert 'upheld_http_answers_total{route="follow",status="4xx"} 1' in lines
    assert 'upheld_http_answers_total{route="none",status="4xx"} 1' in lines
    assert 'upheld_http_answers_total{route="ask",status="2xx"} 1' in lines
    assert 'upheld_ready{check="work"} 1' in lines
    assert "secret" not in text


def test_strangers_learn_whether_and_not_why_and_no_numbers(tmp_path: Path, sqlite: Database) -> None:
    """Nobody carries work out here: a detail that only the administrator reads."""
    given = stored(tmp_path / "data") | furnish(sqlite, tmp_path) | {"UPHELD_METRICS_TOKEN": TOKEN}
    server = Server(tmp_path / "data", given, arguments=("--no-runner",)).start()
    try:
        ready, metrics = f"{server.address}/readyz", f"{server.address}/metrics"
        by_proxy = {"X_Forwarded_For": "203.0.113.9", "Host": "privacy.example.org"}
        with_token = by_proxy | {"Authorization": f"Bearer {TOKEN}"}

        assert got(f"{server.address}/en/", **by_proxy)[0] == 400, "other pages answer to our names alone"
        assert got(ready, **by_proxy)[0] == 503
        assert '"work": "not ok"' in got(ready, **by_proxy)[1]
        for strange in (
            by_proxy,
            {"X_Forwarded_For": "127.0.0.1"},
            {"Forwarded": "for=127.0.0.1"},
            {"Host": "privacy.example.org"},
            {"Host": "127.0.0.1.example.org"},
            by_proxy | {"Authorization": "Bearer seven"},
            by_proxy | {"Authorization": f"Basic {TOKEN}"},
        ):
            assert got(metrics, **strange) == (404, "There is no such page.\n"), strange
            assert "--no-runner" not in got(ready, **strange)[1]
        for known in ({}, with_token, {"Host": f"localhost:{server.port}"}):
            assert got(metrics, **known)[0] == 200, known
            assert "--no-runner" in got(ready, **known)[1]
    finally:
        server.stop()
