"""The child of `test_hostile`: every route of the server gets hostile requests, in a program with the server's own
settings. `python -m tests.web.hostile.program FILE EXAMPLES` writes one JSON document into FILE.

Each request begins from the same records and the same privacy folder: what it wrote is taken back afterwards. Routes
come from the URL configuration and fields from the forms that were rendered, so a new one of either is found.
"""

import json
import logging
import re
import sys
import traceback
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402 - apps first
from django.conf import settings as project  # noqa: E402 - apps first
from django.core.signals import got_request_exception, request_finished, request_started  # noqa: E402
from django.db import close_old_connections, transaction  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tests.web.hostile import corpus, reach  # noqa: E402
from tests.web.hostile.furnished import furnish, last_entry  # noqa: E402
from tests.web.hostile.reach import Answer, Form  # noqa: E402
from upheld.project.wsgi import application  # noqa: E402
from upheld.store.models import PendingEntry  # noqa: E402

# The server says of an error that nobody awaited only its kind; of this program's own everything is wanted.
sys.excepthook = sys.__excepthook__

SAYS = {400, 403, 404, 405, 409, 410, 413, 429}
"""Pages that say what went wrong, and show nothing of what was sent."""
THOUGHT_OF = SAYS | {200, 206, 301, 302, 304, 401, 416, 422}
NOT_READY = ("readyz", 503)
"""It says so of a server whose runner is not there, as here."""
QUICK = 1
"""Examples for a visitor who is refused whatever she sends."""
FORMS = 4
"""Of one route, for one visitor: some lists grow by a line with every press of a button."""
IN_A_FIELD = re.compile(rb'<textarea[^>]*>.*?</textarea>|value="[^"]*"', re.DOTALL)


class Run:
    """Everything that is known of the server, and what was found."""

    def __init__(self, examples: int) -> None:
        self.examples = examples
        self.findings: dict[str, list[str]] = defaultdict(list)
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.cookies: dict[str, str] = {}
        self.forms: dict[str, dict[str, dict[tuple[str, ...], Form]]] = defaultdict(lambda: defaultdict(dict))
        self.posted: dict[str, set[int]] = defaultdict(set)
        self.fuzzed: set[str] = set()
        self.raised: list[str] = []
        self.sent = 0

    def find(self, what: str, detail: str) -> None:
        """Three examples of each are enough."""
        if len(self.findings[what]) < 3:
            self.findings[what].append(detail[:600])


def folder() -> dict[Path, bytes]:
    """The privacy folder."""
    return {each: each.read_bytes() for each in project.UPHELD_DIR.rglob("*") if each.is_file()}


