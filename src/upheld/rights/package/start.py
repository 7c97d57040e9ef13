"""The page one opens first: what this is, what is held where and why, what is missing, what to do next."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from upheld.datamap.model import DataMap, Field, Processor, Purpose, Retain
from upheld.rights.package.catalogue import Catalogue
from upheld.rights.package.gather import Holding, Part, Said, State
from upheld.rights.package.guard import another_person
from upheld.rights.package.markup import frame, text, words
from upheld.rights.package.pages import page_count, page_path, statements, title
from upheld.rights.regime import Pinned

path = "index.html"


def system_title(part: Part) -> str:
    """The system's title, or its name as words."""
    return part.system.title or words(part.system.name)


def start_page(
    datamap: DataMap,
    parts: list[Part],
    language: Catalogue,
    *,
    now: datetime,
    zone: ZoneInfo,
    regime: str,
    said: Sequence[Said] = (),
    ported: bool = False,
    pinned: Pinned | None = None,
) -> bytes:
    """Everything of Art. 15(1) and (2) that the map knows, for what she has rows of (G-15.2, G-15.6); her own
    statements (G-16.2); and, where it is what she takes along, what of it stays and why (G-20.1)."""
    organisation = datamap.organisation
    today = now.astimezone(zone).date()
    heading = (language.port_heading if ported else language.heading).format(organisation=organisation.name)
    what = language.port_what if ported else language.what
    body = [
        f"<h1>{text(heading)}</h1>\n",
        _p(what.format(organisation=organisation.name, date=language.date(today)), "lead"),
        _p(
            language.contact.format(organisation=organisation.name, contact=_contact(datamap, language)),
            "quiet",
        ),
        _standing(parts, language),
    ]
    if pinned is not None:
        body.insert(2, _p(_due(pinned, language)))
    if said:
        body.append(f"<h2>{text(language.statements)}</h2>\n{statements(said, language)}")
    shown = [part for part in parts if part.holdings or part.files or not part.finished]
    if shown:
        body.append(f"<h2>{text(language.by_system)}</h2>\n")
        body += [_section(part, datamap, language, regime) for part in shown]
    empty = [system_title(part) for part in parts if part not in shown]
    if empty and shown:
        body.append(_p(language.looked_in.format(systems=", ".join(empty))))
    if ported:
        body.append(_left_out(parts, language))
    body.append(_rights(datamap, language, regime, held=bool(shown)))
    if shown:
        body.append(
            f"<h2>{text(language.machines)}</h2>\n<p>"
            + text(language.machines_text).format(
                manifest='<a href="package.json">package.json</a>', schema="<code>schema/</code>"
            )
            + "</p>\n"
        )
    return frame(heading, "".join(body), language=language, organisation=organisation.name)


def _left_out(parts: list[Part], language: Catalogue) -> str:
    """Categories that stay, by reason."""
    by_reason: dict[str, dict[str, None]] = {}
    for part in parts:
        categories = {
            (table.name, f"{each.column}:{each.json}" if each.json else each.column): each.category
            for table in part.system.tables
            for each in table.every_field
        }
        for each in part.left_out or ():
            named = categories.get((each["table"], each["field"]))
            category = language.category(named) if named else words(each["table"])
            by_reason.setdefault(each["reason"], {})[f"{category} ({system_title(part)})"] = None
    if not by_reason:
        return ""
    items = [
        text(language.port_reasons[reason].format(categories=", ".join(named)))
        for reason, named in sorted(by_reason.items())
    ]
    return f"<h2>{text(language.port_left_out)}</h2>\n{_list(items, 'quiet')}\n"


def _p(content: str, kind: str = "") -> str:
    return f'<p class="{kind}">{text(content)}</p>\n' if kind else f"<p>{text(content)}</p>\n"


def _contact(datamap: DataMap, language: Catalogue) -> str:
    organisation = datamap.organisation
    country = language.country(organisation.country) if organisation.country else ""
    return ", ".join(each for each in (organisation.contact, organisation.address, country) if each)


def _standing(parts: list[Part], language: Catalogue) -> str:
    missing = [system_title(part) for part in parts if not part.finished]
    found = any(part.holdings or part.files for part in parts)
    if missing:
        sentence = language.unfinished if found or len(missing) < len(parts) else language.unfinished_all
        return _p(sentence.format(systems=", ".join(missing)), "notice")
    systems = ", ".join(system_title(part) for part in parts)
    return "" if found else _p(language.nothing.format(systems=systems), "lead") + _p(language.expected)


def _section(part: Part, datamap: DataMap, language: Catalogue, regime: str) -> str:
    state = {
        State.FAILED: (language.state_failed, language.why_failed),
        State.WAITING: (language.state_waiting, language.why_waiting),
        State.NOT_ASKED: (language.state_not_asked, language.why_not_asked),
    }.get(part.state)
    pill, note = "", ""
    held = bool(part.holdings or part.files)
    if state:
        pill = f' <span class="state">{text(state[0])}</span>'
        note = _p(language.why_failed_part if held and part.state is State.FAILED else state[1])
    body = f'<section class="system">\n<h3>{text(system_title(part))}{pill}</h3>\n{note}'
    if held:
        body += f"<dl>\n{_data(part, language)}{_about(part, datamap, language, regime)}</dl>\n"
    return body + "</section>\n"


def _entry(term: str, content: str) -> str:
    return f"<dt>{text(term)}</dt>\n<dd>{content}</dd>\n" if content else ""


def _list(items: list[str], kind: str = "") -> str:
    if len(items) == 1 and not kind:
        return items[0]
    opening = f'<ul class="{kind}">' if kind else "<ul>"
    return opening + "".join(f"<li>{item}</li>" for item in items) + "</ul>" if items else ""


