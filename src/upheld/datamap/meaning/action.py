"""Actions and treatments."""

import re
from typing import cast

from upheld.datamap import model
from upheld.datamap.document import action as written
from upheld.datamap.page import Spot
from upheld.law.ground import Ground

_SPAN = re.compile(r"(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)d)?")


def period(text: str) -> model.Period:
    """`1y6m` as a calendar span."""
    years, months, days = (int(part or 0) for part in _SPAN.fullmatch(text).groups())  # type: ignore[union-attr]
    return model.Period(years, months, days)


def assignments(form: written.Assignments | None) -> tuple[model.Assignment, ...]:
    """Columns and values, in the order written."""
    return tuple(model.Assignment(column, _value(value)) for column, value in (form or {}).items())


def _value(form: object) -> model.Value:
    match form:
        case written.UniqueForm():
            return model.Unique(form.unique)
        case written.PseudonymForm():
            return model.Pseudonym(form.pseudonym)
        case written.GhostForm():
            return model.Ghost(form.ghost)
        case written.JsonForm():
            return model.JsonEdit(tuple(form.json_.items()))
        case _:
            return model.Constant(form)  # type: ignore[arg-type]  # the form admits scalars only


def action(form: written.ActionForm | written.TreatmentForm, spot: Spot) -> model.Action:
    """One action; complains about terms that do not fit together."""
    match form:
        case "delete":
            return model.Delete()
        case "detach":
            return model.Detach()
        case written.AnonymiseForm():
            return model.Anonymise(assignments(form.anonymise))
        case written.DetachForm():
            return model.Detach(form.detach.to == "ghost")
        case written.KeepForm():
            return model.Keep(form.keep)
        case written.RetainForm():
            return _retain(form.retain, spot.down("retain"))
        case written.FollowForm():
            return _follow(form.follow, spot.down("follow"))
        case _:
            return model.Ask()


def _follow(terms: written.FollowTerms, spot: Spot) -> model.Follow:
    _check_twice(terms, spot)
    return model.Follow(link_name(terms.link.split(",")), _at_once(terms))


def _at_once(terms: written.RetainTerms | written.FollowTerms) -> tuple[model.Assignment, ...]:
    stripped = tuple(model.Assignment(column, model.Constant(None)) for column in terms.strip or ())
    return stripped + assignments(terms.anonymise)


def _retain(terms: written.RetainTerms, spot: Spot) -> model.Retain:
    _check_terms(terms, spot)
    then = cast(
        "model.Delete | model.Anonymise | model.Detach",  # the form admits no other
        action(terms.then, spot.down("then")) if terms.then is not None else model.Delete(),
    )
    return model.Retain(
        ground=Ground(terms.ground),
        law=terms.law,
        period=period(terms.period) if terms.period else None,
        after=terms.after,
        then=then,
        assignments=_at_once(terms),
        review=terms.review,
        hold=terms.hold,
    )


def _check_terms(terms: written.RetainTerms, spot: Spot) -> None:
    damaged = spot.page.is_damaged(spot.path)
    if (terms.period is None) != (terms.after is None) and not damaged:
        there, missing = ("for", "after") if terms.period else ("after", "for")
        spot.down(there).complain(
            "bad-retain",
            f"`{there}` stands without `{missing}`.",
            "A period needs the date from which it runs.",
        )
    elif terms.period is None and terms.review is None and terms.hold is None and not damaged:
        spot.complain(
            "bad-retain",
            "Nothing says until when these rows stay.",
            "Give `for` and `after`, or a `review` date (G-17.3).",
        )
    if Ground(terms.ground) is Ground.LEGAL_CLAIMS and terms.hold is None and not damaged:
        spot.complain(
            "bad-retain",
            "`legal-claims` needs a `hold`.",
            "Name a matter of `holds` in upheld.yaml, with its owner and end (G-17.4).",
        )
    _check_twice(terms, spot)


def _check_twice(terms: written.RetainTerms | written.FollowTerms, spot: Spot) -> None:
    for column in set(terms.strip or ()) & set(terms.anonymise or ()):
        spot.down("strip").complain(
            "bad-retain", f"`{column}` is both stripped and anonymised.", "Name it under one of the two."
        )


def treatment(form: written.TreatmentForm, person: tuple[str, ...], spot: Spot) -> model.Treatment:
    """A table's `on_erase`. In a person table `by` names the table's own key too: the person's row."""
    orphan = isinstance(form, written.Orphan | written.OrphanTreatment) and form.orphan is not None
    if isinstance(form, written.OrphanTreatment):
        return model.Treatment(orphan=True)
    if not isinstance(form, written.ByTreatment):
        rule = model.Rule(action(form, spot), place=spot.place)
        return model.Treatment((rule,), orphan=orphan)
    rules: list[model.Rule] = []
    by: list[tuple[str, model.Action]] = []
    for name, chosen in form.by.items():
        inner = spot.down("by", name)
        link = link_name(name.split(","))
        if person and link == link_name(person):
            rules.append(model.Rule(action(chosen, inner), place=inner.place))
        else:
            by.append((link, action(chosen, inner)))
    return model.Treatment(tuple(rules), tuple(by), orphan)


def link_name(columns: list[str] | tuple[str, ...]) -> str:
    """Columns as `by:` and `of:` write them: joined by commas."""
    return ",".join(column.strip() for column in columns)