@contextmanager
def taken_back(before: dict[Path, bytes]) -> Iterator[None]:
    """Records and privacy folder as they were."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        after = folder()
        for each in after.keys() - before.keys():
            each.unlink()
        for each, content in before.items():
            if after.get(each) != content:
                each.write_bytes(content)


def judge(run: Run, name: str, who: str, answer: Answer, said: str) -> None:
    """What is wrong with an answer."""
    where = f"{name} by {who}: {said}"
    run.statuses[name][answer.status] += 1
    expected = (name.partition(",")[0], answer.status) == NOT_READY or answer.status in THOUGHT_OF
    if answer.status >= 500 and not expected:
        run.find(f"{answer.status} of {name}", f"{where}: {run.raised[-1:]}")
    elif not expected:
        run.find("a status that nobody thought of", f"{where}: {answer.status}")
    if b"Traceback (most" in answer.body or b"DoesNotExist" in answer.body:
        run.find("a traceback", where)
    told = "\n".join(f"{key}: {value}" for key, value in answer.headers)
    if any(each.casefold() in told.casefold() for each in corpus.PLANTED):
        run.find("somebody's data in a header", f"{where}: {told[:300]}")
    beside = IN_A_FIELD.sub(b"", answer.body)  # what she sent stands in the form again
    if answer.status in SAYS and any(each.encode() in beside for each in corpus.PLANTED):
        run.find("somebody's data on a page of a fault", where)


def check_ledger(run: Run, name: str, said: str, last: int) -> None:
    for entry in PendingEntry.objects.filter(pk__gt=last):
        content = bytes(entry.content).decode("utf-8", "replace")
        if any(each in content for each in corpus.PLANTED):
            run.find("somebody's data in the ledger", f"{name}: {said}: {content[:300]}")


def send(run: Run, who: str, method: str, target: str, **more: Any) -> Answer:
    """One request by a visitor. One that hangs is a finding, and so is one that no page answers."""
    run.sent += 1
    run.raised.clear()
    try:
        return reach.ask(application, method, target, cookie=run.cookies[who], **more)
    except reach.Hangs:
        run.find("a request that hangs", f"{method} {target[:200]} by {who} {str(more)[:300]}")
    except Exception as error:  # noqa: BLE001 - nothing may get out of the application
        run.find("an error that no page answers", f"{method} {target[:200]}: {error!r}: {_where(error)}")
    return Answer(200, (), b"")


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "upheld/" in each.filename] or frames
    return f"{type(error).__name__} {str(error)[:120]} at {ours[-1].filename}:{ours[-1].lineno}"


def crawl(run: Run, addresses: dict[str, str], before: dict[Path, bytes]) -> None:
    """The forms of every page that each visitor sees, of one more page of each kind that one leads to, and of
    the pages that come when a form is sent as it stands."""
    for who in run.cookies:
        asked = {"none", "account_logout"}
        waits = deque(("GET", address, b"", "") for address in addresses.values())
        while waits:
            method, address, body, kind = waits.popleft()
            with taken_back(before):
                answer = send(run, who, method, address, body=body, kind=kind)
            judge(run, route(address), who, answer, f"as it stands, {method}")
            if not dict(answer.headers).get("Content-Type", "").startswith("text/html"):
                continue
            if method == "GET":
                further = {route(each): each for each in reach.links(address, answer.body)}
                waits += [("GET", each, b"", "") for name, each in further.items() if name not in asked]
                asked |= further.keys()
            for form in reach.forms(address, answer.body):
                name = route(form.action)
                known = run.forms[name][who]
                if name == "account_logout" or form.names in known or len(known) >= FORMS:
                    continue
                run.forms[name][who][form.names] = form
                if form.method == "POST":
                    sent = reach.written(plausible(form))
                    waits.append(("POST", form.action, sent, "application/x-www-form-urlencoded"))


def route(address: str) -> str:
    """The name of the route that an address belongs to."""
    try:
        return str(resolve(address.partition("?")[0]).view_name)
    except Resolver404:
        return "none"


def plausible(form: Form) -> list[tuple[str, str]]:
    """The form as somebody sends it who means it, filled in with what is planted where nothing stands."""
    fields, choices = [], dict(form.choices)
    for name in form.names:
        if name in form.files:
            continue
        value = next(value for each, value in form.fields if each == name)
        if not value and name in choices:
            value = next((each for each in choices[name] if each), "")
        fields.append((name, value or filled(name)))
    return fields


def filled(name: str) -> str:
    if "mail" in name or "address" in name or "others" in name:
        return corpus.ADDRESS
    if "name" in name:
        return f"Ada {corpus.NAME}"
    if "phone" in name:
        return corpus.PHONE
    return "1" if name in ("rows", "count") else corpus.SAID


@st.composite
def bodies(draw: st.DrawFn, form: Form) -> tuple[bytes, str, str]:
    """What is sent with a form: body, content type, and what it is in words."""
    choices, fields, files = dict(form.choices), [], []
    wild = draw(st.sampled_from(["one", "some", "all"]))
    which = draw(st.sampled_from(form.names)) if form.names else ""
    for name, value in plausible(form) + [(each, "") for each in form.files]:
        hostile = wild == "all" or name == which or (wild == "some" and draw(st.booleans()))
        if name in form.files and (not hostile or draw(st.integers(0, 4))):
            files.append((name, draw(corpus.FILE)))
        elif not hostile:
            fields.append((name, value))
        elif name in choices and draw(st.booleans()):
            fields.append((name, draw(st.sampled_from(choices[name]))))
        else:
            fields += [(name, each) for each in draw(st.lists(corpus.TEXT, max_size=2))]
    if draw(st.integers(0, 9)) == 0:
        fields += [("step", draw(corpus.TEXT)), ("csrfmiddlewaretoken", draw(corpus.TEXT))]
    said = f"{[(name, value[:60]) for name, value in fields]!r} {[(name, each[0][:40]) for name, each in files]!r}"
    if form.files and (files or draw(st.booleans())):
        body, kind = reach.in_parts(fields, files), f"multipart/form-data; boundary={reach.BOUNDARY}"
    else:
        body, kind = reach.written(fields), "application/x-www-form-urlencoded"
    broken = draw(st.integers(0, 15))
    if broken == 0:
        body, kind = draw(st.sampled_from(BROKEN))(body, kind)
        said = f"{said}, as {kind[:80]!r}, {len(body)} bytes"
    return body, kind, said


BROKEN = (
    lambda body, kind: (body[: len(body) // 2], kind),
    lambda body, _: (body, "multipart/form-data"),
    lambda body, _: (body, "multipart/form-data; boundary=" + "b" * 900),
    lambda body, _: (body, "multipart/form-data; boundary=\xff"),
    lambda body, _: (body, "application/json"),
    lambda body, _: (body, "application/x-www-form-urlencoded; charset=utf-16"),
    lambda body, _: (body, "application/x-www-form-urlencoded; charset=no-such"),
    lambda body, _: (body, "application/x-www-form-urlencoded; charset=idna"),
    lambda body, _: (body, "application/x-www-form-urlencoded; charset=zlib"),
    lambda body, _: (body, ""),
    lambda body, _: (body, ";;;=;charset"),
    lambda _body, kind: (b"%zz&%=%00&&&===&a[][]=1;b", kind),
    lambda _body, kind: (b"&".join(b"a%d=1" % each for each in range(700)), kind),
    lambda _body, _kind: (
        b"".join(
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="%d"\r\n\r\nx\r\n' % each
            for each in range(300)
        )
        + b"--b--",
        "multipart/form-data; boundary=b",
    ),
    lambda _body, _kind: (
        b"--b\r\n" + b"X-A: b\r\n" * 5000 + b'Content-Disposition: form-data; name="words"\r\n\r\nx\r\n--b--',
        "multipart/form-data; boundary=b",
    ),
    lambda _body, _kind: (
        b"\r\n--b\r\n".join(
            (
                b"--b\r\nContent-Disposition: form-data; name=words\r\nContent-Transfer-Encoding: base64\r\n\r\n=",
                b"Content-Disposition: form-data; name=file; filename*=x''%ff%zz\r\n\r\nx",
            )
        ),
        "multipart/form-data; boundary=b",
    ),
    lambda _body, kind: (b"\xff\xfe\x00" * 2000, kind),
)


def fuzz_forms(run: Run, before: dict[Path, bytes], last: int) -> None:
    """Every form of every visitor, and the same form by everybody who does not have it."""
    for name, seen in sorted(run.forms.items()):
        every = {names: form for who in seen.values() for names, form in who.items()}
        for who in run.cookies:
            for names, form in sorted(every.items()):
                may = names in seen.get(who, {})
                many = run.examples * (2 if who in ("officer", "nobody") else 1) if may else QUICK
                _forms(run, who, name, form, many, before, last)


def _forms(
    run: Run, who: str, name: str, form: Form, many: int, before: dict[Path, bytes], last: int
) -> None:
    run.fuzzed.add(name)

    @bounded(many)
    @given(bodies(form))
    def sent(written: tuple[bytes, str, str]) -> None:
        body, kind, said = written
        with taken_back(before):
            if form.method == "POST":
                answer = send(run, who, "POST", form.action, body=body, kind=kind)
            else:
                query = body.decode("latin-1")[:20_000]
                answer = send(run, who, "GET", f"{form.action.partition('?')[0]}?{query}")
            judge(run, name, who, answer, said)
            if form.method == "POST":
                check_ledger(run, name, said, last)

    sent()


def fuzz_addresses(
    run: Run, addresses: dict[str, str], arguments: dict[str, list[str]], before: dict[Path, bytes]
) -> None:
    """Every route with other arguments, queries, headers and methods."""
    for name, address in addresses.items():
        ways = [
            address.replace(f"/{each}", f"/{way}", 1) for each in arguments[name] for way in corpus.WAYS
        ] or [address]

        @bounded(run.examples * 3)
        @given(
            st.sampled_from(ways) | st.just(address),
            st.sampled_from(corpus.QUERIES),
            st.sampled_from(corpus.HEADERS),
            st.sampled_from(corpus.METHODS) | st.just("GET"),
            st.sampled_from(sorted(run.cookies)) | st.sampled_from(["nobody", "officer"]),
        )
        def asked(way: str, query: str, headers: dict[str, str], method: str, who: str) -> None:
            with taken_back(before):
                answer = send(run, who, method, f"{way}?{query}", headers=headers)
            said = f"{method} {way[:120]}?{query[:60]} {str(headers)[:120]}"
            judge(run, f"{name}, its address", who, answer, said)  # noqa: B023 - called at once

        asked()


def fuzz_formless(run: Run, addresses: dict[str, str], before: dict[Path, bytes], last: int) -> None:
    """Routes that take what is sent, though no page of ours has a form for it now: names of all other forms."""
    names = sorted(
        {name for seen in run.forms.values() for who in seen.values() for each in who for name in each}
    )
    for name, address in addresses.items():
        if route(address) != name or any(run.forms[name].values()):
            continue
        with taken_back(before):
            run.posted[name].add(send(run, "officer", "POST", address).status)
        if run.posted[name] == {405}:
            continue
        form = Form("POST", address, tuple((each, "") for each in names if "-" not in each))
        for who in ("nobody", "officer"):
            _forms(run, who, name, form, run.examples * 2, before, last)


def leave(run: Run, before: dict[Path, bytes]) -> list[str]:
    """Send every form as somebody who means it, and keep what comes of it; the columns of our records in which
    somebody's data then stands unsealed."""
    for name, seen in sorted(run.forms.items()):
        for who in ("nobody", "officer"):
            for form in seen.get(who, {}).values():
                if form.method == "POST" and not name.startswith(("account_", "mfa_", "stop", "first")):
                    body = reach.written(plausible(form))
                    kind = "application/x-www-form-urlencoded"
                    judge(run, name, who, send(run, who, "POST", form.action, body=body, kind=kind), "kept")
    for each in folder().keys() - before.keys():
        each.unlink()
    return sorted(_unsealed())


