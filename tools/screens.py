"""The pictures of docs/screens.md: `python -m tools.screens` opens the example organisation, lets people ask
and an officer answer, and takes each page as a desk and as a phone shows it, in light and in dark. Beside it
a server to which nobody has said anything shows what is empty, and what fails.

Chromium makes and compresses the pictures; each has to be small enough for a page of documentation.
"""

import base64
import io
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.console import Console

from tools.findings import ROOT
from upheld.demo import program
from upheld.demo.build import Drawn
from upheld.demo.journey import known_most
from upheld.demo.office import Office
from upheld.demo.people import HER_NUMBER, Person
from upheld.demo.place import Place
from upheld.demo.server import free_port
from upheld.demo.terminal import Terminal
from upheld.demo.tour import Tour
from upheld.demo.visitor import Visitor, addresses

FOLDER = ROOT / "docs" / "images" / "screens"
PAGE = ROOT / "docs" / "screens.md"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"]
MOST = 60_000
"""Bytes of one picture."""
HEAD = """\
# What it looks like

Pages of the example organisation that `make demo` opens; everybody in them is invented. Written by
`python -m tools.screens`, which takes the pictures; do not edit.
"""
QUIET = 20
"""Looks at the outbox, half a second apart."""
DESK, PHONE = {"width": 1200, "height": 860}, {"width": 390, "height": 780}


SAID = {
    "today": ("Are we all right?", "The start page of the console."),
    "cases": ("Which one first?", "Open cases, our own date beside the law’s last day."),
    "case": ("What does this person need now?", "One case, with its whole story."),
    "plan": ("What would happen?", "The plan in words and counts, before anybody approves it."),
    "systems": ("Can we reach everything?", "Every system with its last check."),
    "history": ("What happened, and can it be proved?", "The ledger in words."),
    "ask": ("What would you like us to do?", "The privacy centre, as visitors see it."),
    "follow": ("Where is it?", "What a person sees of her request."),
    "copy": ("What do you hold about me?", "Her copy, read in the browser."),
    "certificate": ("What was deleted, what stays?", "In plain words; its proof can be checked by anybody."),
}
"""By the name of its picture: what a page answers, and what is on it."""
STATES = {
    "today-empty": ("today", "On the first day, after the questions."),
    "today-stopped": ("today", "While all writing is stopped."),
    "cases-empty": ("cases", "Nobody has asked yet."),
    "systems-failing": ("systems", "A system cannot be reached."),
    "mail-empty": ("systems", "Where mails leave, before anybody has said it."),
    "mail-failing": ("systems", "A mail to oneself says what is wrong."),
    "history-empty": ("history", "Nothing has happened yet but the first account."),
    "ask-wrong": ("ask", "Something was left out."),
    "follow-unknown": ("follow", "A link that nobody gave."),
}
"""Pages that are empty or fail: below which of SAID, and what is on it."""
SHOP = """\
system: shop
title: The shop
connect: postgresql://127.0.0.1:1/shop
tables: {users: {person: id, identities: {email: email}, on_erase: delete}}
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page of SAID or STATES, and where it stands. `press`: a button that leads to it; `status`: its
    answer."""

    name: str
    address: str
    press: str = ""
    status: int = 200


class New(Office):
    """A server of which nothing is said: no organisation, no map, no way for mails to go out."""

    def settings(self) -> dict[str, str]:
        return {}

    def states(self) -> tuple[Screen, ...]:
        """Begin, and let some of it fail."""
        desk = self.desk
        desk.open(f"{self.console}first/")
        desk.press("Keep and go on", The_organisation="Wattgrund e. V.", The_e="privacy@wattgrund.example")
        for name in ("countries", "policy", "systems"):
            desk.open(f"{self.console}first/{name}/")
            desk.press("Skip")
        return (
            Screen("today-empty", self.console),
            Screen("cases-empty", f"{self.console}cases/"),
            Screen("history-empty", f"{self.console}history/"),
            Screen("mail-empty", f"{self.console}mail/"),
        )

    def failures(self) -> tuple[Screen, ...]:
        """A system, and a mail server, where nothing listens."""
        desk = self.desk
        (self.place.privacy / "systems" / "shop.yaml").write_text(SHOP, encoding="utf-8")
        desk.open(f"{self.console}systems/shop/")
        desk.press("Test the connection and look now")
        desk.until("cannot be reached")
        desk.open(f"{self.console}mail/")
        desk.press("Let mails leave there", The_mail="127.0.0.1", Port="9")
        desk.press("Send a mail to")
        desk.until("Nothing listens")
        return (
            Screen("systems-failing", f"{self.console}systems/"),
            Screen("mail-failing", f"{self.console}mail/"),
        )


