"""What is open, in as many queries for three cases as for one."""

from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.test_erasure import begin
from tests.actions.world import DESK, FORUM, NOW, forum, means
from upheld.actions.asking import Asked
from upheld.actions.status import status
from upheld.rights.subject import Identity


def test_the_list_of_open_cases_takes_the_same_queries_for_one_and_for_three(
    records: str, tmp_path: Path
) -> None:
    with_ = means(tmp_path, forum(), systems=(FORUM, DESK))
    counts = []
    for names in (("a",), ("b", "c")):
        for name in names:
            begin(with_, Asked((Identity("email", f"{name}@example.org"),)))
        with CaptureQueriesContext(connection) as queries:
            seen = status(now=NOW)
        counts.append((len(seen.requests), len(seen.tasks), len(queries)))

    assert counts == [(1, 1, counts[0][2]), (3, 3, counts[0][2])]
