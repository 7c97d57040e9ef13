"""The page says what was measured, and beside it plainly whether the goal was met."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from bench.goals import ONCE
from bench.mixes import shown
from bench.page import Run, baseline, charts, page, renewed
from bench.result import Figure, Point, Results, Stage, read

RUN = Run(
    at="2026-11-25 12:00 UTC",
    machine="2 processors (Example), 24 GB of memory, Linux",
    versions=("Python 3.11",),
    people=200_000,
    rows=4_520_000,
    commit="abc1234",
    load=("0.1, 0.1, 0.1", "1.9, 1.0, 0.5"),
    command="make bench",
)


def results() -> Results:
    return Results(
        figures=[
            Figure("single", "postgresql", 1.25, 1.1, 1.31, "2.5 ms against 2.0 ms"),
            Figure("single", "mariadb", 61.7),
            Figure("batch-set", "postgresql", 1.3),
            Figure("batch-set", "mariadb", 1.3),
            Figure("undo", "postgresql", None, note="not there yet: the undo window"),
            Figure("package", "once", 38.4, note="at 1,000,000 rows"),
        ],
        points=[
            Point("postgresql", "by hand, in sets", 1, 0.002),
            Point("postgresql", "by hand, in sets", 1_000, 0.0005),
            Point("postgresql", "Upheld, one by one", 1, 0.1),
        ],
        stages=[Stage("postgresql", "approve", 0.003, 0.001)],
        plans=[("postgresql", "users", "DELETE FROM users WHERE id = %(id)s", "Index Scan")],
        servers={"postgresql": "PostgreSQL 18.4"},
    )


def test_a_goal_is_met_or_missed_in_plain_words() -> None:
    lines = page(RUN, results()).splitlines()
    assert (
        "| one erasure against hand-written, one by one | ≤ 1.30 × "
        "| 1.25 × met (1.10 to 1.31)<br>2.5 ms against 2.0 ms | 61.7 × **missed** |"
    ) in lines


def test_mariadb_has_a_goal_of_its_own() -> None:
    lines = page(RUN, results()).splitlines()
    assert (
        "| batch of 1,000 against the hand-written set | ≤ 1.25 × (MariaDB 1.40 ×) | 1.30 × **missed** | 1.30 × met |"
    ) in lines


def test_what_is_not_built_is_named_and_has_no_figure() -> None:
    lines = page(RUN, results()).splitlines()
    assert "| undo window against plain erasure | ≤ 2 × | not there yet: the undo window |  |" in lines


def test_a_goal_that_was_not_measured_says_so() -> None:
    lines = page(RUN, results()).splitlines()

    assert (
        "| soak of 100,000 erasures: the last 1,000 against the first | ≤ 1.50 × | not measured |  |"
    ) in lines
    assert "| its size | ≤ 1,024 bytes | not measured |" in lines


def test_below_the_size_of_the_goals_nothing_is_judged_and_a_list_is_called_as_long_as_it_was() -> None:
    found = page(replace(RUN, people=4_000), results())
    lines = found.splitlines()

    assert "With fewer than 200,000 people nothing in this table is called met or missed." in lines
    assert (
        "| batch of 200 against the hand-written set | ≤ 1.25 × (MariaDB 1.40 ×) | 1.30 × | 1.30 × |"
    ) in lines
    assert "missed**" not in found.partition("| measure | goal | figure |")[0]


def test_a_smaller_size_than_the_goals_is_said() -> None:
    lines = page(RUN, results()).splitlines()
    assert (
        "| access package of 5 million rows: memory above idle | ≤ 50 MB | 38.4 MB met<br>at 1,000,000 rows |"
    ) in lines


def test_where_when_and_how_busy_the_machine_was_stands_above() -> None:
    assert page(RUN, results()).splitlines()[4:8] == [
        "- 2026-11-25 12:00 UTC, at commit abc1234",
        "- 2 processors (Example), 24 GB of memory, Linux; load average 0.1, 0.1, 0.1 at the start, 1.9, 1.0, 0.5 at the end",
        "- Python 3.11, PostgreSQL 18.4",
        "- a community with a shop: 13 tables, 200,000 people, 4,520,000 rows",
    ]


def test_each_curve_is_a_picture_that_the_page_shows() -> None:
    drawn = charts(results())
    assert list(drawn) == ["benchmark-postgresql.svg"]
    picture = ET.fromstring(drawn["benchmark-postgresql.svg"])  # noqa: S314 - our own words
    named = {each.text for each in picture.iter() if each.tag.endswith("text")}
    assert {"by hand, in sets", "Upheld, one by one"} <= named
    assert "(images/benchmark-postgresql.svg)" in page(RUN, results())


def test_hand_written_statements_stand_with_their_plans() -> None:
    assert baseline(results()).splitlines()[4:] == [
        "## PostgreSQL",
        "",
        "**users**",
        "",
        "```sql",
        "DELETE FROM users WHERE id = %(id)s",
        "```",
        "",
        "```",
        "Index Scan",
        "```",
    ]


def test_what_one_process_wrote_another_reads() -> None:
    assert read(results().text()) == results()


def test_the_mixes_of_gdprbench_stand_beside_their_goal() -> None:
    sides = {"upheld": {"cpu": 3.0}, "tables": {"cpu": 1.0}, "plain": {"cpu": 1.5}}
    database = {"database": "SQLite", "version": "3", "records": 1000, "operations": 100}
    mixes = [
        {"mix": "customer", "sides": sides},
        {"mix": "processor", "sides": sides | {"plain": {"cpu": 3.0}}},
    ]

    told = list(shown({"goal": 1.5, "load": 0.1, "databases": [database | {"mixes": mixes}]}))

    assert [line for line in told if line.startswith("| ")] == [
        "| mix | goal | SQLite |",
        "| controller | ≤ 1.5 × |  |",
        "| customer | ≤ 1.5 × | 2.00 × **missed**<br>30.0 ms against 15.00 ms |",
        "| processor | ≤ 1.5 × | 1.00 × met<br>30.0 ms against 30.00 ms |",
        "| regulator | ≤ 1.5 × |  |",
    ]
    assert list(shown({})) == []


def test_the_servers_rows_are_measured_alone_and_rows_that_nobody_measures_any_more_go() -> None:
    old = page(RUN, results()).replace(
        "| access package", "| what was measured once | – | 3 ms |\n| access package"
    )
    served = Results(figures=[Figure("idle", "once", 140.2), Figure("start", "once", 4, note="2.0 s of CPU")])

    lines = renewed(old, served, "2026-11-26 12:00 UTC, at commit def5678").splitlines()
    again = renewed("\n".join(lines), served, "later").splitlines()

    head = lines.index("| measure | goal | figure |")
    rows = lines[head + 2 : lines.index("", head)]
    assert [each for each in rows if "not measured" not in each] == [
        "| access package of 5 million rows: memory above idle | ≤ 50 MB | 38.4 MB met<br>at 1,000,000 rows |",
        "| memory of all programs of `upheld serve`, idle | ≤ 150 MB | 140 MB met |",
        "| from `upheld serve` to a ready server | ≤ 3 s | 4 s **missed**<br>2.0 s of CPU |",
    ]
    assert [each for each in rows if "measured once" in each] == []
    assert "- rows of `upheld serve`: 2026-11-26 12:00 UTC, at commit def5678" in lines
    assert [each for each in again if each.startswith("- rows of")] == ["- rows of `upheld serve`: later"]
    assert len(again) == len(lines)


def test_no_two_measures_have_one_title() -> None:
    titles = [each.title for each in ONCE]
    assert sorted(titles) == sorted(set(titles))
