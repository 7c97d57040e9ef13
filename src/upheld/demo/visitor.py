"""Go through pages as a person does whose browser runs no script: read, follow a link, fill in, press.

Only what the page shows can be used: a field by its label, a button and a link by their words.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

from upheld.demo.terminal import Unexpected

PATIENCE = 90.0
"""Seconds that a person would wait for a page to say something."""
PAUSE = 0.3
HIDDEN = {"script", "style", "title"}
CHOICES = {"checkbox", "radio"}


@dataclass
class Field:
    """One field of a form. `label`: the words by which a person finds it."""

    name: str
    kind: str
    value: str
    chosen: bool = True
    label: str = ""
    number: str = ""


@dataclass
class Form:
    """One form as it stands in a page."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


@dataclass
class Page:
    """One page as it was answered."""

    address: str
    status: int
    text: str
    forms: list[Form]
    links: list[tuple[str, str]]


class _Reading(HTMLParser):
    """What of a page a person can see and use."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._labels: dict[str, str] = {}
        self._open: list[tuple[str, str, int]] = []
        self._within: list[Field] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag in ("input", "textarea", "select", "button") and self.forms:
            self._field(tag, given)
        elif tag == "option" and self.forms and self.forms[-1].fields:
            select = self.forms[-1].fields[-1]
            if "selected" in given or not select.value:
                select.value = given.get("value", "")
        if tag in ("a", "label", "button", "script", "style", "title", "textarea"):
            self._open.append((tag, given.get("href", given.get("for", "")), len(self.words)))
            if tag == "label":
                self._within = []

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text")
        made = Field(given.get("name", ""), kind, given.get("value", "on" if kind in CHOICES else ""))
        made.chosen = kind not in (*CHOICES, "submit") or "checked" in given
        made.number = given.get("id", "")
        self.forms[-1].fields.append(made)
        self._within.append(made)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        _, target, begun = self._open.pop()
        said = " ".join(self.words[begun:])
        if tag == "a":
            self.links.append((said, target))
        elif tag == "button" and self.forms:
            self._within[-1].label = said
        elif tag == "textarea":
            self._within[-1].value = said
        elif tag == "label" and target:
            self._labels[target] = said
        elif tag == "label":
            for each in self._within:
                each.label = said
        if tag in HIDDEN:
            del self.words[begun:]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(" ".join(data.split()))

    def page(self, address: str, status: int) -> Page:
        for form in self.forms:
            for each in form.fields:
                each.label = each.label or self._labels.get(each.number, "")
        return Page(address, status, " ".join(self.words), self.forms, self.links)


class Visitor:
    """Somebody at a browser. Unexpected where a page has not what she was to use."""

    def __init__(self) -> None:
        self.page = Page("", 0, "", [], [])
        self.cookies = CookieJar()
        # No proxy: what the demo talks to stands on this machine.
        self._opener: OpenerDirector = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.cookies))

    def open(self, address: str) -> Page:
        """Go to an address."""
        return self._go(Request(urljoin(self.page.address, address)))

    def follow(self, words: str) -> Page:
        """Follow the first link that says so."""
        for said, target in self.page.links:
            if words in said:
                return self.open(target)
        raise self._missing(f"no link {words!r}")

    def press(self, words: str, **filled: str) -> Page:
        """Fill in fields by the beginning of their labels (an underscore stands for a space; an empty value
        ticks), then press the button that says so."""
        for form in self.page.forms:
            pressed = [each for each in form.fields if each.kind == "submit" and words in each.label]
            if pressed:
                return self._send(form, pressed[0], filled)
        raise self._missing(f"no button {words!r}")

    def until(self, words: str, *, elsewhere: str = "") -> Page:
        """Look again until the page says so."""
        end = time.monotonic() + PATIENCE
        while words not in self.page.text:
            if time.monotonic() > end:
                raise self._missing(f"never {words!r}")
            time.sleep(PAUSE)
            self.open(elsewhere or self.page.address)
        return self.page

    def says(self, words: str) -> None:
        """Unexpected unless the page says so."""
        if words not in self.page.text:
            raise self._missing(f"not {words!r}")

    def read(self, address: str) -> bytes:
        """A file behind an address."""
        with self._opener.open(urljoin(self.page.address, address), timeout=PATIENCE) as answer:
            return bytes(answer.read())

    def _send(self, form: Form, pressed: Field, filled: Mapping[str, str]) -> Page:
        for label, value in filled.items():
            found = self._labelled(form, label.replace("_", " "))
            found.chosen, found.value = True, value or found.value
        sent = [(each.name, each.value) for each in form.fields if each.name and each.chosen]
        if pressed.name:
            sent.append((pressed.name, pressed.value))
        target = urljoin(self.page.address, form.action) if form.action else self.page.address
        if form.method == "post":
            return self._go(Request(target, urlencode(sent).encode()))
        return self._go(Request(f"{target.partition('?')[0]}?{urlencode(sent)}"))

    def _labelled(self, form: Form, words: str) -> Field:
        for each in form.fields:
            if each.label.startswith(words):
                return each
        raise self._missing(f"no field {words!r}")

    def _go(self, request: Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=PATIENCE)
        except HTTPError as refused:  # a page as well: it says what is wrong
            answer = refused
        with answer:
            reading = _Reading()
            reading.feed(answer.read().decode("utf-8", "replace"))
            self.page = reading.page(answer.geturl(), answer.status or 0)
        return self.page

    def _missing(self, what: str) -> Unexpected:
        path = re.sub(r"[\w-]{20,}", "…", self.page.address)
        return Unexpected(f"{path} ({self.page.status}) has {what}.\n{self.page.text[:1500]}")


def addresses(text: str) -> Iterator[str]:
    """The addresses in a mail."""
    return (each for each in re.findall(r"https?://\S+/", text))
