"""What a certificate says where nothing is removed: corrections, restrictions, and their end."""

from dataclasses import dataclass

from upheld.ledger.certificate import LIFTING, EvidenceClass

EVIDENCE = {
    EvidenceClass.A: "The system reported this; we have not checked it ourselves (class A).",
    EvidenceClass.B: "We looked again afterwards and found it so (class B).",
    EvidenceClass.C: "The key to what was here is destroyed (class C).",
    EvidenceClass.D: "Somebody outside our organisation has confirmed it to us (class D).",
    EvidenceClass.E: "Nothing was changed here; see what stays (class E).",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences of one right. `deed` follows a number of records; `left` says why some were left alone;
    `backup` what is done when an older state has to be brought back."""

    asked: str
    title: str
    heading: str
    deed: str
    left: str
    backup: str


WORDING = {
    "RESTRICTION": Wording(
        "You asked us to restrict what we hold about you: to keep it and not to use it.",
        "Your data is restricted",
        "What is restricted",
        "marked as restricted",
        "",
        "If a backup has to be used, the marks are set again first.",
    ),
    LIFTING: Wording(
        "We told you that the restriction of your data would end.",
        "The restriction has ended",
        "Where the restriction ended",
        "as before the restriction",
        "had been changed by somebody meanwhile; we left them as they are",
        "If a backup of the time in between has to be used, its marks are taken away again.",
    ),
    "OBJECTION": Wording(
        "You objected to a use of your data.",
        "The use of your data has stopped",
        "Where it stopped",
        "marked, so that they are not used for it",
        "",
        "If a backup has to be used, the marks are set again first.",
    ),
    "WITHDRAWAL": Wording(
        "You took back your consent.",
        "Your consent is withdrawn",
        "Where it is withdrawn",
        "marked, so that they are not used on that consent",
        "",
        "If a backup has to be used, the marks are set again first.",
    ),
    "OPT_OUT": Wording(
        "You asked us neither to sell nor to share your data.",
        "Your data is neither sold nor shared",
        "Where that is marked",
        "marked, so that they are neither sold nor shared",
        "",
        "If a backup has to be used, the marks are set again first.",
    ),
    "RECTIFICATION": Wording(
        "You asked us to correct what we hold about you.",
        "Your data is corrected",
        "What was corrected",
        "corrected",
        "",
        "If a backup has to be used, your correction is repeated first, as long as backups live.",
    ),
}
