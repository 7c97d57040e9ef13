"""upheld.yaml: who the organisation is, and the matters for which data is held."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from upheld.datamap.document.limits import LimitsForm
from upheld.datamap.document.written import (
    ADDRESS,
    Country,
    Day,
    Hidden,
    Language,
    Mail,
    Name,
    Place,
    Region,
    Sentence,
    Slug,
    Window,
    Written,
)

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "never"]
Regime = Literal["gdpr", "ccpa", "voluntary"]
ByRule = Literal["access", "portability", "erasure", "delete"]
SecondYes = Literal["colleague", "outside", "cooling", "none"]


class BackupsForm(Written):
    """What backups still hold after an erasure."""

    days: Annotated[int, Field(ge=0, le=36_500)]
    """A backup is gone after this many days."""


class OrganisationForm(Written):
    """The controller."""

    name: Sentence
    """Its name, as people know it."""
    contact: Sentence
    """Where people write to."""
    address: Sentence | None = None
    """Its postal address."""
    country: Country | None = None
    """Where it is established; its public holidays are counted in deadlines."""
    region: Region | None = None
    """The region of that country whose holidays are counted as well, such as HE for Hesse."""
    time_zone: Name | None = None
    """In which its days begin and end (UTC unless said)."""
    authority: Sentence | None = None
    """The supervisory authority to which people can complain."""
    places: Annotated[list[Name], Field(min_length=1)] | None = None
    """Where data may lie; without it, anywhere."""
    regimes: Annotated[list[Regime], Field(min_length=1)] | None = None
    """Laws under which it answers, the usual one first (gdpr unless said); `voluntary` is its own promise to
    those whom no law here covers."""
    regime_by_place: Annotated[dict[Place, Regime], Field(min_length=1)] | None = None
    """Which of them for whom: `US-CA: ccpa` by the place a person asks from, `otherwise` for everywhere else
    (the first of `regimes` unless said)."""
    languages: Annotated[list[Language], Field(min_length=1)] | None = None
    """Languages in which it answers (en unless said)."""
    backups: BackupsForm | None = None
    """How long backups live."""


class HoldForm(Written):
    """A matter for which rows stay whatever is asked (Art. 17(3)(e))."""

    matter: Name
    """What it is about, without naming anybody."""
    owner: Sentence
    """Who answers for the hold."""
    until: Day
    """When it ends, unless it is renewed."""
    scope: Annotated[list[Name], Field(min_length=1)]
    """Systems, or tables as `system.table`."""


class TwoForm(Written):
    """Who says the second yes, matter by matter; what is left out is as `staff` has it."""

    limits: SecondYes | None = None
    """To a plan that goes beyond a limit of the map."""
    undo: SecondYes | None = None
    """To an undo that puts more rows back than `rows_per_person` allows."""
    refusal: SecondYes | None = None
    """To refusing a request, or a part of it."""
    stop: SecondYes | None = None
    """To lifting the stop of all writing."""
    map: SecondYes | None = None
    """To a change from the console that raises or drops a limit, or loosens these rules."""
    cooling: Annotated[int, Field(ge=1, le=720)] | None = None
    """Hours of the cooling time (24 unless said)."""
    outside: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    """The e-mail address of who says yes from outside, by a link and without an account."""


class AlarmsForm(Written):
    """Who is told at once what needs somebody, and once a week how things stand; numbers and links only."""

    to: Mail | None = None
    """Who is told (the organisation's contact unless said)."""
    deputy: Mail | None = None
    """Who is told the same."""
    digest: Weekday | None = None
    """The day on which the week's digest comes, or `never` (monday unless said)."""


class SignInForm(Written):
    """Accounts of the organisation's own (OpenID Connect), by which people prove who they are."""

    title: Sentence
    """What people know it by, as in “Sign in with …”."""
    issuer: Annotated[str, StringConstraints(pattern=ADDRESS, max_length=300)]
    """Its address, exactly as its discovery document names it."""
    client: Name
    """Under which name Upheld is registered there."""
    secret: Hidden | None = None
    """The secret of that name, as `${NAME}`; without it PKCE alone protects the answer."""
    proves: Annotated[dict[Name, Name], Field(min_length=1)] | None = None
    """Which identity of the map each claim is (`{email: email}` unless said): `member number: sub`."""
    anew: bool | None = None
    """Whether she has to give her password for it (yes unless said); where not, it is worth less."""
    acr: Annotated[list[Name], Field(min_length=1)] | None = None
    """How she has to sign in: one of these must be said of it."""
    private: bool | None = None
    """It is on a network of your own: a private address, and http, are allowed."""


class ProofForm(Written):
    """How sure it must be who asks, in numbers of the organisation's own (11 CCR 7060, 7062)."""

    under: Regime
    """The regime whose example they replace."""
    certainty: Literal["reasonable", "high"]
    """The degree that they reach."""
    data_points: Annotated[int, Field(ge=1, le=9)]
    """How many values that are held must match; an address that answers is one of them."""
    declaration: bool | None = None
    """Whether she signs that she is the person, too (no unless said)."""
    because: Sentence
    """Why these fit; it stands in each case beside what is needed."""


class OrganisationFile(Written):
    """The file upheld.yaml."""

    organisation: OrganisationForm
    """The controller: who it is and where it may keep data."""
    limits: LimitsForm | None = None
    """When to stop and ask, for systems that do not say it themselves."""
    undo: Window | None = None
    """For how many days an erasure can be undone, at most to the legal date (none unless said); for systems
    that do not say it themselves."""
    staff: Literal["solo", "team"] | None = None
    """Who decides: `team`, a second member of staff says yes to what one alone may not decide; `solo`, the
    same person says it again after a cooling time. Without it one person may decide everything, at the
    command line, and nothing beyond a limit in the console."""
    two: TwoForm | None = None
    """Where the second yes is another than `staff` has it."""
    approve: Annotated[list[ByRule], Field(min_length=1)] | None = None
    """Rights of which requests are approved by this line and by nobody who looks, where a program that is
    trusted has verified the person: `[access, erasure]`. Never beyond a limit, with a finding, or where
    nobody is found (none unless said)."""
    alarms: AlarmsForm | None = None
    """Who is told what needs somebody."""
    sign_in: Annotated[dict[Slug, SignInForm], Field(min_length=1)] | None = None
    """Sign-ins by which a person can prove who she is; the name stands in the address that is registered."""
    proof: Annotated[list[ProofForm], Field(min_length=1)] | None = None
    """Where other proof is asked than the example of the law."""
    holds: Annotated[list[HoldForm], Field(min_length=1)] | None = None
    """Matters for which rows stay."""
