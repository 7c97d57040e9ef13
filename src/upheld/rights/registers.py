"""What time does to the registers of a privacy folder: agreements and holds that have ended."""

from collections.abc import Iterator
from datetime import date

from upheld.datamap.model import DataMap
from upheld.rights.connector import Finding, Severity


def check(datamap: DataMap, today: date) -> tuple[Finding, ...]:
    """Findings about upheld.yaml and processors.yaml, which stand where a system's name would."""
    return (*_agreements(datamap, today), *_holds(datamap, today))


def _agreements(datamap: DataMap, today: date) -> Iterator[Finding]:
    """A processor works under a contract that is in force (Art. 28(3))."""
    for each in datamap.processors:
        about = f" ({each.agreement})" if each.agreement else ""
        if each.expires and each.expires < today:
            yield Finding(
                "agreement.ended",
                Severity.DOUBT,
                "processors.yaml",
                each.name,
                "expires",
                f"The agreement with {each.title}{about} ended on {each.expires.isoformat()}.",
                f"Renew it{f' with {each.contact}' if each.contact else ''} and correct `expires`, "
                f"or stop {each.service}.",
            )
        elif not each.agreement:
            yield Finding(
                "agreement.unsaid",
                Severity.NOTE,
                "processors.yaml",
                each.name,
                "agreement",
                f"Nothing says under which agreement {each.title} processes.",
                "Write `agreement`, with the place where it is kept.",
            )


def _holds(datamap: DataMap, today: date) -> Iterator[Finding]:
    for each in datamap.organisation.holds:
        if each.until < today:
            yield Finding(
                "hold.ended",
                Severity.NOTE,
                "upheld.yaml",
                each.matter,
                "until",
                f"The hold `{each.matter}` ended on {each.until.isoformat()}; its rows follow the map again.",
                f"Remove it, or let {each.owner} renew it.",
            )
