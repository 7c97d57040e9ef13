"""Makes the dump anew: Indico's schema by Indico, two hundred people by Indico's own code.

python -m tests.apps.indico.remake [FILE]
"""

import sys
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.apps.indico import dump, setup
from tests.apps.indico.site import site
from tests.servers import postgresql
from tests.servers.server import new_run_folder, stop_all

_INSIDE = Path(__file__).with_name("inside")


def remake(to: Path = dump.DUMP) -> str:
    """Write the dump and give what populate said. The same pins give the same bytes."""
    setup.install()
    folder = new_run_folder()
    try:
        server = postgresql.postgresql(folder, "postgresql15")
        postgresql.create(server, "indico")
        database = server.url("indico")
        engine = create_engine(database)
        with engine.begin() as connection:
            for extension in ("unaccent", "pg_trgm"):
                connection.execute(text(f"CREATE EXTENSION {extension}"))
        engine.dispose()
        with site(database) as indico:
            command = setup.VENV / "bin" / "indico"
            indico.run(command, "db", "prepare")
            indico.run(command, "db", "upgrade")  # nothing is left to migrate
            said = indico.run(_INSIDE / "populate.py")
        dump.save(database, to)
        return said
    finally:
        stop_all(folder)


if __name__ == "__main__":
    sys.stdout.write(remake(Path(sys.argv[1]) if len(sys.argv) > 1 else dump.DUMP))
