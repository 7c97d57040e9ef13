"""A certificate's facts in the language of the person. What is signed and proved is the letter of the ledger,
which is in English; this says the same, and the page shows both."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from upheld.actions.grounds import refusal
from upheld.actions.letters import day
from upheld.law.objection import STOPPING
from upheld.ledger.certificate import LIFTING, Certificate, EvidenceClass, Retained, SystemResult

STOPS = tuple(each.value for each in STOPPING)


@dataclass(frozen=True, slots=True)
class Line:
    """A thing, and what is said of it."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with lines, or with sentences alone."""

    heading: str
    lines: tuple[Line, ...]
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """The whole page."""

    title: str
    lead: str
    parts: tuple[Part, ...]


def plain(certificate: Certificate) -> Plain:
    """The page in the language in force. What is unfinished comes first and is in the title."""
    open_ = () if certificate.complete else (_unfinished(certificate),)
    stays = () if certificate.sets_values and not certificate.retained else (_stays(certificate),)
    return Plain(
        _title(certificate),
        _lead(certificate),
        (
            *open_,
            _done(certificate),
            *_left_out(certificate),
            *stays,
            _told(certificate),
            _backups(certificate),
        ),
    )


def _left_out(certificate: Certificate) -> tuple[Part, ...]:
    lines = tuple(
        Line(each.title, (_("Nothing was done here."), f"{refusal(each.ground)} ({each.reference})"))
        for each in certificate.left_out
    )
    return (Part(_("What is left out, and why"), lines),) if lines else ()


def _title(certificate: Certificate) -> str:
    right = certificate.right.upper()
    if not certificate.complete:
        return _("Not finished yet: what is done so far")
    if certificate.gives_copy:
        return _("Your copy")
    if right == "RECTIFICATION":
        return _("Your data is corrected")
    if right == "RESTRICTION":
        return _("Your data is restricted")
    if right in STOPS:
        return _("It has stopped")
    if right == LIFTING:
        return _("The restriction has ended")
    return _("What we deleted, and what stays")


def _lead(certificate: Certificate) -> str:
    right = certificate.right.upper()
    if certificate.gives_copy:
        asked = _("You asked us for a copy of what we hold about you.")
    elif right == "RECTIFICATION":
        asked = _("You asked us to correct what we hold about you.")
    elif right == "RESTRICTION":
        asked = _("You asked us to keep what we hold about you and not to use it.")
    elif right in STOPS:
        asked = _("You asked us to stop using your data for something.")
    elif right == LIFTING:
        asked = _("We told you that the restriction of your data would end.")
    else:
        asked = _("You asked us to delete what we hold about you.")
    if not certificate.complete:
        return f"{asked} {_('This is not finished in every system.')}"
    if any(each.evidence is EvidenceClass.A for each in certificate.systems):
        return f"{asked} {_('It is done; where we have only a system’s word for it, this page says so.')}"
    return f"{asked} {_('It is done.')}"


def _unfinished(certificate: Certificate) -> Part:
    lines = []
    for each in certificate.unfinished:
        by = (_("We expect it by {day}.").format(day=day(each.expected)),) if each.expected else ()
        lines.append(Line(each.title, (_("This part is still open. We go on with it."), *by)))
    return Part(_("What is not finished"), tuple(lines))


def _done(certificate: Certificate) -> Part:
    heading = _("What is in your copy") if certificate.gives_copy else _("System by system")
    lines = tuple(_system(each, certificate) for each in certificate.systems)
    return Part(heading, lines, () if lines else (_("No system was searched."),))


def _system(result: SystemResult, certificate: Certificate) -> Line:
    said = [] if result.finished else [_("Not finished yet.")]
    said += _counts(result, certificate)
    if result.evidence is not None:
        said.append(_evidence(result.evidence))
    if result.finished_at is not None and result.finished:
        said.append(_("Finished on {day}.").format(day=day(result.finished_at.date())))
    return Line(result.title, tuple(said))


