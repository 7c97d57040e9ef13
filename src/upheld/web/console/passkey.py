"""Passkeys (WebAuthn): the name they are bound to, and what a browser sends of one, read with care (ADR 54).

allauth and fido2 check challenge, signature and presence. What they raise at hostile input is not one kind of
error, and they take what a page of any neighbour below our name asked for: both is narrowed here.
"""

import json
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import SplitResult, urlsplit

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from fido2.utils import websafe_decode
from fido2.webauthn import AuthenticatorData

from upheld.actions import house

NAME = 60
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    InvalidSignature,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)
PORTS = {"http": 80, "https": 443}


def place(request: HttpRequest) -> str:
    """The name that a passkey is bound to (its RP ID): that of our address, or `localhost`. Empty where a
    browser makes none: it takes no number for a name, and nothing but `localhost` without encryption."""
    own = urlsplit(house.address())
    if own.scheme == "https" and own.hostname and not _is_number(own.hostname):
        return own.hostname
    return "localhost" if request.get_host().partition(":")[0] == "localhost" else ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def has_passkey(user: Any) -> bool:
    """Whether this account has one."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists())


def _is_ours(origin: str, request: HttpRequest) -> bool:
    """Whether a page of ours asked: by exactly our address, not by one of a neighbour below our name."""
    host, near = request.get_host(), place(request) == "localhost"
    ours = [f"http://{host}", f"https://{host}"] if near else [house.address()]
    return _whence(urlsplit(origin)) in [_whence(urlsplit(each)) for each in ours]


def _whence(address: SplitResult) -> tuple[str, str | None, int | None]:
    return address.scheme, address.hostname, address.port or PORTS.get(address.scheme)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except UNREADABLE:
        raise _refused() from None
    except ValidationError as error:
        raise _refused() if error.code == "incorrect_code" else error from None


def _refused() -> ValidationError:
    return ValidationError("This passkey was not taken. Try again.", code="passkey")


class Answer(forms.JSONField):
    """What a browser says of a passkey that it was asked for by a page of ours."""

    widget = forms.HiddenInput
    default_error_messages: ClassVar = {"required": "No passkey was used.", "invalid": "No passkey was used."}

    def clean(self, value: Any) -> Any:
        with _reading():
            read = super().clean(value)
            said = json.loads(websafe_decode(read["response"]["clientDataJSON"]))
            if not place(context.request) or not _is_ours(said["origin"], context.request):
                raise _refused()
        return read


class Added(AddWebAuthnForm):  # type: ignore[misc] # no types there
    """A passkey to be added, with a name for the list."""

    name = forms.CharField(max_length=NAME, required=False, label="What do you call it?")
    credential = Answer()

    def clean(self) -> dict[str, Any]:
        """Of what came, only that is kept which names the passkey and checks its answers: a number and a
        public key, in the form in which they came."""
        with _reading():
            cleaned: dict[str, Any] = super().clean()
            if "credential" in cleaned:
                came = cleaned["credential"]
                response = {name: came["response"][name] for name in ("clientDataJSON", "attestationObject")}
                kept = {
                    "type": "public-key",
                    "id": came["rawId"],
                    "rawId": came["rawId"],
                    "response": response,
                }
                cleaned["credential"] = kept | {"clientExtensionResults": {}}
        return cleaned


def _read(check: Callable[[Any], Authenticator]) -> Callable[[Any], Authenticator]:
    def clean_credential(form: Any) -> Authenticator:
        with _reading():
            return check(form)

    return clean_credential


class Beside(AuthenticateWebAuthnForm):  # type: ignore[misc] # as above
    """A passkey as the second factor, after the password."""

    credential = Answer()
    clean_credential = _read(AuthenticateWebAuthnForm.clean_credential)


class Alone(LoginWebAuthnForm):  # type: ignore[misc] # as above
    """A passkey that asked its holder for finger, face or PIN: both factors in one. The session may hold a
    challenge that did not demand this, so what was signed is looked at itself."""

    credential = Answer()

    def clean_credential(self) -> Authenticator:
        with _reading():
            used = super().clean_credential()
            signed = self.cleaned_data["credential"]["response"]["authenticatorData"]
            if not AuthenticatorData(websafe_decode(signed)).is_user_verified():
                raise _refused()
        return used


class Again(ReauthenticateWebAuthnForm):  # type: ignore[misc] # as above
    """A passkey by which somebody who is logged in shows that it is still she."""

    credential = Answer()
    clean_credential = _read(ReauthenticateWebAuthnForm.clean_credential)
