"""How rows lead to people: foreign keys, keys that the schema does not declare, generic keys, addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from upheld.datamap.discover import category, generic, role, weigh
from upheld.datamap.discover.people import People, named_aside
from upheld.datamap.discover.role import Role
from upheld.datamap.discover.seen import Column, Seen, Sort, Table
from upheld.datamap.discover.tie import Tie


def find(seen: Seen, people: Mapping[str, People]) -> tuple[dict[str, list[Tie]], dict[str, list[Tie]]]:
    """For each table its ties to people, and its ties to other tables."""
    ties: dict[str, list[Tie]] = {name: [] for name in seen.tables}
    parents: dict[str, list[Tie]] = {name: [] for name in seen.tables}
    for table in seen.tables.values():
        for reference in table.references:
            tie = Tie(reference.columns, reference.to, reference.key)
            _add(seen, people, table, tie, ties, parents)
        ties[table.name].extend(generic.ties(seen, people, table))
    for table, tie in weigh.ties(seen, people):
        _add(seen, people, table, tie, ties, parents)
    for table in seen.tables.values():
        if table.name not in people and not aside(table, ties[table.name], people):
            ties[table.name].extend(_addresses(table))
    return ties, parents


def _add(
    seen: Seen,
    people: Mapping[str, People],
    table: Table,
    tie: Tie,
    ties: dict[str, list[Tie]],
    parents: dict[str, list[Tie]],
) -> None:
    """Each set of columns leads to one place: what is surer came first."""
    if tie.to is None or tie.to not in seen.tables:
        return
    taken = [each for each in (*ties[table.name], *parents[table.name]) if each.columns == tie.columns]
    if any(each.when is None and (each.to in people or not tie.decided) for each in taken):
        return
    if tie.to in people:
        said = role.role(tie.columns, seen.tables[tie.to].title)
        said = tie.role if said is Role.UNSAID else said
        ties[table.name].append(replace(tie, role=said, login=tie.key != people[tie.to].key))
    else:
        parents[table.name].append(tie)


def aside(table: Table, ties: list[Tie], people: Mapping[str, People]) -> tuple[str, str | None] | None:
    """Addresses by which people are known, in a table of their own: the column, and what vouches for them."""
    leads = [tie for tie in ties if tie.to and not tie.login and not tie.when and tie.to in people]
    return named_aside(table) if len(leads) == 1 and leads[0].role is Role.OWNER else None


# --- addresses -----------------------------------------------------------------------------------------


def _addresses(table: Table) -> Iterator[Tie]:
    for column in table.columns.values():
        guess = category.of(column)
        if guess is None or guess.category != "email-address" or column.sort is not Sort.TEXT:
            continue
        seen = column.sight.share("email") >= category.SURE
        yield Tie(
            (column.name,),
            None,
            identity="email",
            role=Role.PARTY,
            confidence=0.9 if seen else 0.6,
            because="addresses stand there" if seen else "its name says so; no address was seen",
            decided=False,
        )


def lists(table: Table) -> Iterator[Tie]:
    """Columns whose lists hold addresses, of whomever. Taking hers out of one touches nobody else's."""
    for column in table.columns.values():
        seen = column.listed.kinds.get("email", 0)
        named = column.sort is Sort.ARRAY and category.by_name(column.name) == "email-address"
        if not seen and (column.listed.filled or not named or not _of_texts(column)):
            continue
        if column.listed.filled and column.listed.share("email") < category.SURE and seen < category.FEW:
            continue
        yield Tie(
            (column.name,),
            None,
            identity="email",
            role=Role.PARTY,
            confidence=0.9 if seen else 0.5,
            because="addresses stand in its lists" if seen else "its name says so; no list was seen",
            decided=False,
            array=True,
        )


def _of_texts(column: Column) -> bool:
    return any(word in column.type_text.lower() for word in ("char", "text"))
