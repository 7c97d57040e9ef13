"""`package.json`: what is in the package, for programs (spec, section 3)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from upheld.datamap.model import DataMap
from upheld.law.right import Right
from upheld.rights.package.archive import Entry
from upheld.rights.package.gather import Part, Said
from upheld.rights.package.indented import indented
from upheld.rights.plan import Plan
from upheld.rights.regime import Pinned

path: Final = "package.json"
form: Final = "upheld-access-package"
ported: Final = "upheld-portability-package"
version: Final = 1


def form_of(right: Right) -> str:
    """The format of a package for that right: a copy of all, or what a person takes along."""
    return ported if right is Right.PORTABILITY else form


def manifest(
    plan: Plan,
    datamap: DataMap,
    parts: list[Part],
    entries: list[Entry],
    *,
    now: datetime,
    language: str,
    said: Sequence[Said] = (),
    pinned: Pinned | None = None,
) -> bytes:
    """The manifest as indented JSON. It lists every other file, itself not. Says what failed, never why in
    the words of the system: those may hold names of hosts."""
    content = {
        "format": form_of(plan.right),
        "version": version,
        "organisation": {"name": datamap.organisation.name, "contact": datamap.organisation.contact},
        "made_at": now.astimezone(UTC).isoformat(),
        "right": plan.right.value,
        "regime": plan.regime,
        **({"due": _due(pinned)} if pinned else {}),
        "language": language,
        "complete": all(part.finished for part in parts),
        "systems": [_part(part) for part in parts],
        **({"statements": [_said(each) for each in said]} if said else {}),
        "files": [{"path": entry.path, "size": entry.size, "sha256": entry.sha256} for entry in entries],
    }
    return (indented(content) + "\n").encode("utf-8", "backslashreplace")


def _due(pinned: Pinned) -> dict[str, object]:
    dates = pinned.dates
    return {
        "pack": pinned.law.id,
        "received": dates.received.isoformat(),
        "target": dates.answer.target.isoformat(),
        "legal": dates.legal.isoformat(),
    }


def _said(said: Said) -> dict[str, object]:
    about = said.statement
    return {
        "path": said.path,
        "given_at": about.given_at.astimezone(UTC).isoformat(),
        "system": about.system or None,
        "table": about.table or None,
        "row": list(about.key) or None,
    }


def _part(part: Part) -> dict[str, object]:
    left_out = {"left_out": [dict(each) for each in part.left_out]} if part.left_out is not None else {}
    return {
        "name": part.system.name,
        "title": part.system.title,
        "kind": part.system.kind,
        "state": part.state.value,
        "failure": type(part.failure).__name__.lower() if part.failure else None,
        "searched": list(part.searched),
        "tables": [
            {
                "name": holding.name,
                "rows": holding.rows,
                "not_hers": holding.seen,
                "withheld": dict(sorted(holding.withheld.items())),
                "jsonl": f"data/{holding.slug}.jsonl",
                "csv": f"csv/{holding.slug}.csv",
                "schema": f"schema/{holding.slug}.schema.json",
                "pages": f"pages/{holding.slug}/",
            }
            for holding in part.holdings
        ],
        "attachments": [
            {"table": each.table, "name": each.name, "path": each.path, "whole": each.whole}
            for each in part.files
        ],
        **left_out,
    }
