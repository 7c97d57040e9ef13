"""docs/exit-codes.md: like mistakes end alike in every command, in words or as JSON."""

import json
from pathlib import Path

import pytest

from tests.cli.program import ADA, Done, Shop
from upheld.cli.commands import ORDER

HER = ("--identity", f"email={ADA}")
NOBODY = ("--identity", "email=nobody@example.org")
RIGHTS = (("access",), ("port",), ("erase",), ("rectify", "--set", "email-address=x@example.org"))
RESTRICT = ("restrict", "--ground", "contested")
NO_KIND = ("--identity", "emial=x@example.org")
NO_SYSTEM = ("--identity", "nowhere.users=7")

MISTAKES = (
    *((name, "--frobnicate") for name in ORDER if name not in ("map", "package", "ledger", "demo")),
    ("map", "check", "--frobnicate"),
    ("package", "open", "--frobnicate"),
    ("ledger", "show", "--frobnicate"),
    ("demo", "--frobnicate"),
    *((*verb, *who) for verb in (*RIGHTS, RESTRICT, ("undo",)) for who in (NO_KIND, NO_SYSTEM, ())),
    *((*verb, "--identity-file", "absent") for verb in (*RIGHTS, RESTRICT, ("undo",))),
    *((*verb, *HER, "--yes", "--out", "absent/file") for verb in (*RIGHTS, RESTRICT)),
    *((*verb, *HER, "--yes", "--allow", "people_per_day") for verb in (("erase",), RIGHTS[3], RESTRICT)),
    *((verb, *HER, "--yes", "--recipient", "junk") for verb in ("access", "port")),
    *((verb, *HER, "--yes", "--language", "xx") for verb in ("access", "port")),
    ("erase", "--identities-file", "absent"),
    ("erase", *HER, "--count", "3"),
    ("rectify", *HER, "--yes", "--set", "nmae=Ada"),
    ("rectify", *HER, "--yes", "--set", "shop.users.absent=Ada"),
    ("rectify", *HER, "--yes", "--set", "shop.users.id=9"),
    ("rectify", *HER, "--yes", "--set", "name"),
    ("rectify", *HER, "--yes", "--statement", "absent"),
    ("resume", "--case", "zzz"),
    ("undo", "--case", "zzz"),
    ("lift", "--case", "zzz"),
    ("answer", "shop", "--case", "zzz", "--words", "done"),
    ("answer", "nowhere", "--words", "done"),
    ("replay", "nowhere"),
    ("replay", "shop", "--since", "yesterday"),
    ("stop",),
    ("map", "grants", "--system", "nowhere"),
    ("map", "schema", "nothing"),
    ("map", "ready", "nothing"),
    ("map", "import-fides", "absent.yaml"),
    ("map", "discover", "sqlite:///absent", "--system", "a b"),
    ("package", "open", "absent.age", "--key", "privacy/upheld.yaml"),
    ("package", "open", "privacy/upheld.yaml", "--key", "absent"),
    ("ledger", "verify", "absent.jsonl"),
    *(
        (*command, "--dir", "nowhere")
        for command in (
            *((*verb, *HER) for verb in (*RIGHTS, RESTRICT, ("undo",))),
            ("lift", "--case", "1"),
            ("resume",),
            ("status",),
            ("purge",),
            ("replay", "shop"),
            ("answer", "shop", "--words", "done"),
            ("stop", "--reason", "a fire"),
            ("map", "check"),
            ("map", "show"),
            ("ledger", "show"),
            ("ledger", "export"),
        )
    ),
)
"""A command line that cannot be meant, for every command and option that names something."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = Shop(tmp_path_factory.mktemp("shop"))
    assert made.upheld("status").returncode == 0
    return made


def cases(shop: Shop) -> list[object]:
    requests: list[object] = json.loads(shop.upheld("status", "--json").stdout)["requests"]
    return requests


def refusal(done: Done) -> dict[str, object]:
    """The one object that a refusal is, for programs."""
    told = json.loads(done.stdout)
    assert list(told) == ["error"]
    assert list(told["error"]) == ["kind", "what", "remedy", "each", "exit"]
    assert told["error"]["exit"] == done.returncode
    error: dict[str, object] = told["error"]
    return error


def takes_json(shop: Shop, arguments: tuple[str, ...]) -> bool:
    words = tuple(word for word in arguments[:3] if not word.startswith("-"))
    depth = 2 if words[0] in ("map", "package", "ledger") else 1
    return "--json" in shop.upheld(*words[:depth], "--help").stdout


def test_the_mistakes_are_made_in_every_command() -> None:
    assert {each[0] for each in MISTAKES} == set(ORDER)


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_command_line_that_does_not_fit_ends_with_two_and_begins_nothing(
    shop: Shop, arguments: tuple[str, ...]
) -> None:
    before = shop.dump()

    done = shop.upheld(*arguments)

    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    if takes_json(shop, arguments):
        error = refusal(shop.upheld(*arguments, "--json"))
        assert error["kind"] == "wrong-use"
        assert "--frobnicate" in arguments or str(error["what"]) in done.stderr
    assert (shop.dump(), cases(shop)) == (before, [])


def test_an_error_in_the_privacy_folder_is_one_object_with_each_place(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    (tmp_path / "privacy" / "systems" / "shop.yaml").write_text("system: shop\ntabels: {}\n")

    error = refusal(shop.upheld("erase", *HER, "--yes", "--json"))

    assert error["kind"] == "invalid"
    assert "systems/shop.yaml:2:" in str(error["each"])


def test_a_limit_and_nobody_to_ask_are_refusals_for_programs_too(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    declined = refusal(shop.upheld("erase", *HER, "--json"))

    assert (declined["kind"], declined["exit"]) == ("declined", 1)
    assert str(declined["what"]).startswith("Nothing was erased. Case ")
    file = tmp_path / "privacy" / "systems" / "shop.yaml"
    file.write_text(file.read_text() + "limits: {rows_per_person: 1}\n")
    refused = refusal(shop.upheld("erase", *HER, "--yes", "--json"))
    assert (refused["kind"], refused["exit"]) == ("refused", 1)
    assert "rows_per_person is 1, this would be 3" in str(refused["what"])


@pytest.mark.parametrize("verb", [*RIGHTS, RESTRICT], ids=lambda verb: verb[0])
def test_whom_no_system_knows_is_asked_once_and_then_told_that_nothing_was_found(
    verb: tuple[str, ...], tmp_path: Path
) -> None:
    """G-11.1, G-12.8: never a certificate of something done."""
    shop = Shop(tmp_path)
    data = tmp_path / "upheld-data"

    looked = shop.upheld(*verb, *NOBODY, "--dry-run")
    assert (looked.returncode, "No system knows this person by what was given." in looked.stdout) == (1, True)
    asked = shop.upheld(*verb, *NOBODY, "--yes")
    assert asked.returncode == 1
    assert "Ask her once for another identifier" in asked.stderr
    (case,) = {each["case"] for each in cases(shop)}  # type: ignore[index]
    assert case in asked.stderr

    answered = shop.upheld(*verb, *NOBODY, "--nothing-found", "--yes", "--json")

    told = json.loads(answered.stdout)
    assert (answered.returncode, told["case"], cases(shop)) == (0, case, [])
    assert not (data / "certificates").exists()
    if verb == ("access",):  # whether there is anything is what a copy answers
        assert [each["state"] for each in told["systems"]] == ["nothing"]
    else:
        assert (told["state"], told["reason"], told["files"]) == ("DENIED", "no_match", [])
        assert not (data / "packages").exists()


def test_another_identifier_that_a_system_knows_is_gone_on_with_in_the_same_case(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert shop.upheld("erase", *NOBODY, "--yes").returncode == 1

    done = shop.upheld("erase", *NOBODY, *HER, "--yes", "--nothing-found", "--json")

    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "FULFILLED"), done.stdout
    assert (shop.users(), cases(shop)) == (["bob@example.com"], [])


def test_where_a_person_looks_by_hand_nobody_is_unknown_before_she_answered(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    (tmp_path / "privacy" / "systems" / "letters.yaml").write_text(
        "system: letters\nkind: manual\ntitle: Letters\nowner: The office\naddress: o@example.org\n"
        "look_for: letters\nhow: shred them\ndays: 14\n"
    )

    done = shop.upheld("erase", *NOBODY, "--yes")

    assert "waits for an answer by" in done.stdout
    assert "another identifier" not in done.stderr
