"""The certificate: what it must not claim, and how it reads."""

from dataclasses import replace
from datetime import date

import pytest

from upheld.ledger import canonical
from upheld.ledger.certificate import (
    Backups,
    Certificate,
    Contradiction,
    DestroyedKey,
    EvidenceClass,
    LeftOut,
    Retained,
    read_certificate,
)
from upheld.ledger.issue import issue, read_issued
from upheld.ledger.letter import LOG_SENTENCE, as_text
from upheld.ledger.page import as_html
from upheld.ledger.verify import verify_bytes

from . import sample

COMPLETE, INCOMPLETE = sample.COMPLETE, sample.INCOMPLETE
FORUM, SHOP = sample.FORUM, sample.SHOP


@pytest.mark.parametrize("certificate", [COMPLETE, INCOMPLETE], ids=["complete", "incomplete"])
def test_a_certificate_reads_back_as_issued(certificate: Certificate) -> None:
    """P-21."""
    issued = sample.issued(certificate)

    assert read_issued(canonical.decode(issued.encode()[:-1])) == issued
    assert read_certificate(canonical.decode(certificate.canonical())) == certificate


def test_the_complete_letter_reads_as_one_page_of_plain_words() -> None:
    """P-20, P-21, P-22."""
    text = as_text(sample.issued())

    assert (
        text.split("\nProof\n")[0]
        == """Juniper Linux Foundation

What we deleted, and what stays
===============================
Case c-7f3k9q · finished on 24 November 2026, 02:31 UTC · rules applied: gdpr
2026.1

You asked us to delete what we hold about you. It is done; where we have only
a system's word for it, this page says so.

What was removed
----------------
- Community forum: 312 records deleted and your name and details removed from
  3 records. We looked again afterwards and found nothing more to remove
  (class B). We saw it happen. Finished on 24 November 2026, 02:31 UTC. (Done
  with sql 0.1.0.)
- Shop: We found nothing about you here. The system reported this; we have not
  checked it ourselves (class A). Finished on 24 November 2026, 02:31 UTC.
  (Done with sql 0.1.0.)

What stays, and why, until when
-------------------------------
- Donations (9 records): Tax law asks us to keep them for seven years. Ground:
  legal-obligation; tax records. Until 31 March 2032.

Told to others
--------------
- The mail service: Asked on 23 November 2026; confirmed on 24 November 2026.
- The survey tool: Asked on 23 November 2026; not answered yet. We ask again
  on 30 November 2026.

Backups
-------
Backups that still hold what was removed are gone no later than 24 December
2026.
If a backup has to be used before, your deletion is repeated first.
Key k-41 was destroyed; its last copies are gone by 24 December 2026.

Not content?
------------
Write to privacy@juniper.example.
You may also complain to the data protection authority of your country.
"""
    )
    assert LOG_SENTENCE in " ".join(text.split())


def test_scenario_67_an_unfinished_system_is_said_first_and_nothing_reads_as_done() -> None:
    issued = sample.issued(INCOMPLETE)
    text, html = as_text(issued), as_html(issued)

    assert text.splitlines()[2] == "Not finished: what we have deleted so far"
    assert text.index("What is not finished") < text.index("What was removed")
    assert html.index("What is not finished") < html.index("What was removed")
    for page in (text, html):
        assert "It is done" not in page
        assert "found nothing about you here" not in page
        assert "NOT finished" in page
    assert "Shop: NOT FINISHED. Nothing has been done here yet." in " ".join(text.split())
    assert any("NOT finished" in limit for limit in verify_bytes(issued.encode()).limits)


def test_each_system_shows_its_own_evidence_class_in_words() -> None:
    """P-20: classes are never mixed."""
    others = (
        replace(SHOP, system="crm", title="CRM", matched=2, erased=2, evidence=EvidenceClass.D),
        replace(SHOP, system="vault", title="Vault", matched=1, erased=1, evidence=EvidenceClass.C),
        replace(SHOP, system="tax", title="Tax office file", matched=4, retained=4, evidence=EvidenceClass.E),
    )
    kept = replace(COMPLETE.retained[0], system="tax", records=4)
    certificate = replace(COMPLETE, systems=(FORUM, SHOP, *others), retained=(*COMPLETE.retained, kept))

    lines = " ".join(as_text(sample.issued(certificate)).split()).split("- ")
    shown = {
        title: [letter for letter in "ABCDE" if f"(class {letter})" in line]
        for title in ("Community forum", "Shop", "CRM", "Vault", "Tax office file")
        for line in lines
        if line.startswith(f"{title}:")
    }

    assert shown == {
        "Community forum": ["B"],
        "Shop": ["A"],
        "CRM": ["D"],
        "Vault": ["C"],
        "Tax office file": ["E"],
    }


