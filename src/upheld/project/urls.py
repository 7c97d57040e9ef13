"""Every route of the server."""

from django.urls import include, path

from upheld.web.centre import pages
from upheld.web.console import urls as console

urlpatterns = [
    path("", pages.start, name="start"),
    path("console/", include(console.urlpatterns)),
    path("api/v1/", include("upheld.web.api.urls")),
    path("<language:language>/", include("upheld.web.centre.urls")),
]
handler400 = "upheld.web.faults.bad"
handler403 = "upheld.web.faults.forbidden"
handler404 = "upheld.web.faults.missing"
handler500 = "upheld.web.faults.broken"
