"""Put rows back as they were, in one transaction; what stands there by now is reported, never overwritten.

The database itself is the judge: a batch that it refuses is tried row by row, the rows that it refuses stay
away, and the rest is done again from the beginning. So it is with rows that hang, by a link of the map, on
one that stays away or is gone: the database may know of no such link, or be content with a stranger. Before
anything may be committed all rows are read back and compared with their images, text by text.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.undo.arrange import Arranged, above_first, arranged
from upheld.connectors.sql.undo.hanging import Hanging
from upheld.connectors.sql.undo.image import TableImages, Texts, columns_of, texts
from upheld.connectors.sql.undo.text import Text, bound, generous, is_raw, pinned, writing
from upheld.datamap.model import System
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Key
from upheld.rights.undo import Back, Conflict, Restored, Why

Place = tuple[str, Key]

_TAKEN = {"23505", "23P01", "1062", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
_PARENT = {"23503", "1216", "1452", "SQLITE_CONSTRAINT_FOREIGNKEY"}
_REFUSED = {"1048", "1264", "1265", "1292", "1364", "1366", "1406", "3819", "4025"}
"""What MariaDB says of a value that a column does not take."""


@dataclass
class Restore:
    """One restoring in one open transaction. `inserts` and `updates`: the rows to write, by table;
    `standing`: what stands in their place now. Without `lock` it is only looked at."""

    tables: Tables
    connection: sa.Connection
    mapped: System
    images: Mapping[str, TableImages]
    lock: bool = True
    already: Counter[str] = field(default_factory=Counter)
    conflicts: dict[Place, Why] = field(default_factory=dict)
    inserts: dict[str, list[Key]] = field(default_factory=dict)
    updates: dict[str, dict[Key, tuple[int, ...]]] = field(default_factory=dict)
    standing: dict[str, dict[Key, Texts]] = field(default_factory=dict)

    @property
    def system(self) -> str:
        """Its name, for messages."""
        return self.mapped.name

    def done(self) -> Restored:
        """Write, compare, and say what came back. Permanent, with nothing to be kept, where a row would come
        back otherwise than it was."""
        generous(self.connection)
        with pinned(self.connection):
            for images in self.images.values():
                self._decide(images)
            order = arranged(self.tables, [*{**self.inserts, **self.updates}])
            self._constraints("DEFERRED" if order.defer else "IMMEDIATE")
            while True:
                point = self.connection.begin_nested()
                failed = self._attempt(order) or self._parted()
                if not failed:
                    break
                point.rollback()
                self.conflicts.update(failed)
            self._settle_constraints(order)
            self._compare()
            point.commit()
        return self._said()

    def away(self, images: TableImages) -> Iterator[Key]:
        """Rows that do not stand there as they were. Settings have to be pinned; writes nothing."""
        self._decide(images)
        name = images.table
        yield from self.inserts.get(name, ())
        yield from self.updates.get(name, ())
        yield from (key for table, key in self.conflicts if table == name)

    # --- what to do with each row ---

    def _decide(self, images: TableImages) -> None:
        """From what stands there now, which nobody else can change until the transaction ends."""
        if self._drifted(images):
            self.conflicts.update({(images.table, key): Why.SCHEMA for key in images.rows})
            return
        now = texts(
            self.tables,
            self.connection,
            images.table,
            images.key,
            tuple(images.rows),
            images.columns,
            lock=self.lock,
        )
        self.standing[images.table] = now
        given = self._generated(images)
        for key, image in images.rows.items():
            row = now.get(key)
            if row == image.before:
                self.already[images.table] += 1
            elif image.left is None and row is None:
                self.inserts.setdefault(images.table, []).append(key)
            elif image.left is None or row is None:
                self.conflicts[images.table, key] = Why.TAKEN if image.left is None else Why.CHANGED
            else:
                ours = [at for at in image.left if at not in given]
                lost = tuple(at for at in ours if row[at] != image.before[at])
                if any(row[at] != image.left[at] for at in lost):
                    self.conflicts[images.table, key] = Why.CHANGED
                elif lost:
                    self.updates.setdefault(images.table, {})[key] = lost
                else:
                    self.already[images.table] += 1

    def _drifted(self, images: TableImages) -> bool:
        live = self.tables.live.get(images.table)
        if live is None or self.tables.key(live.name) != images.key:
            return True
        there = {each.name: each for each in columns_of(self.tables, live.name)}
        return any(there.get(each.name) != each for each in images.columns)

    def _generated(self, images: TableImages) -> set[int]:
        """Positions of columns to which the server gives the value."""
        return {
            at
            for at, each in enumerate(images.columns)
            if self.tables.known(images.table, each.name).generated
        }

    # --- writing ---

    def _attempt(self, order: Arranged) -> dict[Place, Why]:
        failed: dict[Place, Why] = {}
        for name in order.tables:
            failed |= self._insert(name, order.later.get(name, ()))
            failed |= self._update(name, self._wanted(name))
        for name, columns in order.later.items():
            failed |= self._fill(name, columns)
        return failed

    def _parted(self) -> dict[Place, Why]:
        """Of what is written, rows whose parent did not come back, or is gone: no foreign key may say so."""
        hanging = Hanging(self.mapped, self.tables, self.connection)
        lost: dict[str, list[Key]] = {}
        for name, key in self.conflicts:
            if self._lost(name, key):
                lost.setdefault(name, []).append(key)
        failed: dict[Place, Why] = {}
        for name in {**self.inserts, **self.updates}:
            keys, rows = [*self._keys(name), *self._wanted(name)], self.images[name].rows
            parted = hanging.parted(name, keys, lost, self.images)
            adrift = hanging.adrift(name, keys)
            parted |= {key for key, links in adrift.items() if links - rows[key].adrift}
            failed |= {(name, key): Why.PARENT for key in keys if key in parted}
        return failed

    def _lost(self, name: str, key: Key) -> bool:
        """Whether nothing may hang on a row with a conflict: it is away, or not hers as it was. Somebody
        else's row with a counter that was moved meanwhile is still what it was to those that hang on it."""
        image = self.images[name].rows[key]
        return image.left is None or image.whose == 1 or key not in self.standing.get(name, {})

    def _keys(self, name: str) -> list[Key]:
        images = self.images[name]
        going = {key: images.rows[key] for key in self.inserts.get(name, ())}
        ordered = above_first(self.tables, name, images.columns, going)
        return [key for key in ordered if (name, key) not in self.conflicts]

    def _wanted(self, name: str) -> dict[Key, tuple[int, ...]]:
        return {
            key: columns
            for key, columns in self.updates.get(name, {}).items()
            if (name, key) not in self.conflicts
        }

    def _insert(self, name: str, later: Sequence[str]) -> dict[Place, Why]:
        images, live = self.images[name], self.tables.known_table(name)
        given = self._generated(images)
        columns = [at for at in range(len(images.columns)) if at not in given]
        empty = {at for at in columns if images.columns[at].name in later}
        listed = ", ".join(self._word(images.columns[at].name) for at in columns)
        ours = " OVERRIDING SYSTEM VALUE" if any(each.always for each in live.columns.values()) else ""
        rows: dict[str, list[tuple[Key, dict[str, Any]]]] = {}
        for key in self._keys(name):
            before = [None if at in empty else images.rows[key].before[at] for at in columns]
            values, parameters = self._values(images, columns, before)
            head = f"INSERT INTO {self._place(name)} ({listed}){ours}"
            sql = f"{head} VALUES ({', '.join(values)})"
            rows.setdefault(sql, []).append((key, parameters))
        return self._written(name, rows)

    def _update(self, name: str, wanted: Mapping[Key, tuple[int, ...]]) -> dict[Place, Why]:
        images = self.images[name]
        position = {each.name: at for at, each in enumerate(images.columns)}
        key_at = [position[column] for column in images.key]
        rows: dict[str, list[tuple[Key, dict[str, Any]]]] = {}
        for key, columns in wanted.items():
            before = images.rows[key].before
            every = [*columns, *key_at]
            values, parameters = self._values(images, every, [before[at] for at in every])
            named = [self._word(images.columns[at].name) for at in every]
            pairs = [f"{word} = {value}" for word, value in zip(named, values, strict=True)]
            setting = [*pairs[: len(columns)], *self._untouched(images, every)]
            this = " AND ".join(pairs[len(columns) :])
            sql = f"UPDATE {self._place(name)} SET {', '.join(setting)} WHERE {this}"  # noqa: S608 - quoted, bound
            rows.setdefault(sql, []).append((key, parameters))
        return self._written(name, rows)

    def _fill(self, name: str, columns: Sequence[str]) -> dict[Place, Why]:
        """Links that were left empty so that rows of a circle could be inserted."""
        images = self.images[name]
        at = [number for number, each in enumerate(images.columns) if each.name in columns]
        wanted = {}
        for key in self._keys(name):
            filled = tuple(number for number in at if images.rows[key].before[number] is not None)
            if filled:
                wanted[key] = filled
        return self._update(name, wanted)

    def _untouched(self, images: TableImages, besides: Sequence[int]) -> list[str]:
        """MariaDB gives a moment a new value when a row is updated, unless the old one is named."""
        if self.tables.live.dialect not in ("mariadb", "mysql"):
            return []
        words = [
            self._word(each.name)
            for at, each in enumerate(images.columns)
            if at not in besides and each.type.lower().startswith(("timestamp", "datetime"))
        ]
        return [f"{word} = {word}" for word in words]

    def _values(
        self, images: TableImages, columns: Sequence[int], before: Sequence[Text]
    ) -> tuple[list[str], dict[str, Any]]:
        dialect = self.tables.live.dialect
        values: list[str] = []
        parameters: dict[str, Any] = {}
        for number, (at, text) in enumerate(zip(columns, before, strict=True)):
            live = self.tables.known(images.table, images.columns[at].name)
            value = bound(dialect, text)
            made = writing(dialect, live, "\0").replace(":", "\\:").replace("\0", f":p{number}")
            values.append(f"CAST({made} AS TEXT)" if is_raw(value) else made)
            parameters[f"p{number}"] = bytes(value) if is_raw(value) else value
        return values, parameters

    def _written(self, name: str, rows: Mapping[str, list[tuple[Key, dict[str, Any]]]]) -> dict[Place, Why]:
        """One statement for all rows; where the database refuses it, one for each."""
        failed: dict[Place, Why] = {}
        for sql, those in rows.items():
            statement = sa.text(sql)
            if self._tried(statement, [parameters for _, parameters in those]) is None:
                continue
            for key, parameters in those:
                why = self._tried(statement, [parameters])
                if why is not None:
                    failed[name, key] = why
        return failed

    def _tried(self, statement: sa.TextClause, parameters: list[dict[str, Any]]) -> Why | None:
        try:
            with self.connection.begin_nested():
                self.connection.execute(statement, parameters)
        except exc.DBAPIError as error:
            return _why(error)
        return None

    def _word(self, name: str) -> str:
        quoted = self.connection.dialect.identifier_preparer.quote_identifier(name)
        return quoted.replace("%%", "%").replace(":", "\\:")

    def _place(self, name: str) -> str:
        live = self.tables.known_table(name)
        return f"{self._word(live.schema)}.{self._word(live.title)}"

    # --- constraints that wait ---

    def _constraints(self, when: str) -> None:
        if self.tables.live.dialect == "postgresql":
            self.connection.exec_driver_sql(f"SET CONSTRAINTS ALL {when}")
        elif self.tables.live.dialect == "sqlite" and when == "DEFERRED":
            self.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")

    def _settle_constraints(self, order: Arranged) -> None:
        """Those of a circle are asked before the commit: afterwards it would be too late to say so."""
        if not order.defer:
            return
        if self.tables.live.dialect == "postgresql":
            if self._tried(sa.text("SET CONSTRAINTS ALL IMMEDIATE"), [{}]) is not None:
                raise self._circle(order)
        elif any(
            self.connection.exec_driver_sql(f"PRAGMA foreign_key_check({self._word(name)})").first()
            for name in order.tables
        ):
            raise self._circle(order)

    def _circle(self, order: Arranged) -> Permanent:
        return Permanent(
            f"{self.system}: rows of {', '.join(order.tables)} refer to each other in a circle, and one that "
            "they need is not there. Nothing was put back.",
            "Free what they refer to, then try again.",
        )

    # --- was it right? ---

    def _compare(self) -> None:
        """Every row that was written, as it stands now against its image."""
        for name in {**self.inserts, **self.updates}:
            images, wanted = self.images[name], self._wanted(name)
            keys = (*self._keys(name), *wanted)
            now = texts(self.tables, self.connection, name, images.key, keys, images.columns)
            given = self._generated(images)
            for key in keys:
                was = images.rows[key].before
                if key in wanted:
                    stood = self.standing[name][key]
                    changed = {*wanted[key], *given}
                    was = tuple(was[at] if at in changed else text for at, text in enumerate(stood))
                differs = [at for at, text in enumerate(now.get(key, ())) if text != was[at]]
                if key in wanted:
                    differs = [at for at in differs if at not in given]
                if key not in now or differs:
                    where = ".".join((name, *(images.columns[at].name for at in differs[:1])))
                    raise Permanent(
                        f"{self.system}: {where} would not come back as it was. Nothing was put back.",
                        "Look for code of the server's own that changes it (`upheld map check`).",
                    )

    def _said(self) -> Restored:
        back = []
        for name in sorted({*self.inserts, *self.updates, *self.already}):
            rows = len(self._keys(name)) + len(self._wanted(name)) if name in self.images else 0
            back.append(Back(name, rows, self.already[name]))
        many = Counter((name, why) for (name, _), why in self.conflicts.items())
        conflicts = tuple(Conflict(name, why, rows) for (name, why), rows in sorted(many.items()))
        return Restored(tuple(each for each in back if each.rows or each.already), conflicts)


def _why(error: exc.DBAPIError) -> Why:
    """Which conflict it is; an error that says nothing of the row is raised again."""
    state = str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or "")
    number = str(error.orig.args[0]) if error.orig is not None and error.orig.args else ""
    said = {state, number} if number.isdigit() else {state}
    if said & _TAKEN:
        return Why.TAKEN
    if said & _PARENT:
        return Why.PARENT
    if said & _REFUSED or isinstance(error, exc.IntegrityError | exc.DataError) or state.startswith("23"):
        return Why.REFUSED
    raise error
