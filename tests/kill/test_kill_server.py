"""A server with all that it works with, killed by SIGKILL at random moments while many ask at once: nothing is lost,
nothing is done twice, nothing is stuck."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kill import trace
from tests.kill.clients import Program, Visitor
from tests.kill.house import ORDERS, PATIENCE, House
from tests.servers.plugin import MISSING_MARK, servers_required
from tests.servers.server import ServerMissing

pytestmark = pytest.mark.kill

PROGRAMS, EACH = 3, 400
ASKING = [
    (f"asking{number}@example.org", right) for number, right in enumerate(("ACCESS", "ERASURE", "ERASURE"))
]
"""Who asks by the form, and is approved by an officer; the shop knows them under these addresses."""
Houses = Callable[[str], House]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Houses]:
    """A function that builds one."""
    made: list[House] = []

    def build(kind: str) -> House:
        try:
            made.append(House(tmp_path, kind, PROGRAMS * EACH + len(ASKING)))
        except ServerMissing as missing:
            if servers_required():
                raise
            pytest.skip(f"{MISSING_MARK}{missing.why} ({missing.remedy})")
        return made[-1]

    yield build
    for each in made:
        each.stop()


@pytest.mark.parametrize("kind", [pytest.param("sqlite", marks=pytest.mark.store("sqlite")), "postgresql"])
def test_whatever_is_killed_every_approved_request_ends_once(
    kind: str, house: Houses, pytestconfig: pytest.Config
) -> None:
    """S-69, S-53: each kind of victim once, in an order and at moments that are drawn; `--kills` adds as many as
    it says."""
    seed = pytestconfig.getoption("--kill-seed") or random.SystemRandom().randrange(1_000_000)
    print(f"--kill-seed={seed}")  # noqa: T201 - shown where it fails
    chance = random.Random(seed)
    built = house(kind)
    trace.install(built.records)
    load = _Load(built, chance)
    victims = built.victims()
    kills = chance.sample(list(victims), len(victims))
    kills += chance.choices(list(victims), k=pytestconfig.getoption("--kills"))
    for name in kills:
        time.sleep(chance.uniform(0.2, 2.5))
        victims[name](chance)
        load.proceed()
    load.end()
    while (left := built.told("waiting", str(len(ASKING)))) and load.waits():
        pass
    end = built.told("end")
    while end["leased"] and load.waits():  # who has just finished gives back what it held a moment later
        end = built.told("end")

    assert left == 0, end
    said = built.said()
    assert "Traceback" not in said
    assert "example.org" not in said
    _nothing_lost_or_twice(built, load, end)
    _nothing_stuck(built)


class _Load:
    """Three programs, a visitor, and people whom an officer approves: all at once, until it ends."""

    def __init__(self, built: House, chance: random.Random) -> None:
        self._house = built
        first = PROGRAMS * EACH + 1
        built.shop.run(
            *(f"UPDATE users SET email = '{who}' WHERE id = {first + n}" for n, (who, _) in enumerate(ASKING))
        )
        secret, seeds = built.told("token"), [chance.getrandbits(32) for _ in range(PROGRAMS + 1)]
        self.programs = [
            Program(lambda: built.server.address, secret, range(1 + n * EACH, 1 + (n + 1) * EACH), seeds[n])
            for n in range(PROGRAMS)
        ]
        self.visitor = Visitor(lambda: built.server.address, seeds[-1])
        for each in (*self.programs, self.visitor):
            each.start()
        self._office = built.office("ask", json.dumps(ASKING))
        assert self._office.stdout
        self._office.stdout.readline()  # the first is approved
        self._ended = 0.0

    def proceed(self) -> None:
        """Nobody was refused for good."""
        assert [each.wrong for each in self.programs] == [[]] * PROGRAMS

    def end(self) -> None:
        """What was begun is answered."""
        for each in (*self.programs, self.visitor):
            each.end()
        self.proceed()
        assert self._office.wait(PATIENCE) == 0
        self._office.stdout.close()  # type: ignore[union-attr]
        self._ended = time.monotonic()

    def waits(self) -> bool:
        return time.monotonic() < self._ended + PATIENCE

    @property
    def asked(self) -> dict[int, str]:
        """The right of each person of the shop."""
        first = PROGRAMS * EACH + 1
        found = {first + number: right for number, (_, right) in enumerate(ASKING)}
        for each in self.programs:
            found |= each.asked
        return found


def _nothing_lost_or_twice(built: House, load: _Load, end: dict[str, Any]) -> None:
    rights = Counter(load.asked.values())
    erased, copied = rights["ERASURE"], rights["ACCESS"]
    print(f"{erased} erased, {copied} copied, {load.visitor.answered} visitors; killed: {built.killed}")  # noqa: T201
    assert end["left"] == []
    assert end["states"] == [[["ACCESS", "FULFILLED"], copied], [["ERASURE", "FULFILLED"], erased]]
    gone = {number for number, right in load.asked.items() if right == "ERASURE"}
    everybody = set(range(PROGRAMS * EACH + len(ASKING) + 1))
    assert {number for (number,) in built.shop.rows("SELECT id FROM users")} == everybody - gone
    assert built.shop.rows("SELECT count(*) FROM orders") == [(ORDERS * len(everybody - gone),)]
    assert {tuple(each[1:]) for each in end["evidence"]} == {(2, 1)}, "one of the part, one of the look"
    assert (len(end["evidence"]), end["open parts"], end["leased"], end["unsequenced"]) == (erased, 0, 0, 0)
    assert _entries(end) == {
        "case.opened": {1: erased + copied},
        "case.closed": {1: erased + copied},
        "verification.added": {1: erased + copied},
        "request.ruled": {1: erased + copied - len(ASKING)},
        "plan.approved": {1: erased},
        "step.fulfilled": {2: erased},
        "certificate.issued": {1: erased},
        "suppression.added": {1: erased},
        "package.issued": {1: copied},
    }
    assert end["certificates"] == [True] * erased
    assert end["files"] == end["packages"], "wherever they were written"
    assert (len(end["packages"]), end["read"]) == (copied, copied), "and read by the server's own host"
    assert end["arrivals"] >= erased + copied + load.visitor.answered
    told = Counter(right for _, right in ASKING)
    mails = dict(end["mails"])
    assert (mails["DONE"], mails["COPY_READY"]) == (told["ERASURE"], told["ACCESS"]), "each is written once"
    arrived = Counter(
        to for to, about in built.mailbox.left() if "deleted" in about or "copy" in about.lower()
    )
    programs = 1 + len(built.workers)
    assert set(arrived) >= {address for address, _ in ASKING}
    assert arrived.total() <= len(ASKING) + programs * len(built.killed), (
        "sent again only where its sender was cut off"
    )


def _nothing_stuck(built: House) -> None:
    """By the clock of the records' database, not by the speed of this machine. Whoever holds a part has said so
    within forty seconds before it is anybody's (the lease); and no look at what is ready passes over a part that
    is. A worker looks every five seconds, the runner as soon as a lease is over."""
    steps = trace.read(built.records)
    taken = trace.taken_over(steps)
    longest = max((each.seconds for each in taken), default=0.0)
    print(f"{len(taken)} taken over, {longest:.0f} s after the holder was last heard of at most")  # noqa: T201
    assert trace.longest_lease(steps) <= trace.LEASED
    assert trace.passed_over(taken, built.folder / "looks.jsonl") == []
    cut_off = {owner for what, owner in built.killed if owner and what in ("runner", "worker", "server")}
    assert cut_off <= {each.before.owner for each in taken}, "each part of a killed program was taken over"
    if built.kind == "sqlite":
        assert len(cut_off) >= 2, "the runner, and the server with it, in the middle of a part"


def _entries(end: dict[str, Any]) -> dict[str, dict[int, int]]:
    """Of each type: in how many cases it stands how often. What failed on the way is left out."""
    found: dict[str, dict[int, int]] = {}
    for (_, kind), times in end["entries"]:
        name = str(kind).partition("/")[0]
        if name != "step.failed":
            of = found.setdefault(name, {})
            of[times] = of.get(times, 0) + 1
    return found
