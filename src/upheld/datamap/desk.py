"""Who is told what happens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is told what happens: `to` (the organisation's contact where it is empty), and her deputy the same.
    `digest`: the weekday of the weekly digest, or `never`."""

    to: str = ""
    deputy: str = ""
    digest: str = "monday"


USUAL = Desk()
"""Where the organisation says nothing."""
