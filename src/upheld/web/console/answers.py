"""The forms of the first run: what each step asks."""

import re
from collections.abc import Sequence

from django import forms

from upheld.actions.foundation import CCPA, GDPR, KINDS, LARGEST, VOLUNTARY, Listed
from upheld.datamap.known.listed import Known, countries

LANGUAGES = [("en", "English"), ("de", "German"), ("fr", "French")]
WHERE = [
    (GDPR, "In the European Union, Iceland, Liechtenstein or Norway: the GDPR"),
    (CCPA, "In California, and the CCPA applies to you"),
    (VOLUNTARY, "Elsewhere, and you promise them the same"),
]
LONGEST = 200_000
"""Characters of a pasted policy; what is longer comes as a file."""


def one_line(value: str) -> None:
    """Refuses line breaks and other control characters: names stand in the headers of mails."""
    if not value.isprintable():
        raise forms.ValidationError("Write it on one line, without control characters.")


class Introduction(forms.Form):
    """Who the organisation is."""

    name = forms.CharField(
        max_length=120, label="The organisation’s name, as people know it", validators=[one_line]
    )
    contact = forms.EmailField(max_length=254, label="The e-mail address to which people write")
    address = forms.CharField(
        max_length=200, required=False, label="Its postal address", validators=[one_line]
    )
    languages = forms.MultipleChoiceField(
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        label="Languages in which you answer",
        error_messages={"required": "Choose at least one language."},
    )


class Where(forms.Form):
    """Where it is, and where people live."""

    country = forms.ChoiceField(label="The country in which you are established")
    region = forms.CharField(max_length=3, required=False, label="Its region, if holidays differ there")
    time_zone = forms.CharField(max_length=60, required=False, label="Your time zone")
    wished = forms.MultipleChoiceField(
        choices=WHERE,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Where do the people live whose data you hold?",
    )
    places = forms.CharField(max_length=200, required=False, label="Countries in which data may lie")

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        choices = [("", "Choose a country")] + [(each.code, each.name) for each in countries()]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]

    def clean_places(self) -> list[str]:
        written = [each for each in re.split(r"[\s,;]+", self.cleaned_data["places"].upper()) if each]
        known = {each.code for each in countries()}
        if wrong := [each for each in written if each not in known]:
            raise forms.ValidationError(f"{wrong[0]} is no country’s code. Write them as DE, NL.")
        return list(dict.fromkeys(written))

    def clean_region(self) -> str:
        return str(self.cleaned_data["region"]).upper()


class Policy(forms.Form):
    """The policy: pasted, as a file, or where it stands."""

    text = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea,
        label="The text of your policy",
        strip=False,
    )
    file = forms.FileField(required=False, label="Or a file: .md, .html or .txt")
    link = forms.CharField(max_length=500, required=False, label="Or the address at which it is published")

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        given = [name for name in ("text", "file", "link") if cleaned.get(name)]
        if not given:
            self.add_error("text", "Paste the text, choose a file, or give the address.")
        if "file" in given and "text" in given:
            self.add_error("file", "Give the text or a file, not both.")
        return cleaned

    def clean_file(self) -> tuple[bytes, str] | None:
        """Its bytes, as they are, and its kind."""
        given = self.cleaned_data["file"]
        if not given:
            return None
        kind = str(given.name).rpartition(".")[2].lower()
        kind = {"htm": "html", "markdown": "md"}.get(kind, kind)
        if kind not in KINDS:
            raise forms.ValidationError("Choose a file that ends in .md, .html or .txt.")
        if given.size > LARGEST:
            raise forms.ValidationError("The file is larger than a megabyte. Give the text without pictures.")
        return given.read(), kind


class Owners(forms.Form):
    """Who looks after each of the systems that were ticked."""

    def __init__(self, known: Sequence[Known], *, owner: str, address: str, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._known = tuple(known)
        for each in known:
            self.fields[f"owner-{each.name}"] = forms.CharField(
                max_length=100, label=f"Owner of {each.title}", initial=owner, validators=[one_line]
            )
            self.fields[f"address-{each.name}"] = forms.EmailField(
                max_length=254,
                label=f"Address of the owner of {each.title}",
                initial=address,
                error_messages={
                    "required": f"Write where the owner of {each.title} is reached.",
                    "invalid": f"The owner of {each.title}: this is not an e-mail address.",
                },
            )

    def lines(self) -> list[tuple[Known, forms.BoundField, forms.BoundField]]:
        """One system a line."""
        return [(each, self[f"owner-{each.name}"], self[f"address-{each.name}"]) for each in self._known]

    def listed(self) -> list[Listed]:
        """What was answered."""
        given = self.cleaned_data
        return [
            Listed(each.name, given[f"owner-{each.name}"], given[f"address-{each.name}"])
            for each in self._known
        ]
