"""The vector of spec/backup.md: read by the program, and by a reader that knows nothing but the page."""

import io
import json
import tarfile
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upheld.store.bundle import KEYS, RECORDS, Refused, opened

FILE = Path(__file__).parents[2] / "spec" / "vectors" / "backup" / "records.json"
VECTOR: dict[str, Any] = json.loads(FILE.read_text())
SEED = bytes.fromhex(VECTOR["seed"])
SAID = {
    "foreign": "another installation",
    "altered": "altered|not what was put in",
    "cut-off": "cut off",
    "version": "this release reads",
    "kind": "a backup of",
}


def spoilt(each: dict[str, Any]) -> bytes:
    content = bytearray(b64decode(VECTOR["tar"]))
    if "replace" in each:
        before, after = each["replace"]
        assert len(before) == len(after)
        content = bytearray(bytes(content).replace(before.encode(), after.encode()))
    if "keep" in each:
        del content[each["keep"] :]
    return bytes(content)


def test_the_program_takes_out_what_the_vector_holds(tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b64decode(VECTOR["tar"]))

    bundle = opened(tmp_path / "b.tar", kind=RECORDS, seed=SEED)
    bundle.extract(tmp_path / "out")

    assert {
        each.relative_to(tmp_path / "out").as_posix(): each.read_text()
        for each in (tmp_path / "out").rglob("*")
        if each.is_file()
    } == VECTOR["files"]


@pytest.mark.parametrize("each", VECTOR["invalid"], ids=lambda each: each["what"])
def test_what_must_be_refused_says_why(each: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(spoilt(each))
    seed = bytes.fromhex(each["seed"]) if "seed" in each else SEED
    kind = KEYS if each["why"] == "kind" else RECORDS

    with pytest.raises(Refused, match=SAID[each["why"]]):
        opened(tmp_path / "b.tar", kind=kind, seed=seed).extract(tmp_path / "out")


def _judged(content: bytes, seed: bytes, kind: str) -> str:
    """By the page alone: empty where it is whole."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
        infos = list(tar)
        if [each.name for each in infos[-2:]] != ["members", "manifest"]:
            return "cut-off"
        read = {each.name: tar.extractfile(each).read() for each in infos}  # type: ignore[union-attr]
    text, _, signatures = read["manifest"].decode().rpartition("\n\n")
    text += "\n"
    head, body, _ = text.split("\n")
    if head != "upheld.backup/v1":
        return "version"
    manifest = json.loads(body)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    name, key_id, blob = manifest["vkey"].split("+", 2)
    material = public.public_bytes_raw()
    if b64decode(blob) != b"\x01" + material:
        return "foreign"
    assert key_id == sha256(name.encode() + b"\n\x01" + material).digest()[:4].hex()
    try:
        public.verify(b64decode(signatures.split(" ")[2])[4:], text.encode())
    except InvalidSignature:
        return "altered"
    listed = "".join(
        f"{sha256(read[each.name]).hexdigest()} {each.size} {each.name}\n" for each in infos[:-2]
    ).encode()
    if listed != read["members"] or sha256(listed).hexdigest() != manifest["members"]:
        return "altered"
    return "" if manifest["kind"] == kind else "kind"


def test_a_reader_of_the_page_judges_the_same() -> None:
    assert _judged(b64decode(VECTOR["tar"]), SEED, "records") == ""
    found = [
        _judged(
            spoilt(each),
            bytes.fromhex(each["seed"]) if "seed" in each else SEED,
            "keys" if each["why"] == "kind" else "records",
        )
        for each in VECTOR["invalid"]
    ]
    assert found == [each["why"] for each in VECTOR["invalid"]]


def write() -> None:
    """The vector anew: `python -c "from tests.store.test_backup_vectors import write; write()"`, with an empty
    JSON object in its place."""
    import tempfile

    from tests.store.test_bundle import FILES, SEED
    from tests.store.test_bundle import write as made

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.tar"
        files = {"upheld.sqlite3": b"a database", "data/privacy/upheld.yaml": b"organisation: {name: A}\n"}
        FILES.clear()
        FILES.update(files)
        made(path)
        content = path.read_bytes()
    vector = {
        "what": "a backup of records; `invalid` are changes of it: text replaced, or only the first bytes kept",
        "seed": SEED.hex(),
        "files": {name: each.decode() for name, each in files.items()},
        "tar": b64encode(content).decode(),
        "invalid": [
            {"why": "foreign", "what": "another key store", "seed": bytes(range(1, 33)).hex()},
            {"why": "altered", "what": "a file of it", "replace": ["a database", "a Database"]},
            {"why": "altered", "what": "the manifest", "replace": ["2026-11-26T08", "2026-11-27T08"]},
            {"why": "cut-off", "what": "without its end", "keep": 2048},
            {"why": "version", "what": "version 2", "replace": ["upheld.backup/v1", "upheld.backup/v2"]},
            {"why": "kind", "what": "the other kind"},
        ],
    }
    FILE.write_text(json.dumps(vector, indent=1) + "\n")
