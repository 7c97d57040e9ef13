"""Whether sampled values of one column are keys of another table: looked up by the key's own index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from upheld.connectors.sql.columns import fitting
from upheld.connectors.sql.discover.sample import Look, Values, some
from upheld.connectors.sql.schema import Family
from upheld.datamap.discover.seen import Answer, Question

VALUES = 200
"""At most so many different values are looked for in another table."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers questions from the values of one look. What goes out is counted, and never a value."""

    look: Look
    values: Mapping[str, Values]
    _ends: dict[tuple[str, str], tuple[int, int] | None] = field(default_factory=dict)

    def answer(self, question: Question) -> Answer:
        """How many of the column's values are keys there, and how far up the keys they lie. Nothing where the
        database does not say it in time."""
        different = some(self.values.get(question.table, {}).get(question.column, ()), VALUES)
        if not different:
            return Answer(0, 0)
        column = self.look.tables.known(question.to, question.key)
        ours = self.look.tables.known(question.table, question.column)
        as_text = ours.family is Family.TEXT and column.family is Family.INTEGER
        fitted = fitting([each for each in different if not as_text or _plain(each)], column)
        if not fitted:
            return Answer(len(different), 0)
        key = self.look.tables[question.to].c[column.name]
        found = self.look.ask(sa.select(sa.func.count(key.distinct())).where(key.in_(fitted)))
        if not found:
            return Answer(0, 0)
        inside = min(int(found[0][0]), len(different))
        numbers = [each for each in fitted if isinstance(each, int)]
        if column.family is not Family.INTEGER or inside < len(different) or len(numbers) < len(fitted):
            return Answer(len(different), inside)
        return self._placed(question, len(different), inside, numbers)

    def _placed(self, question: Question, asked: int, inside: int, numbers: Sequence[int]) -> Answer:
        ends = self._between(question)
        if ends is None:
            return Answer(asked, inside, 0.0, 0.0)
        least, most = ends
        width = max(1, most - least)
        upper = sum(2 * (each - least) >= width for each in numbers) / len(numbers)
        return Answer(asked, inside, min(1.0, (max(numbers) - least) / width), upper)

    def _between(self, question: Question) -> tuple[int, int] | None:
        """The least and the greatest key of a table, asked once."""
        at = (question.to, question.key)
        if at not in self._ends:
            key = self.look.tables[question.to].c[question.key]
            found = self.look.ask(sa.select(sa.func.min(key), sa.func.max(key)))
            known = found and found[0][0] is not None
            self._ends[at] = (int(found[0][0]), int(found[0][1])) if found and known else None
        return self._ends[at]


def _plain(text: str) -> bool:
    """Whether a number is written as the database would write it: `07` is no key of anything."""
    return text.isascii() and text.isdigit() and str(int(text)) == text
