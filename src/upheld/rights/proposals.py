"""Proposals of a draft: undecided everywhere, and carried out only on a copy that may be spoilt."""

from collections.abc import Iterator
from dataclasses import replace

from upheld.datamap.model import DataMap, Proposal, System
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Misconfigured

CODE = "proposal.undecided"


def findings(system: System) -> Iterator[Finding]:
    """One for each proposal, the least sure first."""
    for each in sorted(system.proposals, key=lambda one: one.confidence):
        yield Finding(
            CODE,
            Severity.STOP,
            system.name,
            each.table,
            _column(each),
            f"{each.place}: `{each.about}` is only proposed ({each.confidence:.2f}: {each.because}).",
            _cure(system),
        )


def _column(proposal: Proposal) -> str:
    side, dot, column = proposal.about.partition(".")
    return column if dot and side in ("belongs_to", "visible_to") else ""


def _cure(system: System) -> str:
    own = (
        "Write what you decide in its place, or what stands under `proposed`, without the two keys beside it."
    )
    copy = " On this copy, `upheld erase --accept-proposals` carries it out as it is."
    return own + copy if system.scratch else own


def accepted(datamap: DataMap) -> DataMap:
    """The map with the proposals of copies as decisions. Misconfigured where no system is marked as one."""
    if not any(system.scratch for system in datamap.systems):
        raise Misconfigured(
            "--accept-proposals has no use here: no system of this folder is marked as a copy.",
            "Decide what is proposed (`upheld map check` lists it). Only the map of a copy says"
            " `scratch: true`.",
        )
    return replace(
        datamap,
        systems=tuple(replace(each, proposals=()) if each.scratch else each for each in datamap.systems),
    )


def refuse(system: System, *, only_identifying: bool = False) -> None:
    """Misconfigured while something is only proposed; with `only_identifying`, something that decides whose
    rows are whose."""
    waiting = [each for each in system.proposals if each.identifies or not only_identifying]
    if waiting:
        some = "1 decision" if len(waiting) == 1 else f"{len(waiting)} decisions"
        are = "is" if len(waiting) == 1 else "are"
        raise Misconfigured(
            f"{system.name}: {some} of its map {are} only proposed, the first at {waiting[0].place}.",
            "Run `upheld map check`; it says how to decide each.",
        )
