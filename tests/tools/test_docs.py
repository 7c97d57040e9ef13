"""Docs are checked: generated parts are known, links lead somewhere, commands exist."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer._click import Context
from typer.core import TyperGroup

from tools import docs, layers, tour
from tools.findings import ROOT, tracked_files
from upheld.cli.commands import command


def test_a_page_without_a_marker_is_left_alone(tmp_path: Path) -> None:
    plain, marked = tmp_path / "plain.md", tmp_path / "marked.md"
    plain.write_text("# Words\n")
    marked.write_text("<!-- [[[" + "cog\n]]] -->\n<!-- [[[end]]] -->\n")
    assert docs.generated([plain, marked]) == [marked]


def test_a_link_to_a_file_that_is_not_there_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#top) [web](https://example.org/x)\n[gone](lost.md)\n")
    assert [(finding.line, finding.what) for finding in docs.dead_links(page)] == [
        (2, "lost.md is not there")
    ]


def test_each_make_command_of_the_front_pages_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"^    make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
        assert named
        assert named - targets == set()


PAGES = [path for path in tracked_files() if path.suffix == ".md"]
WRITTEN = re.compile(r"`(upheld [a-z-][^`]*)`|^ *(?:\$ )?(upheld [a-z].*)$", re.MULTILINE)


def commands_of(page: Path) -> list[str]:
    """Command lines of a page, in code or on lines of their own."""
    text = re.sub(r"\[\[\[cog.*?\]\]\]", "", page.read_text(), flags=re.DOTALL)
    return [inline or alone for inline, alone in WRITTEN.findall(text)]


def wrong(line: str) -> str | None:
    """What the real program would not understand in a command line; arguments may be left out in prose."""
    words = shlex.split(line.replace("…", "").split(" #")[0])
    found = command()
    context = Context(found, info_name="upheld")
    rest = words[1:]
    while isinstance(found, TyperGroup) and rest and not rest[0].startswith("-"):
        inner = found.get_command(context, rest.pop(0))
        if inner is None:
            return "there is no such command"
        found = inner
    known = {name for each in found.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in known]
    return f"no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_of_a_page_is_one_that_the_program_knows(page: Path) -> None:
    assert [(line, why) for line in commands_of(page) if (why := wrong(line))] == []


def test_a_command_line_that_the_program_does_not_know_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Run `upheld vanish --all` or\n\n    $ upheld erase --identity email=a --never\n    upheld status\n"
    )

    assert [wrong(line) for line in commands_of(page)] == [
        "there is no such command",
        "no option --never",
        None,
    ]


def test_every_relative_link_of_every_page_leads_somewhere() -> None:
    assert [finding for page in PAGES for finding in docs.dead_links(page)] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = [(page.parent / match[1]).resolve() for match in docs.LINK.finditer(page.read_text())]
        waiting += [each for each in targets if each.suffix == ".md"]
        waiting += [each for target in targets if target.is_dir() for each in target.glob("*.md")]

    written = {page for page in PAGES if page.parts[len(ROOT.parts)] in ("docs", "spec")}
    assert written - reached == set()


def test_the_example_of_how_upheld_sees_the_world_runs() -> None:
    page = ROOT / "docs" / "explanation" / "world.md"

    assert doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE) == (
        0,
        17,
    )
    assert len(page.read_text().splitlines()) <= 100


def test_the_page_of_the_structure_speaks_of_eight_lines_and_every_package() -> None:
    named = [package for line in layers.layers() for package in line]

    assert len(layers.layers()) == 8
    assert sorted(named) == sorted(
        path.parent.name for path in (ROOT / "src" / "upheld").glob("*/__init__.py")
    )
    assert all(layers.sentence(package) for package in named)


def test_the_tour_in_the_readme_has_all_its_steps_and_only_real_commands() -> None:
    told = tour.shown((ROOT / "README.md").read_text())

    headings = [line for line in tour.structure(told) if line[0].isdigit()]
    assert [heading.split(".")[0] for heading in headings] == [str(number) for number in range(1, 14)]
    assert len(told.splitlines()) <= 100


def test_an_excerpt_of_the_tour_keeps_headings_and_commands_and_cuts_what_is_long() -> None:
    told = (
        "1. First 0.0 s\n  $ upheld status\n"
        + "  │ said\n" * 9
        + "  │ end\n2. Then 12.5 s\n"
        + "x" * 200
        + "\n"
    )

    short = tour.excerpt(told)

    assert short.splitlines()[:2] == ["1. First", "  $ upheld status"]
    assert short.count("  │ said") == tour.LINES
    assert short.splitlines()[-3:-1] == ["  │ …", "2. Then"]
    assert short.splitlines()[-1] == "x" * (tour.WIDTH - 1) + "…"
    assert tour.structure(told) == ["1. First", "upheld status", "2. Then"]
