"""Routes for programs."""

from django.urls import path

from upheld.web.api import requests

urlpatterns = [
    path("requests", requests.submit, name="api-submit"),
    path("requests/<uuid:number>", requests.status, name="api-status"),
]
