"""One small wrong world for each finding, with what cures it by hand where the cure is no statement and no edit."""

from dataclasses import dataclass, field

from tests.scenarios.people import PEOPLE, USERS

SQLITE, POSTGRESQL, MARIADB = "sqlite", "postgresql", "mariadb"
ALL = (SQLITE, POSTGRESQL, MARIADB)


@dataclass(frozen=True)
class Case:
    """`by_hand`: what to write instead in the map (old, new), for a cure in words."""

    code: str
    at: str
    ddl: str
    tables: str = USERS
    system: str = ""
    on: tuple[str, ...] = ALL
    by_hand: tuple[str, str] | None = None
    name: str = ""
    after: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return self.name or self.code


POSTS = PEOPLE + "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), {});\n"
LINK = "posts: {belongs_to: {user_id: users.id}, on_erase: "
KEPT = "CREATE TABLE kept (id INTEGER PRIMARY KEY, user_id INTEGER {} REFERENCES users(id) {}, x INTEGER);\n"
RETAINED = (
    "kept: {belongs_to: {user_id: users.id}, on_erase: {retain: "
    "{ground: legal-obligation, law: tax, review: 2030-01-01}}}\n"
)
GHOSTS = PEOPLE.replace("INTO users VALUES", "INTO users (id, email) VALUES").replace(
    "email VARCHAR(120) NOT NULL", "email VARCHAR(120) NOT NULL, nick VARCHAR(20) NOT NULL DEFAULT 'x'"
)
GHOST_USERS = USERS.replace("person: id", "person: id\n  ghost: {nick: ghost}").replace(
    "{email: email}", "{email: email, username: nick}"
)
DRAFTED = "drafted: {{on: 2026-11-01, tables: {{users: {{{}}}}}}}"
APPROVALS = "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));\n"


def valued(
    code: str, column: str, value: str, on: tuple[str, ...] = ALL, name: str = "", **more: str
) -> Case:
    ddl = POSTS.format(column)
    at = f"posts.{column.split(maxsplit=1)[0]}"
    return Case(
        code,
        at,
        ddl,
        USERS + LINK + f"{{anonymise: {{user_id: null, {value}}}}}}}\n",
        on=on,
        name=name,
        **more,
    )  # type: ignore[arg-type]


def undone(code: str, at: str, ddl: str, tables: str = USERS, **more: object) -> Case:
    """With a window; the word of whoever wants the erasure all the same ends it."""
    how = {"system": "undo: 7d", "by_hand": ("undo: 7d", "undo: none"), **more}
    return Case(code, at, ddl, tables, **how)  # type: ignore[arg-type]


OWNED = "{name}: {{belongs_to: {{user_id: users.id}}, on_erase: {action}}}\n"
NOTES = OWNED.format(name="notes", action="delete")
UNDONE = (
    undone(
        "undo.key",
        "notes",
        PEOPLE + "CREATE TABLE notes (user_id INTEGER, body VARCHAR(9));\n",
        USERS + NOTES,
    ),
    undone(
        "undo.key",
        "notes.at",
        PEOPLE + "CREATE TABLE notes (at DATE NOT NULL PRIMARY KEY, user_id INTEGER);\n",
        USERS + NOTES,
        name="undo.key of an unfit type",
    ),
    undone(
        "undo.key",
        "notes.user_id",
        GHOSTS
        + "INSERT INTO users VALUES (1, 'g@x', 'ghost');\n"
        + "CREATE TABLE notes (user_id INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (user_id, n));\n",
        GHOST_USERS + OWNED.format(name="notes", action="{detach: {to: ghost}}"),
        name="undo.key that changes",
    ),
    undone(
        "undo.key",
        "logins",
        PEOPLE
        + "CREATE TABLE logins (user_id INTEGER, FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);\n",
        USERS,
        system="undo: 7d\nno_personal_data: [{tables: [logins], reason: numbers}]",
        name="undo.key of what a cascade takes along",
    ),
    undone(
        "undo.column",
        "notes.place",
        PEOPLE + "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, place POINT);\n",
        USERS + NOTES,
        on=(MARIADB,),
    ),
    undone(
        "undo.trigger",
        "users",
        PEOPLE + "CREATE TRIGGER note AFTER INSERT ON users BEGIN SELECT 1; END;\n",
        on=(SQLITE,),
        by_hand=None,
    ),
    undone(
        "undo.relation",
        "notes",
        PEOPLE
        + "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER);\n"
        + "CREATE TABLE old_notes () INHERITS (notes);\n",
        USERS + NOTES,
        system="undo: 7d\nno_personal_data: [{tables: [old_notes], reason: mapped above}]",
        on=(POSTGRESQL,),
    ),
    undone(
        "undo.reference",
        "logins.email",
        PEOPLE
        + "CREATE UNIQUE INDEX emails ON users (email);\n"
        + "CREATE TABLE logins (id INTEGER PRIMARY KEY, email VARCHAR(120), FOREIGN KEY (email) REFERENCES users(email) "
        "ON UPDATE SET NULL);\n",
        USERS.replace("on_erase: delete", "on_erase: {anonymise: {email: {unique: 'x-{random}'}}}")
        + "logins: {belongs_to: {email: {identity: email}}, on_erase: delete}\n",
    ),
)

