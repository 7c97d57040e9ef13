"""`limits`: when to stop and ask, and how much a system can take."""

from typing import Annotated

from pydantic import Field

from upheld.datamap.document.written import Percent, QuietText, Written

Count = Annotated[int, Field(ge=1, le=2**53)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class LimitsForm(Written):
    """When to stop and ask: beyond one of the first three nothing is written without a named approval. And
    how much a system can take: what the others do not let begin waits until they do."""

    people_per_day: Count | None = None
    """At most this many people's erasure a day; whoever is approved and waits counts too."""
    rows_per_person: Count | None = None
    """At most this many rows of one person."""
    share_of_table: Percent | None = None
    """At most this share of the rows of one table."""
    people_per_hour: Count | None = None
    """At most this many people are begun an hour; the others wait. Not for copies."""
    concurrency: Count | None = None
    """At most this many programs change something at the same time; the others wait."""
    quiet_hours: QuietText | None = None
    """When changes may begin, by the organisation's clock, such as 01:00-05:00; at other times they wait."""
    timeout: Seconds | None = None
    """After so many seconds a statement is given up and tried again later; 120 unless said."""
