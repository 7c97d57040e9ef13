"""The vectors of spec/plan.md, read twice: by Upheld, and by a reader that knows nothing but that page."""

import json
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.rights.codec import Unreadable, digest, encode, text
from upheld.rights.plan import Plan
from upheld.rights.planner import plan
from upheld.rights.stored import read_plan, read_step

SPEC = Path(__file__).parents[2] / "spec"
VECTORS = {path.stem: json.loads(path.read_text()) for path in (SPEC / "vectors" / "plan").glob("*.json")}
VALID = sorted(name for name in VECTORS if name.startswith("valid"))
INVALID = sorted(name for name in VECTORS if name.startswith("invalid"))

# --- the other reader: the page's words, JSON and SHA-256 -----------------------------------------------------

PAGE = (SPEC / "plan.md").read_text()
WORDS = dict(
    re.findall(
        r"^\| `(\w+)` \| (.+) \|$", PAGE.partition("[[[end]]]")[0].partition("[[[cog")[2], re.MULTILINE
    )
)
PLAIN = {"date", "datetime", "decimal", "uuid", "bytes", "float"}


def members(word: str) -> tuple[set[str], set[str]]:
    """Those that are always there, and all."""
    bare = re.sub(r"\([^)]*\)", "", WORDS[word])
    always = set(re.findall(r"\*\*(\w+)\*\*", bare))
    return always, set(re.findall(r"\w+", bare)) - {"nothing"}


def refused(value: object) -> str | None:
    """Why the page does not allow this value; None when it does."""
    if isinstance(value, list):
        return next((why for why in map(refused, value) if why), None)
    if not isinstance(value, dict):
        return "form" if isinstance(value, float) else None
    word = value["is"]
    if word in PLAIN:
        return None if set(value) == {"is", "value"} and fits(word, value["value"]) else "form"
    if word not in WORDS:
        return "name"
    if WORDS[word].startswith("one of"):
        return None if f"`{value['value']}`" in WORDS[word] else "form"
    if word == "Plan" and value.get("format") != "upheld.plan/v1":
        return "format"
    inner = next((why for why in map(refused, value.values()) if why), None)
    always, every = members(word)
    there = set(value) - {"is"} - ({"format"} if word == "Plan" else set())
    return inner or (None if always <= there <= every else "form")


def fits(word: str, written: str) -> bool:
    if word != "date":
        return True
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def canonical(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


# --- both -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VALID)
def test_a_map_gives_the_plan_and_the_digest_of_its_vector(name: str, tmp_path: Path) -> None:
    """P-23"""
    vector = VECTORS[name]
    for file, content in vector["files"].items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    made = plan(
        read(tmp_path),
        Right(vector["right"]),
        regime=vector["regime"],
        today=date.fromisoformat(vector["today"]),
    )

    assert encode(made) == vector["plan"]
    assert digest(made) == vector["digest"]
    assert read_plan(text(made)) == made
    assert Plan(made.right, made.regime, tuple(read_step(text(step)) for step in made.steps)) == made


@pytest.mark.parametrize("name", VALID)
def test_a_reader_that_knows_only_the_page_finds_the_same_digest(name: str) -> None:
    vector = VECTORS[name]

    assert refused(vector["plan"]) is None
    assert vector["plan"]["is"] == "Plan"
    assert sha256(canonical(vector["plan"]).encode()).hexdigest() == vector["digest"]


@pytest.mark.parametrize("name", INVALID)
def test_a_plan_that_breaks_the_form_is_refused_for_its_reason(name: str) -> None:
    vector = VECTORS[name]

    try:
        why = None if digest(read_plan(json.dumps(vector["plan"]))) == vector["digest"] else "altered"
    except Unreadable as unreadable:
        why = unreadable.why

    assert why == vector["why"]


@pytest.mark.parametrize("name", INVALID)
def test_the_other_reader_refuses_the_same(name: str) -> None:
    vector = VECTORS[name]
    written = vector["plan"]

    why = refused(written)
    if why is None and (not isinstance(written, dict) or written["is"] != "Plan"):
        why = "form"
    if why is None and sha256(canonical(written).encode()).hexdigest() != vector["digest"]:
        why = "altered"

    assert why == vector["why"]


def test_a_stored_text_that_is_no_json_or_endless_is_refused() -> None:
    for damaged in (
        "",
        "{",
        "[" * 100_000,
        '{"is": ["Plan"]}',
        '{"is": "Decimal"}',
        '{"is":"decimal","value":"x"}',
    ):
        with pytest.raises(Unreadable):
            read_plan(damaged)


def test_every_step_of_the_vectors_of_this_page_is_one_that_the_page_lists() -> None:
    steps = {step["is"] for name in VALID for step in VECTORS[name]["plan"]["steps"]}

    assert steps <= set(re.findall(r"`(\w+)`", PAGE.partition("## 2.")[2].partition("<!--")[0]))
    assert len(VALID) >= 7
    assert {VECTORS[name]["why"] for name in INVALID} == {"format", "name", "form", "altered"}
