"""The vectors of spec/file-images.md, read twice: by Upheld, and by a reader that knows nothing but that page."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.rights.codec import Unreadable
from upheld.rights.fileimage import loaded
from upheld.rights.outcome import Misconfigured
from upheld.store.keys import Destroyed, KeyStore
from upheld.store.sealedfile import PIECE, seal, unseal

FOLDER = Path(__file__).parents[2] / "spec" / "vectors" / "file-images"
RECORD = "file:0:content"
VALID, INVALID, SEALED = (
    json.loads((FOLDER / f"{name}.json").read_text()) for name in ("valid", "invalid", "sealed")
)


def written(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


@pytest.mark.parametrize("image", VALID, ids=lambda image: str(image["kind"]))
def test_images_of_files_are_read_and_written_to_the_same_bytes(image: dict[str, Any]) -> None:
    assert loaded(written(image)).dumped() == written(image)


@pytest.mark.parametrize("case", INVALID, ids=lambda case: str(case["why"]))
def test_what_is_no_image_of_a_file_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as raised:
        loaded(written(case["written"]))

    assert raised.value.why == case["why"]


def by_the_page(key: bytes, sealed: bytes, record: str) -> bytes:
    """Section 4, in a few lines of its own."""
    cipher = AESGCM(hmac.digest(key, b"upheld sealed file v1" + sealed[1:17], "sha256"))
    pieces = [sealed[at : at + 65_552] for at in range(17, len(sealed), 65_552)]
    return b"".join(
        cipher.decrypt(
            number.to_bytes(11, "big") + bytes([number == len(pieces) - 1]), piece, b"\1" + record.encode()
        )
        for number, piece in enumerate(pieces)
    )


class OneKey(KeyStore):
    """A store whose one key is given."""

    def __init__(self, key: bytes) -> None:
        super().__init__(Path("nowhere"))
        self.key = key

    def _data_key(self, name: str) -> bytes:  # noqa: ARG002 - there is one
        return self.key


@pytest.mark.parametrize("case", SEALED, ids=lambda case: str(case["what"]))
def test_files_are_sealed_to_the_bytes_of_the_page(case: dict[str, Any], tmp_path: Path) -> None:
    key, salt = bytes.fromhex(case["key"]), bytes.fromhex(case["salt"])
    opened = by_the_page(key, bytes.fromhex(case["sealed"]), case["record"]) if case["sealed"] else None
    content = bytes.fromhex(case["repeat"]) * case["size"] if opened is None else opened

    size = seal(OneKey(key), "k", tmp_path / "f", [content], salt=salt, record=case["record"])
    sealed = (tmp_path / "f").read_bytes()

    assert hashlib.sha256(content).hexdigest() == case["sha256"]
    assert (size, hashlib.sha256(sealed).hexdigest()) == (case["size"], case["sealed_sha256"])
    assert by_the_page(key, sealed, case["record"]) == content
    assert b"".join(unseal(OneKey(key), "k", tmp_path / "f", record=case["record"])) == content


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_sealed_file_that_was_cut_off_turned_or_altered_does_not_open(size: int, tmp_path: Path) -> None:
    """K-02: nor does it once the key is destroyed."""
    keys, path = KeyStore(tmp_path / "keys"), tmp_path / "f"
    name = keys.create()
    content = bytes(number % 251 for number in range(size))
    seal(
        keys,
        name,
        path,
        (content[at : at + 999] for at in range(0, size, 999)),
        salt=bytes(16),
        record=RECORD,
    )
    sealed = path.read_bytes()
    assert b"".join(unseal(keys, name, path, record=RECORD)) == content

    whole = 17 + PIECE + 16
    wrong = [
        sealed[:-1],
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        sealed + b"x",
        b"\2" + sealed[1:],
        sealed[:9],
    ]
    wrong += [sealed[:whole]] if size > PIECE else []
    wrong += [sealed[:17] + sealed[whole : 2 * whole - 17] + sealed[17:whole]] if size == 3 * PIECE else []
    for each in wrong:
        path.write_bytes(each)
        with pytest.raises(Misconfigured):
            list(unseal(keys, name, path, record=RECORD))
    path.write_bytes(sealed)
    with pytest.raises(Misconfigured):
        list(unseal(keys, name, path, record="file:1:content"))
    keys.destroy([name])
    with pytest.raises(Destroyed):
        list(unseal(keys, name, path, record=RECORD))
