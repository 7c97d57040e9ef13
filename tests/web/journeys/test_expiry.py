"""What ends by itself: a link, a request that nobody confirmed, a copy. The server's clock is moved on, and the
one of the database that it counts by."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, BOB, Visitor, ask, seated, until
from tests.web.journeys.server import Mailbox, Server, link, plain
from tests.web.journeys.tree import refuse_disorder, tabbed

MOVED = (
    (
        "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
        " RETURN pg_catalog.clock_timestamp() + interval '{days} days'"
    ),
    (
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database())"
        " || ' SET search_path = public, pg_catalog'; END $$"
    ),
)
"""A function of this one database, found before the server's own of that name."""
FAKE = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


def later(server: Server, days: int) -> None:
    """The same server, as it is started so many days from now."""
    assert server.stop() == 0
    if "UPHELD_DATABASE_URL" in server.environment:
        records = Database("postgresql", "postgresql", server.environment["UPHELD_DATABASE_URL"])
        records.run(*(each.format(days=days) for each in MOVED))
        records.close()
    server.environment |= {
        "LD_PRELOAD": str(FAKE),
        "FAKETIME": f"+{days}d",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    server.said = ""
    server.start()


def faults(server: Server) -> list[str]:
    """What it wrote of errors, without the one that libfaketime makes of a sleep that a signal ends: here the end of the
    program that it waits for."""
    lines = server.errors().splitlines()
    return [each for each in lines if not (each.startswith("OSError at ") and "/granian/server/" in each)]


def said(page: Page) -> list[str]:
    """Headings and paragraphs as they are heard, in order."""
    refuse_disorder(page)
    return page.locator("main :is(h1, h2, p:not(.actions, :has(a)))").all_inner_texts()


def packages(server: Server) -> list[str]:
    return sorted(each.name for each in (server.data / "packages").rglob("*") if each.is_file())


def test_links_requests_and_copies_end_on_their_day_and_she_is_told_before(
    sqlite: Database, serving: Callable[..., Server], mailbox: Mailbox, visitor: Visitor
) -> None:
    if not FAKE.exists():
        if os.environ.get("UPHELD_REQUIRE_SERVERS"):
            pytest.fail("libfaketime is missing: apt install faketime")
        pytest.skip("libfaketime is missing: apt install faketime")
    server = serving(sqlite)
    desk, person, other = visitor(), visitor(), visitor(phone=True)
    seated(desk, server)
    number = ask(person, server, ADA, "Get a copy")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    desk.goto(f"{server.address}/console/cases/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the copy").click()
    until(desk, "Can be read until")
    ready = link(mailbox.next(ADA, f"[{number}] Your copy is ready"))
    assert packages(server) != []
    late = ask(other, server, BOB, "Delete")
    asked = link(mailbox.next(BOB, f"[{late}] Please confirm"))
    never = ask(other, server, "cy@elm.example", "Delete")
    forgotten = link(mailbox.next("cy@elm.example", f"[{never}] Please confirm"))

    later(server, 4)
    other.goto(asked)
    assert said(other) == [
        "This link has been used, or is too old",
        "Nothing is lost. We can send a new one to the address that the old one went to.",
    ]
    assert tabbed(other) == ["button Send me a new link"]
    other.get_by_role("button", name="Send me a new link").press("Enter")
    assert said(other)[0] == "Look into your mailbox"
    other.goto(link(mailbox.next(BOB, f"[{late}] Please confirm")))
    other.get_by_role("button", name="Yes, it was me").click()
    assert said(other)[:2] == ["Your request is with us", f"Your number is {late}."], "the day it came counts"

    later(server, 24)
    reminded = mailbox.next(ADA, f"[{number}] Your copy goes soon")
    person.goto(link(reminded))
    read = said(person)
    until_then = read[3].removeprefix("You can read it here until ").removesuffix("; then it is destroyed.")
    assert read[2] == "Get a copy done"
    assert until_then in plain(reminded)
    assert tabbed(person) == ["a Read my copy", "a Download everything (ZIP)"]
    other.goto(forgotten)
    until(other, "We do not know this link")
    assert said(other)[0] == "We do not know this link"

    later(server, 31)
    for _ in range(900):
        if not packages(server):
            break
        person.wait_for_timeout(100)
    assert packages(server) == []
    person.goto(ready)
    assert said(person) == [
        "This request is over",
        (
            "It was answered, and what we kept of you for it is destroyed by now, your address too. "
            "So there is nothing to send a new link to."
        ),
    ]
    assert tabbed(person) == ["a Ask again"]
    person.goto(link(reminded))
    assert said(person)[:4] == [
        "Your request is done",
        f"Your number is {number}.",
        "Get a copy done",
        "It has expired and is destroyed. Ask for a new one whenever you like.",
    ]
    assert sqlite.rows("SELECT email FROM users") == [(ADA,), (BOB,)], "nobody approved a deletion"
    assert [each for each in mailbox.left() if each[0] == ADA] == []
    assert server.stop() == 0
    assert faults(server) == []
