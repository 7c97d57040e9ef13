"""Countries and well-known systems, as their two files say them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Country:
    """`gdpr`: whether the GDPR is in force there. `time_zone`: the one in which most of its people live."""

    code: str
    name: str
    time_zone: str
    gdpr: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A system that many have, with what its owner is told. `categories`: the kinds of data that it usually
    holds, as the map names them. `later`: the kind of connector that could reach
    it; empty where none would."""

    name: str
    title: str
    holds: str
    look_for: str
    how: str
    copy: str
    categories: tuple[str, ...]
    later: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Systems that are listed under one heading."""

    title: str
    systems: tuple[Known, ...]


@cache
def countries() -> tuple[Country, ...]:
    """All of them, by name."""
    rows = [line.split("\t") for line in _text("countries.txt").splitlines() if not line.startswith("#")]
    return tuple(Country(code, name, zone, bool(more)) for code, name, zone, *more in rows)


@cache
def groups() -> tuple[Group, ...]:
    """The well-known systems under their headings."""
    written = tomllib.loads(_text("systems.toml"))
    return tuple(
        Group(
            each["title"],
            tuple(Known(**system | {"categories": tuple(system["categories"])}) for system in each["system"]),
        )
        for each in written["group"]
    )


@cache
def systems() -> dict[str, Known]:
    """The well-known systems by name."""
    return {each.name: each for group in groups() for each in group.systems}


def _text(name: str) -> str:
    return (files("upheld.datamap.known") / name).read_text(encoding="utf-8")
