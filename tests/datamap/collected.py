"""A pytest plugin: writes which tests carry `key` marks, and on which databases they run, to $UPHELD_COLLECTED."""

import json
import os
from pathlib import Path

import pytest

DATABASES = ("each_database", "database")
"""The fixtures that run a test on one database after the other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    for item in items:
        keys = sorted({key for mark in item.iter_markers("key") for key in mark.args})
        if not keys:
            continue
        params = getattr(getattr(item, "callspec", None), "params", {})
        entry = found.setdefault(item.nodeid.partition("[")[0], {"keys": keys, "databases": []})
        entry["databases"] += [params[name] for name in DATABASES if name in params]
    Path(os.environ["UPHELD_COLLECTED"]).write_text(json.dumps(found))
