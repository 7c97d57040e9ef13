"""The option of the kill tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-boundaries",
        action="store_true",
        help="Kill commands at every boundary, not at those that matter most and a seeded sample: takes minutes.",
    )
