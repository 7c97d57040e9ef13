"""The vectors of spec/traces.md: what one version remembered, the next finds; another format is refused."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from upheld.connectors.sql.inside import KeySet
from upheld.connectors.sql.traces import Traces, loaded
from upheld.rights.codec import Unreadable

VECTOR = json.loads((Path(__file__).parents[3] / "spec" / "vectors" / "traces" / "sql.json").read_text())
TRACES = Traces(
    sets={"users(id)": KeySet("users", ("id",), ((7,),))},
    gone=[KeySet("posts", ("id",), ((1,), (2,)))],
    kept=[KeySet("donations", ("id",), ((UUID("8d7e3a52-0b8e-4a42-9f5e-6d9a5d1f2c11"),),))],
    raw={("users", "email", "email"): ("Ada@Example.org ",)},
    paths=["ada.png"],
)


def test_traces_are_written_and_read_as_the_vector_has_them() -> None:
    assert json.loads(TRACES.dumped()) == VECTOR["traces"]
    assert loaded([json.dumps(VECTOR["traces"]).encode()]) == TRACES


def test_traces_of_two_transactions_are_one_union() -> None:
    later = Traces(sets={"users(id)": KeySet("users", ("id",), ((7,), (9,)))}, paths=["letter.pdf"])

    both = loaded([TRACES.dumped(), later.dumped()])

    assert both.sets == {"users(id)": KeySet("users", ("id",), ((7,), (9,)))}
    assert (both.gone, both.paths) == (TRACES.gone, ["ada.png", "letter.pdf"])


@pytest.mark.parametrize(
    "written", [{}, {"format": "upheld.sql.traces/v2"}, {"format": "upheld.rows.traces/v1"}]
)
def test_traces_in_another_format_are_refused_rather_than_found_empty(written: dict[str, str]) -> None:
    with pytest.raises(Unreadable) as raised:
        loaded([json.dumps(VECTOR["traces"] | {"format": None} | written).encode()])

    assert raised.value.why == "format"
