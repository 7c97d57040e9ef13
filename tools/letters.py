"""The letters as a table: what each is for, under which law, and where an organisation's own words go."""

from collections.abc import Iterator

from upheld.mail import template
from upheld.mail.template import OCCASIONS, PLACEHOLDERS, WRITTEN


def _rows() -> Iterator[str]:
    for occasion, title in OCCASIONS.items():
        yield f"\n## {title}\n\n| name | subject | when | law | cites |\n|---|---|---|---|---|"
        for name in template.names():
            each = template.ours(name, "en")
            if each.occasion == occasion:
                law = ", ".join(each.laws) or "any"
                rights = ", ".join(right.value for right in each.rights)
                yield (
                    f"| `{name}` | {each.subject} | {each.when} | {law}{f': {rights}' if rights else ''} "
                    f"| {each.cites} |"
                )


def markdown() -> str:
    """One table an occasion."""
    return "\n".join(_rows()) + "\n"


def placeholders() -> str:
    """What can stand in braces."""
    rows = (
        f"| `{{{name}}}` | {what} | {'the officer' if name in WRITTEN else 'Upheld'} |"
        for name, what in PLACEHOLDERS.items()
    )
    return "\n".join(("| write | it becomes | filled in by |", "|---|---|---|", *rows)) + "\n"
