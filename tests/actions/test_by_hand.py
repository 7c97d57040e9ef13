"""A copy of what stands in a cabinet: its owner is asked, and what she answers is in the copy."""

import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.actions.world import ADA, HER, NOW, forum, means
from upheld.actions import approving, cases, copies, rounds, tasks, uploads
from upheld.actions.means import Means
from upheld.actions.purge import purge
from upheld.actions.uploads import Given
from upheld.connectors.manual import connector
from upheld.datamap.model import System
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import Opening, Package, PendingEntry, Request, RequestState, Task, Upload

CABINET = System(
    "cabinet",
    kind="manual",
    title="Cabinet",
    owner="Otto",
    address="otto@larkspur.example",
    options={"look_for": "letters with her name", "how": "shred them", "days": 9},
)
SCAN = b"%PDF-1.7 Dear Ada Quillfeather, 17 Larkspur Lane"


def able(tmp_path: Path) -> Means:
    given = means(tmp_path, forum())
    datamap = replace(given.datamap, systems=(*given.datamap.systems, CABINET))
    linked = {**given.connectors, "cabinet": connector(CABINET, secrets={})}
    return replace(given, datamap=datamap, connectors=linked, kept=tmp_path / "kept")


@pytest.fixture
def asked(records: str, tmp_path: Path, settings: Settings) -> tuple[Means, Request]:
    """A copy that was approved, so that Otto is asked."""
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path, 30
    given = able(tmp_path)
    request = cases.receive(means=given, right=Right.ACCESS, asked=HER)
    seen = approving.look(means=given, request=request)
    approving.approve(means=given, request=request, looked=approving.fingerprint(seen))
    request.refresh_from_db()
    return given, request


def copied(given: Means, request: Request) -> dict[str, bytes]:
    package = copies.latest(request)
    assert package is not None
    with copies.read(means=given, package=package) as plain, zipfile.ZipFile(BytesIO(plain.read())) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def write(given: Means) -> list[bool]:
    return [copies.write(means=given, copy=each, language="") for each in rounds.copies_ready(given)]


def test_the_copy_waits_for_the_owner_and_holds_what_came(asked: tuple[Means, Request]) -> None:
    """G-15.3, G-15.4, P-20"""
    given, request = asked
    task = Task.objects.get()
    assert (task.due_on, task.fulfilment.system) == ((NOW + timedelta(days=9)).date(), "cabinet")

    assert write(given) == [False], "what the systems hold is read at once, so that faults show"
    assert write(replace(given, clock=lambda: NOW + timedelta(days=3))) == [], "and again after the answer"
    tasks.answer(
        means=given,
        task=task,
        words="one letter of 2019",
        rows=1,
        by="Otto",
        files=[Given("C:\\scans\\letter.pdf", iter((SCAN[:9], SCAN[9:])))],
    )
    stored = [path for path in (given.kept or Path()).rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert b"Quillfeather" not in stored[0].read_bytes()
    assert write(given) == [True], Request.objects.get().copy.failure_text

    request.refresh_from_db()
    assert request.state == RequestState.FULFILLED
    found = copied(given, request)
    assert found["files/cabinet/answer/letter.pdf"] == SCAN
    assert found["files/cabinet/answer/answer.txt"] == b"one letter of 2019"
    assert not stored[0].exists(), "the copy holds it now"
    upload = Upload.objects.get()
    assert (upload.digest, bytes(upload.sealed_name), upload.size) == (
        sha256(SCAN).hexdigest(),
        b"",
        len(SCAN),
    )
    assert uploads.remove(means=given, request=request) == 0


def test_a_copy_is_whole_too_where_nothing_was_found(asked: tuple[Means, Request]) -> None:
    """G-15.1"""
    given, request = asked
    tasks.answer(means=given, task=Task.objects.get(), words="looked everywhere", rows=0, by="Otto")

    assert write(given) == [True], Request.objects.get().copy.failure_text
    found = copied(given, request)
    assert not [name for name in found if name.startswith("files/")]
    assert ADA.encode() in b"".join(found.values())


def test_too_much_is_refused_and_leaves_neither_a_file_nor_an_answer(
    asked: tuple[Means, Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    given, _ = asked
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)
    two = [Given("a.txt", [b"a" * 60]), Given("b.txt", [b"b" * 60])]

    with pytest.raises(Permanent, match="more than"):
        tasks.answer(means=given, task=Task.objects.get(), words="w", rows=2, by="Otto", files=two)

    assert Task.objects.get().answered_at is None
    assert Upload.objects.count() == 0
    assert not [path for path in (given.kept or Path()).rglob("*") if path.is_file()]


def test_files_belong_into_copies_only(records: str, tmp_path: Path) -> None:
    given = able(tmp_path)
    request = cases.receive(means=given, right=Right.ERASURE, asked=HER)
    seen = approving.look(means=given, request=request)
    approving.approve(means=given, request=request, looked=approving.fingerprint(seen))

    with pytest.raises(Permanent, match="Files belong into a copy"):
        tasks.answer(
            means=given,
            task=Task.objects.get(),
            words="w",
            rows=2,
            by="Otto",
            files=[Given("a.txt", [b"a"])],
        )


def test_what_came_for_a_copy_that_is_never_written_goes_when_its_request_ends(
    asked: tuple[Means, Request],
) -> None:
    """K-05, P-25: files of failed cases expire too, and what a crash left beside them."""
    given, request = asked
    files = [Given("letter.pdf", [SCAN])]
    tasks.answer(means=given, task=Task.objects.get(), words="w", rows=1, by="Otto", files=files)
    folder = (given.kept or Path()) / "uploads"
    (folder / "of-no-record").write_bytes(b"sealed")
    (folder / "being-kept").write_bytes(b"sealed")
    os.utime(folder / "of-no-record", (0, 0))
    now = datetime.now(UTC)
    os.utime(folder / "being-kept", (now.timestamp(), now.timestamp()))
    today = replace(given, clock=lambda: now)

    assert uploads.sweep(means=today) == 1, "the copy may still be written"
    assert len(list(folder.iterdir())) == 2
    cases.finish(means=today, request=request, state=RequestState.EXPIRED)

    assert uploads.sweep(means=today) == 1
    assert [each.name for each in folder.iterdir()] == ["being-kept"]
    upload = Upload.objects.get()
    assert (upload.removed_at, bytes(upload.sealed_name)) == (now, b"")


def test_a_copy_expires_and_each_visit_to_it_is_written_down(asked: tuple[Means, Request]) -> None:
    """P-25"""
    given, request = asked
    tasks.answer(means=given, task=Task.objects.get(), words="nothing", rows=0, by="Otto")
    write(given)
    package = Package.objects.get()
    for minutes in (0, 1, 59, 60, 61):
        later = NOW + timedelta(minutes=minutes)
        copies.seen(means=replace(given, clock=lambda at=later: at), package=package)

    openings = Opening.objects.filter(package=package)
    entries = [bytes(each.content) for each in PendingEntry.objects.all()]
    late = purge(means=replace(given, now=NOW + timedelta(days=31)))

    assert [each.at for each in openings.order_by("at")] == [NOW, NOW + timedelta(hours=1)]
    assert sum(b"package.opened/v1" in each for each in entries) == 2
    assert (late.packages, Path(package.path).exists()) == (1, False)
    assert copies.latest(request) is None
