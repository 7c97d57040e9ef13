"""How allauth is set up: nobody signs up by herself, and what a second factor needs is sealed."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from upheld.actions.means import utc_now
from upheld.store.keys import KeyStore
from upheld.store.secondfactor import opened, sealed

RECENT = timedelta(minutes=15)


class Closed(DefaultAccountAdapter):
    """Accounts are made by a link that somebody of the organisation was given."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not within a quarter of an hour of a log-in: who has just given everything is not asked again."""
        entered = getattr(self.request.user, "last_login", None)
        return entered is None or utc_now() - entered > RECENT


class Sealed(DefaultMFAAdapter):
    """Seeds and recovery codes are sealed with a key of the key store, which is not in the database."""

    def encrypt(self, text: str) -> str:
        return sealed(KeyStore(settings.UPHELD_KEYS), text)

    def decrypt(self, encrypted_text: str) -> str:
        return opened(KeyStore(settings.UPHELD_KEYS), encrypted_text)
