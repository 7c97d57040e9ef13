"""Write src/upheld/store/beginning.sql anew: what our migrations make of an empty database on SQLite."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import django
from django.core.management import call_command

from upheld.store.beginning import FILE, written


def run() -> None:
    """With nothing but our own app: what Django's and others' do is of the release that is installed."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"UPHELD_DATA": folder, "DJANGO_SETTINGS_MODULE": "upheld.project.settings"}
        os.environ.pop("UPHELD_DATABASE_URL", None)
        django.setup()
        call_command("migrate", verbosity=0)
        with closing(sqlite3.connect(Path(folder) / "upheld.sqlite3")) as database:
            FILE.write_text(written(database), encoding="utf-8")


if __name__ == "__main__":
    run()
