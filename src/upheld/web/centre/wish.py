"""The form of a wish: what, where she lives, how she is reached, what else helps to find her."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from upheld.actions.arrivals import OTHERS, Told
from upheld.actions.wishes import Wish
from upheld.datamap.model import Organisation
from upheld.rights.regime import OTHERWISE, chosen

NAMED = {
    Wish.COPY: _("Get a copy"),
    Wish.CORRECT: _("Correct"),
    Wish.DELETE: _("Delete"),
    Wish.STOP: _("Stop e-mails"),
    Wish.OTHER: _("Something else"),
}
MEANING = {
    Wish.COPY: _("of what we hold about you, to read or to take elsewhere"),
    Wish.CORRECT: _("something that is wrong or out of date"),
    Wish.DELETE: _("your account or what we hold; we say what must stay, and why"),
    Wish.STOP: _("and other advertising to you, and making profiles for it"),
    Wish.OTHER: _("ask, complain, or use any other right; somebody of ours reads it"),
}
PLACES = {
    "gdpr": _("In the European Union, Iceland, Liechtenstein or Norway"),
    "ccpa": _("In California"),
}
LAWS = {
    "gdpr": _("The General Data Protection Regulation of the European Union"),
    "ccpa": _("California’s Consumer Privacy Act"),
    "voluntary": _("Our own promise, where no law says it"),
}


class Lines(forms.CharField):
    """Several of them, one a line."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return tuple(dict.fromkeys(each.strip() for each in str(value or "").splitlines() if each.strip()))

    def run_validators(self, value: Any) -> None:
        if len(value) > OTHERS:
            raise ValidationError(_("At most five; we ask when we need more."))
        if any(len(each) > 254 for each in value):
            raise ValidationError(_("One of them is too long. Write one a line."))


class Addresses(Lines):
    """E-mail addresses, one a line."""

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        try:
            for each in value:
                validate_email(each)
        except ValidationError:
            raise ValidationError(_("One of these is not an e-mail address. Write one a line.")) from None


EMAIL = {
    "required": _("Write your e-mail address, so that we can send you the link."),
    "invalid": _("This is not an e-mail address. It looks like name@example.org."),
}


class Form(forms.Form):
    """One message. `lost`: she cannot read the mailbox that she used with the organisation any more."""

    copy = forms.BooleanField(required=False)
    correct = forms.BooleanField(required=False)
    delete = forms.BooleanField(required=False)
    stop = forms.BooleanField(required=False)
    other = forms.BooleanField(required=False)
    wrong = forms.CharField(required=False, max_length=2000, widget=forms.Textarea)
    right = forms.CharField(required=False, max_length=2000, widget=forms.Textarea)
    words = forms.CharField(required=False, max_length=4000, widget=forms.Textarea)
    place = forms.ChoiceField(required=False)
    email = forms.EmailField(max_length=254, error_messages=EMAIL)
    reach_email = forms.EmailField(required=False, max_length=254, error_messages=EMAIL)
    reach = forms.CharField(required=False, max_length=500, widget=forms.Textarea)
    others = Addresses(required=False)
    names = Lines(required=False)

    def __init__(self, *given: Any, organisation: Organisation, lost: bool = False) -> None:
        super().__init__(*given)
        self.organisation, self.lost = organisation, lost
        known = [(each, PLACES[each]) for each in organisation.regimes if each in PLACES]
        choices = [*known, (OTHERWISE, _("Somewhere else"))] if len(organisation.regimes) > 1 else []
        self.fields["place"] = forms.ChoiceField(
            required=bool(choices),
            choices=choices,
            error_messages={"required": _("Choose where you live, so that we apply the right law.")},
        )
        if not lost:
            del self.fields["reach_email"], self.fields["reach"]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not self.wishes:
            self.add_error("copy", _("Choose at least one wish."))
        if cleaned.get("correct") and not (cleaned.get("wrong") and cleaned.get("right")):
            self.add_error("wrong", _("Write what is wrong, and what would be right."))
        if cleaned.get("other") and not cleaned.get("words"):
            self.add_error("words", _("Write in your own words what we can do."))
        wrong = "reach_email" in self.errors
        if self.lost and not wrong and not (cleaned.get("reach_email") or cleaned.get("reach")):
            self.add_error("reach_email", _("Say how we can reach you now."))
        return cleaned

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """Those that were ticked."""
        return tuple(each for each in Wish if self.cleaned_data.get(each.value))

    @property
    def law(self) -> str:
        """The regime of the place; never a reason to refuse anybody."""
        place = self.cleaned_data.get("place") or ""
        if place in self.organisation.regimes:
            return str(place)
        return chosen(self.organisation, place=OTHERWISE)

    @property
    def address(self) -> str:
        """Where the link goes: a mailbox that she reads, or none."""
        return str(self.cleaned_data["reach_email" if self.lost else "email"])

    @property
    def told(self) -> Told:
        """What else she wrote; what belongs to a wish that she did not tick is left out."""
        given = self.cleaned_data
        ticked = {each: given[each.value] for each in Wish}
        return Told(
            wrong=given["wrong"] if ticked[Wish.CORRECT] else "",
            right=given["right"] if ticked[Wish.CORRECT] else "",
            words=given["words"] if ticked[Wish.OTHER] else "",
            others=given["others"],
            hints=given["names"],
            lost=given["email"] if self.lost else "",
            reach=given.get("reach", ""),
        )

    def sent(self) -> list[tuple[str, str]]:
        """The answers as they were typed, to be sent once more."""
        return [(name, str(self.data[name])) for name in self.fields if self.data.get(name)]
