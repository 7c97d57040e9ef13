"""The vectors of spec/keys.md, opened twice: by the key store, and by a reader that knows nothing but that page."""

import hmac
import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.rights.outcome import Misconfigured
from upheld.store.keys import Destroyed, KeyStore

VECTOR = json.loads((Path(__file__).parents[2] / "spec" / "vectors" / "keys" / "folder.json").read_text())
FILES: dict[str, str] = VECTOR["files"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "keys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "keys"


def test_the_store_opens_what_the_vector_sealed(folder: Path) -> None:
    """K-01"""
    keys = KeyStore(folder)

    for each in VECTOR["sealed"]:
        opened = keys.open(each["key"], bytes.fromhex(each["sealed"]), record=each["record"])
        assert opened == each["content"].encode()
    assert {name: keys.commitment_key(name).hex() for name in VECTOR["commitment_keys"]} == VECTOR[
        "commitment_keys"
    ]
    made = {"index": keys.blind, "suppression": keys.suppress}
    assert [made[each["with"]](each["kind"], each["value"]).hex() for each in VECTOR["marks"]] == [
        each["mark"] for each in VECTOR["marks"]
    ]
    assert not keys.exists("58aa0000000000000000000000000000")


@pytest.mark.parametrize("each", VECTOR["invalid"], ids=lambda each: each["what"])
def test_what_must_not_open_says_why(each: dict[str, str], folder: Path) -> None:
    """K-02"""
    with pytest.raises((Destroyed, Misconfigured)) as raised:
        KeyStore(folder).open(each["key"], bytes.fromhex(each["sealed"]), record=each["record"])

    said = {
        "destroyed": "has been destroyed",
        "version": "not in version 1",
        "altered": "does not open with its key",
    }
    assert said[each["why"]] in str(raised.value)


def _key(name: str) -> bytes | None:
    """By the page alone."""
    master = AESGCM(b64decode(FILES["master.key"]))
    for line in FILES.get(f"people/{name[:2]}.keys", "").splitlines(keepends=True):
        known, _, wrapped = line.partition(" ")
        if known == name and line.endswith("\n"):
            raw = b64decode(wrapped)
            assert raw[:1] == b"\x01"
            return master.decrypt(raw[1:13], raw[13:], b"\x01upheld data key " + name.encode())
    return None


def _opened(each: dict[str, str]) -> bytes | str:
    key, raw = _key(each["key"]), bytes.fromhex(each["sealed"])
    if key is None:
        return "destroyed"
    if raw[:1] != b"\x01":
        return "version"
    try:
        return AESGCM(key).decrypt(raw[1:13], raw[13:], b"\x01" + each["record"].encode())
    except (InvalidTag, ValueError):
        return "altered"


def test_a_reader_that_knows_only_the_page_opens_and_refuses_the_same() -> None:
    assert [_opened(each) for each in VECTOR["sealed"]] == [
        each["content"].encode() for each in VECTOR["sealed"]
    ]
    assert [_opened(each) for each in VECTOR["invalid"]] == [each["why"] for each in VECTOR["invalid"]]
    for each in VECTOR["marks"]:
        secret = b64decode(FILES[f"{each['with']}.key"])
        message = each["kind"].encode() + b"\x00" + each["value"].encode()
        assert hmac.new(secret, message, sha256).hexdigest() == each["mark"]
    for name, commitment in VECTOR["commitment_keys"].items():
        assert hmac.new(_key(name) or b"", b"upheld commitment v1", sha256).hexdigest() == commitment
