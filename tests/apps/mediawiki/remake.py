"""Makes the dump anew: a wiki as MediaWiki's own installer makes it, filled through MediaWiki's own classes.

python -m tests.apps.mediawiki.remake [FILE]

MediaWiki notes the time of each change, so that two dumps differ in those.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.apps.indico import dump
from tests.apps.mediawiki import setup
from tests.servers import postgresql
from tests.servers.server import new_run_folder, stop_all

DUMP = Path(__file__).with_name("mediawiki.dump.xz")
_INSIDE = Path(__file__).with_name("inside")
_PASSWORD = "slow-harbour-lamp-61"
# No caches in the database, passwords that cost nothing to make, and all jobs done by ourselves.
_SETTINGS = """
$wgMainCacheType = CACHE_NONE;
$wgParserCacheType = CACHE_NONE;
$wgMessageCacheType = CACHE_NONE;
$wgSessionCacheType = CACHE_NONE;
$wgLocalisationCacheConf['store'] = 'array';
$wgPasswordDefault = 'B';
$wgJobRunRate = 0;
"""


def remake(to: Path = DUMP) -> None:
    """Write the dump; raises CalledProcessError where MediaWiki ends badly."""
    setup.install()
    folder = new_run_folder()
    try:
        server = postgresql.postgresql(folder, "postgresql15")
        postgresql.create(server, "wiki")
        with tempfile.TemporaryDirectory(prefix="upheld-mediawiki-") as place:
            _filled(Path(place), server.url("wiki"))
        dump.save(server.url("wiki"), to)
    finally:
        stop_all(folder)


def _filled(place: Path, database: str) -> None:
    url = make_url(database)
    account, password = url.username or "", str(url.password or "")
    config = place / "LocalSettings.php"
    _php(
        *(
            place,
            "install.php",
            "--dbtype",
            "postgres",
            "--dbserver",
            url.host or "",
            "--dbport",
            url.port or 5432,
        ),
        *("--dbname", url.database or "", "--dbuser", account, "--dbpass", password),
        *("--installdbuser", account, "--installdbpass", password),
        *("--confpath", place, "--scriptpath", "", "--server", "http://wiki.example.org"),
        *("--pass", _PASSWORD, "Harbour wiki", "Keeper"),
    )
    config.write_text(config.read_text() + _SETTINGS)
    _php(place, _INSIDE / "populate.php", "--conf", config)
    _php(place, "runJobs.php", "--conf", config)


def _php(place: Path, script: "str | Path", *arguments: object) -> None:
    subprocess.run(
        [
            *(str(setup.PHP), "-n", "-c", str(setup.INI), str(setup.WIKI / "maintenance" / script)),
            *map(str, arguments),
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(place), "TZ": "UTC", "MW_INSTALL_PATH": str(setup.WIKI)},
        cwd=place,
        stdout=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    remake(Path(sys.argv[1]) if len(sys.argv) > 1 else DUMP)
