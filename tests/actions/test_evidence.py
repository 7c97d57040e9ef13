"""The vectors of spec/evidence.md, read twice: by Upheld, and by a reader that knows nothing but that page."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.actions.test_erasure import erase
from tests.actions.world import DESK, FORUM, SHOP, forum, means, shop
from upheld.actions.evidence import opened, read
from upheld.actions.tasks import answer, find
from upheld.rights.codec import Unreadable
from upheld.store import models

FOLDER = Path(__file__).parents[2] / "spec" / "vectors" / "evidence"
VALID = json.loads((FOLDER / "valid.json").read_text())
INVALID = json.loads((FOLDER / "invalid.json").read_text())
SECRET = ("token", "answer")


def plain(record: str) -> dict[str, object]:
    """The record without its commitments: they are made under a key that is random."""
    content: dict[str, object] = json.loads(record)
    for name in SECRET:
        if name in content:
            content[name] = len(str(content[name]))
    return content


def test_an_erasure_leaves_the_evidence_of_the_vectors(records: str, tmp_path: Path) -> None:
    """P-20, P-23"""
    with_ = means(tmp_path, forum(), shop(), systems=(FORUM, SHOP, DESK))
    standing = erase(with_)
    task = find(case=str(standing.request.case.pk), system="desk")
    answer(means=with_, task=task, words="Two letters shredded.", rows=2, by="desk")

    rows = list(models.Evidence.objects.order_by("id"))

    assert [
        {"cls": each.cls, "established": each.established, "record": plain(each.record)} for each in rows
    ] == [
        {"cls": each["cls"], "established": each["established"], "record": plain(each["record"])}
        for each in VALID
    ]
    assert [read(each)["system"] for each in rows] == [each.fulfilment.system for each in rows]
    assert all(sha256(each.record.encode()).hexdigest() == each.digest for each in rows)


@pytest.mark.parametrize(
    "each", VALID, ids=lambda each: f"{each['cls']}-{json.loads(each['record'])['system']}"
)
def test_a_reader_that_knows_only_the_page_reads_each_record(each: dict[str, str]) -> None:
    kinds = {
        ("part", "token", "established", "counts", "steps"): "A",
        ("remnants", "searched", "not_searched"): "B",
        ("task", "counts", "answer"): "AD",
    }
    content = json.loads(each["record"])
    assert sha256(each["record"].encode()).hexdigest() == each["digest"]
    assert json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == each["record"]
    assert content.pop("format") == "upheld.evidence/v1"
    assert content.pop("system")
    (classes,) = [kinds[kind] for kind in kinds if set(kind) == set(content)]
    assert each["cls"] in classes
    counts = content.get("counts", {"matched": 0})
    assert set(counts) in ({"matched"}, {"matched", "deleted", "anonymised", "detached", "retained"})
    assert opened(each["record"], each["digest"])


@pytest.mark.parametrize("each", INVALID, ids=lambda each: each["what"])
def test_a_record_that_is_not_what_was_written_is_refused_for_its_reason(each: dict[str, str]) -> None:
    with pytest.raises(Unreadable) as raised:
        opened(each["record"], each["digest"])

    assert raised.value.why == each["why"]
