"""How much harm an answer to the wrong person would do, by what the map says is held."""

from upheld.datamap.model import DataMap
from upheld.law.pack import Risk
from upheld.law.right import Right

GRAVE = {
    "health": "special",
    "genetic": "special",
    "biometric": "special",
    "religion": "special",
    "belief": "special",
    "political": "special",
    "union": "special",
    "ethnic": "special",
    "ethnicity": "special",
    "race": "special",
    "sexual": "special",
    "sex-life": "special",
    "criminal": "criminal",
    "conviction": "criminal",
    "payment": "financial",
    "bank": "financial",
    "iban": "financial",
    "card": "financial",
    "financial": "financial",
    "income": "financial",
    "salary": "financial",
    "credit": "financial",
    "tax": "financial",
    "child": "children",
    "children": "children",
    "minor": "children",
    "pupil": "children",
    "passport": "official number",
    "national-id": "official number",
    "social-security": "official number",
}
"""Words in the name of a category, and what they make it: Art. 9 and 10, money, children, official
numbers."""

MILD = frozenset({Right.RESTRICTION, Right.OBJECTION, Right.WITHDRAWAL, Right.OPT_OUT, Right.KNOW})
"""What these do can be put back, and they show nobody any value."""


def risk_of(datamap: DataMap, right: Right) -> Risk:
    """High where the right gives, changes or ends something that could harm, and some system holds such
    data; low otherwise. A category that is not known to be grave does not make it so: more is asked for only
    on a doubt (G-12.8), and an officer may have one."""
    return Risk.HIGH if right not in MILD and grave(datamap) else Risk.LOW


def grave(datamap: DataMap) -> tuple[str, ...]:
    """The categories of the map that make it so, each once."""
    by_hand = {name for system in datamap.systems for name in system.categories}
    mapped = {
        field.category for system in datamap.systems for table in system.tables for field in table.every_field
    }
    return tuple(sorted(filter(is_grave, by_hand | mapped)))


def is_grave(category: str) -> bool:
    """Whether that kind of data could harm somebody in the wrong hands."""
    return category in GRAVE or any(word in GRAVE for word in category.split("-"))
