"""Who opens a copy is written down, whichever of its files she fetches."""

from pathlib import Path

from tests.servers.database import Database
from tests.web.child import told
from tests.web.journeys.plugin import furnish


def test_a_look_at_any_file_of_a_copy_is_written_down_once_a_visit(sqlite: Database, tmp_path: Path) -> None:
    """P-25: by the addresses of her rows, tables and pages as by its first page; each file an hour later than the one before."""
    given = furnish(sqlite, tmp_path)
    seen = told("looks", tmp_path, **{name: given[name] for name in given if name != "UPHELD_DIR"})

    assert seen.pop("no such file") == [404, 0]
    assert (seen.pop("by"), seen.pop("openings")) == ([], 1), "the whole of it, and each file"
    assert {name.partition("/")[0] for name in seen} >= {"index.html", "package.json", "data", "csv", "pages"}
    assert set(map(tuple, seen.values())) == {(200, 200, 1)}
