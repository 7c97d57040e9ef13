"""Who is looked for in Indico's database, and which rows hang on hers without naming her. Shares no code with src."""

from collections.abc import Mapping

from sqlalchemy import Engine, text

from tests.apps import scan

USERS = ("users.users", "id")
TEXTS = (
    "mara.lindqvist@example.org",
    "lindqvist.mara@example.com",
    "mara.lindqvist@old.example.com",
    "m.lindqvist@old.example.com",
    "Mara Lindqvist",
    "+46 555 0141 77",
    "Ripstigen 14",
    "mlindqvist",
    "mlindqv7",
    "mara.old",
)
LOOKALIKES = (
    "amara.lindqvist@example.org",
    "mara.lindqvist@example.org.invalid",
    "xmara.lindqvist@example.org",
)

# Rows that are hers only through another row of hers: table, its column, the table meant.
_HANGING = (
    ("event_abstracts.abstract_review_ratings", "review_id", "event_abstracts.abstract_reviews"),
    ("event_paper_reviewing.review_ratings", "review_id", "event_paper_reviewing.reviews"),
    ("event_registration.registration_data", "registration_id", "event_registration.registrations"),
    ("event_registration.registration_tags", "registration_id", "event_registration.registrations"),
    ("event_surveys.answers", "submission_id", "event_surveys.submissions"),
    ("oauth.tokens", "app_user_link_id", "oauth.application_user_links"),
    ("roombooking.reservation_edit_logs", "reservation_id", "roombooking.reservations"),
)


def needles(engine: Engine) -> scan.Needles:
    """Her addresses, names, numbers and log-ins, and the keys of both her accounts."""
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT id FROM users.users WHERE first_name = 'Mara' AND last_name = 'Lindqvist'")
        )
        keys = frozenset(str(key) for (key,) in found)
    assert len(keys) == 2
    return scan.Needles(TEXTS, (("Mara", "Lindqvist"),), {USERS: keys})


def touchable(engine: Engine, found: list[scan.Found]) -> Mapping[str, set[scan.Row]]:
    """Rows that an erasure of hers may touch: those in which she was found, those that hang on them, and the
    settings that say whom to ask about her own event."""
    rows: dict[str, set[scan.Row]] = {}
    for each in found:
        rows.setdefault(each.table, set()).add(each.key)
    for shape in scan.shapes(engine):
        for table, column, parent in _HANGING:
            if shape.name == table:
                owned = ", ".join(key for (key,) in rows[parent])
                rows.setdefault(table, set()).update(_keys(engine, shape, f"{column} IN ({owned})"))
        if shape.name == "events.settings":
            event = ", ".join(
                each.key[0] for each in found if (each.table, each.column) == ("events.events", "creator_id")
            )
            rows[shape.name].update(_keys(engine, shape, f"module = 'contact' AND event_id IN ({event})"))
    return rows


def _keys(engine: Engine, shape: scan.Shape, where: str) -> set[scan.Row]:
    with engine.connect() as connection:
        read = connection.execute(text(f"SELECT {', '.join(shape.key)} FROM {shape.quoted} WHERE {where}"))
        return {tuple(scan.as_text(value) for value in row) for row in read}
