"""systems/*.yaml: one system, how it is reached, and its tables."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from upheld.datamap.document.limits import Count, LimitsForm
from upheld.datamap.document.proposal import Proposed
from upheld.datamap.document.table import TableForm
from upheld.datamap.document.written import (
    Day,
    Name,
    Scalar,
    Sentence,
    Window,
    Written,
    proposed_or_decided,
)


class NoPersonalDataForm(Written):
    """Tables that hold none."""

    tables: Annotated[list[Name], Field(min_length=1)]
    """Names; * stands for anything."""
    reason: Sentence
    """Why no row of them is about a person."""


class ProposedNoPersonalData(Proposed):
    """Tables of which a draft says that they hold none."""

    proposed: NoPersonalDataForm
    """Which tables, and why, as a draft proposes it."""


NoPersonalDataEntry = Annotated[
    Annotated[NoPersonalDataForm, Tag("<decided>")] | Annotated[ProposedNoPersonalData, Tag("<proposed>")],
    Discriminator(proposed_or_decided),
]


class DraftedForm(Written):
    """What was there when the map was drafted."""

    on: Day
    """When it was drafted."""
    tables: dict[Name, dict[Name, Sentence]]
    """Each table with its columns and their types, in the server's own words."""


class TenantForm(Written):
    """One of several organisations in one database."""

    column: Name
    """The column that tells tenants apart."""
    value: Scalar
    """The value of ours."""


class SystemFile(Written):
    """One system."""

    system: Name
    """The name by which the map, the ledger and people call it."""
    title: Sentence | None = None
    """What it is, for people."""
    kind: Name = "sql"
    """Which connector reaches it: sql, files, manual, or one that is installed."""
    connect: Sentence | None = None
    """Where it is; secrets stand in the environment and are named as `${NAME}`."""
    place: Name | None = None
    """Where the data lies; one of the organisation's places."""
    processor: Name | None = None
    """Who runs it for us; a name of processors.yaml."""
    owner: Sentence | None = None
    """Who answers for it."""
    address: Sentence | None = None
    """Where the owner is reached."""
    schemas: Annotated[list[Name], Field(min_length=1)] | None = None
    """Database schemas that belong to the map; names of tables may be `schema.table`."""
    limits: LimitsForm | None = None
    """When to stop and ask."""
    no_personal_data: Annotated[list[NoPersonalDataEntry], Field(min_length=1)] | None = None
    """Tables in which nobody is mentioned, with reasons."""
    tables: Annotated[dict[Name, TableForm], Field(min_length=1)] | None = None
    """The tables that have to do with people."""
    tenant: TenantForm | None = None
    """Every statement is limited to these rows."""
    max_rows: Count | None = None
    """Above this many rows a person is erased in several transactions (20,000 unless said)."""
    undo: Window | None = None
    """For how many days an erasure here can be undone; `none`: what is erased is gone at once."""
    receipt: Name | None = None
    """A table of the target in which our commits leave a receipt."""
    refresh: Annotated[list[Name], Field(min_length=1)] | None = None
    """Materialised views to compute anew afterwards."""
    scratch: bool = False
    """A copy that may be spoilt: `upheld erase --accept-proposals` carries proposals out only here."""
    drafted: DraftedForm | None = None
    """What a draft saw; what is there since is a finding."""
    read_only: bool = False
    """We never write here: access by us, erasure by the owner."""
    categories: Annotated[list[Name], Field(min_length=1)] | None = None
    """kind: manual: the kinds of data it holds; by them it is judged how sure it must be who asks."""
    look_for: Sentence | None = None
    """kind: manual: what the owner looks for."""
    how: Sentence | None = None
    """kind: manual: how what is found is removed, in the owner's own tool."""
    how_to_copy: Sentence | None = None
    """kind: manual: how a copy of what is found is made."""
    days: Annotated[int, Field(ge=1, le=365)] | None = None
    """kind: manual: within how many days."""
