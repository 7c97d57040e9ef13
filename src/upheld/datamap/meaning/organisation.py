"""The organisation and its registers."""

from zoneinfo import available_timezones

from upheld.datamap import model
from upheld.datamap.desk import Desk
from upheld.datamap.document.organisation import OrganisationFile
from upheld.datamap.document.register import ProcessorsFile, PurposesFile
from upheld.datamap.meaning.limits import limits, window
from upheld.datamap.page import Spot
from upheld.datamap.proof import OwnProof
from upheld.datamap.signin import SignIn
from upheld.datamap.two import MATTERS, Second, Two
from upheld.law.holiday import UnknownRegion, check_region
from upheld.law.pack import Certainty

DEFAULT = ("gdpr",)


def organisation(form: OrganisationFile, spot: Spot) -> model.Organisation:
    """The controller and its holds."""
    written = form.organisation
    if written.time_zone is not None and written.time_zone not in available_timezones():
        spot.down("organisation", "time_zone").complain(
            "unknown-time-zone",
            "The time zone is not known.",
            "Write it as the time zone database does, such as Europe/Berlin.",
        )
    _check_laws(form, spot)
    holds: list[model.Hold] = []
    for number, hold in enumerate(form.holds or ()):
        inner = spot.down("holds", number)
        if any(other.matter == hold.matter for other in holds):
            inner.complain(
                "duplicate-hold", f"The matter `{hold.matter}` stands here twice.", "Join the two."
            )
        holds.append(model.Hold(hold.matter, hold.owner, hold.until, tuple(hold.scope), inner.place))
    return model.Organisation(
        name=written.name,
        contact=written.contact,
        country=written.country or "",
        time_zone=written.time_zone or "UTC",
        address=written.address or "",
        authority=written.authority or "",
        places=tuple(written.places or ()),
        regimes=tuple(written.regimes or DEFAULT),
        regime_by_place=tuple((written.regime_by_place or {}).items()),
        region=written.region or "",
        languages=tuple(written.languages or ("en",)),
        backup_days=written.backups.days if written.backups else None,
        holds=tuple(holds),
        limits=limits(form.limits),
        undo=window(form.undo) or 0,
        two=_two(form, spot),
        alarms=_alarms(form),
        sign_in=_sign_in(form, spot),
        approve=tuple(form.approve or ()),
        proof=_proof(form, spot),
    )


PRESETS = {"solo": Second.COOLING, "team": Second.COLLEAGUE}


def _two(form: OrganisationFile, spot: Spot) -> Two:
    """The rules of two: the preset, and what is said beside it."""
    written, usual = form.two, PRESETS.get(form.staff or "")
    rules: list[tuple[str, Second]] = []
    for matter in MATTERS:
        said = getattr(written, matter) if written else None
        second = usual if said is None else (None if said == "none" else Second(said))
        if second is not None:
            rules.append((matter, second))
    outside = (written.outside if written else None) or ""
    if not outside and Second.OUTSIDE in dict(rules).values():
        spot.down("two").complain(
            "nobody-outside",
            "Somebody outside has to say yes, and no address of theirs is given.",
            "Write `outside: name@example.org` beside it.",
        )
    return Two(tuple(rules), (written.cooling if written else None) or 24, outside)


def _alarms(form: OrganisationFile) -> Desk:
    said = form.alarms
    if said is None:
        return Desk()
    return Desk(said.to or "", said.deputy or "", said.digest or "monday")


def _sign_in(form: OrganisationFile, spot: Spot) -> tuple[SignIn, ...]:
    made: list[SignIn] = []
    for name, said in (form.sign_in or {}).items():
        if said.issuer.startswith("http:") and not said.private:
            spot.down("sign_in", name, "issuer").complain(
                "sign-in-not-encrypted",
                "This sign-in is not encrypted.",
                "Write https://…, or `private: true` beside it for one on a network of your own.",
            )
        made.append(
            SignIn(
                name,
                said.title,
                said.issuer,
                said.client,
                secret=(said.secret or "").strip("${}"),
                proves=tuple((said.proves or {"email": "email"}).items()),
                anew=said.anew is not False,
                acr=tuple(said.acr or ()),
                private=bool(said.private),
            )
        )
    return tuple(made)


def _proof(form: OrganisationFile, spot: Spot) -> tuple[OwnProof, ...]:
    made: list[OwnProof] = []
    for number, said in enumerate(form.proof or ()):
        asked = OwnProof(
            said.under, Certainty(said.certainty), said.data_points, bool(said.declaration), said.because
        )
        if any((each.regime, each.certainty) == (asked.regime, asked.certainty) for each in made):
            spot.down("proof", number).complain(
                "duplicate-proof",
                f"What is {said.certainty} certainty under `{said.under}` stands here twice.",
                "Keep one of the two.",
            )
        made.append(asked)
    for lower in made:
        for higher in made:
            weaker = higher.data_points < lower.data_points or (lower.declaration and not higher.declaration)
            if (
                lower.regime == higher.regime
                and lower.certainty != Certainty.HIGH == higher.certainty
                and weaker
            ):
                spot.down("proof").complain(
                    "proof-upside-down",
                    f"Under `{lower.regime}` high certainty needs less than reasonable certainty.",
                    "Ask for at least as much where the certainty must be high.",
                )
    return tuple(made)


def _check_laws(form: OrganisationFile, spot: Spot) -> None:
    written = form.organisation
    regimes = tuple(written.regimes or DEFAULT)
    for place, regime in (written.regime_by_place or {}).items():
        if regime not in regimes:
            spot.down("organisation", "regime_by_place", place).complain(
                "unknown-regime",
                f"People in {place} are under `{regime}`, under which the organisation does not answer.",
                f"Add it to `regimes`, or choose: {', '.join(regimes)}.",
            )
    if written.region is None:
        return
    at = spot.down("organisation", "region")
    if written.country is None:
        at.complain("unknown-region", "A region needs its country.", "Write `country` too.")
        return
    try:
        check_region(written.country, written.region)
    except UnknownRegion as error:
        at.complain(
            "unknown-region",
            f"No holidays are known of a region {written.region} of {written.country}.",
            f"Known: {', '.join(error.known)}." if error.known else "Leave it out.",
        )


def purposes(form: PurposesFile, spot: Spot) -> tuple[model.Purpose, ...]:
    """The register of purposes (G-30.1)."""
    return tuple(
        model.Purpose(
            name,
            entry.title,
            entry.basis,
            entry.retention,
            tuple(entry.recipients or ()),
            spot.down("purposes", name).place,
            entry.while_restricted,
        )
        for name, entry in form.purposes.items()
    )


def processors(form: ProcessorsFile, spot: Spot) -> tuple[model.Processor, ...]:
    """The register of processors (Art. 28)."""
    return tuple(
        model.Processor(
            name=name,
            title=entry.title,
            service=entry.service,
            country=entry.country,
            agreement=entry.agreement or "",
            expires=entry.expires,
            categories=tuple(entry.categories or ()),
            contact=entry.contact or "",
            place=spot.down("processors", name).place,
        )
        for name, entry in form.processors.items()
    )
