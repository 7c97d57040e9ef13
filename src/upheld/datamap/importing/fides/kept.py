"""Keys of a dataset that have no place in a map: each becomes a note that says what to do instead."""

from upheld.datamap.importing.fides.form import FidesFile, Labelled, MaskingForm
from upheld.datamap.importing.fides.remarks import Code, Remarks
from upheld.datamap.importing.fides.survey import Collection, Column, Dataset
from upheld.datamap.page import Path

MASKED = {
    "delete": "on_erase: delete",
    "null_rewrite": "on_erase: {{anonymise: {{{column}: null}}}}",
    "string_rewrite": 'on_erase: {{anonymise: {{{column}: "[removed]"}}}}',
    "random_string_rewrite": 'on_erase: {{anonymise: {{{column}: {{unique: "removed-{{random}}"}}}}}}',
}
"""What the strategies of Fides come nearest to. Hashes and ciphers are not among them: who has the key, or
tries all addresses, knows who it was."""


def file(form: FidesFile, remarks: Remarks) -> None:
    """Documents beside the datasets."""
    for name in sorted(form.model_fields_set - {"dataset"}):
        remarks.add(
            (name,),
            Code.OTHER_DOCUMENT,
            f"Documents under `{name}` are not carried over.",
            _OTHER.get(name, "What of it holds, say in the map."),
        )


_OTHER = {
    "policy": "A policy masks by category; here each table says what happens to it: `on_erase`.",
    "system": "Name what it does in purposes.yaml, and who runs it in processors.yaml.",
    "data_use": "Purposes of your own stand in purposes.yaml.",
    "organization": "The organisation stands in upheld.yaml.",
}


def dataset(each: Dataset, remarks: Remarks) -> None:
    """What a dataset says about itself and about Fides."""
    form = each.form
    if "<" in each.key or ">" in each.key:
        remarks.add(
            each.at,
            Code.NOT_A_DATABASE,
            "It is a template of a connector to somebody's service, not a database.",
            "Describe the service as `kind: manual`, with its owner and address.",
        )
    if any(leaf.type == "object_id" for c in each.collections for leaf in c.leaves):
        remarks.add(
            each.at,
            Code.NOT_A_DATABASE,
            "`object_id` is a type of MongoDB, which no connector reaches.",
            "Describe the system as `kind: manual`, with its owner and address.",
        )
    usual = {"organization_fides_key"} if form.organization_fides_key == "default_organization" else set()
    for name in sorted((form.model_fields_set & _ABOUT) - usual):
        remarks.add(
            (*each.at, name),
            Code.ABOUT_THE_DATASET,
            f"`{name}` is not carried over.",
            "Where it matters, say it in upheld.yaml, processors.yaml or the system's file.",
        )
    for name in sorted(form.about.model_fields_set & {"resource_id", "after"}):
        remarks.add(
            _meta(each.at, form, name),
            Code.ABOUT_THE_DATASET,
            f"`{name}` is not carried over.",
            "Systems wait for nothing but the people's answer.",
        )
    _overridden(each, remarks)
    _labels(form, each.at, remarks)
    _redacted(form.about.redact, _meta(each.at, form, "redact"), remarks)


def _overridden(each: Dataset, remarks: Remarks) -> None:
    """Categories of the whole dataset hold for tables that name none of their own, and for no others."""
    own = [c.name for c in each.collections if c.form.data_categories]
    if each.form.data_categories and own:
        remarks.add(
            (*each.at, "data_categories"),
            Code.CATEGORY,
            f"The dataset's categories are not carried over to {', '.join(own)}, which have their own.",
            "Where they hold there too, give fields of these tables a `category`.",
        )


_ABOUT = {
    "fidesctl_meta",
    "joint_controller",
    "meta",
    "organization_fides_key",
    "tags",
    "third_country_transfers",
}


