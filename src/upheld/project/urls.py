"""Every route of the server."""

from django.urls import include, path

from upheld.web import watched
from upheld.web.centre import pages, signin
from upheld.web.console import urls as console

urlpatterns = [
    path("", pages.start, name="start"),
    path("signed-in/<slug:provider>/", signin.returned, name="sign-in-back"),
    path("healthz", watched.live, name="healthz"),
    path("readyz", watched.ready, name="readyz"),
    path("metrics", watched.metrics, name="metrics"),
    path("console/", include(console.urlpatterns)),
    path("api/v1/", include("upheld.web.api.urls")),
    path("<language:language>/", include("upheld.web.centre.urls")),
]
handler400 = "upheld.web.faults.bad"
handler403 = "upheld.web.faults.forbidden"
handler404 = "upheld.web.faults.missing"
handler500 = "upheld.web.faults.broken"
