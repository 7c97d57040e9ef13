"""A person asks to be deleted, an officer approves, and the proof is hers: by browser and mailbox alone."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, Visitor, ask, seated, until
from tests.web.journeys.server import Mailbox, Server, link


def test_a_person_is_erased_by_browser_and_mailbox_and_holds_the_proof(
    each_database: Database,
    serving: Callable[..., Server],
    mailbox: Mailbox,
    visitor: Visitor,
    tmp_path: Path,
) -> None:
    server = serving(each_database)
    desk, person = visitor(), visitor(phone=True)
    seated(desk, server)

    number = ask(person, server, ADA, "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    assert "Somebody of ours looks at it" in person.locator("main").inner_text()
    assert each_database.rows("SELECT count(*) FROM users") == [(2,)], "nothing is done before an approval"

    desk.goto(f"{server.address}/console/cases/")
    assert "One case needs you" in desk.locator("h1").inner_text()
    desk.get_by_role("cell").get_by_role("link").first.click()
    assert ADA not in desk.content(), "who it is stands behind a look"
    desk.get_by_role("link", name="See what will happen").click()
    assert "3 rows of this person in 1 system" in desk.locator("main").inner_text()
    desk.get_by_role("button", name="Approve the deletion").click()
    until(desk, "Everything in this case is done")

    person.goto(link(mailbox.next(ADA, f"[{number}] What we deleted")))
    person.get_by_role("link", name="Read what was deleted").click()
    assert "Records deleted: 3" in person.locator("main").inner_text()
    with person.expect_download() as saved:
        person.get_by_role("link", name="Save the proof").click()
    proof = tmp_path / "proof.json"
    saved.value.save_as(proof)

    assert each_database.rows("SELECT id, email FROM users") == [(8, BOB)]
    assert each_database.rows("SELECT id, what FROM orders") == [(3, "sealing wax")]
    checked = subprocess.run(
        [sys.executable, "-m", "upheld.ledger", str(proof)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, "certificate: verified" in checked.stdout) == (0, True), checked.stdout
    assert ADA not in json.dumps(json.loads(proof.read_text()))
    person.get_by_role("link", name="Check the proof").click()
    person.get_by_label("The file of the proof").set_input_files(proof)
    person.get_by_role("button", name="Check it").click()
    assert "This certificate is unchanged" in person.locator("h1").inner_text()
    assert "our own signature" in person.locator("main").inner_text()
    forged = tmp_path / "forged.json"
    forged.write_text(proof.read_text().replace('"erased":3', '"erased":4'))
    assert forged.read_text() != proof.read_text()
    person.get_by_label("Another file").set_input_files(forged)
    person.get_by_role("button", name="Check it").click()
    assert "This is not proved" in person.locator("h1").inner_text()
    assert person.context.cookies() == []
    assert server.stop() == 0
    assert server.errors() == ""
    assert mailbox.left() == []
