"""Somebody's sign-in with an organisation's own accounts: OpenID Connect Core 1.0, the code flow with PKCE
(RFC 7636) as RFC 9700 wants it. Nothing here is kept; whoever calls keeps state, nonce and verifier.

A sign-in is refused unless everything about it holds. What is said of a refusal repeats nothing of it.
"""

import base64
import hmac
import json
import math
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from upheld.outward.connection import PORTS, Connection
from upheld.rights.outcome import Misconfigured, Permanent, Transient

SECONDS = 5.0
MOST = 256 * 1024
ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY = 60
"""Seconds by which two clocks may differ."""
KNOWN_FOR = 600.0
"""Seconds for which a provider's addresses are not asked for again."""
LONGEST_TEXT = 255


@dataclass(frozen=True, slots=True)
class Provider:
    """Who vouches. `secret`: empty for a client without one. `anew`: seconds since she gave her password, at
    most; None where it does not matter. `acr`: of these one must be said. `private`: an address of a network
    of our own is allowed, and a call without encryption."""

    issuer: str
    client: str
    secret: str = ""
    anew: int | None = None
    acr: tuple[str, ...] = ()
    private: bool = False

    def __repr__(self) -> str:
        return f"Provider({self.issuer})"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a provider is asked for what. `names_itself`: each answer says whose it is (RFC 9207)."""

    authorize: str
    token: str
    keys: str
    by_header: bool
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Secrets:
    """What ties an answer to its question; made once, used once."""

    nonce: str
    verifier: str

    def __repr__(self) -> str:
        return "Secrets(…)"


class Refused(Permanent):
    """What came back proves nothing."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The sign-in cannot be relied on: {why}.", "Begin it again from the person's page.")


def fresh() -> Secrets:
    """New ones."""
    return Secrets(secrets.token_urlsafe(24), secrets.token_urlsafe(48))


# --- where -----------------------------------------------------------------------------------------------

_known: dict[Provider, tuple[float, Places]] = {}
_lock = threading.Lock()


def places(provider: Provider) -> Places:
    """What the provider publishes of itself, kept for ten minutes. Transient when it cannot be reached,
    Misconfigured when it publishes something else than the settings say."""
    with _lock:
        until, found = _known.get(provider, (0.0, None))
    if found is not None and time.monotonic() < until:
        return found
    document = _read(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != provider.issuer:
        raise Misconfigured(
            f"{provider.issuer} calls itself otherwise.",
            "Write `issuer` under `sign_in` exactly as its discovery document has it.",
        )
    how = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    found = Places(
        _place(provider, document, "authorization_endpoint"),
        _place(provider, document, "token_endpoint"),
        _place(provider, document, "jwks_uri"),
        by_header=isinstance(how, list) and "client_secret_basic" in how,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )
    with _lock:
        _known[provider] = (time.monotonic() + KNOWN_FOR, found)
    return found


def _place(provider: Provider, document: Mapping[str, Any], name: str) -> str:
    written = document.get(name)
    if not isinstance(written, str) or not _allowed(written, private=provider.private):
        raise Misconfigured(
            f"{provider.issuer} names no {name} that can be used.", "It must be an https address."
        )
    return written


def _allowed(address: str, *, private: bool) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.fragment or any(each in address for each in " ;,'\"\\"))
    return bool(parts.hostname) and plain and parts.scheme in (("https", "http") if private else ("https",))


