"""Reads the published vectors of spec/vectors; the tests of this folder share it."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "spec" / "vectors"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
