"""A browser, and a server with one system and a mailbox."""

import base64
import hmac
import os
import struct
import time
from collections.abc import Callable, Iterator
from hashlib import sha1
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.servers.database import Database
from tests.store.plugin import stored
from tests.web.beginning import copy_records
from tests.web.hearth import Hearth
from tests.web.journeys.server import COLD, Mailbox, Server
from tests.web.journeys.tree import overhear

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parents[1] / "data" / "axe.min.js").read_text()
SOON_OVER = 5
"""Seconds before its end in which nobody begins to type a code."""
PASSWORD = "seven lamps beside the harbour"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window. For one module: while it is there a loop runs in this thread, and
    Django refuses its database to whatever runs under a loop."""
    if not CHROMIUM.exists():
        if os.environ.get("UPHELD_REQUIRE_SERVERS"):
            pytest.fail("Chromium is missing: apt install chromium")
        pytest.skip("Chromium is missing: apt install chromium")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patched:
        for name in ("click", "press"):
            patched.setattr(Locator, name, _until_loaded(getattr(Locator, name)))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _until_loaded(act: Callable[..., None]) -> Callable[..., None]:
    """Playwright's click is over when the next page has begun: whoever then counts what is on it may be too early."""

    def acted(locator: Locator, *given: object, **named: object) -> None:
        act(locator, *given, **named)
        locator.page.wait_for_load_state()

    return acted


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """A function that gives somebody her own browser: own cookies, no script unless said, a phone if said.
    Every page that it shows is listened to as a screen reader does."""
    contexts = []
    amiss: dict[str, list[str]] = {}

    def opened(
        *, script: bool = False, phone: bool = False, language: str = "en-GB", dark: bool = False
    ) -> Page:
        context = chromium.new_context(
            java_script_enabled=script,
            locale=language,
            viewport={"width": 390, "height": 844} if phone else {"width": 1200, "height": 900},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        context.set_default_timeout(40_000)
        contexts.append(context)
        page = context.new_page()
        overhear(page, amiss)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert amiss == {}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.stop()


ORGANISATION = """\
organisation:
  name: Larkspur Foundation
  contact: privacy@larkspur.example
  country: DE
  time_zone: Europe/Berlin
  regimes: [gdpr]
  languages: [en, de, fr]
  backups: {days: 14}
"""
PURPOSES = (
    "purposes:\n  service: {title: Our service, basis: contract, retention: as long as the account exists}\n"
)
SHOP = """\
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
    on_erase: delete
  orders:
    belongs_to: {user_id: users.id}
    fields: {what: {category: contributions, purposes: [service], provided: true}}
    on_erase: delete
"""
ADA, BOB = "ada.quillfeather@example.org", "bob.ashgrove@example.com"


def furnish(database: Database, folder: Path) -> dict[str, str]:
    """The shop's rows, its map in a privacy folder, and the environment that reaches it."""
    database.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80) NOT NULL)",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), what VARCHAR(80))",
        "CREATE INDEX orders_user ON orders(user_id)",
        f"INSERT INTO users VALUES (7, '{ADA}', 'Ada Quillfeather'), (8, '{BOB}', 'Bob Ashgrove')",
        "INSERT INTO orders VALUES (1, 7, 'violet ink'), (2, 7, 'quills'), (3, 8, 'sealing wax')",
    )
    privacy = folder / "privacy"
    (privacy / "systems").mkdir(parents=True, exist_ok=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION)
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "shop.yaml").write_text(SHOP)
    return {"SHOP_DATABASE_URL": database.url, "UPHELD_DIR": str(privacy)}


@pytest.fixture(scope="session")
def hearth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hearth]:
    """Servers that begin warm."""
    made = Hearth(tmp_path_factory.mktemp("hearth"))
    yield made
    made.stop()


@pytest.fixture
def serving(mailbox: Mailbox, tmp_path: Path, hearth: Hearth) -> Iterator[Callable[[Database], Server]]:
    """A function that starts a server over empty records, with a shop on the given database."""
    servers = []

    def begun(database: Database, **environment: str) -> Server:
        given = furnish(database, tmp_path) | {"UPHELD_SMTP_URL": mailbox.url} | environment
        given = stored(tmp_path / "data") | given
        if not servers and "UPHELD_DATABASE_URL" not in given:
            copy_records(tmp_path / "data")
        server = Server(tmp_path / "data", given, hearth=hearth)
        servers.append(server)
        return server.start()

    yield begun
    for server in servers:
        server.stop()


def code(secret: str, *, at: float | None = None) -> str:
    """The six digits that an authenticator app shows (RFC 6238). Of now: such that there is time to send them."""
    if at is None and (left := 30 - time.time() % 30) < SOON_OVER:
        time.sleep(left)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    moment = int((time.time() if at is None else at) // 30)
    mac = hmac.new(key, struct.pack(">Q", moment), sha1).digest()
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def officer(page: Page, server: Server) -> str:
    """Make the first account by the terminal's link, log in, set up the second factor; gives its secret."""
    page.goto(server.first_account)
    page.get_by_label("Your name").fill("Olive Officer")
    page.get_by_label("Your e-mail address").fill("olive@larkspur.example")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    log_in(page)
    secret = page.locator("#secret").inner_text()
    page.get_by_label("code").fill(code(secret))
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("link", name="I have kept them").click()
    return secret


def seated(page: Page, server: Server) -> None:
    """As `officer`, without the pages: they are the subject of other journeys."""
    if COLD & set(server.environment):
        officer(page, server)
        return
    told = server.seated("olive@larkspur.example", "Olive Officer", PASSWORD)
    page.context.add_cookies([{"name": told["name"], "value": told["value"], "url": server.address}])
    page.goto(f"{server.address}/console/")
    assert page.get_by_role("button", name="Log out").count() == 1


def log_in(page: Page) -> None:
    page.get_by_label("Email").fill("olive@larkspur.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def ask(page: Page, server: Server, address: str, *wishes: str) -> str:
    """Ask by the form; gives the number."""
    page.goto(server.address)
    for wish in wishes:
        page.get_by_label(wish).check()
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send my request").click()
    return page.locator(".number").inner_text()


def until(page: Page, words: str) -> None:
    """Look again until the page says so."""
    end = time.monotonic() + 90
    while page.get_by_text(words).count() == 0:
        assert time.monotonic() < end, (words, page.locator("main").inner_text())
        page.wait_for_timeout(300)
        page.reload()


def axe(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds wrong with the page, in a browser that runs it."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document)")
    return [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found["violations"]]
