"""Every page to which a link leads, from the first of the console and of the privacy centre on, at a phone's width:
axe-core finds nothing, and nothing is wider than the phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tests.servers.database import Database
from tests.web.journeys.plugin import ADA, Visitor, ask, axe, officer, until
from tests.web.journeys.server import Mailbox, Server, link

KNOWN = """
/console/ account/ address/ account/password/ cases/ cases/*/ cases/*/letters/ cases/*/notes/ folder/ folder/add/ history/
intake/ journal/ letters/ letters/*/*/ link/ mail/ outbox/ programs/ programs/make/ requests/*/plan/ requests/*/refuse/
requests/*/extend/ requests/*/identity/ requests/*/take-back/ search/ staff/ stop/ systems/ systems/*/ wanted/
/*/ check/ contact/ follow/*/ follow/*/certificate/*/ lost/
"""
"""Pages that the walk has to come by; it takes whatever else is linked."""
NAMED = re.compile(r"(?<=/)([0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{30,}|\d+|en|de|fr)(?=/)")


def wanted() -> set[str]:
    """Whole paths; what begins with a slash is what those after it stand below."""
    below, found = "", set()
    for each in KNOWN.split():
        below = each if each.startswith("/") else below
        found.add(each if each.startswith("/") else below + each)
    return found


def kind(path: str) -> str:
    """A page's address without whose it is: one of each kind is looked at."""
    path = NAMED.sub("*", path.partition("?")[0])
    path = re.sub(
        r"/console/(systems|folder/files|folder/usual)/(?!\*)[^?]+?/(?=(out/)?$)", r"/console/\1/*/", path
    )
    return re.sub(r"letters/\*/[\w-]+/", "letters/*/*/", path)


def walk(page: Page, server: Server, *begin: str) -> dict[str, list[object]]:
    """From these on, link by link; by the kind of page what is wrong with it."""
    todo, seen = [f"{server.address}/{each}" for each in begin], {}
    while todo:
        address = todo.pop()
        path = address.removeprefix(server.address)
        if kind(path) in seen or not address.startswith(f"{server.address}/"):
            continue
        if re.search(r"\.(zip|json|xml|css|js|svg)$|/log-?out/|/download/|/proof/|/archive/|/copy/", path):
            continue
        answer = page.goto(address)
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found: list[object] = [*axe(page)]
        found += ["it is wider than the phone"] if wide else []
        found += [f"it answers {answer.status}"] if answer.status != 200 else []
        seen[kind(path)] = found
        todo += page.evaluate(
            "[...document.querySelectorAll('a[href]')].map(each => each.href.split('#')[0])"
        )
    return seen


def test_no_page_that_a_link_leads_to_has_anything_that_axe_finds(
    sqlite: Database, serving: Callable[[Database], Server], mailbox: Mailbox, visitor: Visitor
) -> None:
    server = serving(sqlite)
    desk, person = visitor(script=True, phone=True), visitor(script=True, phone=True)
    officer(desk, server)
    number = ask(person, server, ADA, "Delete")
    person.goto(link(mailbox.next(ADA, f"[{number}] Please confirm")))
    person.get_by_role("button", name="Yes, it was me").click()
    desk.goto(f"{server.address}/console/cases/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    desk.get_by_role("link", name="See what will happen").click()
    walked = walk(desk, server, "console/")
    desk.goto(f"{server.address}/console/cases/")
    desk.get_by_role("cell").get_by_role("link").first.click()
    desk.get_by_role("link", name="See what will happen").click()
    desk.get_by_role("button", name="Approve the deletion").click()
    done = link(mailbox.next(ADA, f"[{number}] What we deleted"))
    person.goto(done)
    until(person, "done")
    public = walk(person, server, done.removeprefix(f"{server.address}/"), "en/", "de/", "fr/lost/")

    assert {path: found for path, found in (walked | public).items() if found} == {}
    assert wanted() - set(walked | public) == set()
