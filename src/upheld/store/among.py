"""`pk__among=[…]`: as Django's `in`, for hundreds of values: they go as one, and the statement is the same
however many there are. Django looks at each several times and writes a mark for each."""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.fields.related import ForeignObject
from django.db.models.lookups import Lookup


class Among(Lookup):
    """Of a column with numbers, texts or UUIDs; none of them NULL."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Raises EmptyResultSet for no values at all, as `in` does."""
        values = list(dict.fromkeys(map(_number, self.rhs)))
        if not values:
            raise EmptyResultSet
        left, given = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{left} = ANY(%s)", (*given, values)
        listed = json.dumps([each.hex if isinstance(each, UUID) else each for each in values])
        return f"{left} IN (SELECT value FROM json_each(%s))", (*given, listed)  # noqa: S608 - a column of ours

    def get_prep_lookup(self) -> Any:
        """As they are."""
        return self.rhs


def _number(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def register() -> None:
    """Once, as the program starts."""
    models.Field.register_lookup(Among)
    ForeignObject.register_lookup(Among)
