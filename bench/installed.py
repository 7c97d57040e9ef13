"""What a base install brings: packages and megabytes of a fresh environment. `python -m bench.installed`.

Installs the pinned packages of requirements/base.txt, hashes checked, and Upheld without its extras.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")


def main() -> int:
    """Prints one JSON document."""
    with tempfile.TemporaryDirectory(prefix="upheld-install-") as folder:
        python = Path(folder) / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        install = [str(UV), "pip", "install", "--quiet", "--python", str(python)]
        subprocess.run([*install, "--require-hashes", "-r", "requirements/base.txt"], cwd=HOME, check=True)
        subprocess.run([*install, "--no-deps", str(_wheel(Path(folder)))], check=True)
        site = next((Path(folder) / "lib").glob("python3*")) / "site-packages"
        found = {
            "packages": len([*site.glob("*.dist-info")]),
            "mb": round(sum(_on_disk(each) for each in site.rglob("*")) / 1e6, 1),
        }
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def _wheel(folder: Path) -> Path:
    """Of a copy: a build leaves things beside the sources."""
    copy = folder / "source"
    copy.mkdir()
    for name in ("README.md", "LICENSE", "pyproject.toml"):
        shutil.copy(HOME / name, copy)
    shutil.copytree(HOME / "src", copy / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), "."], cwd=copy, check=True
    )
    return next(folder.glob("*.whl"))


def _on_disk(path: Path) -> int:
    return path.stat().st_blocks * 512 if path.is_file() and not path.is_symlink() else 0


if __name__ == "__main__":
    sys.exit(main())
