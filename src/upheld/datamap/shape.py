"""Is a page written in the form of a file? All differences at once, and the rest of the page all the same.

What is wrong is reported and taken out, so that the checks of meaning can go on with what is left.
"""

import re
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from upheld.datamap.document.written import IN_WORDS, Written, written_as
from upheld.datamap.fault import nearest
from upheld.datamap.page import DEPTH, Page, Path, Spot

Form = TypeVar("Form", bound=Written)

ROUNDS = 2 * DEPTH
OWN = frozenset({"range", "day"})  # errors of our own forms, whose messages name no value

_TYPES = {
    "string_type": "text (put it in quotes)",
    "list_type": "a list",
    "dict_type": "a mapping (`key: value`)",
    "model_type": "a mapping (`key: value`)",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}
_BOUNDS = {
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} letters",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
_FOUND = {
    "<text>": "text",
    "<mapping>": "a mapping",
    "<list>": "a list",
    "<number>": "a number",
    "<date>": "a date",
    "<yes-or-no>": "true or false",
    "<nothing>": "nothing",
}


def shaped(page: Page, form: type[Form]) -> Form | None:
    """The page as `form`, or None where too little of it is left. Errors go to the page."""
    value = page.value
    if value is None:
        if not page.errors:
            Spot(page).complain("missing-key", "The file is empty.", _required(form))
        return None
    if not isinstance(value, dict):
        Spot(page).complain("wrong-type", "The file must be a mapping (`key: value`).", _required(form))
        return None
    for attempt in range(ROUNDS):
        try:
            return form.model_validate(value)
        except ValidationError as failure:
            cuts = set()
            for error in failure.errors(include_url=False):
                path = _written_path(page, error["loc"])
                if attempt == 0:  # pydantic finds all at once; what comes later follows from what was cut
                    _report(page, form, error, path)
                cuts.add(_removable(value, path))
            page.damaged.extend(cuts)
            if () in cuts:
                return None
            for cut in sorted(cuts, key=len, reverse=True):
                _cut(value, cut)
    return None


def _required(form: type[BaseModel]) -> str:
    names = [info.alias or name for name, info in form.model_fields.items() if info.is_required()]
    return f"It needs {', '.join(f'`{name}`' for name in names)}."


def _report(page: Page, form: type[BaseModel], error: ErrorDetails, path: Path) -> None:
    loc, spot = error["loc"], Spot(page, path)
    owner = _form_at(form, loc[:-1])
    if error["type"] == "missing":
        if path and path[-1] == loc[-1]:
            return  # written, but refused already
        what = f"`{loc[-1]}` is missing{_inside(path)}."
        spot.complain("missing-key", what, _help(owner, str(loc[-1])))
    elif error["type"] == "extra_forbidden":
        names = [info.alias or name for name, info in owner.model_fields.items()] if owner else []
        name = str(path[-1])
        spot.complain("unknown-key", f"`{name}` is not a key{_inside(path[:-1])}.", nearest(name, names))
    else:
        code, what, cure = _wrong(error)
        subject = f"The name `{path[-1]}`" if loc[-1] == "[key]" else f"`{_last(path)}`"
        spot.complain(code, f"{subject} {what}.", cure)


def _wrong(error: ErrorDetails) -> tuple[str, str, str]:
    """Code, what and cure. Says what is expected, never what was found: it could be a secret."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _TYPES:
        return "wrong-type", f"must be {_TYPES[kind]}, not {_found(error['input'])}", ""
    if kind == "nothing":
        return "wrong-type", "has nothing behind it", "Write its value, or leave the key out."
    if kind == "scalar":
        return "wrong-type", f"must be {error['msg']}", ""
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return "wrong-type", f"must be {_alternatives(context)}", ""
    if kind in {"literal_error", "enum"}:
        return "wrong-value", "has a word that is not known here", f"Valid here: {context['expected']}."
    if kind == "string_pattern_mismatch":
        return "wrong-value", f"must be {IN_WORDS[context['pattern']]}", ""
    if kind in _BOUNDS:
        return "wrong-value", _BOUNDS[kind].format(**context), ""
    return "wrong-value", f"must be {error['msg'] if kind in OWN else 'written differently'}", ""


def _found(value: object) -> str:
    return _FOUND[written_as(value)]


def _alternatives(context: Mapping[str, Any]) -> str:
    words = {"text": "text", "list": "a list", "mapping": "a mapping", "value": "a plain value"}
    tags = re.findall(r"<([a-z-]+)>", str(context.get("expected_tags", "")))
    plain = [words[tag] for tag in tags if tag in words]
    keyed = [f"`{tag}`" for tag in tags if tag not in words]
    if keyed and "a mapping" not in plain:
        plain.append(f"a mapping with {', '.join(keyed[:-1])}{' or ' if keyed[1:] else ''}{keyed[-1]}")
    return " or ".join(plain)


def _inside(path: Path) -> str:
    return f" in `{_last(path)}`" if path else ""


def _last(path: Path) -> str:
    """The last name of a path, with its position in a list."""
    names = [part for part in path if isinstance(part, str)]
    number = path[-1] if path and isinstance(path[-1], int) else None
    name = names[-1] if names else "the file"
    return name if number is None else f"{name}, item {number + 1}"


def _help(form: type[BaseModel] | None, name: str) -> str:
    for field, info in form.model_fields.items() if form else ():
        if name in (field, info.alias) and info.description:
            return " ".join(info.description.split())
    return ""


# --- from pydantic's path to what is written ---------------------------------------------------------------


def _written_path(page: Page, loc: tuple[str | int, ...]) -> Path:
    """The part of `loc` that stands in the page: without the tags of unions and what is missing."""
    path: Path = ()
    for part in loc:
        if (*path, part) in page.positions:
            path = (*path, part)
        elif not (isinstance(part, str) and part.startswith("<")):
            break
    return path


def _form_at(annotation: Any, loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The form that describes what stands at `loc`."""
    current = annotation
    for part in loc:
        current = _step(_bare(current), part)
    current = _bare(current)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """Without Annotated and `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation):
            members = [member for member in get_args(annotation) if member is not type(None)]
            if len(members) != 1:
                return Union[tuple(members)]  # noqa: UP007 - built at run time
            annotation = members[0]
        else:
            return annotation


def _step(annotation: Any, part: str | int) -> Any:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return next((member for member in get_args(annotation) if _tag(member) == part), None)
    if origin is dict:
        return get_args(annotation)[1]
    if origin is list:
        return get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if part in (name, info.alias):
                return info.annotation
    return None


def _tag(annotation: Any) -> str | None:
    if get_origin(annotation) is not Annotated:
        return None
    return next((meta.tag for meta in get_args(annotation)[1:] if isinstance(meta, Tag)), None)


def _removable(value: Any, path: tuple[Any, ...]) -> Path:
    """What to take out: the deepest key on the path that is still there.

    An item of a list goes with its whole list, since the others' numbers must stay.
    """
    deepest = 0
    for number, part in enumerate(path):
        if isinstance(value, dict) and part in value:
            deepest = number + 1
        elif not (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            break
        value = value[part]
    return path[:deepest]


def _cut(value: Any, path: tuple[Any, ...]) -> None:
    """Take out what stands at a path, unless something around it has just been taken out."""
    for part in path[:-1]:
        if isinstance(value, dict) and part not in value:
            return
        value = value[part]
    value.pop(path[-1], None)
