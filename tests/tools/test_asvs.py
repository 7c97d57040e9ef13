"""The review answers each requirement of the standard, and says so of none that there is not."""

from collections import Counter

from tools import asvs
from tools.findings import ROOT

PAGE = (ROOT / asvs.PAGE).read_text()
ROW = "| 1.1.1 | 2 | decode once, before checking | holds | because |"


def test_the_list_is_the_standards() -> None:
    assert sum(map(len, asvs.LEVELS.values())) == 345
    assert Counter(asvs.asked().values()) == {"1": 70, "2": 183}


def test_each_requirement_is_answered_once() -> None:
    assert list(asvs.wrong(PAGE)) == []


def test_what_is_missing_twice_invented_or_unanswered_is_found() -> None:
    own = next(line for line in PAGE.splitlines() if line.startswith("| 1.1.1 |"))
    spoilt = {
        "missing": PAGE.replace(own, ""),
        "twice": PAGE.replace(own, f"{own}\n{own}"),
        "invented": f"{PAGE}\n{ROW.replace('1.1.1', '18.1.1')}",
        "of another level": PAGE.replace(own, ROW.replace("| 2 |", "| 1 |")),
        "unanswered": PAGE.replace(own, ROW.replace("holds", "perhaps")),
        "a sentence of theirs": PAGE.replace(own, ROW.replace("once", "once " * 12)),
    }

    assert {name: len(list(asvs.wrong(text))) for name, text in spoilt.items()} == dict.fromkeys(spoilt, 1)


def test_whatever_holds_says_where_or_why() -> None:
    found = [each for each in asvs.rows(PAGE) if not each.where]

    assert found == []
