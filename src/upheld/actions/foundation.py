"""The first run: who the organisation is, where, what it has published, and which systems it has. Each step
writes files of the privacy folder; each can be passed over, and done later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as Folder
from urllib.parse import urlsplit

from django.db import transaction

from upheld.actions import folder, milestones
from upheld.actions.means import Means
from upheld.datamap.known.listed import Known, countries, systems
from upheld.datamap.model import Organisation
from upheld.datamap.page import Path
from upheld.datamap.read import ORGANISATION, SYSTEMS
from upheld.datamap.revise import Unrevisable, flow, revised
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import MilestoneState

DAYS = 14
"""Within which the owner of a listed system answers: it leaves two weeks of the month."""
ADDRESS = f"{folder.POLICY}/address.txt"
KINDS = ("md", "html", "txt")
LARGEST = 2**20

Values = dict[Path, object]
"""What a file is to say, by the path of its key."""
_HOME = "organisation"
GDPR, CCPA, VOLUNTARY = "gdpr", "ccpa", "voluntary"


@dataclass(frozen=True, slots=True)
class Listed:
    """A well-known system that the organisation has, and who looks after it."""

    name: str
    owner: str
    address: str


def named(*, means: Means, home: Folder) -> tuple[str, ...]:
    """The files that say the organisation's contact: its own, and systems whose owner is reached there."""
    contact = means.datamap.organisation.contact
    reached = (each.origin.file for each in means.datamap.systems if each.address == contact)
    return (ORGANISATION, *sorted({name for name in reached if (home / name).is_file()}))


@transaction.atomic
def introduce(
    *,
    means: Means,
    home: Folder,
    seen: str,
    name: str,
    contact: str,
    address: str,
    languages: Sequence[str],
) -> None:
    """Who the organisation is and where people write to. Systems whose owner was reached at the former
    contact are reached at the new one. Raises Changed, NoMap, Misconfigured."""
    hold("folder")
    watched = named(means=means, home=home)
    values: Values = {
        (_HOME, "name"): name,
        (_HOME, "contact"): contact,
        (_HOME, "address"): address or None,
        (_HOME, "languages"): list(languages),
    }
    changes: dict[str, Values] = {ORGANISATION: values}
    if contact != means.datamap.organisation.contact:
        changes |= {file: {("address",): contact} for file in watched[1:]}
    folder.write(home, _revised(home, changes), seen=seen, names=watched)
    milestones.put(means=means, name="organisation", state=MilestoneState.DONE)


def laws(organisation: Organisation) -> frozenset[str]:
    """Where people live whose data it holds, as its laws say."""
    return frozenset(organisation.regimes)


