"""Fixtures: worlds of the scenarios, on each of the three databases in turn."""

from tests.scenarios.conftest import make

__all__ = ["make"]