CASES = (
    Case(
        "table.absent",
        "postz",
        POSTS.format("x INT"),
        USERS + "postz: {belongs_to: {user_id: users.id}, on_erase: detach}\n",
        by_hand=("postz", "posts"),
    ),
    Case(
        "column.absent",
        "posts.usr_id",
        POSTS.format("x INT"),
        USERS + "posts: {belongs_to: {usr_id: users.id}, on_erase: detach}\n",
        by_hand=("usr_id", "user_id"),
    ),
    Case(
        "key.absent",
        "crew",
        PEOPLE + "CREATE TABLE crew (no INTEGER NOT NULL, chief_id INTEGER REFERENCES users(id));\n",
        USERS
        + "crew: {belongs_to: {chief_id: users.id}, on_erase: {by: {chief_id: detach}, orphan: delete}}\n",
    ),
    Case(
        "tenant.absent",
        "posts.tenant_id",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120), tenant_id INTEGER);\n"
        + POSTS.removeprefix(PEOPLE).format("x INT"),
        USERS + LINK + "detach}\n",
        system="tenant: {column: tenant_id, value: 3}\n",
    ),
    Case("receipt.absent", "receipts", PEOPLE, system="receipt: receipts\n"),
    Case(
        "receipt.shape",
        "receipts",
        PEOPLE + "CREATE TABLE receipts (token VARCHAR(9));\n",
        system="receipt: receipts\n",
    ),
    Case("view.absent", "top", PEOPLE, system="refresh: [top]\n", by_hand=("refresh: [top]", "")),
    Case(
        "json.column",
        "posts.doc",
        POSTS.format("doc TEXT"),
        USERS + LINK + "{anonymise: {user_id: null, doc: {json: {$.a: null}}}}}\n",
        on=(POSTGRESQL, MARIADB),
    ),
    Case(
        "array.column",
        "posts.readers",
        POSTS.format("readers INTEGER"),
        USERS
        + "posts: {belongs_to: [{columns: [user_id], to: users, key: [id]}, {columns: [readers], to: users, key: [id], array: true}], on_erase: detach}\n",
        by_hand=(", array: true", ""),
    ),
    Case(
        "pattern.unused",
        "celery_*",
        PEOPLE,
        system="no_personal_data: [{tables: ['celery_*'], reason: framework}]\n",
        by_hand=("no_personal_data: [{tables: ['celery_*'], reason: framework}]", ""),
    ),
    Case(
        "table.undeclared",
        "invoices",
        PEOPLE
        + "CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), email VARCHAR(9));\n",
    ),
    Case(
        "table.undeclared",
        "tax_rates",
        PEOPLE + "CREATE TABLE tax_rates (id INTEGER PRIMARY KEY, rate INTEGER);\n",
        name="table.undeclared without people",
    ),
    Case(
        "edge.undeclared",
        "invoices.user_id",
        PEOPLE + "CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id));\n",
    ),
    Case(
        "edge.undeclared",
        "posts.editor_id",
        POSTS.format("editor_id INTEGER REFERENCES users(id)"),
        USERS + LINK + "detach}\n",
        name="edge.undeclared of a mapped table",
    ),
    Case("column.personal", "posts.phone", POSTS.format("phone VARCHAR(20)"), USERS + LINK + "detach}\n"),
    Case(
        "column.reference", "posts.editor_id", POSTS.format("editor_id INTEGER"), USERS + LINK + "detach}\n"
    ),
    Case(
        "column.copy",
        "posts.author_email",
        POSTS.format("author_email VARCHAR(20)"),
        USERS + LINK + "detach}\n",
    ),
    Case(
        "declared.personal",
        "visits.user_id",
        PEOPLE + "CREATE TABLE visits (id INTEGER PRIMARY KEY, user_id INTEGER);\n",
        system="no_personal_data: [{tables: [visits], reason: invented}]\n",
    ),
    Case(
        "view.materialised",
        "top",
        PEOPLE + "CREATE MATERIALIZED VIEW top AS SELECT email FROM users;\n",
        on=(POSTGRESQL,),
    ),
    Case(
        "table.unreached",
        "parts",
        POSTS.format("x INT") + "CREATE TABLE parts (id INTEGER PRIMARY KEY, post_id INTEGER NOT NULL);\n",
        USERS
        + "posts: {belongs_to: {user_id: users.id}, on_erase: {by: {user_id: detach}}}\n"
        + "parts: {belongs_to: {post_id: posts.id}, on_erase: delete}\n",
        by_hand=("{by: {user_id: detach}}", "{by: {user_id: delete}}"),
    ),
    Case("link.optional", "posts.user_id", POSTS.format("x INT"), USERS + LINK + "detach}\n"),
    Case(
        "link.type",
        "logs.object_id",
        PEOPLE + "CREATE TABLE logs (id INTEGER PRIMARY KEY, object_id VARCHAR(20));\n",
        USERS + "logs: {belongs_to: [{columns: [object_id], to: users, key: [id]}], on_erase: delete}\n",
    ),
    Case(
        "link.index",
        "posts.user_id",
        POSTS.format("x INT"),
        USERS + LINK + "detach}\n",
        on=(SQLITE, POSTGRESQL),
    ),
    Case("identity.index", "users.email", PEOPLE),
    Case("collation.loose", "users.email", PEOPLE, on=(MARIADB,)),
    Case(
        "value.null",
        "users.email",
        PEOPLE,
        USERS.replace("on_erase: delete", "on_erase: {anonymise: {email: null}}"),
    ),
    valued("value.long", "country CHAR(2) NOT NULL", "country: removed"),
    valued("value.enum", "mood ENUM('sad', 'glad') NOT NULL", "mood: removed", on=(MARIADB,)),
    Case(
        "value.enum",
        "posts.mood",
        PEOPLE
        + "CREATE TYPE mood AS ENUM ('sad', 'glad');\n"
        + POSTS.removeprefix(PEOPLE).format("mood mood NOT NULL"),
        USERS + LINK + "{anonymise: {user_id: null, mood: removed}}}\n",
        on=(POSTGRESQL,),
        name="value.enum of a type",
    ),
    valued("value.type", "age INTEGER NOT NULL", "age: removed"),
    valued(
        "value.type",
        "ip inet NOT NULL",
        "ip: removed",
        on=(POSTGRESQL,),
        name="value.type by the server",
        by_hand=("ip: removed", "ip: 0.0.0.0"),
    ),  # type: ignore[arg-type]
    valued("value.check", "age INTEGER CHECK (age > 17)", "age: 3", by_hand=("age: 3", "age: 18")),  # type: ignore[arg-type]
    Case(
        "value.unique",
        "users.email",
        PEOPLE.replace("NOT NULL", "NOT NULL UNIQUE"),
        USERS.replace("on_erase: delete", "on_erase: {anonymise: {email: gone}}"),
    ),
    valued(
        "value.generated",
        "twice INTEGER GENERATED ALWAYS AS (id * 2) STORED",
        "twice: 4",
        by_hand=(", twice: 4", ""),
    ),  # type: ignore[arg-type]
    Case(
        "detach.null",
        "posts.user_id",
        GHOSTS + APPROVALS + "INSERT INTO users VALUES (99, 'g@x.invalid', 'ghost');\n",
        GHOST_USERS + LINK + "detach}\n",
    ),
    Case(  # whoever may see a row is cut from it, whatever becomes of the row
        "detach.null",
        "posts.user_id",
        GHOSTS + APPROVALS + "INSERT INTO users VALUES (99, 'g@x.invalid', 'ghost');\n",
        GHOST_USERS + "posts: {visible_to: {user_id: users.id}, on_erase: {keep: nobody's}}\n",
        by_hand=("{keep: nobody's}", "{by: {user_id: {detach: {to: ghost}}}}"),
    ),
    Case(
        "ghost.undeclared",
        "users",
        GHOSTS + APPROVALS + "INSERT INTO users VALUES (99, 'ghost', 'ghost');\n",
        USERS + LINK + "{detach: {to: ghost}}}\n",
    ),
    Case(
        "ghost.absent",
        "users",
        GHOSTS.replace("id INTEGER", "id {serial}") + APPROVALS,
        GHOST_USERS + LINK + "{detach: {to: ghost}}}\n",
    ),
    Case(
        "ghost.ambiguous",
        "users",
        GHOSTS
        + APPROVALS
        + "INSERT INTO users VALUES (98, 'h@x.invalid', 'ghost'), (99, 'g@x.invalid', 'ghost');\n",
        GHOST_USERS + LINK + "{detach: {to: ghost}}}\n",
        by_hand=("ghost: {nick: ghost}", "ghost: {id: 99}"),
    ),
    Case("delete.refused", "kept.user_id", PEOPLE + KEPT.format("", ""), USERS + RETAINED),
    Case(
        "cascade.loss",
        "kept.user_id",
        PEOPLE + KEPT.format("", "ON DELETE CASCADE"),
        USERS + RETAINED,
        on=(POSTGRESQL, MARIADB),
    ),
    Case(
        "cascade.null",
        "kept.user_id",
        PEOPLE + KEPT.format("NOT NULL", "ON DELETE SET NULL"),
        USERS + RETAINED,
        on=(SQLITE, POSTGRESQL),
    ),
    Case(
        "reference.index",
        "kept.user_id",
        PEOPLE + KEPT.format("", "ON DELETE SET NULL"),
        USERS + RETAINED,
        on=(SQLITE, POSTGRESQL),
    ),
    Case(
        "cycle.stuck",
        "emails.user_id",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, email_id INTEGER NOT NULL);\n"
        "CREATE TABLE emails (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));\n"
        "ALTER TABLE users ADD FOREIGN KEY (email_id) REFERENCES emails (id);\n",
        USERS + "emails: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
        on=(POSTGRESQL, MARIADB),
    ),
    Case(
        "relation.unwritable",
        "names",
        PEOPLE + "CREATE VIEW names AS SELECT id AS user_id, email FROM users;\n",
        USERS + "names: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
        by_hand=("names: {belongs_to: {user_id: users.id}, on_erase: delete}", ""),
    ),
    Case(
        "engine.transactions",
        "logs",
        PEOPLE + "CREATE TABLE logs (id INTEGER PRIMARY KEY, user_id INTEGER) ENGINE=MyISAM;\n",
        USERS + "logs: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
        on=(MARIADB,),
    ),
    Case(
        "history.server",
        "logs",
        PEOPLE + "CREATE TABLE logs (id INTEGER PRIMARY KEY, user_id INTEGER) WITH SYSTEM VERSIONING;\n",
        USERS + "logs: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
        on=(MARIADB,),
    ),
    Case(
        "trigger.present",
        "users",
        PEOPLE + "CREATE TRIGGER note AFTER DELETE ON users BEGIN SELECT 1; END;\n",
        on=(SQLITE,),
    ),
    Case(
        "trigger.present",
        "users",
        PEOPLE + "CREATE TRIGGER note BEFORE UPDATE ON users FOR EACH ROW SET NEW.email = 'x';\n",
        on=(MARIADB,),
        name="trigger.present in one statement",
    ),
    Case(
        "restriction.trigger",
        "users.frozen",
        PEOPLE
        + "ALTER TABLE users ADD COLUMN frozen INTEGER;\n"
        + "CREATE TRIGGER note BEFORE UPDATE ON users FOR EACH ROW SET NEW.email = 'x';\n",
        USERS.replace("person: id", "person: id\n  restriction: frozen"),
        on=(MARIADB,),
    ),
    Case(
        "restriction.trigger",
        "users.frozen",
        PEOPLE
        + "ALTER TABLE users ADD COLUMN frozen INTEGER;\n"
        + "CREATE TRIGGER note AFTER UPDATE ON users BEGIN SELECT 1; END;\n",
        USERS.replace("person: id", "person: id\n  restriction: frozen"),
        on=(SQLITE,),
        name="restriction.trigger after it",
    ),
    Case(
        "retain.undated",
        "gifts.paid",
        PEOPLE
        + "CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), paid DATE);\nINSERT INTO gifts VALUES (1, 0, NULL);\n",
        USERS
        + "gifts: {belongs_to: {user_id: users.id}, on_erase: {retain: {ground: legal-obligation, law: tax, for: 7y, after: paid, then: delete}}}\n",
    ),
    Case(
        "rows.undecided",
        "meta.k",
        PEOPLE
        + "CREATE TABLE meta (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), k VARCHAR(9));\nINSERT INTO meta VALUES (1, 0, 'nick'), (2, 0, 'odd');\n",
        USERS
        + "meta: {belongs_to: {user_id: users.id}, rows: [{when: {k: nick}, on_erase: delete}, {otherwise: ask}]}\n",
        by_hand=("{when: {k: nick}", "{when: {k: [nick, odd]}"),
    ),
    *UNDONE,
    Case(
        "proposal.undecided",
        "users",
        PEOPLE,
        "users: {person: id, identities: {email: email}, on_erase: {proposed: delete, confidence: 0.6, because: a guess}}\n",
        by_hand=("{proposed: delete, confidence: 0.6, because: a guess}", "delete"),
    ),
    Case("drift.new", "users.email", PEOPLE, system=DRAFTED.format("id: INTEGER")),
    Case("drift.type", "users.email", PEOPLE, system=DRAFTED.format("id: INTEGER, email: text of old")),
    Case(
        "drift.gone",
        "games",
        PEOPLE,
        system=DRAFTED.format("id: INTEGER}, games: {id: INTEGER"),
        by_hand=(", games: {id: INTEGER}", ""),
    ),
)
