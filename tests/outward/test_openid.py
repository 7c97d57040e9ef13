"""A sign-in elsewhere: everything about it holds, or it proves nothing. Against a provider on this machine."""

import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.servers.openid import CLIENT, SECRET, Accounts
from upheld.outward import openid
from upheld.outward.openid import Provider, Refused
from upheld.rights.outcome import Misconfigured, Transient

BACK = "https://privacy.larkspur.example/signed-in/accounts/"


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    server = Accounts()
    yield server
    server.stop()


def provider(accounts: Accounts, **more: Any) -> Provider:
    given = {"secret": SECRET, "anew": 600, "private": True} | more
    return Provider(accounts.address, CLIENT, **given)


def asked(known: Provider, made: openid.Secrets) -> str:
    return openid.question(known, state="s", secrets=made, back=BACK, language="de", scopes=("email",))


def signed_in(
    accounts: Accounts, known: Provider, *, at: float | None = None, **wrong: Any
) -> Mapping[str, Any]:
    made = openid.fresh()
    came = accounts.sign_in(asked(known, made), "ada")
    given = {"code": came["code"], "issuer": came["iss"], "secrets": made, "back": BACK} | wrong
    return openid.answer(known, at=time.time() if at is None else at, **given)


def test_a_sign_in_names_the_account_and_the_address(accounts: Accounts) -> None:
    claims = signed_in(accounts, provider(accounts))

    assert (claims["sub"], claims["email"], claims["email_verified"]) == (
        "A-7",
        "Ada.Quillfeather@example.org",
        True,
    )
    (question,) = accounts.asked
    assert question.pop("state") == "s"
    assert len(question.pop("nonce")) >= 32
    assert len(question.pop("code_challenge")) == 43
    assert question == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "scope": "openid email",
        "code_challenge_method": "S256",
        "ui_locales": "de",
        "max_age": "600",
        "prompt": "login",
    }


@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_basic"]])
def test_it_says_who_it_is_in_the_way_that_the_provider_wants(accounts: Accounts, methods: list[str]) -> None:
    accounts.document = lambda said: said.update(token_endpoint_auth_methods_supported=methods)

    assert signed_in(accounts, provider(accounts))["sub"] == "A-7"
    with pytest.raises(Refused, match="not us"):
        signed_in(accounts, provider(accounts, secret="wrong"))


def test_without_a_secret_the_verifier_alone_protects_the_answer(accounts: Accounts) -> None:
    known = provider(accounts, secret="")

    assert signed_in(accounts, known)["sub"] == "A-7"
    with pytest.raises(Refused, match="does not know its own answer"):
        signed_in(accounts, known, secrets=openid.fresh())


NOW = int(time.time())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"iss": "http://127.0.0.1:1"}, "another provider made it"),
        ({"aud": "somebody"}, "for somebody else"),
        ({"aud": []}, "for somebody else"),
        ({"aud": [CLIENT, "somebody"]}, "for somebody else"),
        ({"azp": "somebody"}, "for somebody else"),
        ({"nonce": "x"}, "another question"),
        ({"nonce": None}, "another question"),
        ({"exp": NOW - 100}, "another time"),
        ({"exp": None}, "no exp"),
        ({"exp": float("nan")}, "no exp"),
        ({"exp": True}, "no exp"),
        ({"iat": NOW + 4000}, "another time"),
        ({"iat": None}, "no iat"),
        ({"nbf": NOW + 4000}, "another time"),
        ({"nbf": "soon"}, "no nbf"),
        ({"sub": ""}, "no account"),
        ({"sub": 7}, "no account"),
        ({"sub": "x" * 256}, "no account"),
        ({"auth_time": NOW - 3600}, "too long ago"),
        ({"auth_time": NOW + 3600}, "too long ago"),
        ({"auth_time": None}, "no auth_time"),
        ({"acr": "1"}, "as surely"),
        ({"acr": None}, "as surely"),
    ],
)
def test_what_is_not_exactly_as_asked_proves_nothing(
    accounts: Accounts, wrong: dict[str, Any], says: str
) -> None:
    accounts.claims = lambda claims: claims.update({"acr": "2"} | wrong)

    with pytest.raises(Refused, match=says) as refused:
        signed_in(accounts, provider(accounts, acr=("2",)))
    assert "uillfeather" not in str(refused.value)


