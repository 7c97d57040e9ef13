"""What a crash left of copies goes; what is being written, and what a record names, stays."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.actions.world import BOB, HER, NOW, forum, means
from upheld.actions import approving, cases, copies, copying, lease, leavings, rounds
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.subject import Identity
from upheld.store.models import Copy, Package

LATER = timedelta(hours=2)
HIM = Asked((Identity("email", BOB),))


class Killed(BaseException):
    """The program ended there, and nothing of it was done afterwards."""


@pytest.fixture
def given(records: str, tmp_path: Path, settings: Settings) -> Means:
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path, 30
    return means(tmp_path, forum(), owner="elsewhere/1/1")


def approved(given: Means, *people: Asked) -> list[Copy]:
    for each in people:
        request = cases.receive(means=given, right=Right.ACCESS, asked=each)
        seen = approving.look(means=given, request=request)
        approving.approve(means=given, request=request, looked=approving.fingerprint(seen))
    return list(rounds.copies_ready(given))


def sweep(given: Means, after: timedelta = LATER) -> int:
    return leavings.sweep(means=replace(given, clock=lambda: NOW + after))


def files() -> list[str]:
    return sorted(path.name for path in copies.folder().glob("*"))


def one(given: Means, ready: list[Copy], rows: Callable[[str, int], None]) -> None:
    copies.write(means=given, copy=ready[0], language="", rows=rows)


def many(given: Means, ready: list[Copy], rows: Callable[[str, int], None]) -> None:
    copying.write_many(means=given, ready=ready, language=lambda _: "", rows=rows)


@pytest.mark.parametrize(("write", "people"), [(one, [HER]), (many, [HER, HIM])])
def test_a_copy_that_is_being_written_stays_however_long_that_takes(
    given: Means, write: Callable[..., None], people: list[Asked]
) -> None:
    """P-25: by another host as well, as long as that lives; of several that were begun those already written too."""
    ready, swept = approved(given, *people), []

    def rows(_system: str, _many: int) -> None:
        assert lease.prolong(owner=given.owner, until=NOW + 2 * LATER) == len(people)
        swept.append(sweep(given))

    write(given, ready, rows)

    assert (len(swept) >= len(people), set(swept)) == (True, {0})
    assert files() == sorted(Path(each.path).name for each in Package.objects.all())
    assert len(files()) == len(people)
    assert sweep(given) == 0


@pytest.mark.parametrize(("write", "people", "left"), [(one, [HER], ".part"), (many, [HER, HIM], ".age")])
def test_what_a_killed_program_had_begun_goes_an_hour_later_and_is_written_anew(
    given: Means, write: Callable[..., None], people: list[Asked], left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P-25: a try that was cut off, and a whole copy that never became known."""
    ready, told = approved(given, *people), []

    def rows(_system: str, _many: int) -> None:
        told.append(files())
        if len(told) == len(people):
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: None)  # nothing is tidied by who is killed
        with pytest.raises(Killed):
            write(given, ready, rows)
    assert [Path(each).suffix for each in files()] == [left]
    Copy.objects.update(owner="elsewhere/1/1", leased_until=NOW + timedelta(minutes=30))

    assert sweep(given, timedelta(minutes=20)) == 0, "whoever began it may still live"
    assert sweep(given, timedelta(minutes=40)) == 0, "and take its time"
    assert sweep(given) == 1
    assert files() == []
    write(replace(given, clock=lambda: NOW + LATER), ready, lambda *_: None)
    assert len(files()) == Package.objects.count() == len(people)


def test_of_what_a_command_left_nothing_stays_a_day_later_and_other_files_do(given: Means) -> None:
    """P-25: a command holds nothing while it writes. A copy that a record names keeps its key, of a list too."""
    copy, folder = approved(given, HER)[0], copies.folder()
    hers, listed = folder / f"{copy.request_id}.age", folder / "list-0a" / "line-1.age"
    listed.parent.mkdir(parents=True)
    for path in (hers, listed):
        Package.objects.create(
            request=copy.request,
            path=f"/srv/elsewhere/{path.relative_to(folder)}",
            written_at=NOW,
            expires_at=NOW,
        )
    stays = [
        hers,
        listed,
        *(each.with_name(f"{each.name}.key") for each in (hers, listed)),
        folder / "notes.txt",
    ]
    other = listed.with_name("line-2.age")
    goes = [
        other,
        other.with_name("line-2.age.key"),
        hers.with_name(f"{hers.name}.part"),
        folder / "list-0b.age",
    ]
    for path in (*stays, *goes):
        path.write_bytes(b"x")
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    assert sweep(given, timedelta(hours=23)) == 0
    assert sweep(given, timedelta(hours=25)) == len(goes)
    assert {path for path in folder.rglob("*") if path.is_file()} == set(stays)
