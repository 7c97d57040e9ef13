"""What each page says of the organisation."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from upheld.web.means import datamap


def organisation(_request: HttpRequest) -> dict[str, object]:
    """Its name and contact, for the frame of each page, and how a date is written in full."""
    return {"organisation": datamap().organisation, "day_format": _("l j F Y")}
