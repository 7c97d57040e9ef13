"""Passwords that anybody would try here first."""

import re
from string import digits, punctuation
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from upheld.web.means import datamap

OWN = ("upheld", "privacy", "datenschutz", "console", "password", "officer", "operator", "auditor")
"""Words of this place; the organisation's name and its contact's domain count as well."""
REST = 8
"""Letters that a password must have besides."""


class OwnWords:
    """Refuses a password that is little more than words of this place."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's
        left = password.lower()
        for word in sorted(words(), key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.lower() and len(left) < REST:
            raise ValidationError(self.get_help_text(), code="password_own_words")

    def get_help_text(self) -> str:
        return f"Besides words of this place, such as the organisation's name, it needs {REST} more letters."


class Dressed(CommonPasswordValidator):
    """Refuses one of the commonest passwords with figures and signs around it: most of them are too short to
    be met as they are."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password.strip(f"{digits}{punctuation} "), user)


def words() -> set[str]:
    """All of them, in lower case."""
    organisation = datamap().organisation
    named = re.findall(r"\w{4,}", f"{organisation.name} {organisation.contact.rpartition('@')[2]}".lower())
    return {*OWN, *named, organisation.name.lower()}
