"""The embedded runner: begins anew when it had something to do and has nothing any more, and only then."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

CHILD = """
import json, sys
from pathlib import Path
from upheld.project import runner, serving

serving.begin(Path(sys.argv[1]) / "data", Path(sys.argv[1]) / "privacy", "http://127.0.0.1:8000")
runner.REST, runner.AT_LEAST, runner.AT_MOST, runner.LOOK = float(sys.argv[2]), 0.1, 0.1, 0.1
print("begins", flush=True)
runner.run()

from upheld.store.models import Installation, Program
kinds = [str(each.kind) for each in Program.objects.all()]
print(json.dumps([kinds, Installation.objects.get().minded_until is None, "sqlalchemy" in sys.modules]))
"""
ORGANISATION = "organisation: {name: Quay, contact: privacy@example.org, regimes: [gdpr], languages: [en]}\n"
PURPOSES = "purposes: {orders: {title: Orders, basis: contract, retention: a year}}\n"
SHOP = """
system: shop
connect: ${SHOP_DATABASE_URL}
place: DE
tables:
  people:
    person: id
    purposes: [orders]
    identities: {email: {column: email, normalise: email}}
    fields: {email: {category: email-address, provided: true}}
    on_erase: delete
"""


def started(folder: Path, rest: float) -> "subprocess.Popen[str]":
    """Its address of the shop is one of SQLite; it works already."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    url = {"SHOP_DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}"}
    running = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(rest)],
        env=kept | url,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    assert running.stdout.readline() == "begins\n"
    return running


def test_it_begins_anew_after_the_last_system_was_reached_and_stays_while_none_is(tmp_path: Path) -> None:
    (tmp_path / "privacy" / "systems").mkdir(parents=True)
    (tmp_path / "privacy" / "upheld.yaml").write_text(ORGANISATION)
    (tmp_path / "privacy" / "purposes.yaml").write_text(PURPOSES)
    (tmp_path / "privacy" / "systems" / "shop.yaml").write_text(SHOP)
    with sqlite3.connect(tmp_path / "shop.sqlite3") as shop:
        shop.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(99) NOT NULL)")

    looks = started(tmp_path, rest=0.5)
    said = looks.communicate(timeout=120)[0]

    assert (looks.returncode, json.loads(said)) == (0, [["STARTING"], True, True]), (
        "the first look at the shop"
    )

    idles = started(tmp_path, rest=0.5)
    time.sleep(5)
    ended = idles.poll()
    idles.send_signal(signal.SIGTERM)
    said = idles.communicate(timeout=120)[0]

    assert (ended, json.loads(said)) == (None, [["STARTING"], True, False]), "what was looked at an hour ago"
