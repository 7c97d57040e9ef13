"""Each one's rows as they were, of those that one transaction changes for many people."""

from collections.abc import Sequence
from dataclasses import replace

from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.many.union import Members, Unattributed
from upheld.connectors.sql.many.write import ManyWriter
from upheld.connectors.sql.undo.capture import Capture, changes
from upheld.connectors.sql.undo.image import TableImages, dumped
from upheld.rights.plan import Erase, Recount, Step
from upheld.rights.subject import Key


class ManyCapture:
    """Reads the rows before they are written, and knows whose each is. Rows that several share are not here:
    people who share rows follow each other (`share.transactions`). A counter that several people's rows are
    counted in is left out: to put it back for one would be wrong for the others."""

    def __init__(self, writer: ManyWriter, steps: Sequence[Step]) -> None:
        self.system = writer.rows.system.name
        self.people = range(len(writer.union.members))
        self.capture = Capture(writer.rows.tables, writer.connection, self.system)
        self.owners: dict[str, dict[Key, Members]] = {}
        for step in writer.every:
            if changes(step):
                owners = writer.fix(step)
                to = self.capture.gone if isinstance(step, Erase) else self.capture.changed
                self._add(to, step.selection.table, owners)
        for recount in [step for step in steps if isinstance(step, Recount)]:
            self._counters(writer, recount)
        before = {name: set(keys) for name, keys in self._keys().items()}
        self.capture.follow()
        if {name: set(keys) for name, keys in self._keys().items()} != before:
            raise Unattributed(self.system, "a table whose rows go with others")
        self.capture.read()

    def _add(self, to: dict[str, dict[Key, None]], table: str, owners: dict[Key, Members]) -> None:
        name = self.capture.tables.known_table(table).name
        to.setdefault(name, {}).update(dict.fromkeys(owners))
        self.owners.setdefault(name, {}).update(owners)

    def _counters(self, writer: ManyWriter, step: Recount) -> None:
        kept = writer.union.owners[step.keys]
        own = {key[0]: who for key, who in kept.items() if len(who) == 1}
        these = is_in(writer.rows.tables, step.table, (step.key,), [(each,) for each in own])
        owners = writer.keyed_by(step.table, step.key, own, these)
        self._add(self.capture.changed, step.table, owners)

    def _keys(self) -> dict[str, dict[Key, None]]:
        return {
            name: {**self.capture.gone.get(name, {}), **self.capture.changed.get(name, {})}
            for name in {**self.capture.gone, **self.capture.changed}
        }

    def dumped(self) -> dict[int, bytes]:
        """Everybody's images, after the last write."""
        images = self.capture.images()
        return {
            member: dumped(self.capture.tables.live.dialect, [self._of(member, each) for each in images])
            for member in self.people
        }

    def _of(self, member: int, images: TableImages) -> TableImages:
        owners = self.owners.get(images.table, {})
        rows = {key: image for key, image in images.rows.items() if member in owners.get(key, ())}
        return replace(images, rows=rows)
