"""Begin the tour, end it whatever happens, and say where everything lies."""

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.markup import escape

from upheld.demo import program
from upheld.demo.people import HER_NUMBER
from upheld.demo.place import FORUM, Place
from upheld.demo.postgresql import programs
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
        Tour(place, terminal, seed, people, datetime.now(UTC).date(), mariadb).run()
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
