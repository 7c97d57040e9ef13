"""The languages in which pages are written and the organisation answers."""

from django.conf import settings
from django.conf.locale import LANG_INFO

from upheld.web.means import datamap


def languages() -> list[str]:
    """Those in which the organisation answers and pages are written."""
    written = dict(settings.LANGUAGES)
    return [each for each in datamap().organisation.languages if each in written] or ["en"]


def own_name(language: str) -> str:
    """What a language calls itself."""
    known = LANG_INFO.get(language, {})
    return str(known.get("name_local", language)).capitalize()
