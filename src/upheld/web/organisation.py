"""What each page says of the organisation."""

from django.http import HttpRequest

from upheld.web.means import datamap


def organisation(_request: HttpRequest) -> dict[str, object]:
    """Its name and contact, for the frame of each page."""
    return {"organisation": datamap().organisation}
