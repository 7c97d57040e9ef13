"""Limits, and the undo window."""

from upheld.datamap import model
from upheld.datamap.document.limits import LimitsForm


def limits(form: LimitsForm | None) -> model.Limits:
    """What is written; a share as a number from 0 to 1."""
    if form is None:
        return model.Limits()
    share = float(form.share_of_table.rstrip("%")) / 100 if form.share_of_table else None
    return model.Limits(form.people_per_day, form.rows_per_person, share)


def window(written: str | None) -> int | None:
    """Days; 0 for `none`, None where nothing is said."""
    if written is None:
        return None
    return 0 if written == "none" else int(written.removesuffix("d"))


def completed(own: model.Limits, general: model.Limits) -> model.Limits:
    """A system's own limits, and the organisation's where it has none of its own."""
    return model.Limits(
        own.people_per_day if own.people_per_day is not None else general.people_per_day,
        own.rows_per_person if own.rows_per_person is not None else general.rows_per_person,
        own.share_of_table if own.share_of_table is not None else general.share_of_table,
    )
