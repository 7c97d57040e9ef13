"""A plan read back from its text (spec/plan.md). How it is written: `rights.codec`."""

import json

from upheld.datamap import model
from upheld.law.ground import Ground
from upheld.law.right import Right
from upheld.rights import plan as steps
from upheld.rights.codec import Unreadable, decode
from upheld.rights.plan import Plan, Step

CLASSES = (
    *(
        each
        for module in (model, steps)
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__
    ),
    Ground,
    Right,
)
"""What a plan may hold. A word that map and plan have in common, such as Anonymise, is the plan's."""


def read_plan(text: str) -> Plan:
    """A whole plan. Raises Unreadable; whoever has a digest of it compares that too."""
    plan = _read(text)
    if not isinstance(plan, Plan):
        raise Unreadable("form", "The text holds no plan.")
    return plan


def read_step(text: str) -> Step:
    """One step of a plan, as a row holds it. Raises Unreadable."""
    step = _read(text)
    if not isinstance(step, Step):
        raise Unreadable("form", "A row of the plan holds no step.")
    return step


def _read(text: str) -> object:
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("form", "A stored value is not JSON.") from error
    return decode(written, CLASSES)
