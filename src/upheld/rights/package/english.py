"""The package in English."""

from types import MappingProxyType

from upheld.law.basis import LegalBasis
from upheld.rights.package.catalogue import Catalogue

words = Catalogue(
    code="en",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    day="{day} {month} {year}",
    thousands=",",
    at="{date}, {time}",
    countries=MappingProxyType(
        {
            "AT": "Austria",
            "AU": "Australia",
            "BE": "Belgium",
            "BG": "Bulgaria",
            "BR": "Brazil",
            "CA": "Canada",
            "CH": "Switzerland",
            "CN": "China",
            "CY": "Cyprus",
            "CZ": "Czechia",
            "DE": "Germany",
            "DK": "Denmark",
            "EE": "Estonia",
            "ES": "Spain",
            "EU": "the European Union",
            "FI": "Finland",
            "FR": "France",
            "GB": "the United Kingdom",
            "GR": "Greece",
            "HR": "Croatia",
            "HU": "Hungary",
            "IE": "Ireland",
            "IL": "Israel",
            "IN": "India",
            "IS": "Iceland",
            "IT": "Italy",
            "JP": "Japan",
            "KR": "South Korea",
            "LI": "Liechtenstein",
            "LT": "Lithuania",
            "LU": "Luxembourg",
            "LV": "Latvia",
            "MT": "Malta",
            "NL": "the Netherlands",
            "NO": "Norway",
            "NZ": "New Zealand",
            "PL": "Poland",
            "PT": "Portugal",
            "RO": "Romania",
            "RS": "Serbia",
            "SE": "Sweden",
            "SG": "Singapore",
            "SI": "Slovenia",
            "SK": "Slovakia",
            "TR": "Türkiye",
            "UA": "Ukraine",
            "US": "the United States",
        }
    ),
    categories=MappingProxyType(
        {
            "biometric": "biometric data (such as a fingerprint)",
            "email-address": "e-mail address",
            "financial-account": "bank or card number",
            "government-number": "number of an identity document or social security",
            "health-insurance-number": "health insurance number",
            "ip-address": "internet (IP) address",
            "name": "name",
            "password": "password",
            "postal-address": "postal address",
            "security-answer": "answer to a security question",
            "telephone-number": "telephone number",
        }
    ),
    bases=MappingProxyType(
        {
            LegalBasis.CONSENT: "you agreed to it",
            LegalBasis.CONTRACT: "we need it for a contract with you",
            LegalBasis.LEGAL_OBLIGATION: "a law obliges us to",
            LegalBasis.VITAL_INTEREST: "it protects somebody's life",
            LegalBasis.PUBLIC_TASK: "it is part of a public task",
            LegalBasis.LEGITIMATE_INTEREST: "we, or others, have a legitimate interest in it",
        }
    ),
    heading="What {organisation} holds about you",
    what="You asked {organisation} for a copy of the data it holds about you. This is that copy, as it "
    "stood on {date}.",
    nothing="We looked in every system that could hold something about you, and we hold nothing: {systems}.",
    expected="If you expected something, tell us under which names, addresses or numbers you may "
    "be known to us.",
    unfinished="This copy is not complete yet. We could not include everything from: {systems}. What is "
    "missing is "
    "still owed to you; you need not ask again.",
    unfinished_all="This copy is not complete yet. Nothing could be read from: {systems}. This does not "
    "mean that we "
    "hold nothing; the rest is still owed to you and you need not ask again.",
    by_system="What we hold, system by system",
    state_failed="not complete",
    state_waiting="not answered yet",
    state_not_asked="not searched",
    why_failed="This system could not be read when the copy was made, so we do not know yet what it holds "
    "about you.",
    why_failed_part="Reading this system broke off. What was read until then is included; more may follow.",
    why_waiting="A member of our staff has to look in this system by hand. The answer is not in this copy "
    "yet.",
    why_not_asked="This system was left out of this copy. It may hold something about you.",
    looked_in="We also looked here and found nothing about you: {systems}.",
    why="Why we have it",
    purpose_unknown="No purpose is recorded for this data. Ask us, and we will find out.",
    basis="Allowed because {basis} ({article} GDPR)",
    receives="Who receives it",
    nobody="Nobody outside {organisation} is recorded as receiving it.",
    processor="{name}, {country}: {service}",
    agreement="under {agreement}",
    kept="How long we keep it",
    place="Where it is stored",
    place_unknown="Not recorded.",
    source="Where it comes from",
    source_you="You gave us: {categories}.",
    source_rest="Of the rest it is not recorded that you gave it yourself; ask us where it comes from.",
    source_unknown="It is not recorded that you gave us any of this yourself. Ask us where it comes from.",
    categories_held="What kind of data it is",
    withheld="Held, but not shown",
    never_sent="{category}: we hold it ({count}), but never send it, because it could harm you in the wrong "
    "hands.",
    others="Parts that are about other people ({count}): we replaced them with a mark to protect them.",
    data="The data itself",
    files="Files",
    cut_short="this file is not whole",
    seen="{count} of these belong to somebody else and are here because you can see them.",
    rights="What you can do now",
    rights_text=(
        "If something is wrong or missing, tell us what it should say and we will correct it.",
        "You can ask us to delete your data, to stop using it, or to use it only within limits.",
        "You can object to uses that rest on our legitimate interest, and take back a consent at any time.",
        (
            "You can ask for the data you gave us in a form that another organisation can read; it is in "
            "this copy already."
        ),
        (
            "If a machine alone made a decision that matters to you, you can ask how, and have a person "
            "look at it again."
        ),
    ),
    rights_text_us=(
        "If something is wrong, tell us what it should say and we will correct it.",
        "You can ask us to delete your data.",
        "You can tell us not to sell or share it. We will not treat you any worse for using these rights.",
    ),
    complain="If you are not content with our answer",
    complain_named="You can complain to {authority}, free of charge. Write to us first if you like, but you "
    "need not.",
    complain_open="You can complain to the data protection authority where you live or work, free of charge.",
    contact="Write to {organisation}: {contact}",
    machines="For machines",
    machines_text="The same data is also here as tables for a spreadsheet (CSV) and for programs (JSON "
    "lines). "
    "{manifest} lists every file; {schema} describes every table.",
    records=("record", "records"),
    pages=("page", "pages"),
    bytes_text="{size} bytes",
    back="Back to the overview",
    page="Page {page} of {pages}",
    rows="Records {first} to {last} of {total}",
    first="First",
    previous="Previous",
    next="Next",
    last="Last",
    record="Record {number}",
    empty="not recorded",
    yes="yes",
    no="no",
    mark_never="Held, but not sent: {category}. It could harm you in the wrong hands.",
    mark_others="Hidden: this is about another person.",
    mark_others_row="somebody else's; you can see it",
    binary="{type}, {size} bytes",
    save="save",
    endless="no end",
    no_date="not a real date",
)
