"""What a kind of system answers of an undo that keeps nothing by which one could be done."""

from collections.abc import Iterator, Sequence
from datetime import date

from upheld.datamap.model import System
from upheld.rights.connector import Collected, Entropy
from upheld.rights.outcome import FileImage
from upheld.rights.plan import Step
from upheld.rights.subject import Subject
from upheld.rights.undo import Restored, Undoing, cannot


class Unkept:
    """The part of a connector that is about what was kept: nothing was."""

    def __init__(self, system: System) -> None:
        self.system = system

    def returning(self, before: Sequence[bytes], *, files: Sequence[FileImage] = ()) -> Restored:
        """Misconfigured: this kind keeps nothing."""
        raise cannot(self.system.name)

    def sealed(
        self,
        steps: Sequence[Step],
        subject: Subject,
        before: Sequence[bytes],
        *,
        until: date,
        files: Sequence[FileImage] = (),
    ) -> Iterator[Collected]:
        """Nothing: this kind keeps nothing."""
        return iter(())

    def undo(self, before: Sequence[bytes], *, entropy: Entropy, files: Sequence[FileImage] = ()) -> Undoing:
        """Misconfigured: this kind keeps nothing."""
        raise cannot(self.system.name)