def _unsealed() -> Iterator[str]:
    planted = [each.encode() for each in corpus.PLANTED]
    for model in apps.get_models():
        columns = [each.attname for each in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*columns):
            for column, value in zip(columns, row, strict=True):
                plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                if any(each in plain for each in planted):
                    yield f"{model.__name__}.{column}"


def bounded(many: int) -> Any:
    """The same examples each time."""
    return settings(
        max_examples=many,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def main(file: Path, examples: int) -> None:
    run = Run(examples)
    addresses, run.cookies = furnish()
    got_request_exception.connect(
        lambda **_: run.raised.append(_where(sys.exc_info()[1] or Exception())), weak=False
    )
    for each in (request_started, request_finished):  # they would end the transaction that takes all back
        each.disconnect(close_old_connections)
    before = folder()
    last = last_entry()
    arguments = {
        name: [str(value) for value in resolve(address).kwargs.values()]
        for name, address in addresses.items()
    }
    crawl(run, addresses, before)
    fuzz_forms(run, before, last)
    fuzz_formless(run, addresses, before, last)
    fuzz_addresses(run, addresses, arguments, before)
    unsealed = sorted(set(leave(run, before)))
    names = [name for name, address in addresses.items() if route(address) == name]
    written = {
        "findings": run.findings,
        "routes": names,
        "statuses": {name: sorted(run.statuses[name]) for name in names},
        "posted": [name for name in names if run.posted[name] - {405}],
        "fuzzed": sorted(run.fuzzed),
        "sent": run.sent,
        "unsealed": unsealed,
    }
    file.write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    logging.getLogger().handlers.clear()
    main(Path(sys.argv[1]), int(sys.argv[2]))
