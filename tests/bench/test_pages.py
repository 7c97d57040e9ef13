"""What a page costs: copies of cases that are cases, and a page that says plainly what was met."""

from pathlib import Path

from bench.filled import copies
from bench.pages import page
from tests.actions.world import forum, means
from upheld.actions import approving, cases
from upheld.actions.asking import Asked
from upheld.actions.today import today
from upheld.law.right import Right
from upheld.rights.subject import Identity
from upheld.store.models import BlindIndex, Case, Fulfilment, Request, Step


def test_copies_have_all_that_hangs_on_a_case_and_nothing_of_another(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    asked = Asked((Identity("email", "ada@example.net"),))
    request = cases.receive(means=able, right=Right.ERASURE, asked=asked)
    looked = approving.fingerprint(approving.look(means=able, request=request))
    approving.approve(means=able, request=request, looked=looked)
    models = (Case, Request, Fulfilment, Step, BlindIndex)
    one = [each.objects.count() for each in models]

    written = copies([(request.case, 4, 30)], seed=1)
    seen = today(means=able)

    assert [each.objects.count() for each in models] == [5 * many for many in one]
    assert written == 4 * (written // 4) > 4 * sum(one)
    assert (seen.open, seen.alone.erasures) == (5, 5)
    assert len({each.key for each in Case.objects.all()}) == 5
    assert set(Request.objects.values_list("fulfilments__plan__request", flat=True)) == set(
        Request.objects.values_list("pk", flat=True)
    )


def test_the_page_says_of_each_what_was_met() -> None:
    times = {"cpu": 12.0, "cpu_95": 20.4, "wall": 30.0, "wall_95": 44.0}
    found = {
        "sqlite": {
            "rows": 1_000,
            "entries": 20,
            "version": "SQLite 3",
            "pages": {"start page": times, "slow": times | {"cpu_95": 151.0}},
        }
    }

    lines = page(found, cases=2_000, loads=("0.1", "0.2")).splitlines()

    assert "| start page | 12, 20 met (30, 44) |" in lines
    assert "| slow | 12, 151 **missed** (30, 44) |" in lines
    assert "- 2,000 cases, SQLite 3: 1,000 rows and 20 entries of the ledger" in lines
