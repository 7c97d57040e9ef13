"""Keys of a system: what it is, how far it reaches, and when it stops."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.datamap.keys.office import erased, means, opened_copy, words
from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.undoing import dump
from tests.scenarios.undoing import erased as erased_in_window
from tests.scenarios.undoing import undone as put_back
from tests.scenarios.world import NOW, ORGANISATION
from tests.servers.database import Database
from upheld.datamap.fault import Invalid
from upheld.datamap.read import read
from upheld.rights.connector import Severity
from upheld.rights.outcome import Established, Misconfigured, Permanent, Prepared, Settled
from upheld.store.models import Part

NOTES = (
    PEOPLE
    + """
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), body VARCHAR(40));
INSERT INTO notes VALUES (1, 0, 'a'), (2, 0, 'b'), (3, 0, 'c'), (4, 5, 'd');
"""
)
NOTED = USERS + "notes: {title: Her notes, belongs_to: {user_id: users.id}, on_erase: delete}\n"


@pytest.mark.key(
    "system",
    "title",
    "kind",
    "connect",
    "tables",
    "tables.*.title",
    "tables.*.person",
    "tables.*.belongs_to",
    "tables.*.on_erase",
)
def test_a_system_is_reached_by_its_kind_and_called_by_its_title(make: Make) -> None:
    world = make(NOTES, NOTED)

    start = words(opened_copy(world, ADA) / "index.html")
    said = world.explained(ADA)
    world.erase(ADA)

    assert "The club" in start
    assert "Her notes 3 records" in start
    assert said.startswith("The club\n")
    assert world.rows("notes") == [(4, 5, "d")]
    world.secrets.clear()
    with pytest.raises(Misconfigured, match="CLUB_DATABASE_URL"):
        world.check()


@pytest.mark.key("no_personal_data", "no_personal_data.tables", "no_personal_data.reason")
def test_a_table_is_declared_with_a_reason_that_is_held_against_it(make: Make) -> None:
    world = make(
        PEOPLE + "CREATE TABLE app_log (id INTEGER PRIMARY KEY, email VARCHAR(80));\n"
        "INSERT INTO app_log VALUES (1, 'ada@chess.example.org');",
        USERS,
        system='no_personal_data: [{tables: ["app_*"], reason: technical messages}]',
    )

    found = {each.code: each.what for each in world.check() if each.table == "app_log"}
    world.erase(ADA)

    assert "declared without personal data (technical messages)" in found["declared.personal"]
    assert world.rows("app_log") == [(1, "ada@chess.example.org")]


@pytest.mark.key("schemas")
def test_the_schemas_named_are_looked_through_and_name_tables(make: Make, each_database: Database) -> None:
    url = each_database.url
    own = {"sqlite": "main", "postgresql": "public"}.get(each_database.dialect) or str(url).rpartition("/")[
        2
    ].partition("?")[0]
    if each_database.dialect == "postgresql":
        each_database.run(
            "CREATE SCHEMA events",
            "CREATE TABLE events.visits (id INTEGER PRIMARY KEY, user_id INTEGER)",
            "INSERT INTO events.visits VALUES (1, 0), (2, 5)",
        )
        more = "\nevents.visits: {belongs_to: {user_id: users.id}, on_erase: delete}\n"
        listed = f"schemas: [{own}, events]"
    else:
        more, listed = "", f"schemas: [{own}]"
    world = make(NOTES, NOTED.replace("notes:", f"{own}.notes:") + more, system=listed)

    world.erase(ADA)

    assert world.rows("notes", "id") == [(4,)]
    if each_database.dialect == "postgresql":
        assert world.rows("events.visits") == [(2, 5)]


@pytest.mark.key("tenant", "tenant.column", "tenant.value")
def test_only_rows_of_the_tenant_are_read_and_written(make: Make) -> None:
    world = make(
        """
        CREATE TABLE users (org VARCHAR(10) NOT NULL, id INTEGER PRIMARY KEY, email VARCHAR(80));
        INSERT INTO users VALUES ('a', 1, 'ada@chess.example.org'), ('b', 2, 'ada@chess.example.org');
        """,
        "users: {person: id, identities: {email: email}, on_erase: delete}\n",
        system="tenant: {column: org, value: b}",
    )

    assert world.copy(ADA) == {"users": [("b", 2, "ada@chess.example.org")]}

    world.erase(ADA)

    assert world.rows("users", "id") == [(1,)]


@pytest.mark.key("max_rows")
def test_above_max_rows_leaf_tables_go_first_in_transactions_of_their_own(make: Make) -> None:
    world = make(NOTES, NOTED, system="max_rows: 2")

    erasure = world.erase(ADA)

    parts = [
        (event.part, sum(count.rows for count in event.counts))
        for event in erasure.events
        if isinstance(event, Prepared)
    ]
    assert parts == [("notes, 2 rows of step 2", 2), ("notes, 1 rows of step 2", 1), ("rest", 1)]
    assert world.rows("notes", "id") == [(4,)]


@pytest.mark.key("receipt")
def test_a_receipt_is_left_in_the_same_transaction_and_settles_it(
    make: Make, each_database: Database
) -> None:
    world = make(
        NOTES + "CREATE TABLE upheld_receipts (token VARCHAR(100) NOT NULL PRIMARY KEY);\n",
        NOTED,
        system="receipt: upheld_receipts",
    )

    erasure = world.erase(ADA)

    [prepared] = [event for event in erasure.events if isinstance(event, Prepared)]
    assert len(world.rows("upheld_receipts")) == 1
    assert world.connector.settle(prepared.token) is Settled.COMMITTED
    if each_database.dialect == "postgresql":  # one that the server no longer knows by its number
        forgotten = prepared.token.replace('"id": "', '"id": "00', 1)
        assert world.connector.capabilities.establishes is Established.WITNESSED
        assert world.connector.settle(forgotten) is Settled.COMMITTED
    else:
        assert world.connector.capabilities.establishes is Established.RECEIPT
    world.run("DELETE FROM upheld_receipts")
    wanted = Settled.COMMITTED if each_database.dialect == "postgresql" else Settled.ABORTED
    assert world.connector.settle(prepared.token) is wanted


@pytest.mark.key("refresh")
def test_a_materialised_view_is_computed_anew_and_anything_else_is_refused(
    make: Make, each_database: Database
) -> None:
    """Only PostgreSQL of the three has such views; elsewhere the key is a mistake, and stops."""
    there = each_database.dialect == "postgresql"
    view = "CREATE MATERIALIZED VIEW top_users AS SELECT id, email FROM users;\n" if there else ""
    world = make(PEOPLE + view, USERS, system="refresh: [top_users]")

    if there:
        world.erase(ADA)
        assert world.rows("top_users", "id") == [(10,), (5,)]
        return
    assert [(each.code, each.table) for each in world.check() if each.severity is Severity.STOP] == [
        ("view.absent", "top_users")
    ]
    with pytest.raises(Misconfigured):
        world.erase(ADA)
    assert len(world.rows("users")) == 3


@pytest.mark.key("read_only", "owner", "address")
def test_a_read_only_system_is_copied_and_left_to_its_owner(make: Make) -> None:
    world = make(
        NOTES, NOTED, system="read_only: true\nowner: Cy at the desk\naddress: desk@chess.example.org"
    )

    assert len(world.copy(ADA)["notes"]) == 3
    with pytest.raises(
        Misconfigured, match=r"Cy at the desk at desk@chess\.example\.org erases there by hand"
    ):
        world.erase(ADA)

    assert len(world.rows("users")) == 3


CROWD = (
    NOTES
    + "".join(
        f"INSERT INTO users VALUES ({number}, 'p{number}@chess.example.org');\n" for number in range(100, 160)
    )
    + "".join(f"INSERT INTO notes VALUES ({number}, 5, 'x');\n" for number in range(100, 160))
)


@pytest.mark.key("limits", "limits.rows_per_person", "limits.share_of_table")
@pytest.mark.parametrize("where", ["system", "organisation"])
def test_beyond_a_limit_nothing_is_written_unless_allowed(make: Make, where: str) -> None:
    limits = "limits: {rows_per_person: 10, share_of_table: 5%}\n"
    world = make(CROWD, NOTED, **{where: limits})

    with pytest.raises(Permanent, match="rows_per_person"):
        world.erase(BEN)
    with pytest.raises(Permanent, match="share_of_table"):
        world.erase(BEN, allow=["rows_per_person"])
    assert (len(world.rows("users")), len(world.rows("notes"))) == (63, 64)

    world.erase(ADA)
    world.erase(BEN, allow=["rows_per_person", "share_of_table"])

    assert (len(world.rows("users")), world.rows("notes")) == (61, [])


@pytest.mark.key("limits.people_per_day")
def test_more_people_a_day_than_allowed_wait(make: Make, sqlite_records: Path) -> None:
    world = make(NOTES, NOTED, system="limits: {people_per_day: 2}")

    erased(means(world), ADA)
    erased(means(world), BEN)
    with pytest.raises(Permanent, match="people_per_day"):
        erased(means(world), CY)
    assert world.rows("users", "id") == [(10,)]

    erased(means(world, now=NOW + timedelta(days=2)), CY)

    assert world.rows("users") == []


@pytest.mark.key("organisation.places", "place", "processors.*.country")
def test_data_outside_the_places_allowed_is_refused(make: Make, each_database: Database) -> None:
    world = make(
        PEOPLE,
        USERS,
        processors="processors:\n  host: {title: Host, service: servers, country: DE}\n",
        system="processor: host",
    )
    world.erase(ADA)
    folder = world.folder
    (folder / "upheld.yaml").write_text(ORGANISATION.replace("places: [DE]", "places: [FR]"))

    with pytest.raises(Invalid) as raised:
        read(folder)

    assert sorted((each.file, each.code) for each in raised.value.errors) == [
        ("processors.yaml", "place-not-allowed"),
        ("systems/club.yaml", "place-not-allowed"),
    ]
    assert world.rows("users", "id") == [(10,), (5,)]


@pytest.mark.key("undo")
def test_an_erasure_can_be_undone_for_as_long_as_the_organisation_or_the_system_says(
    make: Make, each_database: Database, sqlite_records: Path
) -> None:
    world = make(NOTES, NOTED, organisation="undo: 7d")
    before = dump(each_database, ["users", "notes"])

    [part] = erased_in_window(world, world.subject(ADA))
    assert world.rows("notes", "id") == [(4,)]
    put_back(world, [part])

    assert dump(each_database, ["users", "notes"]) == before
    assert world.datamap.system("club").undo == 7
    file = world.folder / "systems" / "club.yaml"
    file.write_text(file.read_text().replace("tables:", "undo: none\ntables:", 1))
    world.datamap = read(world.folder)
    assert world.datamap.system("club").undo == 0
    erased(means(world), ADA)  # complete at once: nothing is kept
    assert not Part.objects.filter(sealed_before__isnull=False).exists()
    file.write_text(file.read_text().replace("undo: none", "undo: forever"))
    with pytest.raises(Invalid, match="none"):
        read(world.folder)
