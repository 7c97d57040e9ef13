"""Begin the tour, end it whatever happens, and say where everything lies."""

import signal
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.markup import escape

from upheld.demo import program
from upheld.demo.journey import known_most
from upheld.demo.office import EMAIL, Office
from upheld.demo.people import HER_NUMBER, Person
from upheld.demo.place import FORUM, Place
from upheld.demo.postgresql import programs
from upheld.demo.server import free_port, refuse_taken
from upheld.demo.terminal import Terminal, Unexpected
from upheld.demo.tour import Tour


def guide(folder: Path, *, seed: int, people: int, mariadb: bool, keep: bool) -> int:
    """0 when everything held. The servers are stopped at the end, after a failure too, unless kept."""
    programs()
    program.load()
    place = Place(folder)
    terminal = Terminal(Console())
    held = False
    try:
        office = Office(place, free_port(), free_port())
        Tour(place, terminal, seed, people, datetime.now(UTC).date(), mariadb, office).run()
        held = True
    except Unexpected as wrong:
        terminal.console.print(
            f"[bold red]This did not hold.[/bold red] {escape(str(wrong))}", highlight=False
        )
    finally:
        if not (keep and held):
            place.stop()
    if held:
        _where(place, terminal, keep=keep)
    return 0 if held else 1


def stay(folder: Path, *, seed: int, people: int, mariadb: bool, port: int, inbox_port: int) -> int:
    """Open the organisation's server and wait; 0 after Ctrl-C or SIGTERM. Everything that was started is
    stopped."""
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell in the background had it ignored
        signal.signal(number, signal.default_int_handler)
    programs()
    program.load()
    place, terminal = Place(folder), Terminal(Console())
    for each in (port, inbox_port):
        refuse_taken(each)
    office = Office(place, port, inbox_port)
    tour = Tour(place, terminal, seed, people, datetime.now(UTC).date(), mariadb, office)
    try:
        drawn = tour.set_up()
        tour.check_map()
        terminal.heading("The organisation's server, its officer, and an inbox")
        with terminal.console.status("[dim]the server starts[/dim]"):
            office.open()
        _addresses(terminal, office, known_most(drawn, drawn.people[HER_NUMBER:]))
        return office.wait()
    except KeyboardInterrupt:
        terminal.say("\n  Everything that was started is stopped.")
        return 0
    except Unexpected as wrong:
        terminal.console.print(
            f"[bold red]This did not hold.[/bold red] {escape(str(wrong))}", highlight=False
        )
        return 1
    finally:
        office.close()
        place.stop()


def _addresses(terminal: Terminal, office: Office, person: Person) -> None:
    for what, where in (
        ("what people see", f"{office.address}/"),
        ("what the staff sees", office.console),
        ("  log in as", EMAIL),
        ("  with the password", office.password),
        ("  and six digits", "they stand on the inbox page"),
        ("all mail", office.inbox.address),
    ):
        terminal.say(f"  {what:<22} {where}")
    terminal.say("")
    terminal.say(f"  Ask for something as {person.name}: {person.email}")
    terminal.say("  Use the link in the mail, approve in the console, and look at the inbox again.")
    terminal.say("  Ctrl-C ends it. The whole journey without you: upheld demo --once")


def _where(place: Place, terminal: Terminal, *, keep: bool) -> None:
    data = place.data
    terminal.heading("Everything held. Where it all lies")
    certificate = next(iter(sorted((data / "certificates").glob("*.html"))), data / "certificates")
    for what, where in (
        ("the map", place.privacy / "systems"),
        ("the policy", place.privacy / "policy" / "privacy.md"),
        ("her copy", place.root / "copy" / "index.html"),
        ("her certificate", certificate),
        ("the ledger", place.root / "ledger.jsonl"),
        ("Upheld's own records", data),
    ):
        terminal.say(f"  {what:<22} {where}")
    terminal.say("")
    if keep:
        url = (data / "secrets" / FORUM).read_text(encoding="utf-8")
        terminal.say(f"  The forum's database runs on: {url}")
        terminal.say("  Try the rest of the people:")
        terminal.say(
            f"    upheld erase --dry-run --identity forum.users={HER_NUMBER * 10} --dir {place.privacy}"
        )
        terminal.say(f"    upheld map check --dir {place.privacy}")
        terminal.say(f"    upheld status --dir {place.privacy}")
        for pid in place.running():
            terminal.say(f"    kill -INT {pid}    # ends the database server")
    else:
        terminal.say("  The database server is stopped and its data removed. To look around yourself:")
        terminal.say(f"    upheld demo --keep --dir {place.root}")
    terminal.say(f"  {monotonic() - terminal.started:.1f} seconds in all.")
