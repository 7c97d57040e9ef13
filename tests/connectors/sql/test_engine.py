"""How a database is reached."""

from pathlib import Path

import pytest

from upheld.connectors.sql import connector
from upheld.datamap.model import System
from upheld.rights.outcome import Misconfigured


def test_a_database_file_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    """S-53"""
    there = connector(System("shop", connect=f"sqlite:///{tmp_path}/shop.sqlite"), secrets={})

    with pytest.raises(Misconfigured, match=r"shop: there is no database file at that address\. Correct"):
        there.check()

    assert list(tmp_path.iterdir()) == []
