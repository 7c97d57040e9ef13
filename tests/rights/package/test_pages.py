"""Pages that a person reads, whatever stands in the rows."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from tests.rights.package.example import FORUM, PAPER, SHOP, Given, full, made, plan_of, row
from upheld.datamap.model import Test as Comparison
from upheld.rights.connector import Collected


class Page(HTMLParser):
    """Tags, attributes and texts of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.inside = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "td":
            self.cells.append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data

    def links(self) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.tags if tag == "a" and "download" not in attrs]


def shown(tmp_path: Path, *rows: Collected, table: str = "posts", **options: object) -> Page:
    systems = {"forum": Given(rows), "shop": Given()}
    _, folder = made(tmp_path, systems, answers={"archive": []}, **options)
    return Page(folder / f"pages/forum/{table}/1.html")


def test_2501_rows_are_three_pages_whose_links_lead_somewhere(tmp_path: Path) -> None:
    rows = [row("posts", id=number, body="text") for number in range(2501)]

    _, folder = made(tmp_path, {"forum": Given(rows), "shop": Given()})

    pages = sorted((folder / "pages/forum/posts").iterdir())
    assert [page.name for page in pages] == ["1.html", "2.html", "3.html"]
    assert [len(Page(page).cells) // 2 for page in pages] == [1000, 1000, 501]
    assert [Page(page).links()[2:4] for page in pages] == [
        ["2.html", "3.html"],
        ["1.html", "3.html"],
        ["1.html", "2.html"],
    ]
    for page in [*pages, folder / "index.html"]:
        assert [link for link in Page(page).links() if not (page.parent / link).exists()] == []


def test_script_in_values_and_names_stays_text(tmp_path: Path) -> None:
    evil = "\"><script>alert('x')</script><img src=x onerror=alert(1)>"

    systems = {"forum": Given([row("posts", **{evil: evil, "body": {evil: [evil]}})]), "shop": Given()}
    _, folder = made(tmp_path, systems)

    page = Page(folder / "pages/forum/posts/1.html")
    assert [tag for tag, _ in page.tags if tag in ("script", "img")] == []
    assert page.cells[0].startswith(evil)


def test_no_page_loads_or_runs_anything(tmp_path: Path) -> None:
    _, folder = made(tmp_path, full())

    for path in folder.rglob("*.html"):
        page = Page(path)
        assert {tag for tag, _ in page.tags} & {
            "script",
            "link",
            "img",
            "iframe",
            "object",
            "form",
            "base",
        } == set()
        policies = [
            attrs["content"]
            for tag, attrs in page.tags
            if attrs.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert str(policies[0]).startswith("default-src 'none'; style-src 'sha256-")
        assert [link for link in page.links() if re.match("[a-z]+:|//", link)] == []


def test_values_are_written_for_a_person(tmp_path: Path) -> None:
    page = shown(
        tmp_path,
        row(
            "posts",
            day=date(2024, 2, 29),
            moment=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
            price=Decimal("12.50"),
            empty=None,
            yes=True,
            text="one\ntwo",
            json='{"a": [1, null]}',
        ),
    )

    assert [cell.strip() for cell in page.cells] == [
        "Thursday 29 February 2024",
        "Thursday 2 July 2026, 00:30 CEST",
        "12.50",
        "not recorded",
        "yes",
        "one\ntwo",
        "a: 1not recorded",
    ]


def test_dates_that_are_none_are_shown_as_what_they_are(tmp_path: Path) -> None:
    days = [date(2024, 1, 1), "infinity", "0000-00-00", "10000-01-01"]

    page = shown(tmp_path, *(row("posts", id=number, day=day) for number, day in enumerate(days)))

    assert [cell.strip() for cell in page.cells[1::2]] == [
        "Monday 1 January 2024",
        "no end (infinity)",
        "not a real date (0000-00-00)",
        "10000-01-01",
    ]


def test_php_values_are_opened_for_reading_and_kept_as_they_are_for_programs(tmp_path: Path) -> None:
    stored = 'a:1:{s:5:"admin";b:1;}'
    condition = (Comparison("meta_key", ("capabilities",)),)
    plan = plan_of(FORUM, SHOP, PAPER, formats={"usermeta": ((condition, "php"),)})
    number = next(step.number for step in plan.steps if getattr(step, "formats", ()))
    rows = [row("usermeta", meta_key=key, meta_value=stored) for key in ("capabilities", "other")]
    rows = [type(each)(number, each.table, each.values) for each in rows]

    page = shown(tmp_path, *rows, table="usermeta", plan=plan)

    assert page.cells[1].strip() == "admin: yes"
    assert stored in page.cells[3]
    lines = (tmp_path / "opened/data/forum/usermeta.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"meta_key": "capabilities", "meta_value": stored, "$format": "php"},
        {"meta_key": "other", "meta_value": stored},
    ]


def test_text_that_runs_from_right_to_left_cannot_turn_its_neighbours(tmp_path: Path) -> None:
    page = shown(
        tmp_path, row("posts", body="\u202egnp.exe", other="שלום"), row("posts", body="a", other="b")
    )

    assert [attrs.get("dir") for tag, attrs in page.tags if tag == "td"] == ["auto"] * 4


def test_characters_that_no_page_may_hold_are_replaced(tmp_path: Path) -> None:
    page = shown(tmp_path, row("posts", body="a\x00b\x1b[1m\ud800c"))

    assert page.cells == ["a\ufffdb\ufffd[1m\ufffdc"]
