"""Who connects to whom: one list, from which docs/explanation/network.md has its picture and its table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connection:
    """`source` opens it to `target`. `needed`: empty where every installation has it."""

    source: str
    target: str
    port: str
    what: str
    rights: str
    needed: str = ""


CONNECTIONS = (
    Connection(
        "browsers", "proxy", "443", "HTTPS: public pages, console", "none; pages ask for link or account"
    ),
    Connection("programs", "proxy", "443", "HTTPS: the API", "a token", "when a token is made"),
    Connection(
        "proxy", "server", "8000", "HTTP on the same host", "none", "unless the server has HTTPS itself"
    ),
    Connection("monitoring", "server", "8000", "HTTP: /readyz, /metrics", "bearer token, or the same host"),
    Connection("server", "records", "5432", "PostgreSQL, or a file", "owner of one database of its own"),
    Connection("worker", "records", "5432", "PostgreSQL", "the same account", "with workers"),
    Connection("server", "keys", "–", "files", "one account, mode 0700"),
    Connection("worker", "keys", "–", "files, shared", "the same", "with workers"),
    Connection(
        "server", "systems", "5432, 3306 …", "each database of the map", "what `upheld map grants` prints"
    ),
    Connection("worker", "systems", "5432, 3306 …", "the same", "the same", "with workers"),
    Connection(
        "server", "mail server", "587 or 465", "SMTP with TLS", "a log-in that may send from one address"
    ),
    Connection("worker", "mail server", "587 or 465", "the same", "the same", "with workers"),
    Connection("server", "webhook", "443", "HTTPS, signed", "none; it checks the signature", "when set"),
    Connection("worker", "webhook", "443", "the same", "none", "when set, with workers"),
    Connection(
        "server",
        "sign-in",
        "443",
        "HTTPS: OpenID Connect",
        "a client of its own: it learns that somebody proves who they are",
        "when people may sign in",
    ),
    Connection(
        "server",
        "resolver",
        "53",
        "DNS: keys of signed mails",
        "none; it learns the domain of a sender",
        "when a mail is pasted or dropped",
    ),
)
OPENED_BY = {
    "upheld.connectors.sql.engine": "systems",
    "upheld.mail.deliver": "mail server",
    "upheld.mail.resolve": "resolver",
    "upheld.outward.connection": "webhook, sign-in",
    "upheld.project.worker": "records",
    "upheld.store.snapshot": "records",
}
"""What each module opens that can open a connection; Django opens the one to the records too. Of the rest of
the product none can."""
NAMES = {
    "browsers": "browsers of people and staff",
    "proxy": "proxy, HTTPS",
    "monitoring": "monitoring",
    "server": "upheld serve: pages, runner",
    "worker": "upheld worker",
    "records": "Upheld's records",
    "keys": "key store",
    "systems": "your systems",
    "mail server": "your mail server",
    "webhook": "a program of yours, told by webhook",
    "programs": "programs of yours that ask",
    "sign-in": "your sign-in (OpenID provider)",
    "resolver": "DNS resolver",
}


def picture() -> str:
    """The connections as Mermaid, which code hosts draw."""
    ids = {name: name.replace(" ", "_").replace("-", "_") for name in NAMES}
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'  {ids[name]}["{words}"]' for name, words in NAMES.items()]
    for each in CONNECTIONS:
        arrow = "-.->" if each.needed else "-->"
        label = "" if each.port == "–" else f'|"{each.port}"|'
        lines.append(f"  {ids[each.source]} {arrow}{label} {ids[each.target]}")
    return "\n".join((*lines, "```")) + "\n"


def table() -> str:
    """The same as a table."""
    lines = ["| from | to | port | what | rights there | when |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {NAMES[each.source]} | {NAMES[each.target]} | {each.port} | {each.what} | {each.rights} | "
        f"{each.needed or 'always'} |"
        for each in CONNECTIONS
    ]
    return "\n".join(lines) + "\n"
