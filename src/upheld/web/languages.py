"""The languages in which pages are written and the organisation answers."""

from django.conf import settings

from upheld.web.means import datamap

NAMES = {"en": "English", "de": "Deutsch", "fr": "Français"}


def languages() -> list[str]:
    """Those in which the organisation answers and pages are written."""
    written = dict(settings.LANGUAGES)
    return [each for each in datamap().organisation.languages if each in written] or ["en"]
