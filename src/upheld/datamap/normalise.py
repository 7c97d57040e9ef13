"""One form for each kind of identity, so that the same person is found under every spelling (ID-01)."""

import unicodedata

import phonenumbers

RULES = ("email", "phone", "casefold", "none")


def normalise(rule: str | None, value: str) -> str:
    """The value in the form in which identities are compared.

    `email` and `casefold` compose (NFC), trim and fold case; a plus tag stays, because a tagged address may
    be another person's (scenario 22). `phone` gives E.164 when the number can be read, else its digits;
    `phone:DE` reads one without a country as a number of that country.
    `none` and None leave the value as it is.
    """
    if rule in ("email", "casefold"):
        return unicodedata.normalize("NFC", value).strip().casefold()
    kind, _, region = (rule or "").partition(":")
    if kind == "phone":
        return _phone(value, region or None)
    return value


def _phone(value: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return "".join(character for character in value if character.isdigit())
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
