"""The one place that reads the environment, and Django's settings made from it.

Every setting stands in `SETTINGS`; docs/settings.md is generated from that table. A value is looked for in
the environment first, then in a file of its name in the folder of secrets. What a privacy folder calls
`${FORUM_DATABASE_URL}` is looked for in the same two places; what stands in neither may have been said in the
console (`actions.house`).
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from upheld.project.unreadable import read
from upheld.rights.outcome import Misconfigured
from upheld.store import masterkey


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: `type` is the word of the documentation, `default` its written form, empty for none."""

    name: str
    type: str
    default: str
    help: str


SETTINGS = (
    Setting(
        "UPHELD_DIR",
        "folder",
        "./privacy",
        "The privacy folder: the organisation, its purposes, its systems.",
    ),
    Setting(
        "UPHELD_DATA",
        "folder",
        "`upheld-data` beside the privacy folder",
        "Where Upheld keeps its own records: the database, the keys, packages, and what went wrong.",
    ),
    Setting(
        "UPHELD_KEYS",
        "folder",
        "`keys` in the data folder",
        "The key store. Put it where the backups of the database do not reach (K-01).",
    ),
    Setting(
        "UPHELD_MASTER_KEY_COMMAND",
        "command",
        "none: the file `master.key` of the key store",
        "Prints the master key, base64 as it stands in that file: run once by each program at its start, "
        "without a shell. After `upheld keys outside` the key is on no disk (ADR 78).",
    ),
    Setting(
        "UPHELD_DATABASE_URL",
        "URL",
        "SQLite in the data folder",
        "The database of Upheld's own records: `postgresql://user:password@host/name`, on another host with "
        "`?sslmode=verify-full`; SQLite when not set.",
    ),
    Setting(
        "UPHELD_SECRETS",
        "folder",
        "`secrets` in the data folder",
        "A folder with one file a secret, named as its variable; asked after the environment.",
    ),
    Setting(
        "UPHELD_LEDGER_NAME",
        "text",
        "made from the first signing key",
        "The ledger's name in checkpoints and proofs, without spaces or `+`: `example.org/privacy`.",
    ),
    Setting(
        "UPHELD_PACKAGE_DAYS", "number", "30", "Days until the copy written for a person expires (P-25)."
    ),
    Setting(
        "UPHELD_TOGETHER_MINUTES",
        "number",
        "0",
        "Erasures approved within so many minutes are carried out as one batch at their end, each with its "
        "own evidence; 60: those of the same hour. 0: each at once.",
    ),
    Setting(
        "UPHELD_ADDRESS",
        "URL",
        "as the console was told; else the address that `upheld serve` listens on",
        "Under which address people reach the server; links in mails begin with it: "
        "`https://privacy.example.org`.",
    ),
    Setting(
        "UPHELD_SMTP_URL",
        "URL",
        "as the console was told; else mails wait in the outbox",
        "The mail server: `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, or "
        "`smtp+plain://host:25` without encryption.",
    ),
    Setting(
        "UPHELD_MAIL_FROM",
        "address",
        "as the console was told; else the organisation's contact",
        "From whom mails come. Answers go to the organisation's contact.",
    ),
    Setting(
        "UPHELD_WEBHOOK_URL",
        "URL",
        "none",
        "A program of yours that is called when something needs somebody "
        "([spec/webhook.md](../spec/webhook.md)).",
    ),
    Setting(
        "UPHELD_WEBHOOK_SECRET",
        "text",
        "",
        "What its calls are signed with: `whsec_` and 24 to 64 random bytes in base64. Better as a file.",
    ),
    Setting(
        "UPHELD_WEBHOOK_PRIVATE",
        "`yes`",
        "",
        "That program is on a network of your own: a private address, and http, are allowed.",
    ),
    Setting(
        "UPHELD_PROXIES",
        "addresses",
        "none: whoever connects is the visitor",
        "Proxies in front of the server, addresses or networks: `127.0.0.1, 10.0.0.0/8`. Only what they say "
        "in X-Forwarded-For is believed; without it everybody behind a proxy has one rate.",
    ),
    Setting(
        "UPHELD_DNS",
        "addresses",
        "the machine's own resolver",
        "Who is asked for the keys with which mails are signed: `127.0.0.1, [::1]:5353`.",
    ),
    Setting(
        "UPHELD_LOG",
        "`text` or `json`",
        "`text`",
        "How server, runner and worker write to stderr. `json`: one object a line, also for each page and "
        "each round; never an address, a query or anything personal ([what it says](log.md)).",
    ),
    Setting(
        "UPHELD_METRICS_TOKEN",
        "text",
        "none: only this machine itself may ask",
        "Whoever sends it (`Authorization: Bearer …`) may read `/metrics`, and what is wrong at `/readyz`. "
        "Better as a file.",
    ),
)


class Missing(Misconfigured, KeyError):
    """A value that stands in none of the places where it was looked for; the text names them all."""


