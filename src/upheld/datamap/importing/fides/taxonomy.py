"""Fides' default data categories (fideslang 3.2 and the names it replaced), in the words of a data map.

What stands below one of these has the same word. `user` alone says nothing about the kind of data.
"""

WORDS = {
    "user": "personal-data",
    "user.account": "account",
    "user.account.settings": "preferences",
    "user.account.username": "username",
    "user.authorization": "credential",
    "user.authorization.biometric": "biometric",
    "user.authorization.biometrics": "biometric",
    "user.behavior": "activity",
    "user.behavior.purchase_history": "purchases",
    "user.biometric": "biometric",
    "user.biometrics": "biometric",
    "user.biometric.health": "health",
    "user.children": "child",
    "user.childrens": "child",
    "user.contact": "contact",
    "user.contact.address": "postal-address",
    "user.contact.email": "email-address",
    "user.contact.fax_number": "fax-number",
    "user.contact.organization": "employer",
    "user.contact.phone_number": "phone-number",
    "user.contact.social_url": "link",
    "user.contact.url": "link",
    "user.content": "free-text",
    "user.content.self_image": "photograph",
    "user.criminal_history": "criminal-record",
    "user.demographic": "demographic",
    "user.demographic.age_range": "age",
    "user.demographic.citizenship_or_immigration_status": "nationality",
    "user.demographic.date_of_birth": "date-of-birth",
    "user.demographic.gender": "gender",
    "user.demographic.language": "language",
    "user.demographic.marital_status": "marital-status",
    "user.demographic.philosophical_belief": "belief",
    "user.demographic.political_opinion": "political-opinion",
    "user.demographic.profile": "profile",
    "user.demographic.race_ethnicity": "ethnic-origin",
    "user.demographic.religious_belief": "belief",
    "user.demographic.sexual_orientation": "sexual-orientation",
    "user.demographic.union_membership": "union-membership",
    "user.device": "device",
    "user.device.cookie": "cookie",
    "user.device.cookie_id": "cookie",
    "user.device.ip_address": "ip-address",
    "user.financial": "payment",
    "user.government_id": "government-id",
    "user.health": "health",
    "user.health.genetic": "genetic",
    "user.health_and_medical": "health",
    "user.health_and_medical.genetic": "genetic",
    "user.job_title": "role",
    "user.location": "place",
    "user.name": "name",
    "user.payment": "payment",
    "user.privacy_preferences": "preferences",
    "user.professional_information": "role",
    "user.professional_information.workplace": "employer",
    "user.sensor": "sensor",
    "user.settings": "preferences",
    "user.social": "activity",
    "user.social_activity": "activity",
    "user.telemetry": "device",
    "user.unique_id": "identifier",
    "user.user_sensor": "sensor",
    "user.workplace": "employer",
}
IDENTIFIER = "identifier"

IDENTITIES = {"phone_number": "phone"}
"""Kinds of identity that are called otherwise here."""

_EARLIER = ("identifiable.", "nonidentifiable.", "")


def word(category: str) -> str | None:
    """Our word for a category; None where it has no counterpart."""
    known = _present(category)
    if known == "user":
        return WORDS[known]
    while "." in known:
        if known in WORDS:
            return WORDS[known]
        known = known.rpartition(".")[0]
    return None


def is_personal(category: str) -> bool:
    """Whether it is about people: all but Fides' own `system`."""
    return category.partition(".")[0] != "system"


def is_provided(category: str) -> bool:
    """Whether the person gave it; the taxonomy said so before 2.0."""
    return category.startswith("user.provided.")


def _present(category: str) -> str:
    """`user.provided.identifiable.contact.email` as it is called since 2.0."""
    for side in ("user.provided.", "user.derived."):
        if category.startswith(side):
            rest = category.removeprefix(side)
            earlier = next(each for each in _EARLIER if rest.startswith(each))
            return f"user.{rest.removeprefix(earlier)}"
    return category