@dataclass
class Stage:
    """The organisation while its pictures are taken."""

    office: Office
    drawn: Drawn

    def screens(self) -> tuple[Screen, ...]:
        """Let everything happen that the pages show, and say where they stand."""
        people = iter(self.drawn.people[HER_NUMBER * 3 :: 40])
        rich = known_most(self.drawn, self.drawn.people[HER_NUMBER : HER_NUMBER * 10])
        copied = self._copied(rich)
        follow, certificate = self._deleted(next(people))
        waits, _ = self._asks(next(people), Delete="")
        self._approve(waits, "Approve the deletion")
        self._asks(next(people), Correct="", What_is_wrong="my old address", What_would="Elm Street 4")
        self._asks(next(people), Get_a_copy="")
        known = known_most(self.drawn, self.drawn.people[HER_NUMBER * 10 : HER_NUMBER * 20])
        both, _ = self._asks(known, Get_a_copy="", Delete="")
        case, plan = self._case(both)
        self._kept(case)
        self._settled()
        self._sent()
        console = self.office.console
        where = (console, f"{console}cases/", case, plan, f"{console}systems/", f"{console}history/")
        return tuple(map(Screen, SAID, (*where, self._centre(), follow, copied, certificate)))

    def states(self) -> tuple[Screen, ...]:
        """What fails here; nothing is written from now on."""
        desk = self.office.desk
        desk.open(f"{self.office.console}stop/")
        desk.press("Stop all writing", Why="A restore of the shop is at work.")
        start = self._centre()
        return (
            Screen("today-stopped", self.office.console),
            Screen("ask-wrong", start, press="main button", status=422),
            Screen("follow-unknown", f"{start}follow/{'x' * 32}/", status=404),
        )

    def _kept(self, case: str) -> None:
        """The officer, who has the first account, looks after it."""
        self.office.desk.open(case)
        self.office.desk.press("Hand over", Hand_over_to="1")

    def _settled(self) -> None:
        """The first week is over."""
        desk = self.office.desk
        desk.open(self.office.console)
        desk.press("It is done")
        while "The first week" in desk.page.text:
            desk.press("Skip")

    def _sent(self) -> None:
        """Wait until no mail is left to send, and for some rounds of the runner none is written."""
        desk, quiet = self.office.desk, 0
        while quiet < QUIET:
            page = desk.open(f"{self.office.console}cases/").text
            waits = "in the outbox" in page or "runs by itself" in page
            quiet = 0 if waits else quiet + 1
            time.sleep(0.5)

    def _centre(self) -> str:
        return Visitor().open(self.office.address).address

    def _asks(self, person: Person, **wishes: str) -> tuple[str, Visitor]:
        """Ask by the form and use the link in the mail; the number, and her browser on her own page."""
        visitor = Visitor()
        visitor.open(self.office.address)
        visitor.press("Continue", **wishes, Your_e=person.email)
        visitor.press("Send my request")
        number = visitor.page.text.partition("number is ")[2][:8]
        visitor.open(self._mail(person.email, f"[{number}] Please confirm"))
        visitor.press("Yes, it was me")
        return number, visitor

    def _copied(self, person: Person) -> str:
        number, visitor = self._asks(person, Get_a_copy="")
        self._approve(number, "Approve the copy")
        self._answer("2", "two letters about workshops")
        visitor.open(self._mail(person.email, f"[{number}] Your copy is ready"))
        return visitor.follow("Read my copy").address

    def _deleted(self, person: Person) -> tuple[str, str]:
        number, visitor = self._asks(person, Delete="")
        self._approve(number, "Approve the deletion")
        self._answer("1", "one letter shredded")
        follow = visitor.open(self._mail(person.email, f"[{number}] What we deleted")).address
        return follow, visitor.follow("Read what was deleted").address

    def _approve(self, number: str, button: str) -> None:
        desk = self.office.desk
        desk.open(self._case(number)[1])
        desk.press(button)

    def _case(self, number: str) -> tuple[str, str]:
        """The addresses of her open case and of the plan of its first request."""
        desk = self.office.desk
        desk.open(f"{self.office.console}cases/")
        for _, target in [each for each in desk.page.links if "/cases/" in each[1]]:
            if number in desk.open(target).text:
                case = desk.page.address
                return case, desk.follow("See what will happen").address
        raise LookupError(f"Case {number} is not in the list.")

    def _answer(self, many: str, words: str) -> None:
        owner = Visitor()
        owner.open(self._mail("office@wattgrund.example", "A task in Letters"))
        owner.press("Send my answer", How_many=many, What_you_found=words, Your_name="Otto of the office")

    def _mail(self, to: str, about: str) -> str:
        return next(addresses(self.office.inbox.next(to, about).text))


