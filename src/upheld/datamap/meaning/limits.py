"""Limits, and the undo window."""

from dataclasses import fields
from datetime import time

from upheld.datamap import model
from upheld.datamap.document.limits import LimitsForm
from upheld.datamap.quiet import QuietHours


def limits(form: LimitsForm | None) -> model.Limits:
    """What is written; a share as a number from 0 to 1."""
    if form is None:
        return model.Limits()
    share = float(form.share_of_table.rstrip("%")) / 100 if form.share_of_table else None
    return model.Limits(
        form.people_per_day,
        form.rows_per_person,
        share,
        form.people_per_hour,
        form.concurrency,
        quiet(form.quiet_hours),
        form.timeout,
    )


def quiet(written: str | None) -> QuietHours | None:
    """`01:00-05:00` as two times of the day."""
    if written is None:
        return None
    begins, _, ends = written.partition("-")
    return QuietHours(time.fromisoformat(begins), time.fromisoformat(ends))


def window(written: str | None) -> int | None:
    """Days; 0 for `none`, None where nothing is said."""
    if written is None:
        return None
    return 0 if written == "none" else int(written.removesuffix("d"))


def completed(own: model.Limits, general: model.Limits) -> model.Limits:
    """A system's own limits, and the organisation's where it has none of its own."""
    return model.Limits(
        **{
            each.name: getattr(general, each.name)
            if getattr(own, each.name) is None
            else getattr(own, each.name)
            for each in fields(model.Limits)
        }
    )
