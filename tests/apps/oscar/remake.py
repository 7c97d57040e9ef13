"""Makes the dump anew: the shop's schema by Django, its people through the shop's own pages.

python -m tests.apps.oscar.remake [FILE]
"""

import sys
from pathlib import Path

from tests.apps.oscar import dump, setup
from tests.apps.oscar.site import INSIDE, site
from tests.servers import mariadb
from tests.servers.server import new_run_folder, stop_all


def remake(to: Path = dump.DUMP) -> str:
    """Write the dump and give what populate said. The same pins give the same bytes."""
    setup.install()
    folder = new_run_folder()
    try:
        server = mariadb.mariadb(folder)
        mariadb.create(server, "oscar")
        database = server.url("oscar")
        with site(database) as shop:
            shop.run(INSIDE / "migrate.py")
            said = shop.run(INSIDE / "populate.py")
        dump.save(database, to)
        return said
    finally:
        stop_all(folder)


if __name__ == "__main__":
    sys.stdout.write(remake(Path(sys.argv[1]) if len(sys.argv) > 1 else dump.DUMP))
