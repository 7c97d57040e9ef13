"""Collects the results of scenario tests from every worker, prints the table, and fails a run that leaves gaps.

A scenario test is called `test_scenario_14_…` or carries `@pytest.mark.scenario(14)`; its database is the one its
fixtures gave it. With UPHELD_REQUIRE_SERVERS=1 a skipped one that docs/scenarios.md does not name fails the run.
"""

import re
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.scenarios.table import Catalogue, Result, Table
from tests.servers.database import Database
from tests.servers.plugin import servers_required

CATALOGUE = Path(__file__).parents[2] / "docs" / "scenarios.md"
NAME = re.compile(r"\btest_scenario_(\d+)(?!\d)")
PROPERTY = "upheld-scenario"
KINDS = {"postgresql15": "postgresql"}  # the version that the catalogue's column means

_results: pytest.StashKey[list[Result]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("upheld")
    group.addoption(
        "--scenario-table", metavar="FILE", help="write the table scenario × database as Markdown"
    )
    group.addoption(
        "--complete-scenarios",
        action="store_true",
        help="fail when a scenario of docs/scenarios.md is neither tested on each dialect nor named nor later",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_results] = []
    config.pluginmanager.register(_Collector(config), "upheld-scenario-results")


class _Collector:
    """Sees each report where the run is led, workers' reports included."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            seen = [
                Result(int(number), database, report.outcome, report.nodeid)
                for key, value in report.user_properties
                if key == PROPERTY
                for number, database in [str(value).split(" ", 1)]
            ]
            self._config.stash[_results].extend(seen)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    numbers = {int(number) for number in NAME.findall(item.name)}
    numbers |= {int(mark.args[0]) for mark in item.iter_markers("scenario")}
    report.user_properties.extend(
        (PROPERTY, f"{number} {database}") for number in sorted(numbers) for database in _databases(item)
    )
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput") and _complaints(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.stash[_results] and not config.option.complete_scenarios:
        return
    table = _table(config)
    if config.option.scenario_table:
        Path(config.option.scenario_table).write_text(table.markdown())
    if len({result.scenario for result in table.results}) > 1:
        terminalreporter.section("scenarios")
        terminalreporter.write(table.markdown())
    for complaint in _complaints(config):
        terminalreporter.write_line(complaint, red=True)


def _table(config: pytest.Config) -> Table:
    results: list[Result] = config.stash[_results]
    return Table(Catalogue.read(CATALOGUE.read_text()), results)


def _complaints(config: pytest.Config) -> list[str]:
    table = _table(config)
    found = table.unknown()
    if servers_required():
        found += table.unnamed_skips()
    if config.option.complete_scenarios:
        found += table.gaps()
    return found


def _databases(item: pytest.Item) -> list[str]:
    """Say which databases a test ran on, or would have: those its fixtures gave, else those it asked for."""
    values = getattr(item, "funcargs", {}).values()
    given = {KINDS.get(value.kind, value.kind) for value in values if isinstance(value, Database)}
    if not given:
        parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
        asked = {*getattr(item, "fixturenames", ()), *(str(value) for value in parameters)}
        known = {"sqlite", "postgresql", "postgresql15", "postgresql18", "mariadb"}
        given = {KINDS.get(name, name) for name in asked & known}
    return sorted(given) or ["no database"]
