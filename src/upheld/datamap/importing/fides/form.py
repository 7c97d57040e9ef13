"""What may stand in a file of Fides. Null means left out; keys that stand in no form become notes."""

from typing import Annotated, Literal

from pydantic import Field

from upheld.datamap.document.written import Name, Sentence, Written

Keys = list[Name]


class ReferenceForm(Written):
    """A field elsewhere with the same values."""

    dataset: Name
    """The fides_key of the dataset."""
    field: Name
    """collection.field"""
    direction: Literal["from", "to"] | None = None
    """`from`: rows here are found by values from there; `to`: the other way."""


class MaskingForm(Written):
    """How Fides masks this one, whatever its policy says."""

    strategy: Name
    """The name of a strategy."""
    configuration: object = None
    """Its settings."""


class FieldMetaForm(Written):
    """What Fides needs to know to find and change values."""

    references: list[ReferenceForm] | None = None
    identity: Name | None = None
    primary_key: bool | None = None
    data_type: Name | None = None
    length: int | None = None
    return_all_elements: bool | None = None
    read_only: bool | None = None
    custom_request_field: Name | None = None
    masking_strategy_override: MaskingForm | None = None
    redact: object = None


class Labelled(Written):
    """What datasets, collections and fields have in common."""

    description: str | None = None
    data_categories: Keys | None = None
    data_uses: Keys | None = None
    data_purposes: Keys | None = None
    data_subjects: object = None
    data_qualifier: object = None
    retention: object = None

    @property
    def uses(self) -> tuple[str, ...]:
        """Why it is used; the older name of the key counts where the newer is not there."""
        return tuple(self.data_uses or self.data_purposes or ())


class FieldForm(Labelled):
    """One column, or one key inside an object."""

    name: Name
    """The column."""
    fides_meta: FieldMetaForm | None = None
    fidesops_meta: FieldMetaForm | None = None
    fields: "list[FieldForm] | None" = None

    @property
    def meta(self) -> FieldMetaForm:
        """The newer key where both stand."""
        return self.fides_meta or self.fidesops_meta or FieldMetaForm()


class CollectionMetaForm(Written):
    """How Fides walks through a collection."""

    after: object = None
    erase_after: object = None
    skip_processing: bool | None = None
    masking_strategy_override: MaskingForm | None = None
    partitioning: object = None
    redact: object = None


class CollectionForm(Labelled):
    """One table."""

    name: Name
    """The table."""
    fields: list[FieldForm]
    """Its columns."""
    fides_meta: CollectionMetaForm | None = None
    fidesops_meta: CollectionMetaForm | None = None

    @property
    def meta(self) -> CollectionMetaForm:
        """The newer key where both stand."""
        return self.fides_meta or self.fidesops_meta or CollectionMetaForm()


class DatasetMetaForm(Written):
    """What Fides keeps about a dataset."""

    resource_id: object = None
    after: object = None
    namespace: dict[str, object] | None = None
    redact: object = None


class DatasetForm(Labelled):
    """One database, or one schema of one."""

    fides_key: Name
    """Its name in Fides."""
    collections: list[CollectionForm]
    """Its tables."""
    name: Sentence | None = None
    fides_meta: DatasetMetaForm | None = None
    fidesops_meta: DatasetMetaForm | None = None
    fidesctl_meta: object = None
    organization_fides_key: object = None
    tags: object = None
    meta: object = None
    joint_controller: object = None
    third_country_transfers: object = None

    @property
    def about(self) -> DatasetMetaForm:
        """The newer key where both stand."""
        return self.fides_meta or self.fidesops_meta or DatasetMetaForm()


class FidesFile(Written):
    """A file of Fides; only its datasets are read."""

    dataset: Annotated[list[DatasetForm], Field(min_length=1)]
    """A list of datasets."""
    data_category: object = None
    data_qualifier: object = None
    data_subject: object = None
    data_use: object = None
    evaluation: object = None
    organization: object = None
    policy: object = None
    registry: object = None
    system: object = None


def without_nulls(value: object) -> object:
    """The value without keys that have null behind them: Fides writes them for what is not set."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value
