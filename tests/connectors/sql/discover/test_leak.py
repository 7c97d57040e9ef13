"""No value that was read is written or said: not by the draft, its findings, its reasons, nor by an error."""

import json
import logging

import pytest

from tests.connectors.sql.discover.trial import drafted
from tests.servers.database import Database
from upheld.connectors.sql.discover.sight import paths
from upheld.datamap.discover.summary import lines, summary

PLANTED = {
    "email": "xanthippe.obergurgl@planted.example",
    "name": "Xanthippe Obergurgl",
    "phone": "+49 30 901820747",
    "street": "Zwirbelgasse 4711",
    "login": "xanthoberg",
    "key": "xanthoberg_private",
    "word": "quetzalcoatl",
    "type": "Xanthotype",
    "type2": "Obergurgltype",
    "enumish": "sesquipedalian",
}


def _fill(database: Database) -> None:
    json_type = {"sqlite": "TEXT", "postgresql": "JSONB", "mariadb": "JSON"}[database.dialect]
    people = [(1, PLANTED["email"], PLANTED["name"], PLANTED["login"])]
    people += [(n, f"p{n}@planted.example", f"Person Obergurgl{n}", f"obergurgl{n}") for n in range(2, 40)]
    documents = [
        json.dumps(
            {PLANTED["key"] + "s" * n: {"email": PLANTED["email"]}, "contact": {"phone": PLANTED["phone"]}}
        )
        for n in range(40)
    ]
    database.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL, name VARCHAR(80), login VARCHAR(40) UNIQUE)",
        f"CREATE TABLE things (id INTEGER PRIMARY KEY, owner VARCHAR(40), ref_type VARCHAR(40), ref_id INTEGER,"
        f" state VARCHAR(20), place VARCHAR(80), doc {json_type}, meta_key VARCHAR(80), meta_value VARCHAR(80))",
        "INSERT INTO users VALUES "
        + ", ".join(f"({n}, '{mail}', '{name}', '{login}')" for n, mail, name, login in people),
        *(
            f"INSERT INTO things VALUES ({n}, '{people[n - 1][3]}', '{PLANTED['type'] if n % 2 else PLANTED['type2']}', {n},"
            f" '{PLANTED['enumish']}', '{PLANTED['street']}', '{documents[n]}', '{PLANTED['key']}', '{PLANTED['word']}')"
            for n in range(1, 40)
        ),
    )


def test_nothing_that_was_read_is_written_or_said(
    each_database: Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    _fill(each_database)
    caplog.set_level(logging.DEBUG)

    draft = drafted(each_database)

    said = "\n".join(
        (
            draft.text,
            repr(draft.system),
            repr(draft.findings),
            *lines(summary(draft.system), "club"),
            caplog.text,
        )
    )
    said += "".join(capfd.readouterr()) + repr(draft.judged)
    assert "users" in said
    assert [value for value in PLANTED.values() if value in said] == []
    assert "bergurgl" not in said


def test_a_key_inside_json_is_told_only_where_it_cannot_be_a_name() -> None:
    documents = [{"theme": "dark", f"user_{n}": {"email": f"a{n}@example.org"}} for n in range(10)]
    documents += [{"theme": "light", "contact": {"email": f"b{n}@example.org"}} for n in range(10)]

    told, untold = paths(documents)

    assert [path for path, _ in told] == ["$.contact.email", "$.theme"]
    assert untold.kinds["email"] == untold.filled == 10


@pytest.mark.parametrize("votes", [2, 10])
def test_a_log_in_that_is_a_key_in_many_documents_is_not_told(votes: int) -> None:
    """Two of ten, and one who votes every time, whom the sample of another column names."""
    documents = [
        {"at": n, **({"adalovelace": {"phone": f"+49 40 555010{n}"}} if n < votes else {})} for n in range(10)
    ]

    told, untold = paths(documents, frozenset({"adalovelace"}))

    assert [path for path, _ in told] == ["$.at"]
    assert untold.filled == votes
