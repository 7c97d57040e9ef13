"""Opening a package that may not be ours."""

import io
import zipfile
from pathlib import Path

import pyrage
import pytest

from tests.rights.package.example import IDENTITY, full, made
from upheld.rights.package.opening import Unopened, open_package


def sealed(folder: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in entries:
            archive.writestr(name, text)
    path = folder / "strange.age"
    path.write_bytes(pyrage.encrypt(content.getvalue(), [IDENTITY.to_public()]))
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "/etc/out.txt",
        "a/../../out.txt",
        "a\\..\\out.txt",
        "c:out.txt",
        "a//b",
        "./a",
        "folder/",
    ],
)
def test_no_entry_leaves_the_folder(tmp_path: Path, name: str) -> None:
    path = sealed(tmp_path, ("index.html", b""), (name, b"x"))

    with pytest.raises(Unopened, match="which is not allowed"):
        open_package(path, str(IDENTITY), tmp_path / "to")

    assert sorted(each.name for each in tmp_path.rglob("*")) == ["strange.age"]


def test_links_and_twins_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16

    for entries in ([(link, b"/etc/passwd")], [("a", b""), ("A", b"")]):
        with pytest.raises(Unopened, match="which is not allowed"):
            open_package(sealed(tmp_path, *entries), str(IDENTITY), tmp_path / "to")


def test_more_than_expected_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path, ("a", bytes(100_000)))

    with pytest.raises(Unopened, match="more than 1000 bytes"):
        open_package(path, str(IDENTITY), tmp_path / "to", limit=1000)


@pytest.mark.parametrize(
    ("manifest", "what"),
    [
        (b"", "no readable package.json"),
        (b'{"format": "upheld-access-package", "version": 2, "files": []}', "this program reads"),
        (b'{"format": "upheld-access-package", "version": 1, "files": []}', "a is missing, added or changed"),
    ],
)
def test_a_package_that_is_not_what_its_manifest_says_is_refused(
    tmp_path: Path, manifest: bytes, what: str
) -> None:
    with pytest.raises(Unopened, match=what):
        open_package(sealed(tmp_path, ("package.json", manifest), ("a", b"")), str(IDENTITY), tmp_path / "to")


def test_wrong_keys_damage_and_folders_in_use_are_told(tmp_path: Path) -> None:
    made(tmp_path, full())
    package, other = tmp_path / "copy.age", str(pyrage.x25519.Identity.generate())

    with pytest.raises(Unopened, match="cannot be decrypted with this key"):
        open_package(package, other, tmp_path / "to")
    with pytest.raises(Unopened, match="is not an age secret key"):
        open_package(package, "hello", tmp_path / "to")
    with pytest.raises(Unopened, match="is not an empty folder"):
        open_package(package, str(IDENTITY), tmp_path)
    package.write_bytes(package.read_bytes()[:-1])
    with pytest.raises(Unopened, match="No such file"):
        open_package(tmp_path / "none.age", str(IDENTITY), tmp_path / "to")
    with pytest.raises(Unopened, match="or is damaged"):
        open_package(package, str(IDENTITY), tmp_path / "to")
    assert not (tmp_path / "to").exists()
