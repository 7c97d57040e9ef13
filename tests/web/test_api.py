"""The API from outside: one token, no cookie, one shape of error, and nothing created twice."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.servers.database import Database
from tests.web.child import told
from tests.web.journeys.plugin import ORGANISATION, PURPOSES
from upheld.web.problem import MEDIA

ROOT = Path(__file__).parents[2]
REQUESTS = "  requests: {title: Answering requests, basis: legal-obligation, retention: until the key goes}\n"
OWN = ROOT / "src" / "upheld" / "datamap" / "ready" / "upheld.yaml"
SHOP = """\
system: shop
connect: ${SHOP_DATABASE_URL}
tables:
  users:
    person: id
    identities: {email: {column: email, normalise: email}}
    fields: {email: {category: email-address, purposes: [service]}}
    on_erase: delete
"""
PEOPLE = ("ada.quillfeather@larkspur.example", "bob.ashgrove@larkspur.example", "one@larkspur.example")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("calling")
    privacy = folder / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION + "approve: [access]\n")
    (privacy / "purposes.yaml").write_text(PURPOSES + REQUESTS)
    (privacy / "systems" / "shop.yaml").write_text(SHOP)
    shutil.copy(OWN, privacy / "systems")
    shop = Database("sqlite", "sqlite", f"sqlite:///{folder / 'shop.db'}")
    shop.run("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE)")
    shop.run(*(f"INSERT INTO users (email) VALUES ('{each}')" for each in PEOPLE))
    found: dict[str, Any] = told("calling", folder, SHOP_DATABASE_URL=shop.url)
    return found


def test_what_is_not_taken_is_a_problem_that_says_so_and_creates_nothing(seen: dict[str, Any]) -> None:
    expected = {
        "no token": (401, "token"),
        "wrong token": (401, "token"),
        "another right of the token": (403, "not-allowed"),
        "not trusted": (403, "not-allowed"),
        "method": (405, "method"),
        "delete": (405, "method"),
        "no such address": (404, "unknown"),
        "no such number": (404, "unknown"),
        "form": (415, "media-type"),
        "no key": (422, "key"),
        "too large": (413, "too-large"),
        "nothing taken": (422, "nothing-taken"),
        **dict.fromkeys(
            ("key twice in an object", "NaN", "infinite", "half a character", "no UTF-8", "deep"),
            (422, "body"),
        ),
        **dict.fromkeys(("unknown field", "text for a truth", "none", "too many"), (422, "body")),
    }

    assert seen["wrong"] == {name: [status, MEDIA, code] for name, (status, code) in expected.items()}
    assert seen["nothing"] == [0, 0]


def test_a_repeat_of_a_call_gives_its_answer_and_creates_nothing(seen: dict[str, Any]) -> None:
    assert seen["sent"] == [201, 201, "true"]
    assert (seen["same"], seen["counted"], seen["other"]) == (True, [2, 2], [422, MEDIA, "key"])


def test_what_the_folder_approves_is_carried_out_and_the_copy_is_behind_the_link(
    seen: dict[str, Any],
) -> None:
    assert seen["states"] == ["open", "fulfilled"]
    assert seen["zip"] == [200, "application/zip", "PK"]


def test_whoever_only_our_own_records_know_waits_for_staff(seen: dict[str, Any]) -> None:
    assert seen["nobody"] == "open"


def test_no_cookie_is_set(seen: dict[str, Any]) -> None:
    assert seen["cookies"] == []


def test_fifty_people_take_as_many_statements_as_one(seen: dict[str, Any]) -> None:
    one, many = seen["queries"]

    assert many == one


@pytest.mark.fuzz
def test_whatever_is_sent_gives_a_problem_and_never_a_failure(seen: dict[str, Any]) -> None:
    assert {*seen["fuzz"]} <= {201, 415, 422}


def test_who_guesses_tokens_is_slowed_down(seen: dict[str, Any]) -> None:
    assert seen["rushed"] == [401, 429]


def test_each_call_with_a_token_is_kept_and_nobody_is_named_in_it_or_in_a_log(seen: dict[str, Any]) -> None:
    assert seen["uses"] == [200, 201, 403, 404, 422]
    assert seen["named"] is False


def test_the_published_document_is_the_code_s(seen: dict[str, Any]) -> None:
    assert (ROOT / "spec" / "openapi.json").read_text() == seen["text"], "run `python -m tools.openapi`"
    assert seen["paths"] == ["/api/v1/requests", "/api/v1/requests/{number}"]
    assert seen["rights"][0] == seen["rights"][1]


def test_the_how_to_says_what_is_answered(seen: dict[str, Any]) -> None:
    [sent, posted, page], [read, status, said] = seen["documented"]

    assert (sent, read) == (201, 200)
    assert posted["results"][1] == page["results"][1]
    assert [sorted(each) for each in posted["results"]] == [sorted(each) for each in page["results"]]
    assert "/en/follow/" in posted["results"][0]["follow"]
    assert sorted(status) == sorted(said)
    same = ("right", "state", "finished_at", "package", "certificate")
    assert [status[each] for each in same] == [said[each] for each in same]


@pytest.mark.parametrize(("answer", "schema"), [("submitted", "Submitted"), ("status", "StatusForm")])
def test_answers_are_as_the_document_says(seen: dict[str, Any], answer: str, schema: str) -> None:
    document = json.loads((ROOT / "spec" / "openapi.json").read_text())
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}

    jsonschema.Draft202012Validator(wanted).validate(seen["answers"][answer])
