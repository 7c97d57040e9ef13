"""Pictures of the example map."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from upheld.datamap.draw import as_html, as_mermaid
from upheld.datamap.draw.layout import picture
from upheld.datamap.draw.words import Mark, mark, span, treated
from upheld.datamap.model import Period, System, Table
from upheld.datamap.read import read

MAP = read(Path(__file__).parents[1] / "folder")
VOID = {"meta", "br", "wbr"}


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_loads_nothing() -> None:
    text = as_html(MAP)
    page = _Page(text)

    assert page.open == []
    assert {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object"} == set()
    assert [
        name for _, attributes in page.tags for name in attributes if name in {"src", "href", "style"}
    ] == []
    assert re.findall(r"https?:|@import|url\((?!#)", text) == []


def test_every_picture_has_a_name_a_description_and_a_table_that_says_the_same() -> None:
    page = _Page(as_html(MAP))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    labels = [attributes["aria-labelledby"] or "" for tag, attributes in page.tags if tag == "svg"]

    assert len(ids) == len(set(ids))
    assert len(labels) == 3
    assert all(set(label.split()) <= set(ids) for label in labels)
    assert sum(tag == "caption" for tag, _ in page.tags) == 3


def test_every_table_stands_in_the_picture_and_in_words() -> None:
    text = as_html(MAP).replace("<wbr>", "")
    names = [table.name for system in MAP.systems for table in system.tables]

    assert [name for name in names if f">{name}</text>" not in text] == []
    assert [name for name in names if f'<th scope="row">{name}' not in text] == []


def test_neither_picture_shows_addresses_of_databases_or_values_of_conditions() -> None:
    for text in (as_html(MAP), as_mermaid(MAP)):
        assert [
            planted
            for planted in ("DATABASE_URL", "SHOP_PASSWORD", "127.0.0.1", "billing_email")
            if planted in text
        ] == []


def test_names_cannot_become_markup() -> None:
    evil = Table('<script>"]', person=("<b>",))
    system = System("s", title="<script>alert(1)</script>", tables=(evil,))
    hostile = replace(MAP, systems=(system,))

    assert "<script" not in as_html(hostile)
    assert "<script" not in as_mermaid(hostile)
    assert as_mermaid(hostile).count('"') % 2 == 0


def test_boxes_do_not_overlap_and_people_stand_left() -> None:
    for system in MAP.systems:
        boxes = picture(system).boxes
        for one in boxes:
            for other in boxes:
                apart = (
                    one.x + one.width <= other.x
                    or other.x + other.width <= one.x
                    or abs(one.y - other.y) >= 46
                )
                assert one is other or apart
        assert {box.x for box in boxes if box.table and box.table.person} <= {
            min((box.x for box in boxes), default=0)
        }


def test_the_word_for_a_treatment_and_its_sentences() -> None:
    forum, shop = MAP.system("forum"), MAP.system("shop")

    assert [mark(table.treatment) for table in forum.tables] == [
        Mark.ANONYMISED,
        Mark.ANONYMISED,
        Mark.DIFFERS,
        Mark.UNDECIDED,
        Mark.DIFFERS,
        Mark.DETACHED,
        Mark.RETAINED,
    ]
    assert list(treated(shop.table("orders").treatment)) == [
        "retained (tax records): 1 year 6 months 3 days after paid_at, then anonymised (customer_id); removed at once: note, ip"
    ]
    assert treated(forum.table("messages").treatment) == (
        "by sender_id: anonymised (sender_id, body)",
        "by recipient_id: detached",
        "deleted when nobody else is left in it",
    )
    assert span(Period(days=1)) == "1 day"


def test_mermaid_draws_links_from_people_outwards() -> None:
    lines = [line.strip() for line in as_mermaid(MAP).splitlines()]

    assert lines[:5] == [
        "flowchart LR",
        'subgraph s0["Newsletter archive"]',
        's0t0["readers<br/>deleted"]:::deleted',
        's0i0(["email of a person"])',
        's0i0 -- "mail" --> s0t0',
    ]
    assert 's1t0 -. "clerk_code (sees)" .-> s1t1' in lines


def test_a_map_without_tables_is_drawn_too() -> None:
    assert "by hand: Secretary" in as_mermaid(MAP)
    assert "Done by hand: her name on the spine; take the folder out and shred it" in as_html(MAP)
