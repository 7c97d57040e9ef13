"""Edits of a system's file, written as its owner would write them: what a finding offers as its cure."""

import re
from collections.abc import Mapping, Sequence

PLAIN = re.compile(r"[A-Za-z_][\w.\-]*")
WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

Written = Mapping[str, "Written"] | Sequence["Written"] | str | int | bool | None


def edit(table: str, content: Written) -> str:
    """The keys to add to one table of the map; those that are there already stay."""
    return f"tables: {flow({table: content})}"


def flow(value: Written) -> str:
    """YAML on one line; a word is quoted where it would be read as something else."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return word(value)
        case Mapping():
            return "{" + ", ".join(f"{word(key)}: {flow(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(flow(each) for each in value) + "]"


def word(text: str) -> str:
    """A string as YAML has it inside brackets."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
