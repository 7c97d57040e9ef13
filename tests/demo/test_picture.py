"""The README's picture is of the demo's map as it is."""

import re

from tools.demo_map import TARGET, drawing


def test_the_picture_is_the_one_of_todays_map() -> None:
    assert TARGET.read_text(encoding="utf-8") == drawing(), "python -m tools.demo_map writes it anew"


def test_the_picture_names_the_systems_that_have_tables_and_stands_alone() -> None:
    text = TARGET.read_text(encoding="utf-8")
    titles = re.findall(r'<text class="title"[^>]*>([^<]*)</text>', text)

    assert titles == [
        "Community forum",
        "Kit shop",
        "Contact book",
        "Mailing-list archive",
    ]
    assert "prefers-color-scheme: dark" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
