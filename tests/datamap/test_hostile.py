"""Hostile input: whatever bytes stand in a folder, the answer is a map or a list of errors."""

import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upheld.datamap.fault import Invalid, MapError
from upheld.datamap.model import DataMap
from upheld.datamap.page import parse
from upheld.datamap.read import read

FOLDER = Path(__file__).parent / "folder"
FILES = {str(path.relative_to(FOLDER)): path.read_bytes() for path in sorted(FOLDER.rglob("*.yaml"))}
EXAMPLES = 10_000 if os.environ.get("UPHELD_FUZZ") == "full" else 300
"""CI sets UPHELD_FUZZ=full."""

WORDS = [
    b"null", b"{}", b"[]", b"&a", b"*a", b"!!python/object:os.system", b"<<: ", b"? ", b"- ", b"|", b">", b"%YAML 1.1\n",
    b"---\n", b"...\n", b"\x00", b"\xff", b"\xe2\x80\xa8", b"\t", b"'", b'"', b"1e999", b".nan", b"0x", b"2027-02-31",
    b"${", b"}", b"${A:-x}", b"99999999999999999999999999999999999999999999", b"person: ", b"users.id", b"[[[[[[[[[[",
    b"on_erase: ", b"by: ", b"otherwise: ", b"{json: ", b"delete", b"\\", b"\r", b"#", b": ", b"\xf0\x9f\x8e\xad",
]  # fmt: skip


def _answer(folder: Path) -> DataMap | tuple[MapError, ...]:
    try:
        return read(folder)
    except Invalid as invalid:
        return invalid.errors


def _mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        lines = data.splitlines(keepends=True) or [b""]
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data = data[:at] + chance.choice(WORDS) + data[at:]
            case 1:
                data = data[:at] + data[at + chance.randint(1, 20) :]
            case 2:
                data = data[:at]
            case 3:
                chance.shuffle(lines)
                data = b"".join(lines)
            case 4:
                line = chance.randrange(len(lines))
                data = b"".join(lines[:line] + lines[line : line + 1] * 2 + lines[line + 1 :])
            case _:
                other = chance.choice(list(FILES.values()))
                cut = chance.randrange(len(other))
                data = data[:at] + other[cut : cut + 80] + data[at:]
    return data


@pytest.mark.fuzz
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=2**64 - 1), name=st.sampled_from(sorted(FILES)))
def test_a_mutated_map_is_read_or_refused_with_a_place(
    tmp_path_factory: pytest.TempPathFactory, seed: int, name: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "mutated"
    shutil.rmtree(folder, ignore_errors=True)
    system = name if name.startswith("systems/") else "systems/forum.yaml"
    for file, data in FILES.items():
        if file.startswith("systems/") and file != system:
            continue
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_mutated(data, random.Random(seed)) if file == name else data)

    answer = _answer(folder)

    assert answer
    if not isinstance(answer, DataMap):
        assert all(error.file and error.code and error.what for error in answer)


@pytest.mark.fuzz
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_page_or_an_error(data: bytes) -> None:
    page = parse("any.yaml", data)

    assert page.value is None or not any(error.code == "encoding" for error in page.errors)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "&a [*a]",
        "[" * 5000,
        "{a: " * 5000,
        "? " * 2000,
        "- " * 5000,
        "!!set {a, b}",
        "!!binary aGk=",
        "%YAML 1.1\n---\nconnect: yes\n",
        "%YAML 9.9\n---\nx: 1\n",
        "%TAG ! tag:example.org,2000:\n---\n!x y\n",
        '"\\uD800": "\\U00110000"',
    ],
)
def test_tricks_of_yaml_are_refused_or_harmless(text: str) -> None:
    page = parse("trick.yaml", text.encode())

    assert page.errors or page.value in ({"connect": "yes"}, {"x": 1})