def origin(address: str) -> str:
    """Scheme, host and port of an address, for a rule of what a form may lead to."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


# --- there and back --------------------------------------------------------------------------------------


def question(
    provider: Provider, *, state: str, secrets: Secrets, back: str, language: str, scopes: tuple[str, ...]
) -> str:
    """The address at which she signs in. Raises as `places`."""
    asked = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": back,
        "scope": " ".join(("openid", *scopes)),
        "state": state,
        "nonce": secrets.nonce,
        "code_challenge": _challenge(secrets.verifier),
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    if provider.anew is not None:
        asked |= {"max_age": str(provider.anew), "prompt": "login"}
    if provider.acr:
        asked["acr_values"] = " ".join(provider.acr)
    at = places(provider).authorize
    return f"{at}{'&' if '?' in at else '?'}{urlencode(asked)}"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def answer(
    provider: Provider, *, code: str, issuer: str, secrets: Secrets, back: str, at: float
) -> Mapping[str, Any]:
    """What the provider vouches for, once its signature, its maker, whom it is for, its time and the question
    that it answers hold. `issuer`: as the answer's address names it, empty where it does not. Refused
    otherwise; Transient when the provider cannot be reached."""
    where = places(provider)
    if (issuer or where.names_itself) and issuer != provider.issuer:
        raise Refused("it is another provider's")
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": secrets.verifier,
    }
    headers = {}
    if provider.secret and where.by_header:
        pair = f"{quote_plus(provider.client)}:{quote_plus(provider.secret)}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        asked["client_id"] = provider.client
        if provider.secret:
            asked["client_secret"] = provider.secret
    token = _read(provider, where.token, posting=asked, headers=headers).get("id_token")
    if not isinstance(token, str):
        raise Refused("there is no proof in the answer")
    claims = _vouched(token, _read(provider, where.keys))
    _check(provider, claims, secrets, at)
    return claims


def _vouched(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    from joserfc import jwt  # lazy: slow import
    from joserfc.errors import JoseError  # lazy: slow import
    from joserfc.jwk import KeySet  # lazy: slow import

    try:
        usable = [each for each in keys["keys"] if each.get("use", "sig") == "sig" and each["kty"] != "oct"]
        claims = jwt.decode(
            token, KeySet.import_key_set({"keys": usable}), algorithms=list(ALGORITHMS)
        ).claims
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise Refused("its signature does not hold") from error
    return dict(claims)


def _check(provider: Provider, claims: Mapping[str, Any], secrets: Secrets, at: float) -> None:
    for_whom = claims.get("aud")
    audience = for_whom if isinstance(for_whom, list) else [for_whom]
    if claims.get("iss") != provider.issuer:
        raise Refused("another provider made it")
    by = claims.get("azp", provider.client if len(audience) == 1 else None)
    if provider.client not in audience or by != provider.client:
        raise Refused("it is for somebody else than us")
    if _seconds(claims, "exp") <= at - LEEWAY or _seconds(claims, "iat") > at + LEEWAY:
        raise Refused("it is of another time")
    if "nbf" in claims and _seconds(claims, "nbf") > at + LEEWAY:
        raise Refused("it is of another time")
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), secrets.nonce.encode()):
        raise Refused("it answers another question")
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= LONGEST_TEXT:
        raise Refused("it names no account")
    if provider.anew is not None and not (
        -LEEWAY <= at - _seconds(claims, "auth_time") <= provider.anew + LEEWAY
    ):
        raise Refused("she signed in too long ago")
    if provider.acr and claims.get("acr") not in provider.acr:
        raise Refused("she did not sign in as surely as is asked for")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    said = claims.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise Refused(f"it has no {name}")
    return float(said)


# --- calls -----------------------------------------------------------------------------------------------


def _read(
    provider: Provider,
    address: str,
    *,
    posting: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A JSON document. Follows no redirect, reads no more than 256 KB, repeats nothing of what was said."""
    if not _allowed(address, private=provider.private):
        raise Misconfigured(
            f"{provider.issuer} is no address that can be called.",
            "Write https://…; `private: true` allows http and a network of your own.",
        )
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection = Connection(
        host,
        parts.port or PORTS[parts.scheme],
        encrypted=parts.scheme == "https",
        refused=None if provider.private else _private(host),
        seconds=SECONDS,
    )
    sent = {"Accept": "application/json", "User-Agent": "Upheld", **(headers or {})}
    if posting is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = urlencode(posting) if posting is not None else None
        connection.request("GET" if posting is None else "POST", path, body, sent)
        response = connection.getresponse()
        status, content = response.status, response.read(MOST + 1)
    except (OSError, HTTPException) as error:
        raise Transient(f"{host} cannot be reached for the sign-in.", "Try again in some minutes.") from error
    finally:
        connection.close()
    if posting is not None and status in (400, 401):
        raise Refused("the provider does not know its own answer, or not us")
    if status != 200:
        raise Transient(f"{host} answered {status} to the sign-in.", "Try again in some minutes.")
    try:
        read = json.loads(content) if len(content) <= MOST else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise Transient(f"{host} answered what is no JSON.", "Try again in some minutes.")
    return read


def _private(host: str) -> Misconfigured:
    return Misconfigured(
        f"The sign-in at {host} is an address of a private network.",
        "Write `private: true` beside its issuer in upheld.yaml if that is meant.",
    )