def _counts(result: SystemResult, certificate: Certificate) -> list[str]:
    numbers: tuple[tuple[int, str], ...]
    if certificate.sets_values:
        numbers = (
            (result.changed, _("Records changed: {many}.")),
            (result.left, _("Left as they are: {many}.")),
        )
    elif certificate.gives_copy:
        numbers = ((result.matched, _("Records about you: {many}.")),)
    else:
        numbers = (
            (result.erased, _("Records deleted: {many}.")),
            (result.anonymised, _("Your name and details removed from: {many}.")),
            (result.detached, _("No longer linked to you: {many}.")),
        )
    said = [text.format(many=many) for many, text in numbers if many]
    if said or not result.finished:
        return said
    if result.matched:
        return [_("Records found, none removed: {many}.").format(many=result.matched)]
    return [_("We found nothing about you here.")]


def _evidence(evidence: EvidenceClass) -> str:
    return {
        EvidenceClass.A: _("The system reported this; we have not checked it ourselves."),
        EvidenceClass.B: _("We looked again afterwards and found it so."),
        EvidenceClass.C: _("The key that made it readable is destroyed."),
        EvidenceClass.D: _("Somebody outside our organisation has confirmed it to us."),
        EvidenceClass.E: _("Nothing was removed here; see what stays."),
    }[evidence]


def _stays(certificate: Certificate) -> Part:
    heading = (
        _("What was left out, and why") if certificate.gives_copy else _("What stays, and why, until when")
    )
    lines = tuple(_retained(each) for each in certificate.retained)
    nothing = _("Nothing stays in the systems named above.")
    if certificate.gives_copy:
        nothing = _("Nothing was left out of the copy.")
    elif not certificate.complete:
        nothing = _("Nothing is meant to stay, but the work is not finished.")
    return Part(heading, lines, () if lines else (nothing,))


def _retained(part: Retained) -> Line:
    said = [part.reason, _("By law: {reference}.").format(reference=part.reference)]
    if part.until is not None:
        said.append(_("Until {day}.").format(day=day(part.until)))
    if part.review is not None:
        said.append(_("We look at this again by {day}.").format(day=day(part.review)))
    return Line(_("{what} (records: {many})").format(what=part.what, many=part.records), tuple(said))


def _told(certificate: Certificate) -> Part:
    lines = []
    for each in certificate.told:
        if each.confirmed is not None:
            said = _("Asked on {asked}; confirmed on {day}.").format(
                asked=day(each.asked), day=day(each.confirmed)
            )
        else:
            said = _("Asked on {asked}; not answered yet.").format(asked=day(each.asked))
        lines.append(Line(each.recipient, (said,)))
    return Part(
        _("Told to others"), tuple(lines), () if lines else (_("No notice to others is recorded here."),)
    )


def _backups(certificate: Certificate) -> Part:
    backups = certificate.backups
    if certificate.gives_copy:
        said = [_("Backups were not searched for your copy; they hold older states of the same systems.")]
    elif certificate.sets_values:
        said = [_("If a backup has to be used, this is done again first.")]
    else:
        said = [_gone(backups.unreadable_by)]
        said.append(
            _("If a backup has to be used before, your deletion is repeated first.")
            if backups.replayed
            else _("If a backup has to be used before, your deletion is not repeated by itself. Ask us.")
        )
    if certificate.beyond_keys:
        said.append(_beyond(certificate))
    return Part(_("Backups"), (), tuple(said))


def _beyond(certificate: Certificate) -> str:
    words = {
        "copies": _("plain copies that somebody made (print, files, messages)"),
        "exports": _("copies and exports that were handed over"),
        "letters": _("letters and mails that were sent"),
        "recipients": _("what others have ({who})"),
    }
    named = "; ".join(words[each.what].format(who=", ".join(each.who)) for each in certificate.beyond_keys)
    return _("What was sealed ends with its key. That does not reach: {named}.").format(named=named)


def _gone(by: date | None) -> str:
    if by is None:
        return _("We have not said for how long backups hold what was removed. Ask us.")
    return _("Backups that still hold what was removed are gone no later than {day}.").format(day=day(by))
