"""The written form for machines and readers: JSON Schemas, the list of keys, and the reference.

All three come from the models in `datamap.document`, so that none of them can say anything else.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from upheld.datamap.document.organisation import OrganisationFile
from upheld.datamap.document.register import ProcessorsFile, PurposesFile
from upheld.datamap.document.system import SystemFile
from upheld.datamap.document.written import Written

FILES: Mapping[str, tuple[str, type[Written]]] = {
    "organisation": ("upheld.yaml", OrganisationFile),
    "purposes": ("purposes.yaml", PurposesFile),
    "processors": ("processors.yaml", ProcessorsFile),
    "system": ("systems/*.yaml", SystemFile),
}
"""Name of each schema, the file it is for, and its form."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one file. KeyError for a name that is not in FILES."""
    file, form = FILES[name]
    whole = _tidied(form.model_json_schema(by_alias=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Upheld privacy folder, version 1: {file}",
        **whole,
    }


def schema_text(name: str) -> str:
    """The schema as it is published, byte for byte."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _tidied(node: dict[str, Any]) -> dict[str, Any]:
    """Without titles and nulls that only mean "may be left out": a key with nothing behind it is an error."""
    tidy = {key: value for key, value in node.items() if key not in {"title", "default", "discriminator"}}
    if "anyOf" in tidy:
        kept = [each for each in tidy["anyOf"] if each != {"type": "null"}]
        if len(kept) == 1:
            del tidy["anyOf"]
            tidy = kept[0] | tidy
        else:
            tidy["anyOf"] = kept
    for key in ("anyOf", "oneOf"):
        if key in tidy:
            tidy[key] = [_tidied(each) for each in tidy[key]]
    for key in ("items", "additionalProperties"):
        if isinstance(tidy.get(key), dict):
            tidy[key] = _tidied(tidy[key])
    for key in ("properties", "$defs"):
        if key in tidy:
            tidy[key] = {name: _tidied(each) for name, each in tidy[key].items()}
    return tidy


# --- keys --------------------------------------------------------------------------------------------------


def described_keys() -> Iterator[tuple[str, str, str]]:
    """Every key: its file, its dotted path and its sentence, file by file, outer keys before inner ones.

    `*` stands for a name of your own. A form that can stand in several places is listed once, at its
    shortest path.
    """
    for file, form in FILES.values():
        seen: set[tuple[type[BaseModel], str]] = set()
        waiting: deque[tuple[str, Any]] = deque([("", form)])
        while waiting:
            prefix, annotation = waiting.popleft()
            for model in _forms(annotation):
                for name, info in model.model_fields.items():
                    owner = next(
                        each for each in reversed(model.__mro__) if name in getattr(each, "model_fields", ())
                    )
                    path = f"{prefix}{info.alias or name}"
                    if (owner, name) in seen:
                        continue
                    seen.add((owner, name))
                    yield file, path, " ".join((info.description or "").split())
                    waiting.append((f"{path}.", info.annotation))
            waiting.extend((f"{prefix}*.", inner) for inner in _mappings(annotation))


def keys() -> tuple[str, ...]:
    """The dotted path of every key of the data map, such as `tables.*.on_erase.retain.strip`."""
    return tuple(dict.fromkeys(path for _, path, _ in described_keys()))


def reference() -> str:
    """The keys as Markdown, a table for each file."""
    lines: list[str] = []
    for file, _ in FILES.values():
        lines += [f"## {file}", "", "| key | what it says |", "|---|---|"]
        lines += [f"| `{path}` | {sentence} |" for where, path, sentence in described_keys() if where == file]
        lines.append("")
    return "\n".join(lines)


def _forms(annotation: Any) -> Iterator[type[BaseModel]]:
    """The forms that may stand here; items of a list stand where the list does."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _forms(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _forms(member)
    elif origin is list:
        yield from _forms(get_args(annotation)[0])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation


def _mappings(annotation: Any) -> Iterator[Any]:
    """What may stand behind the names of mappings that may stand here."""
    origin = get_origin(annotation)
    if origin is Annotated or origin is list:
        yield from _mappings(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _mappings(member)
    elif origin is dict:
        yield get_args(annotation)[1]
