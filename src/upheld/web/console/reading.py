"""What somebody of ours says that a message is: the form for it, filled with what is proposed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict

from upheld.actions.intake import ORDER, Reading
from upheld.actions.means import Means
from upheld.actions.originals import Asker
from upheld.actions.proposals import Proposal
from upheld.law.right import Right
from upheld.mail.senders import MOST_PEOPLE
from upheld.rights.regime import law_on

WORDS = {
    Right.ACCESS: "A copy of the data",
    Right.KNOW: "To know what is collected, from where, and to whom it goes",
    Right.PORTABILITY: "The data in a form for machines, to take elsewhere",
    Right.RECTIFICATION: "A correction",
    Right.ERASURE: "Deletion",
    Right.DELETE: "Deletion",
    Right.RESTRICTION: "That the data is not used for now",
    Right.OBJECTION: "To stop a use, such as advertising (objection)",
    Right.WITHDRAWAL: "To take back a consent",
    Right.OPT_OUT: "That the data is neither sold nor shared",
}
"""Each right as a clerk reads it."""
TWICE = {Right.DELETE: Right.ERASURE}
"""The same wish in two laws' words: asked once."""
PERSON = ("name", "address", "phone", "post", "number")
MORE = 5


class Person(forms.Form):
    """Somebody whom the message is about."""

    take = forms.BooleanField(required=False, initial=True, label="Take in")
    name = forms.CharField(required=False, max_length=200, label="Name")
    address = forms.EmailField(
        required=False,
        max_length=254,
        label="E-mail address",
        error_messages={"invalid": "This is not an e-mail address. Leave it empty where there is none."},
    )
    phone = forms.CharField(required=False, max_length=40, label="Telephone")
    post = forms.CharField(required=False, max_length=500, label="Postal address")
    number = forms.CharField(required=False, max_length=100, label="Customer or account number")

    def __init__(self, *given: Any, **named: Any) -> None:
        # A line that was left as it came is looked at too: it may be ticked, and name nobody.
        super().__init__(*given, **named | {"empty_permitted": False})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("take") and not (cleaned.get("name") or cleaned.get("address") or self.errors):
            self.add_error("name", "Write a name or an e-mail address.")
        return cleaned

    @property
    def asker(self) -> Asker | None:
        """Who it is, or None where her line is not taken."""
        given = self.cleaned_data
        if not given["take"]:
            return None
        return Asker(**{part: " ".join(given[part].split()) for part in PERSON})


People = forms.formset_factory(Person, extra=0, max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE)


def people(
    data: Mapping[str, Any] | None, *, among: list[dict[str, Any]], more: int = 0
) -> "BaseFormSet[Person]":
    """Its lines: as sent, or as proposed, with some empty ones."""
    if data is not None and not more:
        return _labelled(People(data, prefix="who"))
    blank = [{"take": False} for _ in range(min(more, MOST_PEOPLE - len(among)))]
    return _labelled(People(initial=[*among, *blank], prefix="who"))


def _labelled(who: "BaseFormSet[Person]") -> "BaseFormSet[Person]":
    """In a table each field says its line as well."""
    if len(who.forms) > 1:
        for line, form in enumerate(who.forms, 1):
            for field in form.fields.values():
                field.widget.attrs["aria-label"] = f"{field.label}, line {line}"
    return who


def mistakes(what: "What", who: "BaseFormSet[Person]") -> list[tuple[str, str]]:
    """What is to be mended, with the field that it is in."""
    return [
        (form[name].id_for_label, str(error))
        for form in (what, *who.forms)
        for name, errors in form.errors.items()
        if name in form.fields
        for error in errors
    ]


def sent_people(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines as they were sent, whatever is wrong with them."""
    try:
        many = min(int(data.get("who-TOTAL_FORMS", 0)), MOST_PEOPLE)
    except ValueError:
        many = 0
    return [
        {"take": f"who-{at}-take" in data, **{part: data.get(f"who-{at}-{part}", "") for part in PERSON}}
        for at in range(many)
    ]


class What(forms.Form):
    """What is asked for, under which law, since when, and in which language we answer."""

    rights = forms.MultipleChoiceField(
        label="What it asks for",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Say what it asks for, or close it below as no request."},
    )
    regime = forms.ChoiceField(label="Law")
    received = forms.DateField(
        label="Reached us on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    language = forms.ChoiceField(label="We answer in")
    tell = forms.BooleanField(required=False, label="Tell the sender too that it came")

    def __init__(
        self, data: Mapping[str, Any] | None, *, means: Means, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        organisation = means.datamap.organisation
        self.today = means.now.date()
        laws = [law_on(each, self.today) for each in organisation.regimes]
        given = {right for law in laws for right in law.rights}
        listed = [each for each in ORDER if each in given and TWICE.get(each) not in given]
        self.fields["rights"].choices = [(each.value, WORDS[each]) for each in listed]  # type: ignore[attr-defined]
        self.fields["regime"].choices = [(law.regime, law.title) for law in laws]  # type: ignore[attr-defined]
        self.fields["language"].choices = [(each, NAMES.get(each, each)) for each in organisation.languages]  # type: ignore[attr-defined]

    def clean_received(self) -> date:
        day: date = self.cleaned_data["received"]
        if day > self.today:
            raise forms.ValidationError("It cannot have reached us on a day to come.")
        return day


NAMES = {"en": "English", "de": "German", "fr": "French"}


def proposed(proposal: Proposal) -> dict[str, Any]:
    """The form's first values."""
    return {
        "rights": [TWICE.get(right, right).value for right, _ in proposal.rights],
        "regime": proposal.regime,
        "received": proposal.received,
        "language": proposal.language,
        "tell": proposal.tell,
    }


def proposed_people(proposal: Proposal) -> list[dict[str, Any]]:
    """The people's first values."""
    return [{"take": True} | {part: getattr(each, part) for part in PERSON} for each in proposal.people]


def reading(what: What, who: "BaseFormSet[Person]") -> Reading:
    """What she says, of two valid forms."""
    given = what.cleaned_data
    return Reading(
        people=tuple(each.asker for each in who.forms if each.asker is not None),
        rights=tuple(Right(each) for each in given["rights"]),
        regime=given["regime"],
        received=given["received"],
        language=given["language"],
        tell=given["tell"],
    )


def as_proposed(proposal: Proposal) -> Reading:
    """What it would be if everything proposed were right."""
    rights = tuple(right for right, _ in proposal.rights)
    return Reading(
        proposal.people, rights, proposal.regime, proposal.received, proposal.language, proposal.tell
    )


def forms_of(
    data: QueryDict | None, *, step: str, means: Means, proposal: Proposal
) -> tuple[What, "BaseFormSet[Person]", Reading | None]:
    """Both forms as the page shows them, and what they say where that can be read: at first what is proposed;
    with `more` what was sent, and lines more."""
    if data is None:
        first = What(None, means=means, initial=proposed(proposal))
        return first, people(None, among=proposed_people(proposal)), as_proposed(proposal)
    if step == "more":
        sent = {name: data.getlist(name) if name == "rights" else data.get(name) for name in What.base_fields}
        return What(None, means=means, initial=sent), people(data, among=sent_people(data), more=MORE), None
    what, who = What(data, means=means), people(data, among=[])
    valid = [what.is_valid(), who.is_valid()]
    return what, who, reading(what, who) if all(valid) else None
