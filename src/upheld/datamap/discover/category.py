"""Which kind of personal data a column holds: by its name in several languages, and by what its values look
like."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from upheld.datamap.discover.seen import Column, Sight, Sort
from upheld.datamap.discover.word import words

SURE = 0.8
"""The share of values from which a column is what its values look like."""
FEW = 3
"""Fewer different values say nothing about a column."""
MANY, ALMOST_ALL = 10, 0.95
"""Of what other things look like, too, so many different values have to be it, and so large a share."""

_ONE = {
    "email-address": "email mail emailaddress courriel correo epost emailadresse mailadresse",
    "name": "firstname lastname surname forename fullname realname displayname nickname"
    " givenname familyname fname"
    " lname vorname nachname familienname rufname prenom nom nombre apellido apellidos cognome"
    " voornaam achternaam"
    " sobrenome imie nazwisko fornamn efternamn salutation honorific initials recipient"
    " empfaenger destinataire",
    "username": "username login loginname nick handle benutzername identifiant usuario"
    " screenname userlogin nicename",
    "phone-number": "phone mobile telephone fax cell cellphone telefon handy tel movil telefono"
    " telefoon gsm telefax"
    " msisdn whatsapp phonenumber mobilephone telnr",
    "birth-date": "birthday birthdate dob dateofbirth geburtsdatum geburtstag datenaissance fechanacimiento"
    " datanascita geboortedatum birthyear born naissance nacimiento nascita",
    "postal-address": "street address addr postcode zip zipcode postalcode city town strasse"
    " plz ort wohnort hausnummer"
    " rue ville adresse anschrift calle ciudad direccion indirizzo citta straat plaats adres"
    " housenumber apartment"
    " suburb village postbox pobox",
    "ip-address": "ip ipaddress ipaddr ips useragent agent remoteaddr clientip",
    "official-number": "ssn passport taxid nationalid iban vatid nin nif dni cpf bsn pesel"
    " steuernummer personnummer"
    " codicefiscale idcard taxnumber bic sozialversicherungsnummer",
    "payment-card": "cardnumber ccnumber creditcard cardholder last pan iin",
    "characteristic": "gender sex nationality religion ethnicity maritalstatus disability diet"
    " dietary allergies"
    " geschlecht genre sexo citizenship pronouns",
    "location": "latitude longitude lat lng lon geolocation hometown whereabouts",
    "picture": "avatar photo portrait picture gravatar profilepicture profileimage",
    "credentials": "password passwd pass pwd salt token secret apikey otp totp sessionkey"
    " passwordhash passphrase pin"
    " privatekey mfa webauthn passkey",
    "links": "website homepage facebook twitter linkedin github instagram skype jabber icq msn"
    " xmpp mastodon telegram"
    " discord orcid blog googleplus yahoo aim",
    "affiliation": "company organisation organization employer jobtitle occupation profession"
    " affiliation firma"
    " institution entreprise empresa job",
    "free-text": "bio about aboutme biography signature note notes comment comments remark"
    " remarks bemerkung message"
    " body content text description subject summary interests nachricht mensaje messaggio reason",
}
WORD_OF = {word: category for category, all_words in _ONE.items() for word in all_words.split()}
_PAIRS = {
    "name": "first last full family given middle maiden display real nick legal preferred birth"
    " second alternate",
    "username": "user login screen",
    "birth-date": "birth of",
}
_ENDS = {"name": {"name", "names"}, "username": {"name"}, "birth-date": {"date", "day", "year", "birth"}}
WHO = frozenset(
    "user person people member customer client account author owner creator editor sender recipient "
    "receiver reviewer assignee approver donor contact guest patient doctor employee subscriber "
    "participant attendee speaker buyer seller visitor inviter invitee referrer moderator reporter "
    "commenter uploader follower poster billing shipping delivery payer holder student teacher applicant "
    "candidate passenger tenant landlord parent guardian spouse emergency kunde nutzer benutzer mitglied "
    "client cliente utilisateur from to reply invoice ship bill submitter requester organizer organiser "
    "host worker staff agent traveler traveller beneficiary consignee".split()
)
SAYS_WHO = frozenset(
    "author sender holder contact creator owner donor payer speaker poster editor recipient".split()
)
"""Words for somebody by which a text column holds a name."""
NOT_DATA = frozenset(
    "id count counts total sent template type status enabled notification notifications verified "
    "confirmed frequency format opt optin server host port index order position required visible hidden "
    "private public allow allowed show length size version level limit expires expiry expiration valid "
    "changed setting settings preference preferences method domain at on by subscribed unsubscribed "
    "bounced bounces failed retry retries digest flag option options label field validator backend "
    "provider class source key scheme mode policy encoding checked confirm".split()
)
"""Last words by which a name speaks about a thing and does not hold it: `email_count`."""
_WHERE = {"name": 0.9, "free-text": 0.75, "links": 0.7, "affiliation": 0.6, "location": 0.6, "picture": 0.7}
_PLAIN = (
    frozenset(WORD_OF)
    | WHO
    | SAYS_WHO
    | NOT_DATA
    | {word for each in _PAIRS.values() for word in each.split()}
    | {word for each in _ENDS.values() for word in each}
)
_BY_VALUE = (
    ("email", "email-address"), ("iban", "official-number"), ("card", "payment-card"),
    ("phone", "phone-number"), ("ip", "ip-address"), ("agent", "ip-address"), ("street", "postal-address"),
)  # fmt: skip


_BY_MANY = (
    ("official", "official-number", 0.7, "the check digits of the values seen are right"),
    ("birth", "birth-date", 0.6, "the values seen are days without a time, all of them long ago"),
)
"""Only where many different values all look like it."""
_SHOWN: Mapping[Sort, tuple[str, ...]] = {
    Sort.INTEGER: ("card", "official"),
    Sort.NUMBER: ("card", "official"),
    Sort.MOMENT: ("birth",),
}
"""What values can show that are no texts; nothing else does."""
_BY_ITSELF = frozenset({Sort.TEXT, Sort.OTHER, *_SHOWN})

_LINE = re.compile(r"(?:addr(?:ess)?_?)?line_?[1-4]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A category, how sure, and what speaks for it."""

    category: str
    confidence: float
    because: str


