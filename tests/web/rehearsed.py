"""The child of `tests.project.test_rehearsal`. Prints one JSON document: what the rehearsal left behind."""

import json
import sys
import threading

import django

django.setup()

from django.apps import apps  # noqa: E402 - apps first
from django.db import connection  # noqa: E402

from upheld.project.rehearsal import rehearse  # noqa: E402
from upheld.store import release  # noqa: E402
from upheld.web import watched  # noqa: E402


def rows() -> dict[str, int]:
    """How many stand in each table; leaves no connection."""
    found = {each._meta.db_table: each._default_manager.count() for each in apps.get_models()}
    connection.close()
    return found


release.make()
before = rows()
rehearse()
left = {
    "connected": connection.connection is not None,
    "threads": [each.name for each in threading.enumerate()],
    "loaded": sorted({"sqlalchemy", "upheld.store.migrations.0001_initial"} & sys.modules.keys()),
    "counted": [each for each in watched.durations.lines() if not each.startswith("#")],
}
left["written"] = {name: many - before[name] for name, many in rows().items() if many != before[name]}
sys.stdout.write(json.dumps(left))
