"""A small OpenID provider on a free port of this machine: discovery, a log-in page, codes that work once with
PKCE, signed tokens. A test may make it lie."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "upheld", "s3cret of & the client"
PASSWORD = "open sesame"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "ada": {"sub": "A-7", "email": "Ada.Quillfeather@example.org", "email_verified": True},
    "bob": {"sub": "B-8", "email": "bob.ashgrove@example.com", "email_verified": True},
}

Change = Callable[[dict[str, Any]], None]


class Accounts:
    """Until it is stopped. `claims`, `document`, `keys`: change what is said, before it is signed or sent.
    `signing`: with another key than is published. `alg`: of the token."""

    def __init__(self, accounts: Mapping[str, Mapping[str, Any]] = ACCOUNTS) -> None:
        self.accounts = accounts
        self.key = self.signing = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
        self.alg = "RS256"
        self.claims: Change = dict.copy  # type: ignore[assignment]
        self.document: Change = dict.copy  # type: ignore[assignment]
        self.keys: Change = dict.copy  # type: ignore[assignment]
        self.status = 200
        self.asked = list[dict[str, str]]()
        self.paths = list[str]()
        self._codes = dict[str, tuple[str, dict[str, str]]]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"accounts": self}))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def sign_in(self, address: str, account: str) -> dict[str, str]:
        """What somebody's browser would bring back who signs in at that address."""
        form = urlencode({"account": account, "password": PASSWORD}).encode()
        opened = build_opener(_Stay).open(Request(address, form))  # noqa: S310 - this machine
        back: str = opened.headers["Location"]
        return dict(parse_qsl(urlsplit(back).query))

    def discovery(self) -> dict[str, Any]:
        said = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
        }
        self.document(said)
        return said

    def published(self) -> dict[str, Any]:
        said: dict[str, Any] = {"keys": [self.key.as_dict(private=False)]}
        self.keys(said)
        return said

    def code(self, account: str, asked: dict[str, str]) -> str:
        made = secrets.token_urlsafe(16)
        self._codes[made] = (account, asked)
        return made

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """None for a code that is not known, or not to whom asks."""
        account, asked = self._codes.pop(form.get("code", ""), ("", {}))
        challenge = sha256(form.get("code_verifier", "").encode()).digest()
        right = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() == asked.get("code_challenge")
        if not account or not right or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        if not self._client(form, authorization):
            return None
        now = int(time.time())
        said = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now}
        claims: dict[str, Any] = said | dict(self.accounts[account]) | {"nonce": asked.get("nonce")}
        self.claims(claims)
        header = {"alg": self.alg, "kid": "1"}
        return {
            "token_type": "Bearer",
            "access_token": "x",
            "id_token": jwt.encode(header, claims, self.signing, algorithms=[self.alg]),
        }

    def _client(self, form: dict[str, str], authorization: str) -> bool:
        if authorization:
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
            return [unquote_plus(each) for each in pair] == [CLIENT, SECRET]
        return (form.get("client_id"), form.get("client_secret", SECRET)) == (CLIENT, SECRET)


class _Stay(HTTPRedirectHandler):
    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:  # noqa: ARG002 - urllib names them
        fp.headers = headers
        return fp


PAGE = """<!doctype html><html lang="en"><title>Log in</title><main><h1>Log in</h1><form method="post">
<label>Account <input name="account"></label><label>Password <input name="password" type="password"></label>
<button>Log in</button></form><p>{}</p></main></html>"""


class _Handler(BaseHTTPRequestHandler):
    accounts: Accounts

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        self.accounts.paths.append(path.path)
        if path.path == "/.well-known/openid-configuration":
            self._json(self.accounts.discovery())
        elif path.path == "/keys":
            self._json(self.accounts.published())
        elif path.path == "/authorize":
            self._send(200, PAGE.format(escape("Accounts of Larkspur")).encode(), "text/html")
        else:
            self._send(404, b"", "text/plain")

    def do_POST(self) -> None:
        path = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body))
        self.accounts.paths.append(path.path)
        if path.path == "/token":
            made = self.accounts.token(form, self.headers.get("Authorization", ""))
            self._json(made if made is not None else {"error": "invalid_grant"}, 200 if made else 400)
            return
        asked = {name: values[0] for name, values in parse_qs(path.query).items()}
        self.accounts.asked.append(asked)
        known = form.get("account", "") in self.accounts.accounts and form.get("password") == PASSWORD
        said = {"code": self.accounts.code(form["account"], asked)} if known else {"error": "access_denied"}
        said |= {"state": asked["state"], "iss": self.accounts.address}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(said)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, value: dict[str, Any], status: int = 0) -> None:
        self._send(status or self.accounts.status, json.dumps(value).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""