@contextmanager
def stage() -> Iterator[Stage]:
    """The organisation, opened; everything that was started is stopped."""
    with tempfile.TemporaryDirectory() as folder:
        program.load()
        place, terminal = Place(Path(folder) / "demo"), Terminal(Console(file=io.StringIO()))
        office = Office(place, free_port(), free_port())
        tour = Tour(place, terminal, 2026, 2000, datetime.now(UTC).date(), mariadb=False, office=office)
        try:
            drawn = tour.set_up()
            with office:
                yield Stage(office, drawn)
        finally:
            place.stop()


@contextmanager
def beginning() -> Iterator[New]:
    """A server over an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "new")
        place.root.mkdir()
        with New(place, free_port(), free_port()) as new:
            yield new


def taken(page: Page, screen: Screen) -> bytes:
    """What stands in the window, as WebP. Refuses a page that is none of ours, or too large a picture."""
    address = screen.address
    answer = page.goto(address)
    if screen.press:
        with page.expect_navigation() as led:
            page.locator(screen.press).first.click()
        answer = led.value
    if answer is None or answer.status != screen.status:
        raise LookupError(f"{address} answered {answer and answer.status}.")
    session = page.context.new_cdp_session(page)
    for quality in (80, 60, 40):
        shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        picture = base64.b64decode(shot["data"])
        if len(picture) <= MOST:
            return picture
    raise ValueError(f"The picture of {address} has {len(picture):,} bytes.")


def seen_by(browser: Browser, office: Office, *, dark: bool, phone: bool) -> BrowserContext:
    """A browser of the officer."""
    context = browser.new_context(
        java_script_enabled=False,
        locale="en-GB",
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        color_scheme="dark" if dark else "light",
    )
    context.add_cookies(
        [
            {"name": each.name, "value": each.value or "", "domain": "127.0.0.1", "path": "/"}
            for each in office.desk.cookies
        ]
    )
    return context


def text() -> str:
    """docs/screens.md."""
    parts = [HEAD]
    for name, (title, told) in SAID.items():
        at = f"images/screens/{name}"
        phone = drawn(f"{at}-phone", "The same at a phone’s width", 200)
        parts.append(f"## {title}\n\n{told}\n\n{drawn(at, told, 640)}\n{phone}\n")
        parts += [
            f"{said}\n\n{drawn(f'images/screens/{state}', said, 480)}\n"
            f"{drawn(f'images/screens/{state}-phone', 'The same at a phone’s width', 150)}\n"
            for state, (of, said) in STATES.items()
            if of == name
        ]
    return "\n".join(parts)


def drawn(at: str, told: str, width: int) -> str:
    """A picture in light or dark, as whoever reads has it."""
    dark = f'<source media="(prefers-color-scheme: dark)" srcset="{at}-dark.webp">'
    return f'<picture>{dark}<img alt="{told}" src="{at}.webp" width="{width}"></picture>'


def take(browser: Browser, office: Office, screens: Iterable[Screen]) -> None:
    """Each of them, as a desk and as a phone shows it, in light and in dark."""
    listed = tuple(screens)
    for dark, phone in product((False, True), repeat=2):
        page = seen_by(browser, office, dark=dark, phone=phone).new_page()
        for each in listed:
            name = f"{each.name}{'-phone' if phone else ''}{'-dark' if dark else ''}.webp"
            (FOLDER / name).write_bytes(taken(page, each))
        page.context.close()


def main() -> int:
    """Pictures and page, written anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with stage() as opened, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(browser, opened.office, opened.screens())
        take(browser, opened.office, opened.states())
        with beginning() as new:
            take(browser, new, new.states())
            take(browser, new, new.failures())
        browser.close()
    PAGE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
