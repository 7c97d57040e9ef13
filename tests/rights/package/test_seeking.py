"""An age file read anywhere gives what age gives, and nothing once it was altered."""

import io
import random
import zipfile

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.rights.outcome import Misconfigured
from upheld.rights.package.seeking import Opened, piece

IDENTITY = pyrage.x25519.Identity.generate()
SIZES = (0, 1, piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 77)


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


SEALED = {size: pyrage.encrypt(content(size), [IDENTITY.to_public()]) for size in SIZES}


def opened(sealed: bytes, identity: object = IDENTITY) -> Opened:
    return Opened(io.BytesIO(sealed), str(identity))


@given(
    size=st.sampled_from(SIZES),
    reads=st.lists(st.tuples(st.integers(0, 4 * piece), st.integers(0, 2 * piece)), max_size=8),
)
def test_any_part_is_what_stands_there(size: int, reads: list[tuple[int, int]]) -> None:
    plain, file = content(size), opened(SEALED[size])

    for begins, many in reads:
        file.seek(begins)
        found = b""
        while len(found) < many and (part := file.read(many - len(found))):
            found += part
        assert found == plain[begins : begins + many]


@pytest.mark.parametrize("size", SIZES)
def test_read_from_end_to_end_it_is_what_age_decrypts(size: int) -> None:
    assert opened(SEALED[size]).read() == pyrage.decrypt(SEALED[size], [IDENTITY])


def test_one_of_several_recipients_is_enough() -> None:
    other = pyrage.x25519.Identity.generate()
    sealed = pyrage.encrypt(b"plain", [other.to_public(), IDENTITY.to_public()])

    assert opened(sealed).read() == b"plain"


@given(where=st.integers(0, len(SEALED[piece + 1]) - 1), bit=st.integers(0, 7))
def test_no_bit_can_be_changed_unseen(where: int, bit: int) -> None:
    altered = bytearray(SEALED[piece + 1])
    altered[where] ^= 1 << bit

    with pytest.raises(Misconfigured):
        opened(bytes(altered)).read()


@given(length=st.integers(0, len(SEALED[2 * piece]) - 1))
def test_what_is_cut_off_does_not_open(length: int) -> None:
    with pytest.raises(Misconfigured):
        opened(SEALED[2 * piece][:length])


def test_another_identity_opens_nothing_and_the_file_is_closed() -> None:
    file = io.BytesIO(SEALED[1])

    with pytest.raises(Misconfigured) as refused:
        Opened(file, str(pyrage.x25519.Identity.generate()))

    assert file.closed
    assert "AGE-SECRET-KEY" not in str(refused.value)


class Counting(io.BytesIO):
    """Counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


def test_one_page_of_a_large_copy_reads_little_of_it() -> None:
    """The reason for all of it: a page must not cost the whole copy."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        for number in range(40):
            archive.writestr(f"{number}.html", content(8 * piece + number))
    file = Counting(pyrage.encrypt(plain.getvalue(), [IDENTITY.to_public()]))

    read = zipfile.ZipFile(Opened(file, str(IDENTITY))).read("7.html")

    assert read == content(8 * piece + 7)
    assert file.taken < 16 * piece < len(plain.getvalue()) / 15
