"""What all written forms share: how strict they are, and the small texts in them.

A form with alternatives is a union told apart by how the value is written (`written_as`), so that an error
speaks about the one form that was meant. Tags stand in `<…>`, which no key of ours contains.
"""

import math
from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from upheld.datamap import model

NAME = r"^[^\s\x00-\x1f](.*[^\s\x00-\x1f])?$"
REFERENCE = r"^[^.\s]+(\.[^.\s]+){1,2}$"
PERIOD = r"^([0-9]{1,4}y([0-9]{1,4}m)?([0-9]{1,4}d)?|[0-9]{1,4}m([0-9]{1,4}d)?|[0-9]{1,5}d)$"
PERCENT = r"^(100|[0-9]{1,2}(\.[0-9]{1,6})?)%$"
JSON_PATH = r"^\$(\.[^.\[\]\s]+|\[[0-9]+\])+$"
TEMPLATE = r"\{random\}"
COUNTRY = r"^[A-Z]{2}$"
PLACE = r"^([A-Z]{2}(-[A-Z0-9]{1,3})?|otherwise)$"
REGION = r"^[A-Z0-9]{1,3}$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
WINDOW = r"^(none|[1-9][0-9]?d)$"
QUIET = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
MAIL = r"^[^@\s]+@[^@\s]+$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

IN_WORDS = {
    NAME: "a name",
    REFERENCE: "`table.column` or `schema.table.column`",
    PERIOD: "a calendar span such as 7y, 6m, 30d or 1y6m",
    PERCENT: "a share such as 5% (at most 100%)",
    JSON_PATH: "a path such as $.user.email or $.items[0].name",
    TEMPLATE: "a text with {random} in it, such as removed-{random}@example.invalid",
    COUNTRY: "a country code of two capitals such as DE",
    PLACE: "a country such as DE, a state such as US-CA, or `otherwise`",
    REGION: "the code of a region, without the country, such as HE for Hesse",
    LANGUAGE: "a language code such as en or pt-BR",
    MAIL: "an e-mail address such as privacy@example.org",
    WINDOW: "`none`, or days such as 7d (at most 99d)",
    QUIET: "two times of the day such as 01:00-05:00",
    DAY: "a date such as 2027-12-31",
}


class Written(BaseModel):
    """A mapping with known keys. Unknown keys, other types and keys with nothing behind them are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    @field_validator("*", mode="before")
    @classmethod
    def _something_is_written(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("nothing", "nothing is written here")
        return value


def written_as(value: object) -> str:
    """The tag of a value by its YAML type."""
    for kind, tag in ((bool, "<yes-or-no>"), (str, "<text>"), (dict, "<mapping>"), (list, "<list>")):
        if isinstance(value, kind):
            return tag
    if isinstance(value, int | float):
        return "<number>"
    return "<date>" if isinstance(value, date) else "<nothing>"


def by_key(*keys: str) -> Callable[[object], str]:
    """Tell mappings apart by the first of `keys` in them, everything else by its type."""

    def tag(value: object) -> str:
        if not isinstance(value, dict):
            return written_as(value)
        return next((f"<{key}>" for key in keys if key in value), "<mapping>")

    return tag


def proposed_or_decided(value: object) -> str:
    """The tag of what stands where a decision belongs: a proposal, or the decision in any of its forms."""
    return "<proposed>" if isinstance(value, dict) and "proposed" in value else "<decided>"


def _scalar(value: object) -> model.Scalar:
    if value is None or isinstance(value, bool | str | date):
        return value
    if isinstance(value, int | float) and math.isfinite(value) and -(2**63) <= value < 2**63:
        return value
    if isinstance(value, int | float):
        raise PydanticCustomError("range", "a number of at most 64 bits; quote it if it is text")
    raise PydanticCustomError("scalar", "a plain value: text, number, true, false, a date or null")


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == 10 else value
        except ValueError:
            pass
    if isinstance(value, date):
        return value
    raise PydanticCustomError("day", "a date such as 2027-12-31")


Scalar = Annotated[
    model.Scalar,
    PlainValidator(_scalar),
    WithJsonSchema(
        {"type": ["string", "number", "boolean", "null"], "minimum": -(2**63), "maximum": 2**63 - 1}
    ),
]
Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})
]
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=200)]
Reference = Annotated[str, StringConstraints(pattern=REFERENCE, max_length=400)]
Period = Annotated[str, StringConstraints(pattern=PERIOD)]
Window = Annotated[str, StringConstraints(pattern=WINDOW)]
QuietText = Annotated[str, StringConstraints(pattern=QUIET)]
Percent = Annotated[str, StringConstraints(pattern=PERCENT)]
JsonPath = Annotated[str, StringConstraints(pattern=JSON_PATH)]
Template = Annotated[str, StringConstraints(pattern=TEMPLATE, max_length=400)]
Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
Place = Annotated[str, StringConstraints(pattern=PLACE)]
Region = Annotated[str, StringConstraints(pattern=REGION)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Mail = Annotated[str, StringConstraints(pattern=MAIL, max_length=254)]
Sentence = Annotated[str, StringConstraints(min_length=1)]

Names = Annotated[
    Annotated[Name, Tag("<text>")] | Annotated[list[Name], Field(min_length=1), Tag("<list>")],
    Discriminator(written_as),
]