def test_a_sign_in_of_some_time_ago_counts_where_that_is_enough(accounts: Accounts) -> None:
    accounts.claims = lambda claims: claims.update(auth_time=NOW - 86_400)

    assert signed_in(accounts, provider(accounts, anew=None))["sub"] == "A-7"
    assert not {"max_age", "prompt"} & set(accounts.asked[0])


def test_a_token_for_two_counts_when_it_says_that_we_asked_for_it(accounts: Accounts) -> None:
    accounts.claims = lambda claims: claims.update(aud=[CLIENT, "api"], azp=CLIENT)

    assert signed_in(accounts, provider(accounts))["sub"] == "A-7"


def test_a_signature_by_another_key_or_a_shared_one_or_none_is_refused(accounts: Accounts) -> None:
    accounts.signing = RSAKey.generate_key(2048, {"kid": "1"})
    with pytest.raises(Refused, match="signature"):
        signed_in(accounts, provider(accounts))

    shared = OctKey.import_key(SECRET.ljust(32, "x"), {"kid": "1"})
    accounts.signing, accounts.alg = shared, "HS256"  # type: ignore[assignment]
    accounts.keys = lambda said: said["keys"].append(shared.as_dict())
    with pytest.raises(Refused, match="signature"):
        signed_in(accounts, provider(accounts))


@pytest.mark.parametrize("keys", [None, [], [7], [{}], [{"kty": "RSA"}], [{"kty": "EC", "use": "enc"}], "x"])
def test_keys_that_are_none_are_refused(accounts: Accounts, keys: Any) -> None:
    accounts.keys = lambda said: said.update(keys=keys)

    with pytest.raises(Refused, match="signature"):
        signed_in(accounts, provider(accounts))


def test_a_code_works_once_and_only_for_the_page_that_asked(accounts: Accounts) -> None:
    known, made = provider(accounts), openid.fresh()
    came = accounts.sign_in(asked(known, made), "ada")
    given = {"code": came["code"], "issuer": came["iss"], "secrets": made, "back": BACK, "at": time.time()}

    openid.answer(known, **given)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        openid.answer(known, **given)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        signed_in(accounts, known, back="https://elsewhere.example/")


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", ""])
def test_an_answer_of_another_provider_is_not_even_tried(accounts: Accounts, issuer: str) -> None:
    """RFC 9207."""
    with pytest.raises(Refused, match="another provider"):
        signed_in(accounts, provider(accounts), issuer=issuer)
    assert "/token" not in accounts.paths


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"issuer": "https://other.example"}, "calls itself otherwise"),
        ({"token_endpoint": "ftp://x/"}, "names no token_endpoint"),
        ({"jwks_uri": None}, "names no jwks_uri"),
        ({"authorization_endpoint": "https://a.example/; script-src *"}, "names no authorization_endpoint"),
        ({"authorization_endpoint": "https://me:pw@a.example/"}, "names no authorization_endpoint"),
    ],
)
def test_a_provider_that_publishes_something_else_is_not_used(
    accounts: Accounts, wrong: dict[str, Any], says: str
) -> None:
    accounts.document = lambda said: said.update(wrong)

    with pytest.raises(Misconfigured, match=says):
        openid.places(provider(accounts))


def test_a_private_address_or_one_without_encryption_is_called_only_where_that_is_allowed(
    accounts: Accounts,
) -> None:
    with pytest.raises(Misconfigured, match="no address that can be called"):
        openid.places(provider(accounts, private=False))
    with pytest.raises(Misconfigured, match="private network"):
        openid.places(Provider(accounts.address.replace("http:", "https:"), CLIENT))
    assert accounts.paths == []


def test_a_provider_that_does_not_answer_is_tried_again_later(accounts: Accounts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Transient, match="cannot be reached"):
        openid.places(Provider(f"http://127.0.0.1:{port}", CLIENT, private=True))
    accounts.status = 503
    with pytest.raises(Transient, match="answered 503"):
        openid.places(provider(accounts))


def test_what_a_provider_publishes_is_asked_for_once(accounts: Accounts) -> None:
    known = provider(accounts)

    assert openid.places(known) == openid.places(known)
    assert openid.places(replace(known, acr=("2",))) == openid.places(known)
    assert accounts.paths.count("/.well-known/openid-configuration") == 2
    assert openid.origin(openid.places(known).authorize) == accounts.address
    assert SECRET not in repr(known)
