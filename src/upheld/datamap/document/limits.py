"""`limits`: when to stop and ask."""

from typing import Annotated

from pydantic import Field

from upheld.datamap.document.written import Percent, Written

Count = Annotated[int, Field(ge=1, le=2**53)]


class LimitsForm(Written):
    """Beyond one of these nothing is written without a named approval."""

    people_per_day: Count | None = None
    """At most this many people a day."""
    rows_per_person: Count | None = None
    """At most this many rows of one person."""
    share_of_table: Percent | None = None
    """At most this share of the rows of one table."""
