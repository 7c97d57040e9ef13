"""Values are made to fit a column many at a time exactly as they are one by one."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import types

from upheld.connectors.sql.awaited import within
from upheld.connectors.sql.columns import NotFitting, fit, fits, fitting
from upheld.connectors.sql.live import Family, LiveColumn
from upheld.datamap.model import Scalar

COLUMNS = [
    LiveColumn("n", types.BigInteger(), "bigint", nullable=False, family=Family.INTEGER),
    LiveColumn("u", types.BigInteger(), "bigint unsigned", nullable=False, family=Family.INTEGER),
    LiveColumn("t", types.Text(), "text", nullable=False, family=Family.TEXT),
    LiveColumn("s", types.String(3), "varchar(3)", nullable=False, family=Family.TEXT, length=3),
    LiveColumn("k", types.Uuid(), "uuid", nullable=False, family=Family.UUID),
]
VALUES = st.one_of(
    st.integers(-(2**65), 2**65),
    st.text(st.sampled_from("a7é-\x00\ud800"), max_size=5),
    st.booleans(),
    st.none(),
    st.uuids(),
    st.decimals(allow_nan=False, allow_infinity=False, places=1),
)
SAME = st.sampled_from(
    [st.integers(-(2**64), 2**64), st.text("ab\x00", max_size=4), st.uuids(), st.booleans()]
)


def one_by_one(values: list[Scalar], column: LiveColumn) -> list[Scalar]:
    found: list[Scalar] = []
    for value in values:
        try:
            fitted = fit(value, column)
        except NotFitting:
            continue
        if value is not None and not any(fitted == each and type(fitted) is type(each) for each in found):
            found.append(fitted)
    return found


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
@given(values=st.one_of(st.lists(VALUES, max_size=9), SAME.flatmap(lambda kind: st.lists(kind, max_size=9))))
@example(values=[2**63 - 1, -(2**63), 1, 1, 0, 5])
@example(values=[True, False, True, False, True])
@example(values=["ab\x00", "a", "b", "c", "d"])
@example(values=["abcd", "a", "b", "c", "d"])
def test_many_fit_as_each_does(column: LiveColumn, values: list[Scalar]) -> None:
    assert fitting(values, column) == one_by_one(values, column)
    if values and fits(values, column):
        assert [fit(each, column) for each in values] == values


def test_a_list_of_numbers_is_written_as_the_server_reads_it_and_holds_what_the_column_can() -> None:
    assert within([1, -5, 2**31, 2**62], types.Integer()) == "{1,-5}"
    assert within([1, 2**31], types.BigInteger()) == "{1,2147483648}"
    assert within([32_767, 32_768], types.SmallInteger()) == "{32767}"
    assert within([], types.BigInteger()) == "{}"
    assert within([Decimal(1), True, 3], types.Integer()) == "{3}"
    assert within([UUID(int=1)], types.Uuid()) == [UUID(int=1)]
