"""The regime packs that come with Upheld, read when they are asked for, each once."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from upheld.law.pack import Pack

FOLDER = Path(__file__).parent
REGIMES = ("gdpr", "ccpa", "voluntary")
_NAME = re.compile(r"([a-z]+(?:-[a-z]+)*)-([0-9]{4}-[0-9]{2})\.toml")
_ADAPTER: TypeAdapter[Pack] = TypeAdapter(Pack)


class PackError(Exception):
    """A pack that cannot be used: what, where, and what to do."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what} {cure}")
        self.what = what
        self.cure = cure


class UnknownPack(PackError):
    """There is no such pack."""


class BrokenPack(PackError):
    """Its file cannot be read, or says what no pack can say."""


class AlteredPack(PackError):
    """Its file is not the one that was pinned on a request."""


@lru_cache(maxsize=64)
def pack(id_: str, *, folder: Path = FOLDER) -> Pack:
    """The pack of that id, such as gdpr/2026-11. Raises UnknownPack or BrokenPack."""
    listed = _listed(folder)
    if id_ not in listed:
        raise UnknownPack(
            f"There is no regime pack `{id_}` in {folder}.",
            f"There are: {', '.join(sorted(listed)) or 'none'}. A later version of Upheld may have it.",
        )
    return _read(listed[id_])


def pinned(id_: str, digest: str, *, folder: Path = FOLDER) -> Pack:
    """The pack as a request was received under it, whatever came later (X-01). Raises AlteredPack when its
    file says something else by now."""
    found = pack(id_, folder=folder)
    if found.digest != digest:
        raise AlteredPack(
            f"The regime pack {id_} in {folder} is not the one that was pinned (SHA-256 {digest[:12]}…).",
            "Install Upheld again: a released pack never changes, its successor has a version of its own.",
        )
    return found


def in_force(regime: str, received: date, *, folder: Path = FOLDER) -> Pack:
    """The pack for a request received on that day: of those whose time had come, the newest. Before the
    oldest had, that one. Raises UnknownPack or BrokenPack."""
    versions = [pack(id_, folder=folder) for id_ in _listed(folder) if id_.partition("/")[0] == regime]
    if not versions:
        known = sorted({id_.partition("/")[0] for id_ in _listed(folder)})
        raise UnknownPack(
            f"There is no regime pack for `{regime}` in {folder}.", f"Regimes: {', '.join(known) or 'none'}."
        )
    come = [each for each in versions if each.since <= received]
    if not come:
        return min(versions, key=lambda each: (each.since, each.version))
    return max(come, key=lambda each: (each.since, each.version))


def every(*, folder: Path = FOLDER) -> tuple[Pack, ...]:
    """All packs, by id."""
    return tuple(pack(id_, folder=folder) for id_ in sorted(_listed(folder)))


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a pack's file, as JSON says what TOML does."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Upheld regime pack, version 1",
        **_without_filled(_ADAPTER.json_schema()),
    }


def schema_text() -> str:
    """The schema as it is published, byte for byte."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _without_filled(node: dict[str, Any]) -> dict[str, Any]:
    own = [each.name for each in fields(Pack) if each.metadata.get("filled")]
    return {**node, "properties": {key: each for key, each in node["properties"].items() if key not in own}}


def _listed(folder: Path) -> Mapping[str, Path]:
    found = ((_NAME.fullmatch(path.name), path) for path in folder.glob("*.toml"))
    return {f"{match[1]}/{match[2]}": path for match, path in found if match}


def _read(path: Path) -> Pack:
    try:
        data = path.read_bytes()
        written = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise _broken(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _broken(path, "is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _broken(path, f"is not TOML: {error}") from None
    if "digest" in written:
        raise _broken(path, "at `digest`: is no key of a pack")
    try:
        found = _ADAPTER.validate_json(json.dumps(written, default=str))
    except (ValidationError, RecursionError) as error:
        raise _broken(path, _first(error)) from None
    match = _NAME.fullmatch(path.name)
    if match is None or found.id != f"{match[1]}/{match[2]}":
        raise _broken(path, f"says that it is {found.id}, which its name does not")
    return replace(found, digest=sha256(data).hexdigest())


def _first(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"])) or "the whole"
    said = first["msg"]
    said = (
        said.removeprefix("Value error, ") if first["type"] == "value_error" else said[:1].lower() + said[1:]
    )
    more = error.error_count() - 1
    return f"at `{where}`: {said}" + (f", and {more} more" if more else "")


def _broken(path: Path, why: str) -> BrokenPack:
    return BrokenPack(
        f"The regime pack {path} {why}.", "Install Upheld again; a changed law is a new file, not an edit."
    )