def chosen_laws(*, country: str, wished: Iterable[str]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """The laws under which it answers, the usual one first, and which of them for whom. Who is established
    where the GDPR is in force answers to everybody under it (Art. 3(1) GDPR)."""
    inside = [each.code for each in countries() if each.gdpr]
    at_home = country in inside
    found = {*wished, GDPR} - {VOLUNTARY} if at_home else set(wished)
    regimes = tuple(each for each in (GDPR, CCPA, VOLUNTARY) if each in found)
    by_place: dict[str, str] = {}
    if CCPA in found and len(regimes) > 1:
        by_place["US-CA"] = CCPA
    if {GDPR, VOLUNTARY} <= found:
        by_place |= dict.fromkeys(inside, GDPR)
        by_place["otherwise"] = VOLUNTARY
    return regimes, by_place


@transaction.atomic
def settle(
    *,
    means: Means,
    home: Folder,
    seen: str,
    country: str,
    region: str,
    time_zone: str,
    wished: Iterable[str],
    places: Sequence[str],
) -> None:
    """Where it is established, and where the people live whose data it holds: that decides holidays, the
    day's beginning, and the laws. Laws that nobody changed here stay as they are written. Raises Permanent
    without a law, and Changed, NoMap, Misconfigured."""
    hold("folder")
    organisation = means.datamap.organisation
    regimes, by_place = chosen_laws(country=country, wished=wished)
    if not regimes:
        raise Permanent("No law was chosen.", "Say where the people live whose data you hold.")
    usual = next((each.time_zone for each in countries() if each.code == country), "")
    values: Values = {
        (_HOME, "country"): country or None,
        (_HOME, "region"): region or None,
        (_HOME, "time_zone"): time_zone or usual or None,
        (_HOME, "places"): list(places) or None,
    }
    if set(regimes) != laws(organisation):
        values |= {(_HOME, "regimes"): list(regimes), (_HOME, "regime_by_place"): dict(by_place) or None}
    files = _revised(home, {ORGANISATION: values})
    folder.write(home, files, seen=seen)
    milestones.put(means=means, name="countries", state=MilestoneState.DONE)


def policy(kind: str) -> str:
    """The file of the policy in the folder."""
    return f"{folder.POLICY}/privacy.{kind}"


POLICIES = (*(policy(kind) for kind in KINDS), ADDRESS)
"""Files that this step may write. The text stands in the folder unchanged; of an address only itself is kept,
and nothing is fetched from it."""


@transaction.atomic
def publish(
    *, means: Means, home: Folder, seen: str, text: bytes | None, kind: str, address: str = ""
) -> None:
    """Keep the text that people read, where they read it, or both. Permanent for what is no text, is empty or
    too large, and for an address that is none."""
    hold("folder")
    files = {}
    if text is not None:
        files[policy(kind)] = _readable(text, kind)
    if address:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or not address.isprintable():
            raise Permanent("This is not the address of a page.", "Write it as https://example.org/privacy.")
        files[ADDRESS] = f"{address}\n".encode()
    folder.write(home, files, seen=seen, names=POLICIES)
    milestones.put(means=means, name="policy", state=MilestoneState.DONE)


def _readable(text: bytes, kind: str) -> bytes:
    if kind not in KINDS:
        raise Permanent("This kind of file is not kept as a policy.", f"Give one of: {', '.join(KINDS)}.")
    if len(text) > LARGEST:
        raise Permanent("The policy is larger than a megabyte.", "Give the text without its pictures.")
    try:
        said = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Permanent("The file is not text in UTF-8.", "Save it as text in UTF-8, or paste it.") from error
    if not said.strip() or "\0" in said:
        raise Permanent("There is no text in it.", "Paste the policy, or choose another file.")
    return text


def file_of(name: str) -> str:
    """The file of a listed system."""
    return f"{SYSTEMS}/{name}.yaml"


@transaction.atomic
def enlist(*, means: Means, home: Folder, chosen: Sequence[Listed]) -> None:
    """Write a file for each of these systems: from now on its owner is asked. A file that is there already is
    never written over: Changed. Raises KeyError for a system that is not listed."""
    hold("folder")
    files = {file_of(each.name): _system(means, systems()[each.name], each).encode() for each in chosen}
    if files:
        folder.write(home, files, seen=folder.nothing(files))
    milestones.put(means=means, name="systems", state=MilestoneState.DONE)


def _system(means: Means, known: Known, listed: Listed) -> str:
    later = f" A connector of the kind `{known.later}` could take over one day." if known.later else ""
    lines = {
        "system": known.name,
        "title": known.title,
        "kind": "manual",
        "owner": listed.owner,
        "address": listed.address,
        "look_for": known.look_for,
        "how": known.how,
        "how_to_copy": known.copy,
        "days": DAYS,
        "categories": list(known.categories),
    }
    head = (
        f"# {known.title}: {known.holds}.\n"
        f"# From the list of well-known systems, {means.now.day} {means.now:%B %Y}. "
        f"Its owner does by hand what is asked.{later}\n"
    )
    return head + "".join(f"{key}: {flow(value)}\n" for key, value in lines.items())


def _revised(home: Folder, changes: Mapping[str, Values]) -> dict[str, bytes]:
    """The files with their new values; those to which nothing changes are left out."""
    files = {}
    for name, values in changes.items():
        before = (folder.content(home, name) or b"").decode("utf-8", "replace")
        try:
            after = revised(before, values)
        except Unrevisable as error:
            raise Permanent(
                f"{name} is written in a way in which `{error}` cannot be changed from here.",
                "Change it in the file.",
            ) from error
        if after != before:
            files[name] = after.encode()
    return files
