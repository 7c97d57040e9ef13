"""The folder against the map: what is missing, unreadable, undeclared or cannot be done. Reads only."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePosixPath

from upheld.connectors.files import csvtext
from upheld.connectors.files.place import Entry
from upheld.connectors.files.store import Store, columns
from upheld.datamap import model
from upheld.datamap.model import Action, Table
from upheld.rights import proposals
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Misconfigured, Permanent

SAMPLE = 1000
"""Lines of a JSONL file that are looked at for their keys."""

_PERSONAL = re.compile(
    r"mail|name|phone|mobile|\btel\b|address|street|city|birth|dob|iban|\bip\b|user|person|customer|author|contact",
    re.IGNORECASE,
)


def check(store: Store) -> tuple[Finding, ...]:
    """All findings at once. Files are told by folder and ending, never by a name that could be a person's."""
    folder = store.root.folder
    if not folder.is_dir():
        return (_finding(store, None, "", "no-folder", "The folder does not exist.", "Correct `connect:`."),)
    found: list[Finding] = []
    if not os.access(folder, os.R_OK | os.X_OK) or not (store.system.read_only or os.access(folder, os.W_OK)):
        cure = "Give this program the right to read and write it, or write `read_only: true`."
        found.append(_finding(store, None, "", "no-rights", "The folder may not be read or written.", cure))
    covered: set[str] = set()
    for table in store.system.tables:
        try:
            found.extend(_table(store, table, covered))
        except (Misconfigured, Permanent) as failure:
            found.append(_finding(store, table, "", "unreadable", failure.what, failure.remedy))
        except PermissionError:
            cure = "Give this program the right to read it."
            found.append(
                _finding(store, table, "", "no-rights", "A file of this table may not be read.", cure)
            )
    found.extend(_undeclared(store, covered))
    found.extend(proposals.findings(store.system))
    return tuple(_accepted(store, each) for each in found)


def _accepted(store: Store, finding: Finding) -> Finding:
    table = next((each for each in store.system.tables if each.name == finding.table), None)
    if table is None or finding.code not in dict(table.accept) or finding.severity is Severity.NOTE:
        return finding
    return Finding(
        finding.code,
        Severity.NOTE,
        finding.system,
        finding.table,
        finding.column,
        finding.what,
        f"Accepted: {dict(table.accept)[finding.code]}",
    )


def _finding(
    store: Store,
    table: Table | None,
    column: str,
    code: str,
    what: str,
    cure: str,
    severity: Severity = Severity.STOP,
) -> Finding:
    return Finding(code, severity, store.system.name, table.name if table else "", column, what, cure)


def _table(store: Store, table: Table, covered: set[str]) -> Iterator[Finding]:
    form, entries = store.form(table), store.entries(table)
    if not entries:
        what, cure = f"Nothing lies at {table.path}.", "Correct `path:`, or leave it if files come later."
        yield _finding(store, table, "", "no-file", what, cure, Severity.NOTE)
    yield from _undoable(store, table, form)
    for entry in entries:
        covered.update(_real(store, name) for name in store.contents(entry))
        path = store.root.path(entry.name)
        if path.is_file() and path.stat().st_nlink > 1:
            what = "A file has a second name (a hard link), under which it would stay as it is."
            yield _finding(store, table, "", "hard-link", what, "Remove the second name.")
        if not os.access(path, os.R_OK):
            cure = "Give this program the right to read it."
            yield _finding(store, table, "", "no-rights", "A file of this table may not be read.", cure)
        elif form == "csv":
            yield from _header(store, table, entry)
        elif form == "jsonl":
            yield from _keys(store, table, entry)
    known = {*re.findall(r"\{([a-z0-9_]+)\}", table.path or ""), "text"}
    for column in columns(table) if form in ("folder", "text") else ():
        if column not in known:
            cure = f"Name a part of the path: {table.path}."
            yield _finding(store, table, column, "no-column", "The path has no such part.", cure)