class Environment(Mapping[str, str]):
    """Values by name, from `variables`, then from files in `folder`. Reads a file only when asked for it."""

    def __init__(self, variables: Mapping[str, str], folder: Path) -> None:
        self._variables = variables
        self._folder = folder

    def __getitem__(self, name: str) -> str:
        if name in self._variables:
            return self._variables[name]
        file = self._folder / name
        if name.isidentifier() and file.is_file():
            try:
                return file.read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError):
                raise Misconfigured(
                    f"The file {file} cannot be read as text.",
                    f"Let it be of this account, in UTF-8, with nothing in it but {name}.",
                ) from None
        raise Missing(
            f"There is no value for {name}.",
            f"It was looked for, in this order: the environment variable {name}; the file {file}. "
            "Give it in one of them.",
        )

    def __iter__(self) -> Iterator[str]:
        files = (path.name for path in self._folder.iterdir()) if self._folder.is_dir() else iter(())
        return iter(dict.fromkeys((*self._variables, *files)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def folder(self) -> Path:
        """Where files of secrets are looked for."""
        return self._folder


def database(url: str, data: Path) -> dict[str, object]:
    """Django's entry for the database of our own records. Misconfigured for a kind that cannot keep them.

    SQLite writes through to the disk before a commit returns (synchronous FULL) and takes its write lock
    when a transaction begins, so that a transaction never fails half-way for want of it.
    """
    if not url or url.startswith("sqlite"):
        name = Path(url.partition("///")[2]) if url else data / "upheld.sqlite3"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(name),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                "PRAGMA secure_delete = ON",
            },
        }
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Misconfigured(
            "UPHELD_DATABASE_URL is no address of a database.",
            "Write postgresql://user:password@host/name; of a password, quote what is no letter or digit.",
        ) from None
    if parts.scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise Misconfigured(
            f"UPHELD_DATABASE_URL begins with {parts.scheme!r}; records are kept in PostgreSQL or SQLite.",
            "Write postgresql://user:password@host/name, or leave it out for SQLite in the data folder.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _number(environment: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    written = environment.get(name, str(default))
    if not written.isascii() or not written.isdigit() or not least <= int(written) < 10_000:
        raise Misconfigured(f"{name} is {written!r}.", f"It must be a whole number from {least} to 9999.")
    return int(written)


def _yes(environment: Mapping[str, str], name: str) -> bool:
    written = environment.get(name, "")
    if written not in ("", "yes"):
        raise Misconfigured(f"{name} is {written!r}.", "Write yes, or leave it out.")
    return written == "yes"


def _one_of(environment: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """The first of them where nothing is said."""
    written = environment.get(name, known[0])
    if written not in known:
        raise Misconfigured(f"{name} is {written!r}.", f"Write one of: {', '.join(known)}.")
    return written


def networks(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses and networks, separated by commas. Misconfigured for what is none."""
    given = tuple(each.strip() for each in environment.get(name, "").split(",") if each.strip())
    for each in given:
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise Misconfigured(
                f"{name} names {each!r}, which is neither an address nor a network.",
                "Write it like 127.0.0.1 or 10.0.0.0/8, several separated by commas.",
            ) from None
    return given


def markdown() -> str:
    """The table of docs/settings.md."""
    rows = (f"| `{each.name}` | {each.type} | {each.default} | {each.help} |" for each in SETTINGS)
    return "\n".join(("| name | type | default | what it is for |", "|---|---|---|---|", *rows)) + "\n"


UPHELD_DIR = Path(os.environ.get("UPHELD_DIR", "privacy"))
UPHELD_DATA = Path(os.environ.get("UPHELD_DATA") or UPHELD_DIR.resolve().parent / "upheld-data").resolve()
UPHELD_ENVIRONMENT = Environment(
    os.environ, Path(os.environ.get("UPHELD_SECRETS") or UPHELD_DATA / "secrets")
)


def _given(name: str, default: str = "") -> str:
    return read(name, lambda: UPHELD_ENVIRONMENT.get(name, default), default)


def _days(name: str, default: int, *, least: int = 1) -> int:
    return read(name, lambda: _number(UPHELD_ENVIRONMENT, name, default, least=least), default)


UPHELD_KEYS = Path(_given("UPHELD_KEYS") or UPHELD_DATA / "keys").resolve()
masterkey.source.command = _given(masterkey.SETTING)
UPHELD_LEDGER_NAME = _given("UPHELD_LEDGER_NAME")
# Where `upheld serve` listens; it says so to its own programs.
UPHELD_LISTENS = os.environ.get("UPHELD_LISTENS", "")
UPHELD_ADDRESS = _given("UPHELD_ADDRESS").rstrip("/")
UPHELD_SMTP_URL = _given("UPHELD_SMTP_URL")
UPHELD_MAIL_FROM = _given("UPHELD_MAIL_FROM")
UPHELD_WEBHOOK_URL = _given("UPHELD_WEBHOOK_URL")
UPHELD_WEBHOOK_SECRET = _given("UPHELD_WEBHOOK_SECRET")
UPHELD_WEBHOOK_PRIVATE = read(
    "UPHELD_WEBHOOK_PRIVATE", lambda: _yes(UPHELD_ENVIRONMENT, "UPHELD_WEBHOOK_PRIVATE"), otherwise=False
)
UPHELD_PROXIES: tuple[str, ...] = read(
    "UPHELD_PROXIES", lambda: networks(UPHELD_ENVIRONMENT, "UPHELD_PROXIES"), ()
)
UPHELD_DNS = tuple(each.strip() for each in _given("UPHELD_DNS").split(",") if each.strip())
UPHELD_LOG = read("UPHELD_LOG", lambda: _one_of(UPHELD_ENVIRONMENT, "UPHELD_LOG", ("text", "json")), "text")
UPHELD_METRICS_TOKEN = _given("UPHELD_METRICS_TOKEN")
UPHELD_PACKAGE_DAYS = _days("UPHELD_PACKAGE_DAYS", 30)
UPHELD_TOGETHER_MINUTES = _days("UPHELD_TOGETHER_MINUTES", 0, least=0)

DATABASES = {
    "default": read(
        "UPHELD_DATABASE_URL",
        lambda: database(_given("UPHELD_DATABASE_URL"), UPHELD_DATA),
        database("", UPHELD_DATA),
    )
}
INSTALLED_APPS = ["upheld.store"]
AUTH_USER_MODEL = "store.Staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None
