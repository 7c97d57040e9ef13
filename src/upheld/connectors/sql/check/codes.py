"""Every code that a check of a database can give: how grave, what it means, how it ends."""

from dataclasses import dataclass

from upheld.rights.connector import Severity

STOP, DOUBT, NOTE = Severity.STOP, Severity.DOUBT, Severity.NOTE


@dataclass(frozen=True, slots=True)
class Code:
    """`scenarios` are numbers of docs/scenarios.md."""

    name: str
    severity: Severity
    what: str
    cure: str
    scenarios: tuple[int, ...] = ()

    @property
    def erasing(self) -> bool:
        """Whether it is about what an erasure would do, and stands in the way of no other right."""
        return self.name.startswith(ERASING)


ALL = (
    # names
    Code(
        "table.absent",
        STOP,
        "The map names a table that the database has not.",
        "The nearest name, or remove it from the map.",
    ),
    Code(
        "column.absent",
        STOP,
        "The map names a column that the table has not.",
        "The nearest name, or remove it from the map.",
    ),
    Code(
        "key.absent",
        STOP,
        "Rows of this table have to be told apart, and it has no key.",
        "`key:` in the map.",
        (14,),
    ),
    Code(
        "tenant.absent",
        STOP,
        "The system has tenants, and this table has no such column.",
        "`tenant: none` for the table.",
        (35,),
    ),
    Code("receipt.absent", STOP, "The receipt table is not there.", "The CREATE TABLE.", (69,)),
    Code(
        "view.absent",
        STOP,
        "`refresh` names what is no materialised view of this database.",
        "Map the table instead, or remove it.",
    ),
    Code(
        "receipt.shape",
        STOP,
        "The receipt table cannot hold our tokens.",
        "`token` as unique text of 100, nothing else required.",
        (69,),
    ),
    Code(
        "json.column",
        STOP,
        "A path is asked of a column that holds no JSON.",
        "The ALTER TABLE, or another column in the map; DOUBT for text.",
        (28,),
    ),
    Code(
        "array.column",
        STOP,
        "A link reads a list from a column that holds none.",
        "Remove `array`, or name another column.",
        (28,),
    ),
    Code("pattern.unused", NOTE, "A pattern of `no_personal_data` fits no table.", "Remove it."),
    Code(
        "table.unreached",
        STOP,
        "The table is mapped, but no row of it is ever anybody's: what leads to it is only cut.",
        "A link of its own, or another action than `detach` in `by` of the table it belongs to.",
        (11,),
    ),
    # undeclared
    Code(
        "table.undeclared",
        STOP,
        "A table is neither mapped nor declared without personal data.",
        "A draft of its map.",
        (57,),
    ),
    Code(
        "edge.undeclared",
        STOP,
        "A foreign key leads to people, and the map does not say what that means.",
        "A draft of the link.",
        (57,),
    ),
    Code(
        "column.personal",
        DOUBT,
        "A column that the map does not name looks personal.",
        "A draft of the field.",
        (57,),
    ),
    Code(
        "column.reference",
        DOUBT,
        "A column without foreign key looks like a reference to people.",
        "A draft of the link.",
        (21,),
    ),
    Code(
        "column.copy",
        DOUBT,
        "A column looks like a copy of a person's name or address.",
        "A draft of the field with `copy_of`.",
        (29,),
    ),
    Code(
        "declared.personal",
        DOUBT,
        "A table declared without personal data refers to people or looks personal.",
        "Map it.",
        (21, 57),
    ),
    Code(
        "view.materialised",
        STOP,
        "A materialised view would keep what was erased.",
        "`refresh:` in the map.",
        (40,),
    ),
    # links
    Code(
        "link.optional",
        DOUBT,
        "Every link of the table may be empty: such rows belong to nobody.",
        "A link by identity, or `accept`.",
        (25,),
    ),
    Code(
        "link.type",
        DOUBT,
        "A link's column has another type than the key it holds; STOP on MariaDB, which compares loosely.",
        "`cast:` in the map.",
        (27, 63),
    ),
    Code("link.index", DOUBT, "No index on a column by which rows are found.", "The CREATE INDEX.", (58,)),
    Code(
        "identity.index", DOUBT, "No index on a column by which people are found.", "The CREATE INDEX.", (58,)
    ),
    Code(
        "identity.scanned",
        NOTE,
        "A large table is read from end to end to find an identity under every spelling.",
        "The CREATE INDEX statements, where that takes too long.",
        (63,),
    ),
    Code(
        "collation.loose",
        NOTE,
        "The column's collation calls different texts equal; we compare bytes as well.",
        "The ALTER TABLE, where it matters to you.",
        (63,),
    ),
    # values
    Code(
        "value.null",
        STOP,
        "A column that may not be empty would become NULL.",
        "Another value in the map.",
        (20, 60),
    ),
    Code("value.long", STOP, "A value is longer than its column.", "A shorter one.", (60,)),
    Code(
        "value.enum", STOP, "A value is none of those that the column allows.", "One that it allows.", (60,)
    ),
    Code("value.type", STOP, "A value is not of the column's type.", "One that is.", (60,)),
    Code(
        "value.check",
        STOP,
        "A CHECK refuses the value; DOUBT where other columns decide.",
        "Another value in the map.",
        (60,),
    ),
    Code(
        "value.unique",
        STOP,
        "A column whose values must differ would get the same value in many rows.",
        "`unique:` in the map.",
        (60,),
    ),
    Code(
        "value.generated",
        STOP,
        "The server gives this column its value.",
        "Remove it from the treatment.",
        (33, 60),
    ),
    Code(
        "detach.null",
        STOP,
        "A link is to be cut whose column may not be empty.",
        "`detach: {to: ghost}`.",
        (20,),
    ),
    Code(
        "ghost.undeclared",
        STOP,
        "Rows are turned to the ghost of a table that declares none.",
        "`ghost:` in the map.",
        (20,),
    ),
    Code("ghost.absent", STOP, "The ghost row is not there.", "The INSERT.", (20,)),
    Code(
        "ghost.ambiguous", STOP, "More than one row is the ghost.", "A narrower `ghost:` in the map.", (20,)
    ),
    # references
    Code(
        "delete.refused",
        STOP,
        "The database refuses to delete rows that others refer to.",
        "What becomes of those others, in the map.",
        (5, 60),
    ),
    Code(
        "cascade.loss",
        STOP,
        "A cascade would delete rows that are to stay; DOUBT for declared tables and other people's rows.",
        "Detach first, or another ON DELETE.",
        (19,),
    ),
    Code(
        "cascade.null",
        STOP,
        "ON DELETE SET NULL meets a column that may not be empty.",
        "Another ON DELETE, or delete those rows first.",
        (20,),
    ),
    Code(
        "cycle.nullable",
        NOTE,
        "Tables refer to each other in a ring; it is opened where a link may be empty.",
        "Nothing to do.",
        (16, 17),
    ),
    Code(
        "cycle.deferrable",
        NOTE,
        "Tables refer to each other in a ring; the database checks it at the commit.",
        "Nothing to do.",
        (16, 17),
    ),
    Code(
        "cycle.stuck",
        STOP,
        "Tables refer to each other in a ring that nothing opens.",
        "The ALTER TABLE that lets it wait or be empty.",
        (16, 17),
    ),
    Code(
        "reference.index",
        DOUBT,
        "Each deleted row makes the database read a whole table; STOP above 10,000 rows.",
        "The CREATE INDEX.",
        (58,),
    ),
    # server
    Code(
        "relation.unwritable",
        STOP,
        "The map changes what is no table of its own.",
        "Map the table behind it.",
        (33,),
    ),
    Code("engine.transactions", STOP, "The storage engine cannot roll back.", "The ALTER TABLE.", (63,)),
    Code(
        "history.server",
        STOP,
        "The server keeps earlier versions of the rows by itself.",
        "The ALTER TABLE.",
        (32,),
    ),
    Code(
        "trigger.present",
        DOUBT,
        "A write starts code of the server's own; NOTE where the map names the history.",
        "`accept` after reading it.",
        (32, 33),
    ),
    Code("row.security", STOP, "The database hides rows from our account.", "The ALTER ROLE.", (34, 64)),
    # drafts
    Code(
        "proposal.undecided",
        STOP,
        "A draft proposes it, and nobody decided it.",
        "The decision in its place; on a copy also `upheld erase --accept-proposals`.",
        (57,),
    ),
    Code(
        "drift.new",
        DOUBT,
        "A table or a column was not there when the map was drafted.",
        "A look, then an entry of `drafted:`.",
        (57,),
    ),
    Code(
        "drift.type",
        DOUBT,
        "A column has another type than when the map was drafted.",
        "A look, then an entry of `drafted:`.",
        (57,),
    ),
    Code(
        "drift.gone",
        DOUBT,
        "A table or a column is gone since the map was drafted.",
        "Remove it from `drafted:`, and from the map.",
    ),
    # rows
    Code(
        "retain.undated", STOP, "Rows to be retained have no date to count from.", "Fill the column.", (41,)
    ),
    Code("rows.undecided", STOP, "Rows meet a rule that says `ask`.", "A rule for them."),
    Code(
        "rows.unread",
        NOTE,
        "The table is too large to be looked through here; each person's own rows are looked at.",
        "Nothing to do.",
    ),
    # undo, where the map sets a window
    Code(
        "undo.key",
        STOP,
        "Rows that an erasure changes have no key of the database's own, one that does not compare "
        "exactly, or one that the erasure changes.",
        "A primary key, or `undo: none`.",
        (55, 70),
    ),
    Code(
        "undo.column",
        STOP,
        "A column holds values that no text gives back.",
        "Another type, or `undo: none`.",
        (70,),
    ),
    Code(
        "undo.trigger",
        STOP,
        "Putting rows back would start code of the server's own.",
        "`accept` where it changes no row, or `undo: none`.",
        (32, 70),
    ),
    Code(
        "undo.relation",
        STOP,
        "Rows would not come back to where they stood: inheritance, or SQLite in another "
        "encoding than UTF-8.",
        "`undo: none`.",
        (33, 70),
    ),
    Code(
        "undo.reference",
        STOP,
        "References would not come back: ON UPDATE SET NULL, or a circle that nothing opens.",
        "A link that may be empty, or `undo: none`.",
        (16, 17, 70),
    ),
    # a correction
    Code(
        "correct.key",
        DOUBT,
        "What is to be corrected is a key or a link; STOP where the database itself says so.",
        "Correct it in the system itself, with everything that refers to it.",
    ),
    Code(
        "correct.whose",
        DOUBT,
        "A category is to be corrected in rows that may be several people's.",
        "`of:` in the map, or the field by its own name.",
    ),
    # a restriction
    Code(
        "restriction.absent",
        DOUBT,
        "Rows of a person whose data is to be restricted carry no mark; shown by `upheld restrict`.",
        "`restriction:` in the map, and its column; or `accept` with the reason.",
        (43,),
    ),
    Code(
        "restriction.trigger",
        DOUBT,
        "Setting a mark, and taking it away, starts code of the server's own or makes it keep a version, "
        "which may leave a trace; STOP for a restriction and its end.",
        "`accept` where it copies and changes nothing that is hers.",
        (32, 43),
    ),
)

BEARABLE = frozenset({"edge.undeclared", "link.type", "reference.index", "undo.trigger", "view.materialised"})
"""STOPs that `accept` may answer: somebody can know why going on is right. Every DOUBT may be accepted; no
other STOP, for going on would fail or do harm."""

ERASING = (
    "value.",
    "detach.",
    "ghost.",
    "delete.",
    "cascade.",
    "cycle.",
    "reference.",
    "retain.",
    "rows.",
    "view.",
)
"""How the codes begin that are about what an erasure would do."""

CODES = {code.name: code for code in ALL}


def table() -> str:
    """All codes as a Markdown table: what docs/findings.md holds."""
    lines = ["| code | severity | what | cure | scenarios |", "|---|---|---|---|---|"]
    for code in ALL:
        numbers = ", ".join(f"S-{number}" for number in code.scenarios)
        lines.append(f"| `{code.name}` | {code.severity.name} | {code.what} | {code.cure} | {numbers} |")
    return "\n".join(lines)
