"""Who connects to whom, held against the product's own source (ASVS 13.1.1)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.findings import ROOT
from tools.network import CONNECTIONS, NAMES, OPENED_BY, picture

OPENERS = frozenset(
    {"aiohttp", "asyncio.open_connection", "dns", "ftplib", "http.client.HTTPConnection"}
    | {"http.client.HTTPSConnection", "httpx", "imaplib", "ldap3", "poplib", "psycopg", "pymysql", "requests"}
    | {"smtplib", "socket.create_connection", "sqlalchemy.create_engine", "telnetlib", "urllib.request"}
    | {"urllib3", "websockets"}
)
"""Packages and functions by which Python reaches another program."""


def used(path: Path) -> Iterator[str]:
    """Every name of a module that `path` imports or takes from an imported one, with all its dots."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                called[each.asname or each.name] = each.name
                yield each.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in called:
            yield f"{called[node.value.id]}.{node.attr}"


def opens(names: set[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for name in names for each in OPENERS)


def test_a_module_that_can_open_a_connection_is_in_the_list_with_what_it_opens() -> None:
    source = ROOT / "src"
    found = {
        ".".join(path.relative_to(source).with_suffix("").parts)
        for path in (source / "upheld").rglob("*.py")
        if "demo" not in path.parts and opens(set(used(path)))
    }

    assert found == set(OPENED_BY)


def test_the_list_names_what_the_modules_open_and_the_picture_shows_all_of_it() -> None:
    opened = {each for names in OPENED_BY.values() for each in names.split(", ")}
    ends = {each.source for each in CONNECTIONS} | {each.target for each in CONNECTIONS}
    drawn = picture()

    assert opened <= {each.target for each in CONNECTIONS}
    assert ends == set(NAMES)
    assert all(words in drawn for words in NAMES.values())