def by_name(name: str) -> str | None:
    """The category that a name suggests; None for one that suggests none."""
    parts = words(name)
    if not parts or (parts[-1] in NOT_DATA and "".join(parts) not in WORD_OF):
        return None
    if "".join(parts) in WORD_OF:
        return WORD_OF["".join(parts)]
    if _LINE.fullmatch(name.lower()):
        return "postal-address"
    last = parts[-1]
    if parts[0] == "last" and last not in ("name", "names", "ip"):
        return None  # when something happened last
    if last in SAYS_WHO:
        return "name"
    return (_of_two(parts) if len(parts) > 1 else None) or WORD_OF.get(last)


def plain(name: str) -> bool:
    """Whether it is made of words for data and people alone, so that it can be nobody's name."""
    return not any(map(str.isdigit, name)) and bool(parts := words(name)) and _PLAIN.issuperset(parts)


def _of_two(parts: tuple[str, ...]) -> str | None:
    """What the last two words say together: a first name, a billing name, a telephone number."""
    before, last = parts[-2:]
    for category, firsts in _PAIRS.items():
        if last in _ENDS[category] and before in firsts.split():
            return category
    if before + last in WORD_OF:
        return WORD_OF[before + last]
    if last in ("name", "names") and before in WHO:
        return "name"
    if last in ("number", "no", "nr", "line", "lines", "hash"):
        return WORD_OF.get("".join(parts[-3:-1])) or WORD_OF.get(before)
    return None


_SORTS = {
    "birth-date": {Sort.MOMENT, Sort.TEXT, Sort.INTEGER},
    "location": {Sort.NUMBER, Sort.TEXT, Sort.OTHER},
    "phone-number": {Sort.TEXT, Sort.INTEGER, Sort.NUMBER},
    "picture": {Sort.TEXT, Sort.BINARY},
    "credentials": {Sort.TEXT, Sort.BINARY, Sort.UUID, Sort.JSON},
    "official-number": {Sort.TEXT, Sort.INTEGER, Sort.NUMBER},
    "payment-card": {Sort.TEXT, Sort.INTEGER},
    "characteristic": {Sort.TEXT, Sort.INTEGER, Sort.JSON},
    "ip-address": {Sort.TEXT, Sort.OTHER, Sort.BINARY, Sort.INTEGER},
}


def by_values(sight: Sight, sort: Sort = Sort.TEXT) -> Guess | None:
    """The category that the values themselves show, whatever the column is called. Numbers show it by their
    check digits alone, moments by being days of decades ago."""
    if sight.distinct < FEW:
        return None
    for kind, category in _BY_VALUE:
        share = sight.share(kind)
        if share >= SURE and kind in _SHOWN.get(sort, (kind,)):
            return Guess(category, round(min(0.97, share), 2), f"{share:.0%} of the values seen look like it")
    for kind, category, confidence, because in _BY_MANY:
        if kind in _SHOWN.get(sort, (kind,)) and sight.distinct >= MANY and sight.share(kind) >= ALMOST_ALL:
            return Guess(category, confidence, because)
    return None


def of(column: Column) -> Guess | None:
    """What a column holds, by its values first, then by its name."""
    if column.enum or column.sort in (Sort.BOOLEAN, Sort.ARRAY):
        return None
    seen = by_values(column.sight, column.sort) if column.sort in _BY_ITSELF else None
    if seen:
        return seen
    named = by_name(column.name)
    if named is None or column.sort not in _SORTS.get(named, {Sort.TEXT, Sort.JSON}):
        return None
    if named == "ip-address" and column.sort is Sort.OTHER and "inet" not in column.type_text:
        return None
    if named == "email-address" and column.sight.distinct >= FEW and not column.sight.share("email"):
        return None
    return Guess(named, _WHERE.get(named, 0.9), "its name says so")
