"""Whether the form tells by its time who is known: `asking.py [PAIRS]`.

Asks for a person with an open case and for somebody nobody knows, in turn and in random order within each
pair, through the server's own settings; then both samples are compared by ranks (Mann and Whitney, two-sided,
normal approximation with ties). A small p would say that the two can be told apart.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

KNOWN, UNKNOWN = "ada.quillfeather@example.org", "zoe.nightingales@example.org"
ORGANISATION = """\
organisation: {name: Example, contact: privacy@example.org, country: DE, regimes: [gdpr], languages: [en]}
"""
SYSTEM = """\
system: letters
kind: manual
title: Letters
owner: The office
address: office@example.org
look_for: letters
days: 14
"""


def p_of(first: Sequence[float], second: Sequence[float]) -> float:
    """The chance of ranks as unequal as these where both come from one distribution."""
    marked = sorted([(each, True) for each in first] + [(each, False) for each in second])
    ranks, ties, begins = 0.0, 0.0, 1
    for _, group in groupby(marked, key=lambda each: each[0]):
        same = list(group)
        ranks += (begins + (len(same) - 1) / 2) * sum(mine for _, mine in same)
        ties += len(same) ** 3 - len(same)
        begins += len(same)
    a, b, every = len(first), len(second), len(marked)
    spread = (a * b / 12 * (every + 1 - ties / (every * (every - 1)))) ** 0.5
    if not spread:
        return 1.0
    away = abs(ranks - a * (a + 1) / 2 - a * b / 2)
    return 2 * (1 - statistics.NormalDist().cdf(max(0.0, away - 0.5) / spread))


def quantiles(sample: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(sample), statistics.quantiles(sample, n=20)[-1]


def measured(pairs: int, seed: int) -> dict[str, list[float]]:
    """Milliseconds of each answer, known and unknown."""
    from django.test import Client  # lazy: app ready

    chance = random.Random(seed)
    found: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for number in range(-20, pairs):
        for address in chance.sample((KNOWN, UNKNOWN), 2):
            # A network of its own each time, and an address that asks for the first time in this hour.
            client = Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR=f"10.{number % 250}.{chance.randrange(250)}.1")
            form = {"email": address, "copy": "on", "step": "send"}
            began = time.perf_counter()
            answer = client.post("/en/", form)
            took = (time.perf_counter() - began) * 1000
            if answer.status_code != 302:
                raise SystemExit(f"The form answered {answer.status_code}.")
            if number >= 0:
                found[address].append(took)
        _forget()
    return found


def _forget() -> None:
    from upheld.store.models import Arrival, Pace  # lazy: app ready

    Arrival.objects.filter(verified_at=None).delete()
    Pace.objects.all().delete()


def main(pairs: int) -> int:
    """One line of JSON; 1 where the two can be told apart."""
    with tempfile.TemporaryDirectory(prefix="upheld-bench-") as folder:
        _prepare(Path(folder))
        found = measured(pairs, seed=20261126)
        _close()
    known, unknown = quantiles(found[KNOWN]), quantiles(found[UNKNOWN])
    p = p_of(found[KNOWN], found[UNKNOWN])
    figures = {
        "pairs": pairs,
        "known_median_ms": round(known[0], 3),
        "known_p95_ms": round(known[1], 3),
        "unknown_median_ms": round(unknown[0], 3),
        "unknown_p95_ms": round(unknown[1], 3),
        "p": round(p, 4),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return int(p < 0.01)


def _prepare(folder: Path) -> None:
    (folder / "privacy" / "systems").mkdir(parents=True)
    (folder / "privacy" / "systems" / "letters.yaml").write_text(SYSTEM)
    (folder / "privacy" / "upheld.yaml").write_text(ORGANISATION)
    for name in [each for each in os.environ if each.startswith("UPHELD_")]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "upheld.project.site",
        "UPHELD_DIR": str(folder / "privacy"),
        "UPHELD_DATA": str(folder / "data"),
    }
    (folder / "data").mkdir()
    import django  # lazy: app ready
    from django.core.management import call_command  # lazy: app ready

    django.setup()
    call_command("migrate", verbosity=0)
    from upheld.actions import arrivals, links  # lazy: app ready
    from upheld.law.right import Right  # lazy: app ready
    from upheld.store.models import Channel, LinkPurpose  # lazy: app ready
    from upheld.web.means import means  # lazy: app ready

    able = means(by="the benchmark")
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ACCESS,), address=KNOWN, language="en"
    )
    arrivals.verify(
        means=able, token=links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    )


def _close() -> None:
    from django.db import connections  # lazy: app ready

    connections.close_all()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
