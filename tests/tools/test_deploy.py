"""The check of deploy/ finds what it is there to find."""

from pathlib import Path

import pytest

from tools import deploy

GOOD = (deploy.FOLDER / "Containerfile").read_text()


def found(text: str, folder: Path) -> list[str]:
    file = deploy.FOLDER.parent / "deploy" / "Containerfile"
    copy = folder / file.name
    copy.write_text(text)
    return [each.what for each in deploy.container(copy)]


def test_what_we_ship_is_as_it_has_to_be() -> None:
    assert deploy.main() == 0


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("USER 10001:10001", "USER root", "USER with numbers"),
        ("USER 10001:10001\n", "", "USER with numbers"),
        ("FROM ${PYTHON} AS build", "FROM python:3.11 AS build", "an argument"),
        ("ARG PYTHON", "ARG PYTHON=python:3.11", "default"),
        ("COPY src ./src", "ADD src ./src", "ADD"),
        ("COPY src ./src", "COPY sources ./src", "not there"),
        ('CMD ["serve", "--host", "0.0.0.0"]', "CMD serve", "as a list"),
        ("HOME=/data", "HOME=/data METRICS_TOKEN=x", "no secret"),
        ("--require-hashes", "", "hashes"),
    ],
)
def test_a_container_that_lost_something_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: str, becomes: str, words: str
) -> None:
    monkeypatch.setattr(deploy, "relative", str)
    assert was in GOOD
    assert found(GOOD, tmp_path) == []

    findings = found(GOOD.replace(was, becomes), tmp_path)

    assert findings
    assert all(words in each for each in findings)


def test_a_unit_and_a_proxy_that_lost_something_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "relative", str)
    unit = tmp_path / "a.service"
    unit.write_text((deploy.FOLDER / "upheld.service").read_text().replace("ProtectSystem=strict\n", ""))
    proxy = tmp_path / "nginx.conf"
    text = (deploy.FOLDER / "nginx.conf").read_text()
    proxy.write_text(text.replace("access_log off", "access_log /var/log/nginx/access.log", 1))

    assert [each.what for each in deploy.unit(unit)] == ["ProtectSystem=strict is missing"]
    assert [each.what for each in deploy.proxy(proxy)] == ["no access log: addresses hold links"]
