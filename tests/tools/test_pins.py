"""The pins hold what the project declares, agree with each other, and stay within the promised number."""

import re
import tomllib

import pytest

from tools.findings import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return {_canonical(package): version for package, version in PIN.findall(text)}


def _names(declared: list[str]) -> set[str]:
    return {_canonical(re.split(r"[\[<>=~! ;]", line)[0]) for line in declared}


def test_each_declared_package_is_pinned() -> None:
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    assert _names(project["dependencies"]) - _pins("base").keys() == set()
    for extra, declared in project["optional-dependencies"].items():
        assert _names(declared) - _pins(extra).keys() == set()
    assert _names(groups["dev"]) - _pins("dev").keys() == set()
    assert _names(groups["tools"]) - _pins("tools").keys() == set()


@pytest.mark.parametrize("name", ["base", "mariadb", "demo", "tools"])
def test_the_tests_run_on_the_versions_that_are_shipped(name: str) -> None:
    tested = _pins("dev")
    assert {package: tested.get(package) for package in _pins(name)} == _pins(name)


def test_the_base_has_at_most_75_packages() -> None:
    assert len(_pins("base")) <= 75


@pytest.mark.parametrize("name", ["base", "mariadb", "demo", "dev", "tools"])
def test_each_pin_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    without = [
        block.split()[0] for block in re.split(r"\n(?=\S)", text) if "==" in block and "--hash=" not in block
    ]
    assert without == []
