"""What a mail seems to ask for, under which law, and in which language: by words, which each proposal names.

The words are data: one TOML file a language, `en.toml` beside this. A `*` stands for any ending of a word.
Nothing here decides: a person reads the mail and the words, and corrects.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from upheld.law.right import Right

FOLDER = Path(__file__).parent
ENOUGH = 3
"""The weight from which a right is proposed."""
MOST_TEXT = 50_000
_STRICT = ConfigDict(extra="forbid", strict=True)
Words = Mapping[Annotated[str, Field(min_length=2, max_length=80)], Annotated[int, Field(ge=-9, le=9)]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language. `common`: small words by which it is told. `rights`: words with their weight; a negative
    one speaks against it. `laws`: words that speak of a regime. `places`: words that speak of a country, or
    country and state. `numbers`: what stands before a customer's or account's number."""

    __pydantic_config__ = _STRICT
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")]
    common: tuple[str, ...]
    rights: Mapping[Right, Words]
    laws: Mapping[str, Words] = field(default_factory=dict)
    places: Mapping[str, Words] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Because:
    """Something proposed, and the words of the mail that it rests on."""

    what: str
    words: tuple[str, ...]
    weight: int

    def __repr__(self) -> str:
        return f"Because({self.what}, {self.weight})"


_ADAPTER: TypeAdapter[Vocabulary] = TypeAdapter(Vocabulary)


@cache
def vocabularies(folder: Path = FOLDER) -> tuple[Vocabulary, ...]:
    """All of them. Raises ValueError, naming the file, for one that cannot be read."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(_ADAPTER.validate_json(json.dumps(tomllib.loads(path.read_text("utf-8")))))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    return tuple(found)


def language_of(text: str, *, among: tuple[str, ...]) -> str:
    """The language among these in which it seems to be written; the first where nothing tells."""
    words = re.findall(r"[^\W\d_]+", _folded(text))
    scores = {each.language: sum(word in each.common for word in words) for each in vocabularies()}
    return max(among, key=lambda each: (scores.get(each, 0), -among.index(each)))


def rights_in(text: str) -> tuple[Because, ...]:
    """Rights that the words speak of, the heaviest first."""
    return _found(
        text, [(right.value, words) for each in vocabularies() for right, words in each.rights.items()]
    )


def laws_in(text: str) -> tuple[Because, ...]:
    """Regimes that the words speak of, the heaviest first."""
    return _found(text, [found for each in vocabularies() for found in each.laws.items()])


def places_in(text: str) -> tuple[Because, ...]:
    """Countries, or country and state (US-CA), that the words speak of, the heaviest first."""
    return _found(text, [found for each in vocabularies() for found in each.places.items()])


def number_in(text: str) -> str:
    """A customer's or account's number that the mail names as such; empty where there is none."""
    names = "|".join(_pattern(name) for each in vocabularies() for name in each.numbers)
    found = re.search(
        rf"(?<!\w)(?:{names})\s{{0,3}}(?:[:#.=]|is|ist|est)?\s{{0,3}}([\w/-]{{0,20}}\d[\w/-]{{0,20}})",
        text[:MOST_TEXT],
        re.IGNORECASE,
    )
    return found[1] if found else ""


def _found(text: str, rules: list[tuple[str, Words]]) -> tuple[Because, ...]:
    folded, weights, words = _folded(text), dict[str, int](), dict[str, dict[int, str]]()
    # Once each: "art. 15" stands in the words of several languages.
    once = {(what, phrase): weight for what, phrases in rules for phrase, weight in phrases.items()}
    for (what, phrase), weight in once.items():
        if hit := _compiled(phrase).search(folded):
            weights[what] = weights.get(what, 0) + weight
            if weight > 0:
                words.setdefault(what, {})[hit.start()] = hit[0]
    heavy = [
        Because(what, tuple(dict.fromkeys(said for _, said in sorted(words[what].items()))), weight)
        for what, weight in weights.items()
        if weight >= ENOUGH
    ]
    return tuple(sorted(heavy, key=lambda each: -each.weight))


def _folded(text: str) -> str:
    return " ".join(text[:MOST_TEXT].replace("’", "'").casefold().split())


@cache
def _compiled(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_pattern(phrase.casefold())}(?!\w)")


def _pattern(phrase: str) -> str:
    return re.escape(phrase).replace(r"\*", r"\w{0,15}")
