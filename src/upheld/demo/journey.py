"""The same through the pages: a visitor asks by the form, an officer approves, nobody types a command."""

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass

from upheld.demo import crm, scan, shop
from upheld.demo.build import Drawn
from upheld.demo.office import Office
from upheld.demo.people import HER_NUMBER, Person
from upheld.demo.place import Place
from upheld.demo.rows import Rows
from upheld.demo.terminal import Terminal, Unexpected
from upheld.demo.visitor import Visitor, addresses


@dataclass
class Journey:
    """One visitor's way from the form to the proof. Raises Unexpected as soon as something does not hold."""

    place: Place
    terminal: Terminal
    drawn: Drawn
    office: Office

    def run(self) -> None:
        """All of it, in order; the server is open before, and stays so."""
        person = known_most(self.drawn, self.drawn.people[HER_NUMBER : HER_NUMBER * 10])
        before = self._look(person)
        visitor, number = self._ask(person)
        case = self._copy(person, visitor, number)
        self._delete(visitor, number, case, person)
        self._compare(person, before)

    def _ask(self, person: Person) -> tuple[Visitor, str]:
        self.terminal.heading("The same by page and mail: somebody asks, without an account")
        self._did("opens the privacy centre, wishes for a copy and then deletion, gives one address")
        visitor = Visitor()
        visitor.open(self.office.address)
        visitor.press("Continue", Get_a_copy="", Delete="", Your_e=person.email)
        visitor.press("Send my request")
        number = visitor.page.text.partition("number is ")[2][:8]
        confirm = self._mail(person.email, f"[{number}] Please confirm")
        self._did("finds a mail in her inbox and uses its link: now it is known that she asked")
        visitor.open(confirm)
        visitor.press("Yes, it was me")
        visitor.says("Your request is with us")
        if len(visitor.cookies):
            raise Unexpected("A public page left a cookie.")
        return visitor, number

    def _copy(self, person: Person, visitor: Visitor, number: str) -> str:
        self.terminal.heading("An officer reads what will happen, and approves it")
        desk = self.office.desk
        desk.open(self.office.console)
        case = self._open_case(desk, number)
        desk.follow("See what will happen")
        self._did(f"reads the plan of the copy: {self._lead(desk)}", officer=True)
        desk.press("Approve the copy")
        self._answer("2", "two letters about workshops")
        ready = self._mail(person.email, f"[{number}] Your copy is ready")
        visitor.open(ready)
        with zipfile.ZipFile(io.BytesIO(visitor.read(self._link(visitor, "Download everything")))) as copy:
            held = "".join(copy.read(name).decode("utf-8", "replace") for name in copy.namelist())
        if not all(each in held for each in (person.email, person.username, "two letters about workshops")):
            raise Unexpected("The copy does not hold what is known of her.")
        visitor.follow("Read my copy")
        self._did(f"reads the copy in her browser, and saves it: {len(copy.namelist())} files")
        return case

    def _delete(self, visitor: Visitor, number: str, case: str, person: Person) -> None:
        self.terminal.heading("Only then the deletion; the cabinet's owner answers by a link in a mail")
        desk = self.office.desk
        desk.open(case)
        desk.follow("See what will happen")
        self._did(f"reads the plan of the deletion: {self._lead(desk)}", officer=True)
        desk.press("Approve the deletion")
        self._answer("2", "two letters shredded")
        visitor.open(self._mail(person.email, f"[{number}] What we deleted"))
        visitor.follow("Read what was deleted")
        proof = self.place.root / "proof.json"
        proof.write_bytes(visitor.read(self._link(visitor, "Save the proof")))
        self._did("reads what was deleted, what stays and until when, and saves the proof")
        self.terminal.show(self.terminal.verify(proof))

    def _compare(self, person: Person, before: scan.Raw) -> None:
        after = self._look(person)
        was, left = scan.traces(before, person), scan.traces(after, person, apart_from=before)
        lost = scan.disturbed(before, after)
        unexplained = {where: rows for where, rows in left.items() if where not in scan.RETAINED}
        if unexplained or lost or not was:
            where = sorted({*map(".".join, unexplained), *map(".".join, lost)})
            raise Unexpected(f"Something is left, or somebody else was touched: {', '.join(where)}.")
        self.terminal.show(
            f"before: {was.total():,} rows named this person; after: {left.total():,}, all in what the map "
            f"retains\nother people's rows: {scan.other_rows(before):,}, of which 0 changed"
        )

    def _answer(self, many: str, words: str) -> None:
        """The owner of the cabinet, who has no account, uses the link that came by mail."""
        owner = Visitor()
        owner.open(self._mail("office@wattgrund.example", "A task in Letters"))
        owner.press("Send my answer", How_many=many, What_you_found=words, Your_name="Otto of the office")
        self.terminal.show(f"the office looks into its cabinet and answers: {words}")

    def _open_case(self, desk: Visitor, number: str) -> str:
        """The address of the open case that has her number."""
        for _, target in [each for each in desk.page.links if "/cases/" in each[1]]:
            if number in desk.open(target).text:
                return desk.page.address
        raise Unexpected("Her case is not in the officer's list.")

    def _link(self, visitor: Visitor, words: str) -> str:
        for said, target in visitor.page.links:
            if words in said:
                return target
        raise Unexpected(f"The page has no link {words!r}.")

    def _mail(self, to: str, about: str) -> str:
        """The link in the next mail about that."""
        return next(addresses(self.office.inbox.next(to, about).text))

    def _lead(self, desk: Visitor) -> str:
        """The sentence that says how much it is."""
        sentences = [each for each in desk.page.text.split(". ") if " of this person in " in each]
        if not sentences:
            raise Unexpected("The plan does not say how much it is.")
        found = re.search(r"\d[\d,.]* rows? of this person in .*", sentences[0])
        return found[0] if found else sentences[0]

    def _did(self, what: str, *, officer: bool = False) -> None:
        self.terminal.show(f"{'the officer' if officer else 'the visitor'} {what}")

    def _look(self, person: Person) -> scan.Raw:
        with self.terminal.console.status("[dim]the demo's own look at every row[/dim]"):
            return scan.look(self.place, person)


def known_most(drawn: Drawn, people: list[Person]) -> Person:
    """Of whom the shop and the contact book both have much."""
    orders = _counted(drawn.shop["orders"], "customer_id")
    donations = _counted(drawn.crm["donations"], "contact_id")
    return max(people, key=lambda each: min(orders[shop.number_of(each)], donations[crm.number_of(each)]))


def _counted(table: Rows, column: str) -> Counter[object]:
    place = table.columns.index(column)
    return Counter(row[place] for row in table.rows)