def collection(each: Collection, remarks: Remarks) -> None:
    """What a collection and its columns say about how Fides walks and masks."""
    form, meta = each.form, each.form.meta
    for name in sorted(meta.model_fields_set & {"after", "erase_after"}):
        remarks.add(
            _meta(each.at, form, name),
            Code.ORDER,
            f"`{name}` is not carried over: the order follows from the links.",
            "Nothing, if the links are complete.",
        )
    if meta.skip_processing:
        remarks.add(
            _meta(each.at, form, "skip_processing"),
            Code.SKIPPED,
            "Fides leaves this table out; here it is mapped like any other.",
            "If nobody is mentioned in it, move it to `no_personal_data` with the reason.",
        )
    if meta.partitioning is not None:
        remarks.add(
            _meta(each.at, form, "partitioning"),
            Code.PARTITIONS,
            "Partitions are not carried over: the table is read as one.",
            "Nothing, if the account may read all of it.",
        )
    _masking(meta.masking_strategy_override, _meta(each.at, form, "masking_strategy_override"), "", remarks)
    _labels(form, each.at, remarks)
    _redacted(meta.redact, _meta(each.at, form, "redact"), remarks)
    for column in each.leaves:
        _column(column, remarks)
        _unused(column, remarks)


def _unused(each: Column, remarks: Remarks) -> None:
    if each.form.description:
        remarks.add(
            (*each.at, "description"),
            Code.DESCRIPTION,
            "A field's description is not carried over.",
            "Say what it is by its `category`; words for people go into the table's `title`.",
        )
    if each.form.meta.length is not None:
        remarks.add(
            _meta(each.at, each.form, "length"),
            Code.LENGTH,
            "The length is not carried over: it is read from the database, before anything is written.",
            "Nothing.",
        )
    if each.form.meta.return_all_elements is not None:
        remarks.add(
            _meta(each.at, each.form, "return_all_elements"),
            Code.ALL_ELEMENTS,
            "`return_all_elements` is not carried over: a row of hers is given whole, with all of its list.",
            "Nothing, unless others stand in it: then look at a copy before you give it.",
        )


def _column(each: Column, remarks: Remarks) -> None:
    meta = each.form.meta
    if meta.read_only:
        remarks.add(
            _meta(each.at, each.form, "read_only"),
            Code.READ_ONLY,
            f"Fides never writes `{each.name}`; a map has no such mark for a column.",
            "Leave it out of `anonymise`, or keep the row with a reason.",
        )
    if meta.custom_request_field is not None:
        remarks.add(
            _meta(each.at, each.form, "custom_request_field"),
            Code.REQUEST_FIELD,
            "A field of Fides' request form finds nobody here.",
            "If it names a person, name it under `identities` with a kind of its own.",
        )
    _masking(
        meta.masking_strategy_override,
        _meta(each.at, each.form, "masking_strategy_override"),
        each.name,
        remarks,
    )
    _labels(each.form, each.at, remarks)
    _redacted(meta.redact, _meta(each.at, each.form, "redact"), remarks)


def _masking(form: MaskingForm | None, at: Path, column: str, remarks: Remarks) -> None:
    if form is None:
        return
    near = MASKED.get(form.strategy)
    remarks.add(
        at,
        Code.MASKING,
        f"The masking `{form.strategy}` was not made a decision.",
        f"What comes nearest: `{near.format(column=column)}`."
        if near is not None and (column or near == MASKED["delete"])
        else "There is no such thing here: what can be turned back is not erased. Anonymise or delete.",
    )


def _labels(form: Labelled, at: Path, remarks: Remarks) -> None:
    if form.retention is not None:
        remarks.add(
            (*at, "retention"),
            Code.RETENTION,
            "A retention in words decides nothing, and was not carried over.",
            "Where a law demands it: `on_erase: {retain: {ground: …, law: …, for: …, after: …}}`.",
        )
    for name in sorted(form.model_fields_set & {"data_subjects", "data_qualifier"}):
        remarks.add(
            (*at, name),
            Code.ABOUT_THE_DATASET,
            f"`{name}` is not carried over.",
            "Whom rows are about, their links say.",
        )


def _redacted(value: object, at: Path, remarks: Remarks) -> None:
    if value is not None:
        remarks.add(
            at,
            Code.REDACTED_NAME,
            "Names of tables and columns are not hidden from the person here.",
            "Give the table a `title` that she may read.",
        )


def _meta(at: Path, form: object, name: str) -> Path:
    return (*at, "fides_meta" if getattr(form, "fides_meta", None) is not None else "fidesops_meta", name)
