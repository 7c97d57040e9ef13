"""The vectors of spec/vectors/datamap: whole folders with the errors they must give."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[2] / "spec" / "vectors" / "datamap"


@dataclass(frozen=True)
class Vector:
    name: str
    files: Mapping[str, str]
    errors: tuple[tuple[str, int, str], ...]

    def write(self, folder: Path) -> Path:
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder


def load(name: str) -> Vector:
    yaml = YAML(typ="safe", pure=True)
    rest = yaml.load(FOLDER / "rest.yaml")["files"]
    written = yaml.load(FOLDER / f"{name}.yaml")
    errors = tuple((each["file"], each["line"], each["code"]) for each in written.get("errors", ()))
    return Vector(name, {**rest, **written["files"]}, errors)


NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "rest")
