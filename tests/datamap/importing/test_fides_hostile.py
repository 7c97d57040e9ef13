"""Whatever stands in a file, the answer is files that the reader accepts, or a list of errors."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.datamap.importing.test_fides import DATASETS, ORGANISATION
from tests.datamap.test_hostile import WORDS
from upheld.datamap import graph, model
from upheld.datamap.fault import Invalid
from upheld.datamap.importing.fides.convert import Imported, convert
from upheld.datamap.read import read

EXAMPLES = 2_000 if os.environ.get("UPHELD_FUZZ") == "full" else 40
"""CI sets UPHELD_FUZZ=full."""
FILES = {path.name: path.read_bytes() for path in sorted(DATASETS.glob("*.yml"))}


def _read(imported: Imported, folder: Path) -> tuple[model.System, ...]:
    for old in folder.glob("systems/*.yaml"):
        old.unlink()
    (folder / "systems").mkdir(exist_ok=True, parents=True)
    (folder / "upheld.yaml").write_text(ORGANISATION)
    for number, each in enumerate(imported.systems):
        (folder / "systems" / f"{number}.yaml").write_text(each.text, encoding="utf-8")
    return read(folder).systems


# --- hostile bytes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (
            b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\ndataset: [*b,*b,*b,*b,*b,*b,*b,*b]\n",
            1,
            "Anchors and aliases are not read.",
        ),
        (b"dataset:\n  - !!python/object/apply:os.system [id]\n", 2, "Tags (`!…`) are not read."),
        (b"dataset:\n  - {<<: {fides_key: a}, collections: []}\n", 2, "Merge keys (`<<`) are not read."),
        (b"dataset: []\ndataset: []\n", 2, "`dataset` stands here twice, first in line 1."),
        (b"# caf\xe9\ndataset: []\n", 1, "The file is not UTF-8."),
        (b"dataset: [" * 1 + b"[" * 5000, 1, "Nested deeper than 40 levels."),
        (b"#" * (10 * 2**20), 0, "The file is larger than 4 MB."),
        (
            b"dataset: []\n---\ndataset: []\n",
            2,
            "Not valid YAML: expected a single document in the stream, but found another document.",
        ),
        (b"dataset: [\x00]\n", 1, "Not valid YAML: a character is not allowed."),
    ],
    ids=["bomb", "tag", "merge", "twice", "latin", "deep", "large", "two documents", "nul"],
)
def test_hostile_yaml_is_refused_with_its_line(data: bytes, line: int, what: str) -> None:
    with pytest.raises(Invalid) as refused:
        convert("given.yml", data)

    assert (refused.value.errors[0].line, refused.value.errors[0].what) == (line, what)


@pytest.mark.fuzz
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(FILES)), seed=st.integers(0, 2**32))
def test_a_damaged_file_is_carried_over_or_refused_and_never_half_understood(
    tmp_path: Path, name: str, seed: int
) -> None:
    chance = random.Random(seed)
    data = FILES[name]
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        cut = at + chance.choice((0, 0, 1, 8))
        data = data[:at] + chance.choice((*WORDS, b"name", b"direction: to", b"null")) + data[cut:]

    try:
        imported = convert(name, data)
    except Invalid:
        return
    _read(imported, tmp_path)


# --- any dataset -------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["id", "no", "a b", "x.y", "$.p", "ü", "it's", '"', "#", "n{1}", "two", "three"])
CATEGORIES = st.sampled_from(
    ["user.contact.email", "user.name", "user", "system.operations", "loyalty.tier", "user.stamps"]
)
TYPES = st.sampled_from(["string", "integer", "string[]", "integer[]", "object", "object[]"])


@st.composite
def fields(draw: st.DrawFn, depth: int = 0) -> list[dict[str, Any]]:
    found = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=4 - depth, unique=True)):
        meta: dict[str, Any] = {}
        if draw(st.booleans()):
            meta["data_type"] = draw(TYPES)
        if draw(st.integers(0, 3)) == 0:
            meta["identity"] = draw(st.sampled_from(["email", "phone_number", "card"]))
        if draw(st.integers(0, 3)) == 0:
            meta["primary_key"] = True
        field: dict[str, Any] = {"name": name, "fides_meta": meta or None}
        if draw(st.booleans()):
            field["data_categories"] = draw(st.lists(CATEGORIES, min_size=1, max_size=3))
        if depth < 2 and draw(st.integers(0, 4)) == 0:
            field["fields"] = draw(fields(depth + 1))
        found.append(field)
    return found


def _leaves(field: dict[str, Any], above: str = "") -> list[tuple[str, dict[str, Any]]]:
    name = f"{above}{field['name']}"
    return [(name, field), *(leaf for each in field.get("fields", ()) for leaf in _leaves(each, f"{name}."))]


@st.composite
def datasets(draw: st.DrawFn) -> dict[str, Any]:
    """One or two datasets of up to five collections, with references between any of their fields."""
    found = [
        {
            "fides_key": key,
            "collections": [
                {"name": f"{key}_{number}", "fields": draw(fields())}
                for number in range(draw(st.integers(1, 5)))
            ],
        }
        for key in draw(st.sampled_from([("one",), ("one", "two")]))
    ]
    ends = [
        (dataset["fides_key"], collection["name"], name, leaf)
        for dataset in found
        for collection in dataset["collections"]
        for field in collection["fields"]
        for name, leaf in _leaves(field)
    ]
    for _ in range(draw(st.integers(0, 9))):
        (_, _, _, here), (dataset, collection, name, _) = (
            draw(st.sampled_from(ends)),
            draw(st.sampled_from(ends)),
        )
        reference = {"dataset": dataset, "field": f"{collection}.{name}"}
        direction = draw(st.sampled_from(["from", "to", None]))
        meta = here["fides_meta"] or {}
        here["fides_meta"] = {
            **meta,
            "references": [*meta.get("references", ()), {**reference, "direction": direction}],
        }
    return {"dataset": found}


PARTS = {
    "dataset": [
        {
            "fides_key": "one",
            "collections": [
                {
                    "name": "one_0",
                    "fields": [
                        {"name": "id", "fides_meta": {"primary_key": True, "identity": "email"}},
                        {"name": "no", "fides_meta": {"primary_key": True}},
                    ],
                },
                {
                    "name": "one_1",
                    "fields": [
                        {
                            "name": each,
                            "fides_meta": {
                                "references": [{"dataset": "one", "field": f"one_0.{each}", "direction": way}]
                            },
                        }
                        for each, way in (("id", "from"), ("no", None))
                    ],
                },
            ],
        }
    ]
}


@pytest.mark.fuzz
@settings(max_examples=3 * EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=datasets(), together=st.booleans())
@example(document=PARTS, together=False)
def test_any_dataset_becomes_a_map_that_decides_nothing_and_forgets_nothing(
    tmp_path: Path, document: dict[str, Any], together: bool
) -> None:
    imported = convert("given.yml", json.dumps(document).encode(), name="all" if together else "")

    systems = _read(imported, tmp_path)
    lost = {each.key for each in imported.notes if each.code == "reaches-nobody"}
    for dataset in document["dataset"]:
        for collection in dataset["collections"]:
            name = collection["name"]
            tables = [table for each in systems for table in each.tables if table.name == name]
            assert (len(tables) == 1) is (f"{dataset['fides_key']}.{name}" not in lost)
            for table in tables:
                _forgets_nothing(table, collection)
    for system in systems:
        assert set(graph.levels(system)) == {table.name for table in system.tables}
        assert {rule.action for table in system.tables for rule in table.treatment.rules} <= {model.Ask()}


def _forgets_nothing(table: model.Table, collection: dict[str, Any]) -> None:
    """Every column with a person's data is a field, every identity that is a column of its own leads to rows,
    and a table of people has no other way in."""
    fields = {field.column for field in table.fields}
    identities = {(each.kind, each.column) for each in table.identities}
    links = {(link.identity, *link.columns) for link in table.links if link.identity}
    for field in collection["fields"]:
        categories = [c for _, leaf in _leaves(field) for c in leaf.get("data_categories", ())]
        assert field["name"] in fields or all(c.startswith("system") for c in categories)
        kind = (field["fides_meta"] or {}).get("identity")
        if kind and "fields" not in field:
            found = ({"phone_number": "phone"}.get(kind, kind), field["name"])
            assert found in identities | links
    if table.person:
        assert (table.links, table.held_by) == ((), ())
