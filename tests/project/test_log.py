"""The log is an allow-list: what is planted in events, fields, messages and errors does not come out."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import furnish
from tests.web.journeys.server import Server
from tests.web.test_watched import got
from upheld.project import log

ROOT = Path(__file__).parents[2]
PLANTED = ("ada.quillfeather", "Quillfeather", "Larkspur Lane", "+49 151 2345678", "tok3nTok3n")
CHILD = """
import logging, sys, threading, warnings
from upheld.project import log
log.begin("runner", form=sys.argv[1])
her = "ada.quillfeather@example.org Quillfeather 17 Larkspur Lane +49 151 2345678 tok3nTok3n"
ours, theirs = logging.getLogger("upheld.work"), logging.getLogger("a.library")
ours.error(her)
ours.error("page.failed %s", her)
ours.error("work.unexpected", extra={"fields": {"error": "KeyError", "report": her, "name": her, her: 1}})
ours.error("work.refused", extra={"fields": {"kind": "Misconfigured", "where": "a.py:3", "words": "Write to ada.quillfeather@example.org or +49 151 2345678."}})
ours.info("page.answered", extra={"fields": {"route": "/en/follow/tok3nTok3n/", "status": her, "seconds": 0.25, "method": "GET", "path": her}})
ours.info("request.answered", extra={"fields": {"case": her}})
ours.info("system.failed", extra={"fields": {"system": "ada.quillfeather@example.org"}})
theirs.error("could not reach %s", her)
warnings.warn(her)
try:
    raise ValueError(her)
except ValueError:
    theirs.exception(her)
    ours.exception("round.done", extra={"fields": {"sent": 3}})
def fail():
    raise LookupError(her)
other = threading.Thread(target=fail)
other.start()
other.join()
raise RuntimeError(her)
"""


def child(form: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, form], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert ran.stdout == ""
    assert [each for each in PLANTED if each in ran.stderr] == []
    return ran.stderr.splitlines()


def test_nothing_that_is_planted_gets_into_the_lines_for_machines() -> None:
    lines = [json.loads(each) for each in child("json")]

    assert {(each.pop("program"), len(each.pop("time"))) for each in lines} == {("runner", 29)}
    assert [each.pop("level") for each in lines].count("info") == 3
    assert lines == [
        {"event": "library.spoke", "logger": "upheld.work", "error": "something"},
        {"event": "library.spoke", "logger": "upheld.work", "error": "something"},
        {"event": "work.unexpected", "error": "KeyError"},
        {
            "event": "work.refused",
            "kind": "Misconfigured",
            "where": "a.py:3",
            "words": "Write to [redacted] or +[redacted]",
        },
        {"event": "page.answered", "seconds": 0.25, "method": "GET"},
        {"event": "request.answered"},
        {"event": "system.failed"},
        {"event": "library.spoke", "logger": "a.library", "error": "something"},
        {"event": "library.spoke", "logger": "py.warnings", "error": "something"},
        {"event": "library.spoke", "logger": "a.library", "error": "ValueError"},
        {"event": "round.done", "sent": 3},
        {"event": "program.unexpected", "error": "LookupError"},
        {"event": "program.unexpected", "error": "RuntimeError"},
    ]


def test_a_terminal_gets_sentences_about_what_is_wrong() -> None:
    assert child("text")[2:4] == [
        "runner: KeyError; the report ? names no person.",
        "runner: Misconfigured at a.py:3; Write to [redacted] or +[redacted]",
    ]


def test_every_event_that_the_code_names_is_known_and_every_known_one_is_named() -> None:
    code = "\n".join(
        each.read_text() for each in (ROOT / "src" / "upheld").rglob("*.py") if each.name != "log.py"
    )
    named = set(re.findall(r'_log\.\w+\(\s*f?"([^"]+)"', code))

    assert named - {"system.{what}"} == set(log.EVENTS) - {
        "system.verified",
        "system.failed",
        "program.unexpected",
        "library.spoke",
    }


def test_fields_of_every_sentence_may_be_said() -> None:
    for event in log.EVENTS.values():
        assert set(re.findall(r"\{(\w+)\}", event.text)) <= set(log.FIELDS)


def test_an_address_is_never_in_the_log_of_a_server(sqlite: Database, tmp_path: Path) -> None:
    """Links give access: their addresses are not written, nor who called, nor the link of the first account."""
    server = Server(tmp_path / "data", furnish(sqlite, tmp_path) | {"UPHELD_LOG": "json"})
    server.start(said="")
    paths = ("en/follow/{}/", "en/confirm/{}/?next={}", "console/join/{}/", "{}", "en/")
    for each in paths:
        got(f"{server.address}/{each.format(PLANTED[-1], PLANTED[-1])}")
    server.stop()

    text = server.errors() + server.said
    lines = [json.loads(each) for each in text.splitlines()]
    answered = [each for each in lines if each["event"] == "page.answered"]
    assert [each for each in (PLANTED[-1], "127.0.0.1", "/join/") if each in text] == []
    assert [(each["route"], each["status"], each["method"]) for each in answered] == [
        ("follow", 404, "GET"),
        ("confirm", 404, "GET"),
        ("enrol", 410, "GET"),
        ("none", 404, "GET"),
        ("ask", 200, "GET"),
    ]
    assert {each["event"] for each in lines} >= {"server.begun", "server.alone"}