def _undoable(store: Store, table: Table, form: str) -> Iterator[Finding]:
    """Rules that this format cannot follow, found before the first write (scenario 60)."""
    if form != "folder":
        return
    actions: list[Action] = [rule.action for rule in table.treatment.rules]
    actions += [action for _, action in table.treatment.by]
    actions += [action.then for action in actions if isinstance(action, model.Retain)]
    for action in actions:
        strips = isinstance(action, model.Retain | model.Follow) and action.assignments
        if isinstance(action, model.Anonymise | model.Detach) or strips:
            what, cure = "A folder can only stay or go.", "Write `on_erase: delete`, or retain it."
            yield _finding(store, table, "", "cannot-change", what, cure)


def _header(store: Store, table: Table, entry: Entry) -> Iterator[Finding]:
    try:
        dialect = store.dialect(table, entry)
        if dialect is None:
            return
        with store.root.path(entry.name).open("rb") as file:
            for record in csvtext.records(file, dialect.delimiter):
                record.decode(store.encoding)
    except UnicodeDecodeError:
        raise store.unreadable(table, entry, f"is not in {store.encoding}") from None
    except csvtext.Unreadable as error:
        raise store.unreadable(table, entry, f"cannot be read as CSV: {error}") from None
    given = {*dialect.header, *(name for name, _ in entry.parts)}
    for column in columns(table):
        if column not in given:
            what = "A file of this table has no such column."
            cure = f"Use one of: {', '.join(sorted(each for each in given if each))}."
            yield _finding(store, table, column, "no-column", what, cure)
    yield from _unmapped(store, table, given)


def _keys(store: Store, table: Table, entry: Entry) -> Iterator[Finding]:
    given = {name for name, _ in entry.parts}
    rows = 0
    for _, row in islice(store.rows(table, entry), SAMPLE):
        given.update(row or ())
        rows += row is not None
    for column in columns(table):
        if rows and column not in given:
            what = f"None of the first {rows} lines of a file has this key."
            cure = f"Use one of: {', '.join(sorted(given))}; or leave it, if later lines have it."
            yield _finding(store, table, column, "no-column", what, cure, Severity.DOUBT)
    yield from _unmapped(store, table, given)


def _unmapped(store: Store, table: Table, given: set[str]) -> Iterator[Finding]:
    mapped = set(columns(table)) | {
        column for rule in table.treatment.rules for column in _assigned(rule.action)
    }
    for column in sorted(given - mapped):
        if _PERSONAL.search(column):
            what, cure = "This column looks personal and is not in the map.", f"Add {column} under `fields:`."
            yield _finding(store, table, column, "unmapped-column", what, cure, Severity.DOUBT)


def _assigned(action: Action) -> tuple[str, ...]:
    match action:
        case (
            model.Anonymise(assignments)
            | model.Retain(assignments=assignments)
            | model.Follow(assignments=assignments)
        ):
            return tuple(each.column for each in assignments)
    return ()


def _undeclared(store: Store, covered: set[str]) -> Iterator[Finding]:
    """Files that nobody said anything about: fail closed."""
    patterns = [name for each in store.system.no_personal_data for name in each.tables]
    roots = [file.root.strip("/") for table in store.system.tables for file in table.files]
    groups: Counter[tuple[str, str]] = Counter()
    for name in store.root.all_files():
        below = any(name == root or name.startswith(f"{root}/") or root in ("", ".") for root in roots)
        if (
            _real(store, name) not in covered
            and not below
            and not any(fnmatchcase(name, each) for each in patterns)
        ):
            pure = PurePosixPath(name)
            groups[_folder(store, pure), pure.suffix] += 1
    for (folder, suffix), number in sorted(groups.items()):
        place = f"{folder}/*{suffix}" if folder else f"*{suffix}"
        what = f"Files that the map says nothing about: {number} at {place}."
        cure = f"Map them as a table, or list {place} under `no_personal_data:` with a reason."
        yield _finding(store, None, "", "undeclared-file", what, cure)


def _real(store: Store, name: str) -> str:
    try:
        return str(store.root.path(name))
    except Permanent:
        return ""  # a link that leads out: told where its table is checked, or here as undeclared


def _folder(store: Store, name: PurePosixPath) -> str:
    """The folder of a file, with * for parts that stand for people in some table's path."""
    parts = list(name.parent.parts)
    for table in store.system.tables:
        for index, part in enumerate(PurePosixPath(table.path or "").parts):
            if "{" in part and index < len(parts):
                parts[index] = "*"
    return "/".join(parts)
