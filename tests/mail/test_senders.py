"""Known senders: each file's own examples are played, so that whoever adds one has proved it."""

from pathlib import Path

import pytest

from upheld.mail import wishes
from upheld.mail.receive import Attachment, Party, Received, read
from upheld.mail.senders import FOLDER, MOST_PEOPLE, Sender, recognise, senders
from upheld.mail.senders import read as read_file

FILES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=[each.stem for each in FILES])
def test_a_file_reads_its_own_examples(path: Path) -> None:
    sender = read_file(path)
    assert sender.examples, "a file without an example proves nothing"

    for example in sender.examples:
        mail = read(example.mail.encode(), ours="larkspur.example")
        known = recognise(mail)
        assert known is not None
        rights = sender.rights or tuple(
            each.what for each in wishes.rights_in(f"{mail.subject}\n{mail.text}")
        )
        found = [
            {part: getattr(who, part) for part in ("address", "name", "number") if getattr(who, part)}
            for who in known.people
        ]
        assert (known.sender.title, found, sorted(rights)) == (
            sender.title,
            [dict(each) for each in example.people],
            sorted(example.rights),
        )


def test_those_of_anybody_come_last_and_need_two_people() -> None:
    assert [("*" in each.domains) for each in senders()] == sorted("*" in each.domains for each in senders())
    one = Attachment("a.csv", "text", b"name,email\nAda,ada@example.org\n")
    two = Attachment("a.csv", "text", b"name,email\nAda,ada@example.org\nBob,bob@example.org\n")

    assert recognise(Received(Party("", "x@anywhere.example"), attachments=(one,))) is None
    known = recognise(Received(Party("", "x@anywhere.example"), attachments=(two,)))
    assert known is not None
    assert [each.name for each in known.people] == ["Ada", "Bob"]


def test_a_domain_that_only_ends_alike_is_another_s() -> None:
    assert recognise(Received(Party("", "x@notfadeaway.example"), "data removal request")) is None
    assert recognise(Received(Party("", "x@fadeaway.example.evil.example"), "data removal request")) is None
    assert recognise(Received(Party("", "x@fadeaway.example"), "hello")) is None


def test_a_long_list_is_cut_and_says_by_how_many() -> None:
    lines = "".join(f"Person {number},p{number}@example.org\n" for number in range(MOST_PEOPLE + 7))
    table = Attachment("a.csv", "text", f"name,email\n{lines}".encode())

    known = recognise(Received(Party("", "x@anywhere.example"), attachments=(table,)))

    assert known is not None
    assert (len(known.people), known.more) == (MOST_PEOPLE, 7)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('title = "x"\nkind = "robot"\n')

    with pytest.raises(ValueError, match=r"broken\.toml"):
        senders(tmp_path)


def test_no_sender_has_a_pattern_to_compute() -> None:
    assert not {"pattern", "regex"} & set(Sender.__dataclass_fields__)
