"""A list of people as a CSV file. What is wrong with it is told by file, line and column, never by value."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

from upheld.actions.asking import Asked
from upheld.actions.batch.look import Line
from upheld.cli.faults import WrongUse
from upheld.cli.start import known_kind, people_tables
from upheld.datamap.model import DataMap
from upheld.rights.connector import Connector
from upheld.rights.many import keys_many
from upheld.rights.subject import Identity, Person

LONGEST = 10_000
"""Characters of one cell: nobody's identity is longer, and a quote that is never closed is found."""


def read_people(path: Path, mapped: DataMap, named: Mapping[str, Connector]) -> tuple[Line, ...]:
    """One person a line, below a first line that names kinds of identities, as `email,username`, or tables of
    people, as `forum.users`. An empty cell says nothing. WrongUse for anything else, before anybody is looked
    for: a list that was meant otherwise must not be carried out in part."""
    found = rows(path)
    header = next(found, None)
    if header is None:
        raise WrongUse(
            f"{path} is empty.", "Its first line names what stands below: email,username, for instance."
        )
    number, titles = header
    kinds = [_kind(path, number, title.strip(), mapped, named) for title in titles]
    body = list(found)
    for number, cells in body:
        refuse_ragged(path, number, cells, len(kinds))
        if not any(cell.strip() for cell in cells):
            raise WrongUse(f"{path}, line {number}: nobody is named.", "Take the line out.")
    if not body:
        raise WrongUse(f"{path} names nobody.", "Write one person a line below the first.")
    keys = _keys(path, kinds, body, named)
    return tuple(_line(number, cells, kinds, keys) for number, cells in body)


def refuse_ragged(path: Path, number: int, cells: Sequence[str], many: int) -> None:
    """WrongUse for a line of more or fewer cells than the first: whose address stands in another column would
    be overlooked."""
    if len(cells) != many:
        have = f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'}"
        raise WrongUse(
            f"{path}, line {number}: there are {have}, and {many} in the first line.",
            "Put text with a comma in it in double quotes; leave a cell empty where nothing is known.",
        )


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the number of its first line. WrongUse for what is no CSV."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}.", "Name the file as it is.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WrongUse(f"{path}, line {line}: this is no UTF-8.", "Save the file as CSV in UTF-8.") from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise WrongUse(f"{path}, line {line}: there is a NUL in it.", "Save the file as CSV in UTF-8.")
    csv.field_size_limit(LONGEST)
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for row in reader:
            if row:
                yield number, row
            number = reader.line_num + 1
    except csv.Error:
        raise WrongUse(
            f"{path}, line {number}: this is no CSV: a quote is missing, or stands where it may not.",
            'A cell in double quotes ends with one; a double quote inside is written twice: "".',
        ) from None


def _kind(
    path: Path, number: int, title: str, mapped: DataMap, named: Mapping[str, Connector]
) -> tuple[str, str]:
    """The title of a column as ("", kind) or (system, table)."""
    where = f"{path}, line {number}: "
    system, dot, table = title.partition(".")
    if not title or ";" in title or "\t" in title or "@" in title:
        raise WrongUse(
            f"{where}the first line does not name kinds of identities, separated by commas.",
            "Write email,username, for instance, and one person a line below it.",
        )
    if not dot:
        known_kind(mapped, title, where)
        return "", title
    if system not in named:
        raise WrongUse(f"{where}there is no system {system!r}.", f"Systems: {', '.join(named) or 'none'}.")
    if table not in people_tables(mapped, system):
        there = ", ".join(people_tables(mapped, system)) or "none"
        raise WrongUse(f"{where}no people live in {system}.{table}.", f"Tables of people: {there}.")
    return system, table


Place = tuple[int, int]
"""A row's and a column's position."""


def _keys(
    path: Path,
    kinds: Sequence[tuple[str, str]],
    body: Sequence[tuple[int, list[str]]],
    named: Mapping[str, Connector],
) -> dict[Place, Person]:
    found: dict[Place, Person] = {}
    for column, (system, table) in enumerate(kinds):
        if not system:
            continue
        places = [index for index, (_, cells) in enumerate(body) if cells[column].strip()]
        texts = [body[index][1][column].strip() for index in places]
        for index, key in zip(places, keys_many(named[system], table, texts), strict=True):
            if key is None:
                raise WrongUse(
                    f"{path}, line {body[index][0]}, column {column + 1}: "
                    f"that is no key of {system}.{table}.",
                    "Give the row's key as the system has it.",
                )
            found[index, column] = Person(system, table, key)
    return {(body[index][0], column): person for (index, column), person in found.items()}


def _line(
    number: int, cells: Sequence[str], kinds: Sequence[tuple[str, str]], keys: Mapping[Place, Person]
) -> Line:
    identities = [
        Identity(kind, cell.strip())
        for (system, kind), cell in zip(kinds, cells, strict=True)
        if not system and cell.strip()
    ]
    decisions = [keys[number, column] for column in range(len(kinds)) if (number, column) in keys]
    return Line(number, Asked(tuple(dict.fromkeys(identities)), tuple(dict.fromkeys(decisions))))
