"""The vectors of spec/sealed.md: opened by the program, and by a reader that knows nothing but the pages."""

import hmac
import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.store.sealed_vectors import FILE, ID
from upheld.actions import arrivals, originals, outbox
from upheld.mail.letter import Letter
from upheld.rights.outcome import Misconfigured
from upheld.store.keys import Destroyed, KeyStore
from upheld.store.models import Arrival, Mail
from upheld.store.sealedfile import unseal
from upheld.store.secondfactor import opened

VECTOR: dict[str, Any] = json.loads(FILE.read_text())
KEY: str = VECTOR["key"]


def sealed(record: str) -> bytes:
    (found,) = [each["sealed"] for each in VECTOR["values"] if each["record"] == record]
    return bytes.fromhex(found)


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    for name, content in VECTOR["files"].items():
        path = tmp_path / "keys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return KeyStore(tmp_path / "keys")


# --- the program ----------------------------------------------------------------------------------------


def test_the_program_reads_each_value_as_what_the_page_says(keys: KeyStore) -> None:
    """K-01"""
    means: Any = SimpleNamespace(keys=keys)
    arrival = Arrival(id=ID, key=KEY, sealed_content=sealed(f"arrival:{ID}"))
    arrival.sealed_original = sealed(f"arrival:{ID}:original")

    assert arrivals.opened(means=means, arrival=arrival) == arrivals.Content(
        "ada@example.org",
        arrivals.Told(words="Please look for Ä. Quillfeather", others=("a@example.net",), hints=("Ada",)),
    )
    assert originals.opened(means=means, arrival=arrival) == originals.Original(
        originals.Asker(), sender="clerk@example.org", subject="My data", text="Erase it."
    )
    mail = Mail(pk=12, key=KEY, sealed_content=sealed("mail:12"))
    assert outbox.opened(means=means, mail=mail) == Letter("ada@example.org", "Your request", "We have it.\n")
    for each in VECTOR["values"]:
        if "text" in each:
            content = keys.open(KEY, bytes.fromhex(each["sealed"]), record=each["record"])
            assert content.decode() == each["text"]


def test_the_program_reads_each_file_and_each_second_factor(keys: KeyStore, tmp_path: Path) -> None:
    """K-01"""
    for each in VECTOR["sealed_files"]:
        (tmp_path / "file").write_bytes(bytes.fromhex(each["sealed"]))
        content = b"".join(unseal(keys, KEY, tmp_path / "file", record=each["record"]))
        assert content == bytes.fromhex(each["content"])
    assert [opened(keys, each["sealed"]) for each in VECTOR["second_factors"]] == [
        each["text"] for each in VECTOR["second_factors"]
    ]


@pytest.mark.parametrize("each", VECTOR["invalid"], ids=lambda each: each["what"])
def test_what_must_not_open_does_not(each: dict[str, str], keys: KeyStore) -> None:
    """K-02"""
    with pytest.raises((Destroyed, Misconfigured)):
        keys.open(each["key"], bytes.fromhex(each["sealed"]), record=each["record"])


# --- the pages alone ------------------------------------------------------------------------------------


def _key(name: str) -> bytes | None:
    master = AESGCM(b64decode(VECTOR["files"]["master.key"]))
    for line in VECTOR["files"].get(f"people/{name[:2]}.keys", "").splitlines():
        known, _, wrapped = line.partition(" ")
        if known == name:
            raw = b64decode(wrapped)
            return master.decrypt(raw[1:13], raw[13:], b"\x01upheld data key " + name.encode())
    return None


def _value(name: str, raw: bytes, record: str) -> bytes | str:
    key = _key(name)
    if key is None:
        return "destroyed"
    if raw[:1] != b"\x01":
        return "version"
    try:
        return AESGCM(key).decrypt(raw[1:13], raw[13:], b"\x01" + record.encode())
    except InvalidTag:
        return "altered"


def _file(name: str, raw: bytes, record: str) -> bytes:
    assert raw[:1] == b"\x01"
    key = hmac.new(_key(name) or b"", b"upheld sealed file v1" + raw[1:17], sha256).digest()
    pieces = [raw[start : start + 65_552] for start in range(17, len(raw), 65_552)]
    content = b""
    for number, piece in enumerate(pieces):
        nonce = number.to_bytes(11, "big") + (b"\x01" if number == len(pieces) - 1 else b"\x00")
        content += AESGCM(key).decrypt(nonce, piece, b"\x01" + record.encode())
    return content


def test_a_reader_of_the_pages_opens_the_same() -> None:
    for each in VECTOR["values"]:
        content = _value(KEY, bytes.fromhex(each["sealed"]), each["record"])
        assert isinstance(content, bytes)
        assert (json.loads(content) if "json" in each else content.decode()) == each.get(
            "json", each.get("text")
        )
    for each in VECTOR["sealed_files"]:
        assert _file(KEY, bytes.fromhex(each["sealed"]), each["record"]) == bytes.fromhex(each["content"])
    master = b64decode(VECTOR["files"]["master.key"])
    secret = hmac.new(master, b"upheld secret v1\x00second factor", sha256).digest()
    for each in VECTOR["second_factors"]:
        raw = bytes.fromhex(each["sealed"])
        assert AESGCM(secret).decrypt(raw[:12], raw[12:], b"upheld second factor v1").decode() == each["text"]
    for each in VECTOR["invalid"]:
        assert _value(each["key"], bytes.fromhex(each["sealed"]), each["record"]) == each["why"]


def test_every_record_of_the_page_has_a_vector() -> None:
    page = (FILE.parents[2] / "sealed.md").read_text()
    named = {
        line.split("`")[1]
        for line in page.splitlines()
        if line.startswith("| `") and ":" in line.split("`")[1]
    }
    shown = {
        each["record"].replace(str(ID), "UUID").replace(":12", ":NUMBER")
        for each in (*VECTOR["values"], *VECTOR["sealed_files"])
    }
    assert shown == named
