"""Names of tables and columns as words: folded, without accents, split where a word ends."""

import re
import unicodedata
from functools import lru_cache

_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child", "news": "news"}
_KEPT = ("ss", "us", "is", "news", "as")


@lru_cache(maxsize=8192)
def words(name: str, *, numbered: bool = False) -> tuple[str, ...]:
    """`BillingE-Mail2` is (billing, email); a number at a word's end says only which one of several, unless
    it is asked for."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    parts = [part.lower() for part in re.split(r"[\W_]+", _BREAK.sub("_", plain))]
    found = [part if numbered else part.rstrip("0123456789") for part in parts]
    found = [part for part in found if part]
    joined: list[str] = []
    for part in found:
        if joined and joined[-1] == "e" and part.startswith("mail"):
            joined[-1] = "e" + part
        else:
            joined.append(part)
    return tuple(joined)


def singular(word: str) -> str:
    """One of them: `addresses` is `address`, `categories` is `category`."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "uses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(_KEPT) and len(word) > 3 else word


def snake(name: str) -> str:
    """The words of a name, joined: what patterns are compared with."""
    return "_".join(words(name))


def one(title: str) -> str:
    """A table's name for one of its rows: `order_items` is `order_item`."""
    parts = words(title, numbered=True)
    return "_".join((*parts[:-1], singular(parts[-1]))) if parts else ""