def test_an_access_certificate_speaks_of_a_copy_and_of_no_removal() -> None:
    certificate = replace(COMPLETE, right="ACCESS", systems=(replace(FORUM, erased=0, anonymised=0), SHOP))

    text = as_text(sample.issued(certificate))

    assert text.splitlines()[2] == "Your copy"
    assert "Community forum: 324 records about you." in text
    for word in ("deleted", "removed", "deletion"):
        assert word not in text


def test_a_backup_that_nobody_has_spoken_for_is_said_to_be_that() -> None:
    """K-02."""
    text = " ".join(as_text(sample.issued(replace(COMPLETE, backups=Backups(None, replayed=False)))).split())

    assert "We have made no statement on how long backups hold what was removed." in text
    assert "your deletion is NOT repeated by itself" in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"systems": (FORUM, replace(SHOP, error="unreachable"))}, "Shop is not finished; .* must say why"),
        ({"systems": (FORUM, replace(SHOP, finished_at=None))}, "Shop is not finished"),
        ({"systems": (FORUM, FORUM)}, "named twice"),
        ({"retained": ()}, "keeps 9 records, but grounds are given for 0"),
        ({"retained": (replace(COMPLETE.retained[0], system="crm"),)}, "grounds are given for 0"),
        (
            {"systems": (FORUM, replace(SHOP, evidence=EvidenceClass.C)), "destroyed_keys": ()},
            "class C names no destroyed key",
        ),
    ],
)
def test_a_certificate_that_claims_too_much_cannot_be_made(change: dict, says: str) -> None:
    with pytest.raises(Contradiction, match=says):
        replace(COMPLETE, **change)


def test_a_system_cannot_be_finished_without_evidence_or_kept_and_removed_in_one_class() -> None:
    with pytest.raises(Contradiction, match="needs a class of evidence"):
        replace(FORUM, evidence=None)
    with pytest.raises(Contradiction, match="class E is for systems where records only stay"):
        replace(FORUM, evidence=EvidenceClass.E)
    with pytest.raises(Contradiction, match="below zero"):
        replace(FORUM, erased=-1)


def test_what_stays_needs_an_end_or_a_review() -> None:
    """P-20, class E."""
    with pytest.raises(Contradiction, match="end date or a date of review"):
        Retained("forum", "Bans", 1, "legitimate-interest", "policy 4", "Against abuse.", None, None)
    assert Retained("forum", "Bans", 1, "x", "y", "z", None, date(2027, 1, 1)).until is None


def test_issuing_with_the_proof_of_something_else_is_refused() -> None:
    for inclusion, key in (
        (sample.proof_of(4), sample.CASE_KEY),
        (sample.proof_of(5, INCOMPLETE), sample.CASE_KEY),
        (sample.proof_of(5), bytes(32)),
    ):
        with pytest.raises(ValueError, match="not about the certificate of case c-7f3k9q"):
            issue(COMPLETE, case_key=key, inclusion=inclusion, signer=sample.SIGNER)


def test_the_page_escapes_what_comes_from_outside_and_loads_nothing() -> None:
    hostile = '<script>alert("x")</script>'
    certificate = replace(
        COMPLETE,
        organisation=hostile,
        contact=hostile,
        authority=hostile,
        regime=hostile,
        systems=(replace(FORUM, title=hostile, connector=hostile), SHOP),
        destroyed_keys=(DestroyedKey(hostile, date(2026, 12, 24)),),
    )

    html = as_html(sample.issued(certificate))

    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 7
    for reference in ("http://", "https://", "src=", "url(", "@import"):
        assert reference not in html


def test_the_ledger_entry_of_a_certificate_holds_none_of_its_words() -> None:
    """P-05, scenario 48."""
    entry = sample.entries()[-1].decode()

    for word in ("Juniper", "forum", "Donations", "privacy@", "312", "324"):
        assert word not in entry


def test_what_was_left_out_is_named_with_its_ground_and_read_back() -> None:
    """G-12.6, P-20"""
    out = LeftOut(
        "letters", "Letters", "legal-obligation", "Art. 17(3)(b) GDPR", "A law obliges us to keep it."
    )
    narrowed = replace(COMPLETE, left_out=(out,))

    assert read_certificate(canonical.decode(narrowed.canonical())) == narrowed
    assert read_certificate(canonical.decode(COMPLETE.canonical())) == COMPLETE
    assert b"left_out" not in COMPLETE.canonical()
    with pytest.raises(Contradiction, match="left out"):
        replace(COMPLETE, left_out=(replace(out, system=COMPLETE.systems[0].system),))
    with pytest.raises(ValueError, match="goes without saying"):
        read_certificate(canonical.decode(COMPLETE.canonical()) | {"left_out": []})  # type: ignore[operator]