def _data(part: Part, language: Catalogue) -> str:
    links = []
    for holding in part.holdings:
        count = language.count(holding.rows, language.records)
        if page_count(holding) > 1:
            count += ", " + language.count(page_count(holding), language.pages)
        links.append(
            f'<a href="{page_path(holding, 1)}">{text(title(holding))}</a> '
            f'<span class="quiet">{text(count)}</span>'
        )
    files = []
    for each in part.files:
        size = language.bytes_text.format(size=language.number(each.size))
        cut = "" if each.whole else f", {language.cut_short}"
        files.append(
            f'<a href="{quote(each.path)}">{text(each.name)}</a> '
            f'<span class="quiet">{text(size + cut)}</span>'
        )
    return _entry(language.data, _list(links, "links")) + _entry(language.files, _list(files, "links"))


def _fields(holding: Holding) -> list[Field]:
    """Fields of the map of which she has a value: the answer is about her, not about the table (G-15.6)."""
    seen = {column.name for column in holding.columns.values() if column.kinds or column.withheld}
    return [field for field in holding.table.every_field if field.column in seen]


def _about(part: Part, datamap: DataMap, language: Catalogue, regime: str) -> str:
    fields = [field for holding in part.holdings for field in _fields(holding)]
    names = [name for field in fields for name in field.purposes]
    names += [name for holding in part.holdings for name in holding.table.purposes]
    purposes = [purpose for purpose in datamap.purposes if purpose.name in names]
    categories = dict.fromkeys(language.category(field.category) for field in fields)
    return (
        _entry(language.categories_held, text(", ".join(categories)))
        + _entry(language.why, _why(purposes, language, regime))
        + _entry(language.receives, _receives(part, purposes, datamap, language))
        + _entry(language.kept, _kept(part, purposes))
        + _entry(
            language.place,
            text(language.country(part.system.place) if part.system.place else language.place_unknown),
        )
        + _entry(language.source, _source(fields, language))
        + _entry(language.withheld, _withheld(part, language))
    )


def _why(purposes: list[Purpose], language: Catalogue, regime: str) -> str:
    if not purposes:
        return text(language.purpose_unknown)
    said = []
    for purpose in purposes:
        line = text(purpose.title or words(purpose.name))
        if regime == "gdpr":
            basis = language.basis.format(basis=language.bases[purpose.basis], article=purpose.basis.article)
            line += f'<br><span class="quiet">{text(basis)}</span>'
        said.append(line)
    return _list(said)


def _receives(part: Part, purposes: list[Purpose], datamap: DataMap, language: Catalogue) -> str:
    known = {processor.name: processor for processor in datamap.processors}
    names = [part.system.processor] if part.system.processor else []
    names += [recipient for purpose in purposes for recipient in purpose.recipients]
    said = [_recipient(name, known.get(name), language) for name in dict.fromkeys(names)]
    return _list(said) or text(language.nobody.format(organisation=datamap.organisation.name))


def _recipient(name: str, processor: Processor | None, language: Catalogue) -> str:
    if processor is None:
        return text(name)
    line = language.processor.format(
        name=processor.title, country=language.country(processor.country), service=processor.service
    )
    if processor.agreement:
        line += ", " + language.agreement.format(agreement=processor.agreement)
    return text(line)


def _kept(part: Part, purposes: list[Purpose]) -> str:
    said = [text(purpose.retention) for purpose in purposes if purpose.retention]
    for holding in part.holdings:
        actions = [rule.action for rule in holding.table.treatment.rules]
        actions += [action for _, action in holding.table.treatment.by]
        said += [
            f"{text(title(holding))}: {text(action.law)}" for action in actions if isinstance(action, Retain)
        ]
    return _list(list(dict.fromkeys(said)))


def _source(fields: list[Field], language: Catalogue) -> str:
    given = dict.fromkeys(language.category(field.category) for field in fields if field.provided)
    if not given:
        return text(language.source_unknown)
    said = language.source_you.format(categories=", ".join(given))
    if not all(field.provided for field in fields):
        said += " " + language.source_rest
    return text(said)


def _withheld(part: Part, language: Catalogue) -> str:
    counts: Counter[str] = Counter()
    for holding in part.holdings:
        counts.update(holding.withheld)
    said = []
    for why, count in sorted(counts.items()):
        sentence = language.others if why == another_person else language.never_sent
        category = language.category(why)
        category = category[:1].upper() + category[1:]
        said.append(text(sentence.format(category=category, count=language.number(count))))
    return _list(said)


def _due(pinned: Pinned, language: Catalogue) -> str:
    dates = pinned.dates
    sentence = language.due if pinned.law.binding else language.due_promised
    return sentence.format(
        received=language.date(dates.received, weekday=False),
        target=language.date(dates.answer.target, weekday=False),
        legal=language.date(dates.legal, weekday=False),
    )


def _rights(datamap: DataMap, language: Catalogue, regime: str, *, held: bool) -> str:
    sentences = language.rights_text_us if regime == "ccpa" else language.rights_text
    contact = language.contact.format(
        organisation=datamap.organisation.name, contact=_contact(datamap, language)
    )
    items = _list([text(sentence) for sentence in sentences])
    body = f"<h2>{text(language.rights)}</h2>\n{items}\n{_p(contact)}" if held else ""
    if regime != "gdpr":
        return body
    authority = datamap.organisation.authority
    complaint = language.complain_named.format(authority=authority) if authority else language.complain_open
    return body + f"<h2>{text(language.complain)}</h2>\n{_p(complaint)}"
