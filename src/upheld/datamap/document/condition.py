"""`when`: which rows are meant."""

from typing import Annotated

from pydantic import ConfigDict, Discriminator, Field, Tag

from upheld.datamap.document.written import Name, Scalar, Sentence, Written, by_key


class LikeForm(Written):
    """A pattern."""

    like: Sentence
    """The column's text matches this, where * stands for anything."""


class LookupForm(Written):
    """The key of a row elsewhere; every other key is a column of that table and its value."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Scalar] = Field(init=False)

    lookup: Name
    """The table in which the row stands whose key the column holds; the other keys say which row."""


_form = by_key("lookup", "like")


def _test(value: object) -> str:
    tag = _form(value)
    return tag if tag in {"<lookup>", "<like>", "<list>", "<mapping>"} else "<value>"


TestForm = Annotated[
    Annotated[Scalar, Tag("<value>")]
    | Annotated[list[Scalar], Field(min_length=1), Tag("<list>")]
    | Annotated[LikeForm, Tag("<like>")]
    | Annotated[LookupForm, Tag("<lookup>")],
    Discriminator(_test),
]

ConditionForm = Annotated[dict[Name, TestForm], Field(min_length=1)]
