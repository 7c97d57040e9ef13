"""The options of the kill tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-boundaries",
        action="store_true",
        help="Kill commands at every boundary, not at those that matter most and a seeded sample: takes minutes.",
    )
    parser.addoption(
        "--kills",
        type=int,
        default=0,
        help="Kill so many more of a server's programs, in the tests that kill each kind once: takes minutes.",
    )
    parser.addoption(
        "--kill-seed",
        type=int,
        help="Draw as the run did that printed this number; without it another one is drawn each time.",
    )
