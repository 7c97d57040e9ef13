"""Conditions."""

from upheld.datamap.document.condition import ConditionForm, LikeForm, LookupForm
from upheld.datamap.model import Condition, Lookup, Test


def condition(written: ConditionForm | None) -> Condition:
    """All tests of a `when`, in the order written; empty where there is none."""
    return tuple(_test(column, value) for column, value in (written or {}).items())


def _test(column: str, written: object) -> Test:
    if isinstance(written, LikeForm):
        return Test(column, like=written.like)
    if isinstance(written, LookupForm):
        return Test(column, lookup=Lookup(written.lookup, tuple((written.__pydantic_extra__ or {}).items())))
    if isinstance(written, list):
        return Test(column, tuple(written))
    return Test(column, (written,))  # type: ignore[arg-type]  # the form admits scalars only
