"""The folder of the demo: what lies where, and that nothing in it is anybody else's."""

import json
import shutil
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from upheld.demo.server import Server, end, runs_in
from upheld.rights.outcome import Permanent

MARK = ".upheld-demo"
FORUM = "FORUM_DATABASE_URL"
SHOP = "SHOP_DATABASE_URL"
CRM = "CRM_DATABASE_URL"
FILES = "FORUM_FILES"
ARCHIVE = "ARCHIVE_FOLDER"


@dataclass(frozen=True, slots=True)
class Place:
    """Everything below one folder, except the data of servers that may not run as root."""

    root: Path

    @property
    def privacy(self) -> Path:
        """The privacy folder: the organisation's files."""
        return self.root / "privacy"

    @property
    def data(self) -> Path:
        """Upheld's own records."""
        return self.root / "upheld-data"

    @property
    def crowd(self) -> Path:
        """The folder and the records of the thousand people who go at once."""
        return self.root / "crowd"

    @property
    def systems(self) -> Path:
        """The organisation's systems."""
        return self.root / "systems"

    @property
    def forum_files(self) -> Path:
        """What people uploaded to the forum."""
        return self.systems / "forum-files"

    @property
    def shop(self) -> Path:
        """The shop's database."""
        return self.systems / "shop.sqlite3"

    @property
    def crm(self) -> Path:
        """The contact book's database, unless it stands on MariaDB."""
        return self.systems / "crm.sqlite3"

    @property
    def archive(self) -> Path:
        """The archive of the mailing lists."""
        return self.systems / "archive"

    def make_new(self) -> None:
        """Empty the folder, or make it. Permanent for a folder with anything in it that is not a demo's."""
        if self.root.is_symlink() or (self.root.exists() and not self.root.is_dir()):
            raise Permanent(
                f"{self.root} is not a folder; nothing was written.", "Choose another with --dir."
            )
        if self.root.exists() and any(self.root.iterdir()) and not (self.root / MARK).is_file():
            raise Permanent(
                f"{self.root} is not a folder of the demo and not empty; nothing was written.",
                "Choose another with --dir.",
            )
        self.stop()
        if self.root.exists():
            shutil.rmtree(self.root)
        self.systems.mkdir(parents=True)
        self.root.chmod(0o700)
        (self.root / MARK).write_text("upheld demo makes this folder anew each time.\n", encoding="utf-8")
        with as_file(files("upheld.demo") / "organisation") as organisation:
            shutil.copytree(organisation, self.privacy)

    def tell(self, name: str, value: str) -> None:
        """Put a secret of the privacy folder where Upheld looks for it."""
        folder = self.data / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / name
        file.write_text(value, encoding="utf-8")
        file.chmod(0o600)

    # --- servers ---

    def remember(self, server: Server) -> None:
        """Note a server, so that whoever comes later can stop it."""
        known = [*self._servers(), (server.pid, server.folder)]
        self._note.write_text(json.dumps([[pid, str(folder)] for pid, folder in known]), encoding="utf-8")

    def running(self) -> list[int]:
        """The process ids of the demo's servers."""
        return [pid for pid, _ in self._servers()]

    def stop(self) -> None:
        """Stop the demo's servers, each by its process id, and remove their data."""
        if not (self.root / MARK).is_file():
            return
        for pid, folder in self._servers():
            if runs_in(pid, folder):
                end(pid)
            if folder.name.startswith("upheld-demo-") or folder.is_relative_to(self.root.resolve()):
                shutil.rmtree(folder, ignore_errors=True)
        self._note.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.root / "servers.json"

    def _servers(self) -> list[tuple[int, Path]]:
        if not self._note.is_file():
            return []
        return [
            (int(pid), Path(folder)) for pid, folder in json.loads(self._note.read_text(encoding="utf-8"))
        ]
