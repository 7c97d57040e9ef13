"""How allauth is set up: nobody signs up by herself, and what a second factor needs is sealed."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from upheld.actions.means import utc_now
from upheld.store.keys import KeyStore
from upheld.store.secondfactor import opened, sealed
from upheld.web.console.passkey import place
from upheld.web.origin import origin

RECENT = timedelta(minutes=15)


class Closed(DefaultAccountAdapter):
    """Accounts are made by a link that somebody of the organisation was given."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not within a quarter of an hour of a log-in: who has just given everything is not asked again."""
        entered = getattr(self.request.user, "last_login", None)
        return entered is None or utc_now() - entered > RECENT

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted together: of the visitor, not of a proxy of ours."""
        return origin(request.META) or "unknown"


class Sealed(DefaultMFAAdapter):
    """Seeds and recovery codes are sealed with a key of the key store, which is not in the database."""

    def encrypt(self, text: str) -> str:
        return sealed(KeyStore(settings.UPHELD_KEYS), text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """To which name a passkey is bound; the other name is what a device shows in its list."""
        return {"id": place(context.request), "name": "Upheld"}

    def decrypt(self, encrypted_text: str) -> str:
        return opened(KeyStore(settings.UPHELD_KEYS), encrypted_text)
