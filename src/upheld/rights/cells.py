"""Cells in bytes, for whoever seals them (spec/cells.md), and what a reset makes of them (G-18.4)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from upheld.rights.codec import Unreadable, decode, encode
from upheld.rights.subject import Cell

FORMAT = "upheld.cells/v1"


def dumped(cells: Sequence[Cell]) -> bytes:
    """As bytes. They hold values of rows: personal, to be sealed."""
    written = {"format": FORMAT, "cells": [encode(each) for each in cells]}
    return json.dumps(written, separators=(",", ":"), ensure_ascii=False).encode()


def are_cells(part: bytes) -> bool:
    """Whether bytes are cells, and not something else that a connector remembers."""
    return part.startswith(b'{"format":"upheld.cells/')


def loaded(parts: Iterable[bytes]) -> tuple[Cell, ...]:
    """The cells of all parts, in order. Raises Unreadable."""
    found: list[Cell] = []
    for part in parts:
        try:
            written: Any = json.loads(part)
        except ValueError as error:
            raise Unreadable("form", "Cells that are not JSON.") from error
        if not isinstance(written, dict) or written.get("format") != FORMAT:
            raise Unreadable("format", f"Cells that are not in the format {FORMAT}.")
        read = decode(written.get("cells", ()), (Cell,))
        if not isinstance(read, tuple) or not all(isinstance(each, Cell) for each in read):
            raise Unreadable("form", "Something among the cells is none.")
        found.extend(read)
    return tuple(found)


def first_to_last(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """One cell a place, however often it was written: from what stood there first to what was left there
    last."""
    found: dict[tuple[object, ...], Cell] = {}
    for each in cells:
        place = (each.table, each.columns, each.key, each.column, each.json)
        found[place] = replace(found[place], after=each.after) if place in found else each
    return tuple(found.values())


def reversed_(cells: Iterable[Cell], step: int) -> tuple[Cell, ...]:
    """The way back, as cells of that step."""
    return tuple(replace(each, step=step, before=each.after, after=each.before) for each in cells)
