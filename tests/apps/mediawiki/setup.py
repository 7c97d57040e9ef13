"""Unpacks Debian's MediaWiki and PHP into a folder of their own: nothing is installed on the machine.

python -m tests.apps.mediawiki.setup

Which version that is, Debian's release says; the libraries that PHP wants (ICU, Oniguruma, libpq) are the machine's.
"""

import shutil
import subprocess
from pathlib import Path

from tests.apps import environment

FOLDER = environment.ROOT / ".apps" / "mediawiki"
ROOT = FOLDER / "root"
WIKI = ROOT / "usr" / "share" / "mediawiki"
PHP = ROOT / "usr" / "bin" / "php8.2"
INI = FOLDER / "php.ini"
_PACKAGES = (
    *("mediawiki", "mediawiki-classes", "php8.2-cli", "php8.2-common"),
    *("php8.2-intl", "php8.2-mbstring", "php8.2-pgsql", "php8.2-xml"),
)
_EXTENSIONS = (
    *("calendar", "ctype", "dom", "exif", "fileinfo", "iconv", "intl", "mbstring", "pdo", "pgsql"),
    *("posix", "simplexml", "sockets", "tokenizer", "xml", "xmlreader", "xmlwriter"),
)
# Links out of the folder to what a package would have put in order.
_ELSEWHERE = ("LocalSettings.php", "config", "extensions", "images")


def install() -> None:
    """Fetch and unpack the packages, unless they are there; raises CalledProcessError where apt or dpkg does not."""
    if INI.exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    subprocess.run(["apt-get", "download", "--quiet=2", *_PACKAGES], cwd=FOLDER, check=True)
    for package in sorted(FOLDER.glob("*.deb")):
        subprocess.run(["dpkg", "-x", str(package), str(ROOT)], check=True)
        package.unlink()
    for name in _ELSEWHERE:
        (WIKI / name).unlink(missing_ok=True)
    for name in ("extensions", "images"):
        (WIKI / name).mkdir()
    INI.write_text(_settings(next((ROOT / "usr" / "lib" / "php").glob("20*"))))


def _settings(extensions: Path) -> str:
    lines = [f"extension_dir = {extensions}", "date.timezone = UTC", "memory_limit = 512M"]
    return "\n".join([*lines, *(f"extension = {name}.so" for name in _EXTENSIONS)]) + "\n"


if __name__ == "__main__":
    install()
