"""docs/asvs.md answers each requirement of OWASP ASVS 5.0.0, levels 1 and 2, once; and how many hold."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tools.findings import ROOT, Finding, tell

PAGE = "docs/asvs.md"
# Each section, and the level of each of its requirements: 1.2 has ten, the first five of level 1.
_LISTED = """
    1.1 22  1.2 1111122223  1.3 112222222223  1.4 222  1.5 123
    2.1 122  2.2 112  2.3 12223  2.4 23
    3.1 3  3.2 113  3.3 12223  3.4 11222233  3.5 11122333  3.6 3  3.7 22333
    4.1 12233  4.2 23333  4.3 22  4.4 1222
    5.1 2  5.2 112333  5.3 113  5.4 222
    6.1 122  6.2 111111112222  6.3 11223333  6.4 112233  6.5 22222333  6.6 2223  6.7 33  6.8 2222
    7.1 222  7.2 1111  7.3 22  7.4 11222  7.5 223  7.6 22
    8.1 1233  8.2 1123  8.3 133  8.4 23
    9.1 111  9.2 1222
    10.1 22  10.2 223  10.3 22223  10.4 1111122222233333  10.5 22222  10.6 22  10.7 222
    11.1 2233  11.2 22233  11.3 11233  11.4 1222  11.5 23  11.6 23  11.7 33
    12.1 12233  12.2 11  12.3 22223
    13.1 2333  13.2 222223  13.3 2233  13.4 1222233
    14.1 22  14.2 12223333  14.3 122
    15.1 12233  15.2 12233  15.3 1222222  15.4 3333
    16.1 2  16.2 22222  16.3 2222  16.4 222  16.5 2223
    17.1 23  17.2 22223333  17.3 22
"""
LEVELS = dict(zip(_LISTED.split()[::2], _LISTED.split()[1::2], strict=True))
WORDS = ("holds", "left", "–")
"""`–`: it does not apply."""
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
LONGEST = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement in our own words, and the answer."""

    line: int
    number: str
    level: str
    asks: str
    answer: str
    where: str


def asked() -> dict[str, str]:
    """The requirements of levels 1 and 2 by number, with their level."""
    every = {
        f"{section}.{place}": level
        for section, levels in LEVELS.items()
        for place, level in enumerate(levels, 1)
    }
    return {number: level for number, level in every.items() if level != "3"}


def rows(text: str) -> list[Row]:
    """The rows of the page's tables."""
    return [
        Row(line, *(each.strip() for each in found.groups()))
        for line, written in enumerate(text.splitlines(), 1)
        if (found := ROW.fullmatch(written.strip()))
    ]


def wrong(text: str) -> Iterator[Finding]:
    """Requirements that are missing, there twice, of another level, or without an answer."""
    known, found = asked(), rows(text)
    times = Counter(each.number for each in found)
    for number in known:
        if times[number] != 1:
            yield Finding(PAGE, 1, f"{number} is there {times[number]} times")
    for each in found:
        if known.get(each.number) != each.level:
            yield Finding(PAGE, each.line, f"{each.number} is no requirement of level {each.level}")
        if each.answer not in WORDS:
            yield Finding(PAGE, each.line, f"{each.answer} is none of {', '.join(WORDS)}")
        if len(each.asks.split()) > LONGEST:
            yield Finding(PAGE, each.line, f"{each.number} is asked in more than {LONGEST} words")


def counts() -> str:
    """A table: of each chapter and in all, how many hold, are left, do not apply."""
    text = (ROOT / PAGE).read_text()
    titles = dict(re.findall(r"^## V(\d+) (.+)$", text, re.MULTILINE))
    of: dict[str, Counter[str]] = {chapter: Counter() for chapter in titles}
    for each in rows(text):
        of[each.number.partition(".")[0]][each.answer] += 1
    lines = [f"| V{chapter} {title} | {_cells(of[chapter])} |" for chapter, title in titles.items()]
    total = sum(of.values(), Counter[str]())
    head = ("| chapter | holds | left | does not apply |", "|---|---|---|---|")
    return "\n".join((*head, *lines, f"| **all {total.total()}** | {_cells(total)} |")) + "\n"


def _cells(found: Counter[str]) -> str:
    return " | ".join(str(found[each]) if found[each] else "" for each in WORDS)


if __name__ == "__main__":
    raise SystemExit(tell(wrong((ROOT / PAGE).read_text()), "ASVS: each requirement is answered once"))
