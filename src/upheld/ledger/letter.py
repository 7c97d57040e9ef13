"""The certificate in plain words for the person it is about (P-20, P-21, P-22).

One structure of sentences, which `as_text` prints and `page` renders, so that both say the same.
"""

import textwrap
from dataclasses import dataclass
from datetime import date, datetime

from upheld.ledger.certificate import Certificate, Established, EvidenceClass, Retained, SystemResult, Told
from upheld.ledger.checkpoint import parse_text
from upheld.ledger.issue import Issued
from upheld.ledger.note import parse as parse_note
from upheld.ledger.wording import EVIDENCE, WORDING, Wording

_WIDTH = 78

_ERASURE_EVIDENCE = {
    EvidenceClass.A: "The system reported this; we have not checked it ourselves (class A).",
    EvidenceClass.B: "We looked again afterwards and found nothing more to remove (class B).",
    EvidenceClass.C: "We destroyed the key that made it readable (class C).",
    EvidenceClass.D: "Somebody outside our organisation has confirmed it to us (class D).",
    EvidenceClass.E: "Nothing was removed here; see what stays (class E).",
}
_COPY_EVIDENCE = {
    EvidenceClass.A: "The system reported this number; we have not checked it ourselves (class A).",
    EvidenceClass.B: "We counted again afterwards and came to the same number (class B).",
    EvidenceClass.C: "What was here can no longer be read: its key is destroyed (class C).",
    EvidenceClass.D: "Somebody outside our organisation has confirmed it to us (class D).",
    EvidenceClass.E: "Nothing from here is in the copy; see what stays (class E).",
}
_ESTABLISHED = {
    Established.WITNESSED: "We saw it happen.",
    Established.RECEIPT: "We know it from a receipt left in the system itself.",
    Established.REREAD: "We were interrupted and know it from reading the system again.",
}
LOG_SENTENCE = (
    "The proof shows that we said this at that time and have not rewritten it since. It does not prove that "
    "every byte is gone from every disk: no record can prove that."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing with what is to be said of it."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows and paragraphs."""

    heading: str
    rows: tuple[Row, ...]
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """The whole page. `warning` is None only when every part is finished."""

    title: str
    facts: str
    lead: str
    warning: Section | None
    sections: tuple[Section, ...]


def day(value: date) -> str:
    """A date in full, as a person writes it."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """A time in full, with its zone."""
    return f"{value.day} {value:%B %Y, %H:%M} UTC"


def counted(number: int, one: str, many: str) -> str:
    """A number with its word in the right form."""
    return f"{number} {one if number == 1 else many}"


def _records(number: int) -> str:
    return counted(number, "record", "records")


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _set(result: SystemResult, wording: Wording) -> str:
    if not result.changed and not result.matched and not result.left:
        return "We found nothing about you here that this is about."
    said = f"{_records(result.changed)} {wording.deed}."
    return f"{said} {_records(result.left)} {wording.left}." if result.left else said


def _deeds(result: SystemResult, *, copy: bool, wording: Wording | None) -> str:
    if wording is not None:
        return _set(result, wording)
    if copy:
        return f"{_records(result.matched)} about you."
    parts = []
    if result.erased:
        parts.append(f"{_records(result.erased)} deleted")
    if result.anonymised:
        parts.append(f"your name and details removed from {_records(result.anonymised)}")
    if result.detached:
        parts.append(f"{_records(result.detached)} no longer linked to you")
    if not parts and not result.matched:
        return "We found nothing about you here."
    if not parts:
        return f"{_records(result.matched)} found, none removed."
    return f"{_joined(parts)[0].upper()}{_joined(parts)[1:]}."


def _system_row(result: SystemResult, *, copy: bool, wording: Wording | None) -> Row:
    sentences = []
    evidence = EVIDENCE if wording else _COPY_EVIDENCE if copy else _ERASURE_EVIDENCE
    # An unfinished system's counts are shown as far as they go, and never without saying so.
    if result.finished:
        sentences.append(_deeds(result, copy=copy, wording=wording))
    elif result.matched or result.removed or result.changed:
        sentences.append(f"NOT FINISHED. So far: {_deeds(result, copy=copy, wording=wording)}")
    else:
        sentences.append("NOT FINISHED. Nothing has been done here yet.")
    if result.evidence is not None:
        sentences.append(evidence[result.evidence])
    if result.established is not None:
        sentences.append(_ESTABLISHED[result.established])
    if result.finished and result.finished_at is not None:
        sentences.append(f"Finished on {moment(result.finished_at)}.")
    if result.error is not None:
        sentences.append(f"What went wrong: {result.error}")
    sentences.append(f"(Done with {result.connector} {result.connector_version}.)")
    return Row(result.title, tuple(sentences))


def _retained_row(part: Retained) -> Row:
    sentences = [part.reason, f"Ground: {part.ground}; {part.reference}."]
    if part.until is not None:
        sentences.append(f"Until {day(part.until)}.")
    if part.review is not None:
        sentences.append(f"We look at this again by {day(part.review)}.")
    return Row(f"{part.what} ({_records(part.records)})", tuple(sentences))


_BEYOND = {
    "copies": "plain copies that somebody made (print, files, messages)",
    "exports": "copies and exports that were handed over",
    "letters": "letters and mails that were sent",
    "recipients": "what others have ({who})",
}


def _told_row(part: Told) -> Row:
    if part.confirmed is not None:
        return Row(part.recipient, (f"Asked on {day(part.asked)}; confirmed on {day(part.confirmed)}.",))
    again = f" We ask again on {day(part.ask_again)}." if part.ask_again is not None else ""
    return Row(part.recipient, (f"Asked on {day(part.asked)}; not answered yet.{again}",))


def _warning(certificate: Certificate) -> Section | None:
    if certificate.complete:
        return None
    rows = []
    for part in certificate.unfinished:
        expected = (f"We expect this by {day(part.expected)}.",) if part.expected is not None else ()
        rows.append(Row(part.title, (part.why, part.next_step, *expected)))
    return Section("What is not finished", tuple(rows))


def _done(certificate: Certificate) -> Section:
    copy, wording = certificate.gives_copy, _wording(certificate)
    heading = wording.heading if wording else "What is in your copy" if copy else "What was removed"
    rows = tuple(_system_row(result, copy=copy, wording=wording) for result in certificate.systems)
    return Section(heading, rows, () if rows else ("No system was searched.",))


def _stays(certificate: Certificate) -> Section:
    rows = tuple(_retained_row(part) for part in certificate.retained)
    nothing = (
        "Nothing was left out of the copy."
        if certificate.gives_copy
        else "Nothing stays in the systems named above."
    )
    if not certificate.complete:
        nothing = "Nothing is meant to stay, but the work is not finished; see above."
    heading = "What was left out, and why" if certificate.gives_copy else "What stays, and why, until when"
    return Section(heading, rows, () if rows else (nothing,))


def _left_out(certificate: Certificate) -> tuple[Section, ...]:
    """What was refused stands among what was done, never only in another letter."""
    rows = tuple(
        Row(
            each.title, ("Nothing was done here: this part was refused.", f"{each.reason} ({each.reference})")
        )
        for each in certificate.left_out
    )
    return (Section("What was left out, and why", rows, ()),) if rows else ()


def _told(certificate: Certificate) -> Section:
    rows = tuple(_told_row(part) for part in certificate.told)
    return Section("Told to others", rows, () if rows else ("No notice to others is recorded here.",))


def _wording(certificate: Certificate) -> Wording | None:
    return WORDING[certificate.right.upper()] if certificate.sets_values else None


def _backups(certificate: Certificate) -> Section:
    backups, wording = certificate.backups, _wording(certificate)
    if wording is not None:
        return Section("Backups", (), (wording.backup,))
    if certificate.gives_copy:
        sentences = ["Backups were not searched for your copy; they hold older states of the same systems."]
    elif backups.unreadable_by is None:
        sentences = ["We have made no statement on how long backups hold what was removed. Ask us."]
    else:
        sentences = [
            f"Backups that still hold what was removed are gone no later than {day(backups.unreadable_by)}."
        ]
    if not certificate.gives_copy:
        sentences.append(
            "If a backup has to be used before, your deletion is repeated first."
            if backups.replayed
            else "If a backup has to be used before, your deletion is NOT repeated by itself. Ask us."
        )
    sentences += [
        f"Key {key.key} was destroyed; its last copies are gone by {day(key.effective_by)}."
        for key in certificate.destroyed_keys
    ]
    if certificate.beyond_keys:
        named = "; ".join(
            _BEYOND[each.what].format(who=", ".join(each.who)) for each in certificate.beyond_keys
        )
        sentences.append(f"The destruction of a key does not reach: {named}.")
    return Section("Backups", (), tuple(sentences))


def _proof(issued: Issued) -> Section:
    inclusion = issued.inclusion
    checkpoint = parse_text(parse_note(inclusion.checkpoint).text)
    return Section(
        "Proof",
        (
            Row(
                "Where it is written",
                (f"Entry {inclusion.index + 1} of {checkpoint.size} in the ledger {checkpoint.origin}.",),
            ),
            Row("Our key", (f"{issued.vkey}",)),
        ),
        (
            LOG_SENTENCE,
            (
                "Anybody can check the file that came with this page, without us: "
                "python -m upheld.ledger FILE --vkey KEY, with the key from our public pages."
            ),
        ),
    )


def _lead(certificate: Certificate) -> str:
    wording = _wording(certificate)
    if not certificate.complete:
        wish = "give you a copy of" if certificate.gives_copy else "delete"
        asked = wording.asked if wording else f"You asked us to {wish} what we hold about you."
        parts = counted(len(certificate.unfinished), "part is", "parts are")
        return f"{asked} This is NOT finished: {parts} still open."
    if certificate.gives_copy:
        return "You asked us for a copy of what we hold about you. It is ready."
    asked = wording.asked if wording else "You asked us to delete what we hold about you."
    if any(result.evidence is EvidenceClass.A for result in certificate.systems):
        return f"{asked} It is done; where we have only a system's word for it, this page says so."
    return f"{asked} It is done."


def _title(certificate: Certificate) -> str:
    wording = _wording(certificate)
    if wording:
        return wording.title if certificate.complete else f"Not finished: {wording.heading.lower()} so far"
    if certificate.gives_copy:
        return "Your copy" if certificate.complete else "Your copy is not complete yet"
    if certificate.complete:
        return "What we deleted, and what stays"
    return "Not finished: what we have deleted so far"


def compose(issued: Issued) -> Letter:
    """The page's sentences. An unfinished part is in the title, the lead and the first section."""
    certificate = issued.certificate
    until = "finished on" if certificate.complete else "state of"
    return Letter(
        title=_title(certificate),
        facts=f"Case {certificate.case} · {until} {moment(certificate.finished_at)} · "
        f"rules applied: {certificate.regime} {certificate.regime_version}",
        lead=_lead(certificate),
        warning=_warning(certificate),
        sections=(
            _done(certificate),
            *_left_out(certificate),
            *(() if certificate.sets_values and not certificate.retained else (_stays(certificate),)),
            _told(certificate),
            _backups(certificate),
            _contact(certificate),
            _proof(issued),
        ),
    )


def _contact(certificate: Certificate) -> Section:
    sentences = [f"Write to {certificate.contact}."]
    if certificate.authority is not None:
        sentences.append(f"You may also complain to {certificate.authority}.")
    return Section("Not content?", (), tuple(sentences))


def _section_lines(section: Section) -> list[str]:
    lines = ["", section.heading, "-" * len(section.heading)]
    for row in section.rows:
        lines += textwrap.wrap(
            f"{row.title}: {' '.join(row.sentences)}",
            _WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    for paragraph in section.paragraphs:
        lines += textwrap.wrap(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return lines


def as_text(issued: Issued) -> str:
    """The page as plain text, at most 78 columns wide except for the key."""
    letter = compose(issued)
    lines = [issued.certificate.organisation, "", letter.title, "=" * len(letter.title)]
    lines += textwrap.wrap(letter.facts, _WIDTH)
    lines += ["", *textwrap.wrap(letter.lead, _WIDTH)]
    for section in (*([letter.warning] if letter.warning else []), *letter.sections):
        lines += _section_lines(section)
    return "\n".join(lines) + "\n"
