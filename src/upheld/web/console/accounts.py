"""How allauth is set up: nobody signs up by herself, and what a second factor needs is sealed."""

import time
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from upheld.actions import pace
from upheld.store.keys import KeyStore
from upheld.store.secondfactor import opened, sealed
from upheld.web.console.entering import refused
from upheld.web.console.passkey import place
from upheld.web.idle import begun
from upheld.web.means import means
from upheld.web.origin import origin

RECENT = 15 * 60
"""Seconds."""
TRIES = 20
"""Of one address to log in, within ten minutes, by whomever."""
WITHIN = timedelta(minutes=10)


class Closed(DefaultAccountAdapter):
    """Accounts are made by a link that somebody of the organisation was given."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not within a quarter of an hour of this log-in: who just gave everything is not asked again."""
        entered = begun(self.request)
        return entered is None or time.time() - entered > RECENT

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted for the address by whomever; the library counts for address and place."""
        whom = str(credentials.get("email", "")).lower()
        if pace.exceeded(means=means(by="a log-in"), what="log-in", whom=whom, most=TRIES, within=WITHIN):
            refused("rate")
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Behind a proxy of ours the visitor's own, or one stranger's tries would count for everybody."""
        return origin(request.META) or "unknown"

    def is_safe_url(self, url: str) -> bool:
        """Only a page of this server, by its path: not the same port of the reader's own machine either."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


class Sealed(DefaultMFAAdapter):
    """Seeds and recovery codes are sealed with a key of the key store, which is not in the database."""

    def encrypt(self, text: str) -> str:
        return sealed(KeyStore(settings.UPHELD_KEYS), text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """To which name a passkey is bound; the other name is what a device shows in its list."""
        return {"id": place(context.request), "name": "Upheld"}

    def decrypt(self, encrypted_text: str) -> str:
        return opened(KeyStore(settings.UPHELD_KEYS), encrypted_text)

    def validation_error(self, code: str, *given: object) -> ValidationError:
        if code == "incorrect_code":
            refused("second factor")
        error: ValidationError = super().validation_error(code, *given)
        return error
