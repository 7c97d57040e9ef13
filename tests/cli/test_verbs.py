"""Rectify, restrict, lift and port as people type them: real processes, a shop on SQLite, a certificate that verifies."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import ADA, Shop, run

MAP = """\
system: shop
title: Shop
connect: ${SHOP_DATABASE_URL}
tables:
  users:
    person: id
    identities: {email: {column: email, normalise: email}}
    fields:
      email: {category: email-address, purposes: [service], provided: true}
      name: {category: name, purposes: [service], provided: true}
    restriction: held
    on_erase: delete
  orders:
    belongs_to: {user_id: users.id}
    restriction: held
    on_erase: delete
"""
HER = ("--identity", f"email={ADA}")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    (tmp_path / "privacy" / "systems" / "shop.yaml").write_text(MAP)
    made.execute(
        "ALTER TABLE users ADD COLUMN name TEXT",
        "ALTER TABLE users ADD COLUMN held INTEGER",
        "ALTER TABLE orders ADD COLUMN held INTEGER",
        "UPDATE users SET name = 'Ada Quilfeather' WHERE id = 7",
    )
    return made


def verified(file: str | Path) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "upheld.ledger", str(file)], capture_output=True, text=True, check=False
    )
    return done.stdout.startswith("certificate: verified")


def test_a_restriction_is_set_refused_to_be_lifted_told_and_lifted(shop: Shop) -> None:
    """G-18.4"""
    before = shop.dump()

    looked = shop.upheld("restrict", *HER, "--ground", "contested", "--dry-run")
    assert (looked.returncode, shop.dump()) == (0, before), looked.stderr
    assert "2  orders: marked as restricted in held. Art. 18(1) GDPR" in looked.stdout
    done = shop.upheld(
        "restrict", *HER, "--ground", "contested", "--yes", "--json", "--out", "restricted.json"
    )
    assert done.returncode == 0, done.stderr
    case = json.loads(done.stdout)["case"]
    assert verified(shop.folder / "restricted.json")
    assert "marked as restricted" in (shop.folder / "restricted.json.html").read_text()
    assert shop.dump() != before
    assert f"restricted: case {case}, contested, since" in shop.upheld("status").stdout

    early = shop.upheld("lift", "--case", case, "--yes")
    wrong = shop.upheld("lift", "--case", case, "--told-on", "2020-01-01", "--yes")
    later = shop.upheld("lift", "--case", case, "--told-on", "2999-01-01", "--yes")
    nobody = shop.upheld("lift", "--case", "ffffffff", "--yes")
    assert [each.returncode for each in (early, wrong, later, nobody)] == [1, 1, 1, 2]
    assert early.stderr == (
        "The person has to be told before a restriction is lifted (Art. 18(3)).\n"
        f"Tell her, then record the day: upheld lift --case {case} --told-on DATE.\n"
    )
    assert "there was no restriction yet" in wrong.stderr
    assert "still to come" in later.stderr
    assert "No restriction is in force in case ffffffff." in nobody.stderr

    day = json.loads(shop.upheld("status", "--json").stdout)["restrictions"][0]["since"]
    lifted = shop.upheld("lift", "--case", case[:8], "--told-on", day, "--yes", "--out", "lifted.json")

    assert lifted.returncode == 0, lifted.stderr
    assert shop.dump() == before
    assert verified(shop.folder / "lifted.json")
    assert "No case is open." in shop.upheld("status").stdout


def test_a_correction_from_a_file_leaves_no_value_in_records_logs_or_the_certificate(shop: Shop) -> None:
    """G-16.1, P-05"""
    (shop.folder / "right.txt").write_text("name=Ada Quillfeather\n")

    looked = shop.upheld("rectify", *HER, "--from-file", "right.txt", "--dry-run")
    assert looked.returncode == 0, looked.stderr
    assert "1  users: name corrected (name). Art. 16 GDPR" in looked.stdout
    assert "uil" not in looked.stdout.replace(ADA, "")
    shown = shop.upheld("rectify", *HER, "--from-file", "right.txt", "--dry-run", "--show")
    assert "shop.users.name: 'Ada Quilfeather' becomes 'Ada Quillfeather'" in shown.stdout
    done = shop.upheld("rectify", *HER, "--from-file", "right.txt", "--yes", "--out", "corrected.json")

    assert done.returncode == 0, done.stderr
    assert [line for line in shop.dump() if "Ada Quillfeather" in line]
    assert verified(shop.folder / "corrected.json")
    assert "1 record corrected." in (shop.folder / "corrected.json.html").read_text()
    kept = [file for file in (shop.folder / "upheld-data").rglob("*") if file.is_file()]
    kept += [shop.folder / "corrected.json", shop.folder / "corrected.json.html"]
    assert [
        file for file in kept if b"uillfeather" in file.read_bytes() or b"uilfeather" in file.read_bytes()
    ] == []


def test_her_statement_is_shown_wherever_her_values_are(shop: Shop) -> None:
    """G-16.2"""
    (shop.folder / "words.txt").write_text("That is my maiden name.\nKeep it.\n")
    told = ("--statement", "words.txt", "--about", "shop.users=7")
    done = shop.upheld("rectify", *HER, *told, "--yes")
    assert done.returncode == 0, done.stderr

    looked = ("rectify", *HER, "--set", "name=Ada Quillfeather", "--dry-run")
    hidden, shown = shop.upheld(*looked), shop.upheld(*looked, "--show")

    assert "maiden" not in hidden.stdout + hidden.stderr
    _, after = shown.stdout.split("'Ada Quilfeather' becomes 'Ada Quillfeather'\n", 1)
    first, *words = after.splitlines()[:3]
    assert first.startswith("  her own statement of 20")
    assert first.endswith(" about shop.users 7:")
    assert words == ["    That is my maiden name.", "    Keep it."]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Nothing is to be corrected."),
        (("--set", "name"), "The correction number 1 is not WHERE=VALUE."),
        (("--set", "name="), "The correction number 1 has no value."),
        (("--set", "nmae=Ada"), "The map has no category 'nmae'."),
        (("--set", "shop.users.id=9"), "shop.users.id is a key or a link: changed, it would lose rows."),
        (("--set", "shop.users.x=9"), "The map has no field shop.users.x."),
        (("--about", "shop", "--set", "name=Ada"), "--about needs --statement."),
        (("--statement", "absent.txt"), "absent.txt cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_corrected_is_said_in_words(shop: Shop, arguments: tuple[str, ...], said: str) -> None:
    before = shop.dump()

    done = shop.upheld("rectify", *HER, *arguments, "--yes")

    assert done.returncode in (1, 2)
    assert done.stderr.splitlines()[0] == said
    assert "Traceback" not in done.stderr
    assert shop.dump() == before


def test_what_a_person_takes_along_opens_and_says_what_it_is(shop: Shop) -> None:
    """G-20.1"""
    done = shop.upheld("port", *HER, "--out", "port.age", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    shop.upheld("package", "open", "port.age", "--key", "port.age.key", "--to", "ported")

    manifest = json.loads((shop.folder / "ported" / "package.json").read_text())
    lines = (shop.folder / "ported" / "data" / "shop" / "users.jsonl").read_text()
    assert (manifest["format"], manifest["right"]) == ("upheld-portability-package", "PORTABILITY")
    assert json.loads(lines) == {"email": ADA, "name": "Ada Quilfeather"}
    assert manifest["systems"][0]["left_out"] == [{"table": "orders", "field": "", "reason": "unnamed"}]
    assert "to take with you" in (shop.folder / "ported" / "index.html").read_text()


def test_the_statements_of_the_owner_leave_restricted_rows_out(shop: Shop) -> None:
    """G-18.2"""
    printed = shop.upheld("map", "grants", "--purposes").stdout

    assert "CREATE VIEW" in printed
    assert (
        "WHERE NOT" in printed.upper()
        or "WHERE (NOT" in printed.upper()
        or "WHERE COALESCE" in printed.upper()
    )


def test_help_of_each_verb_starts_plainly(tmp_path: Path) -> None:
    for command, verb in (
        ("rectify", "Correct a person's data"),
        ("restrict", "Mark all that systems hold"),
        ("lift", "End the restriction"),
        ("port", "Give a person what she provided"),
    ):
        assert verb in run(tmp_path, command, "--help").stdout


STOP = "    stop: [{against: [marketing], column: held}]\n"


def test_an_objection_to_marketing_is_shown_carried_out_and_certified(shop: Shop) -> None:
    """G-21.2"""
    written = shop.folder / "privacy" / "systems" / "shop.yaml"
    written.write_text(MAP.replace("    restriction: held\n", STOP, 1))
    before = shop.dump()

    looked = shop.upheld("object", *HER, "--to", "marketing", "--dry-run")
    assert (looked.returncode, shop.dump()) == (0, before), looked.stderr
    assert "1  users: the use stops: marked in held. Art. 21(2) GDPR" in looked.stdout
    done = shop.upheld("object", *HER, "--to", "marketing", "--yes", "--json")

    assert done.returncode == 0, done.stderr
    assert [line for line in shop.dump() if "Quilfeather" in line] == [
        f"INSERT INTO \"users\" VALUES(7,'{ADA}','Ada Quilfeather',1);"
    ]
    assert verified(next(each for each in json.loads(done.stdout)["files"] if each.endswith(".json")))


def test_an_objection_that_is_weighed_says_how_and_no_other_does(shop: Shop) -> None:
    """G-21.1"""
    before = shop.dump()

    unweighed = shop.upheld("object", *HER, "--to", "use", "--yes")
    needless = shop.upheld("object", *HER, "--to", "consent", "--words", "x", "--yes")
    foreign = shop.upheld("object", *HER, "--to", "sale", "--yes")

    assert [each.returncode for each in (unweighed, needless, foreign)] == [2, 2, 1]
    assert "Say with --words why no ground of yours weighs more" in unweighed.stderr
    assert "nothing else is weighed" in needless.stderr
    assert "gives no right of opt-out" in foreign.stderr
    assert shop.dump() == before
