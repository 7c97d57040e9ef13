"""Tables."""

from upheld.datamap import model
from upheld.datamap.document import table as written
from upheld.datamap.meaning.action import action, link_name, treatment
from upheld.datamap.meaning.condition import condition
from upheld.datamap.meaning.link import columns, links, normaliser, split
from upheld.datamap.meaning.proposal import decided
from upheld.datamap.meaning.secret import check_secret
from upheld.datamap.page import Spot


def table(name: str, form: written.TableForm, spot: Spot) -> model.Table:
    """One table, with every shorthand spelled out; complains about what contradicts itself."""
    named, _ = decided(form.person, spot.down("person"), name, "person")
    person = columns(named)  # type: ignore[arg-type]  # a proposal is opened
    purposes = tuple(form.purposes or ())
    own = links(form.belongs_to, model.Tie.OWNS, spot.down("belongs_to"))
    seen = links(form.visible_to, model.Tie.SEES, spot.down("visible_to"))
    return model.Table(
        name=name,
        person=person,
        key=columns(form.key),
        identities=_identities(form, spot.down("identities")),
        fields=fields(form.fields, purposes, spot.down("fields")),
        links=(*own, *seen),
        held_by=tuple(
            model.Holding(holder, tuple(pairs), tuple(pairs.values()))
            for holder, pairs in (form.held_by or {}).items()
        ),
        treatment=_treatment(form, person, purposes, spot),
        replies=_replies(form),
        history_of=_history(form.history_of, spot.down("history_of")),
        files=_files(form, spot.down("files")),
        recounts=tuple(
            model.Recount(column, count.of, count.by) for column, count in (form.recount or {}).items()
        ),
        deleted=form.soft_delete,
        restricted=form.restriction,
        stops=tuple(
            model.Stop(each.column, tuple(each.against), each.value, condition(each.when))
            for each in form.stop or ()
        ),
        ghost=tuple(model.Test(column, (value,)) for column, value in (form.ghost or {}).items()),
        tenant="" if form.tenant == "none" else form.tenant,
        purposes=purposes,
        accept=tuple((accept.finding, accept.reason) for accept in form.accept or ()),
        title=form.title or "",
        path=form.path,
        format=form.format,
        place=spot.place,
    )


def _identities(form: written.TableForm, spot: Spot) -> tuple[model.IdentityColumn, ...]:
    found: list[model.IdentityColumn] = []
    for kind, entry in (form.identities or {}).items():
        full = written.IdentityForm(column=entry) if isinstance(entry, str) else entry
        for other in found:
            if other.column == full.column:
                spot.down(kind).complain(
                    "overlapping-identity",
                    f"`{full.column}` is already the identity `{other.kind}`.",
                    "A column holds identities of one kind; leave one of the two out.",
                )
        found.append(
            model.IdentityColumn(kind, full.column, normaliser(kind, full.normalise), full.verified_by)
        )
    return tuple(found)


def fields(form: written.Fields | None, purposes: tuple[str, ...], spot: Spot) -> tuple[model.Field, ...]:
    """Fields of a table or a rule; one for each path of a JSON column. `purposes` where none are written."""
    found: list[model.Field] = []
    for column, entry in (form or {}).items():
        if isinstance(entry, written.JsonColumnForm):
            found += [
                _field(column, inner, purposes, spot.down(column, "json", path), path)
                for path, inner in entry.json_.items()
            ]
        else:
            found.append(_field(column, entry, purposes, spot.down(column)))
    return tuple(found)


def _field(
    column: str, form: written.FieldForm, purposes: tuple[str, ...], spot: Spot, path: str | None = None
) -> model.Field:
    return model.Field(
        column,
        form.category,
        tuple(form.purposes or purposes),
        form.provided,
        path,
        split(form.copy_of) if form.copy_of else None,
        link_name(form.of.split(",")) if form.of else None,
        spot.place,
    )


def _treatment(
    form: written.TableForm, person: tuple[str, ...], purposes: tuple[str, ...], spot: Spot
) -> model.Treatment:
    """`on_erase` or `rows`. Whatever no rule names is asked about: the last rule says so."""
    whole = None
    if form.on_erase is not None:
        chosen, at = decided(form.on_erase, spot.down("on_erase"), str(spot.path[-1]), "on_erase")
        whole = treatment(chosen, person, at)  # type: ignore[arg-type]  # a proposal is opened
    if form.rows is None:
        undecided = model.Treatment((model.Rule(model.Ask(), place=spot.place),))
        return whole or undecided
    if whole is not None and (whole.rules or whole.by):
        spot.down("rows").complain(
            "bad-rows",
            "`rows` stands beside `on_erase`.",
            "Say it in one of the two; only `orphan` may stand beside.",
        )
    rules = _rules(form.rows, purposes, spot.down("rows"))
    if not rules or rules[-1].when:
        rules.append(model.Rule(model.Ask(), place=spot.down("rows").place))
    return model.Treatment(tuple(rules), orphan=whole is not None and whole.orphan)


def _rules(rows: list[written.RowEntry], purposes: tuple[str, ...], spot: Spot) -> list[model.Rule]:
    rules: list[model.Rule] = []
    for number, row in enumerate(rows):
        inner = spot.down(number)
        last = isinstance(row, written.OtherwiseForm)
        if last and number < len(rows) - 1:
            inner.complain("bad-rows", "`otherwise` is not the last rule.", "Move it to the end.")
        entry, key = (
            (row.otherwise, "otherwise")
            if isinstance(row, written.OtherwiseForm)
            else (row.on_erase, "on_erase")
        )
        opened, at = decided(entry, inner.down(key), str(spot.path[1]), "rows")
        chosen = action(opened, at)  # type: ignore[arg-type]  # a proposal is opened
        when = () if isinstance(row, written.OtherwiseForm) else condition(row.when)
        rules.append(
            model.Rule(
                chosen, when, row.format, fields(row.fields, purposes, inner.down("fields")), inner.place
            )
        )
    return rules


def _files(form: written.TableForm, spot: Spot) -> tuple[model.FileReference, ...]:
    found = []
    for column, file in (form.files or {}).items():
        root = file if isinstance(file, str) else file.root
        check_secret(root, spot.down(column))
        found.append(model.FileReference(column, root))
    return tuple(found)


def _replies(form: written.TableForm) -> model.Replies | None:
    if form.replies is None:
        return None
    return model.Replies(form.replies.column, model.ReplyRule(form.replies.erase))


def _history(form: written.HistoryEntry | None, spot: Spot) -> model.History | None:
    if form is None:
        return None
    if isinstance(form, written.HistoryForm):
        own, key = columns(form.columns), columns(form.key)
        if len(own) != len(key):
            spot.complain(
                "bad-link", f"{len(own)} columns cannot equal {len(key)}.", "Give as many as `key` has."
            )
        return model.History(form.table, own, key)
    pairs = {column: split(reference) for column, reference in form.items()}
    tables = sorted({target for target, _ in pairs.values()})
    if len(tables) > 1:
        spot.complain(
            "bad-link", f"A history has one table, not {', '.join(tables)}.", "Name columns of one table."
        )
    return model.History(tables[0], tuple(pairs), tuple(column for _, column in pairs.values()))
