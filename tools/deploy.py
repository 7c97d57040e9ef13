"""What deploy/ must not lose: no root, pinned packages, units without rights, proxies that log no address."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.findings import ROOT, Finding, relative, tell

FOLDER = ROOT / "deploy"
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "UMask": "0077",
    "LimitCORE": "0",
    "User": "upheld",
}


def instructions(text: str) -> list[tuple[int, str, str]]:
    """Those of a container file: line, word, and what follows, with continued lines joined."""
    found: list[tuple[int, str, str]] = []
    joined, begun = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (not line.strip() and not joined):
            continue
        begun = begun or number
        joined += line.removesuffix("\\").strip() + " "
        if not line.endswith("\\"):
            word, _, rest = joined.strip().partition(" ")
            found.append((begun, word.upper(), rest.strip()))
            joined, begun = "", 0
    return found


def container(path: Path) -> Iterator[Finding]:
    """Find what makes an image that runs as root, changes by itself, or takes what nobody pinned."""
    steps = instructions(path.read_text())

    def at(line: int, what: str) -> Finding:
        return Finding(relative(path), line, what)

    starts = [place for place, (_, word, _) in enumerate(steps) if word == "FROM"]
    last = steps[starts[-1] :] if starts else []
    users = [rest for _, word, rest in last if word == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        yield at(1, "the last stage needs USER with numbers that are not 0")
    for word in ("HEALTHCHECK", "ENTRYPOINT"):
        if word not in {each for _, each, _ in last}:
            yield at(1, f"{word} is missing")
    for line, word, rest in steps:
        if word == "FROM" and not rest.startswith("${"):
            yield at(line, "the image is an argument: whoever builds pins it by its digest")
        if word == "ARG" and "=" in rest:
            yield at(line, "an argument with a default is a pin that nobody looks after")
        if word == "ADD":
            yield at(line, "COPY takes what is here; ADD fetches and unpacks")
        if word in ("ENTRYPOINT", "CMD") and not _is_list(rest):
            yield at(line, f"{word} as a list: a shell would get the signals")
        if word == "ENV" and re.search(r"PASSWORD|TOKEN|SECRET\b|SECRET=", rest):
            yield at(line, "a secret in an image is no secret")
        yield from (at(line, f"{each} is not there") for each in _missing(word, rest))
        if "install" in rest and "--require-hashes" not in rest and "--no-deps" not in rest:
            yield at(line, "packages are installed with their hashes")


def _missing(word: str, rest: str) -> list[str]:
    """What is copied from the repository and is not in it."""
    if word != "COPY" or "--from" in rest:
        return []
    return [each for each in rest.split()[:-1] if not (ROOT / each).exists()]


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def unit(path: Path) -> Iterator[Finding]:
    """Find a unit of systemd that lost a protection."""
    found = dict(
        line.split("=", 1)
        for line in path.read_text().splitlines()
        if "=" in line and not line.startswith("#")
    )
    for name, wanted in HARDENED.items():
        if found.get(name) != wanted:
            yield Finding(relative(path), 1, f"{name}={wanted} is missing")


def proxy(path: Path) -> Iterator[Finding]:
    """Find a proxy that logs addresses, which hold links, or shows visitors what monitoring asks."""
    text = path.read_text()
    if not all(each in text for each in ("healthz", "readyz", "metrics")):
        yield Finding(relative(path), 1, "visitors must not reach what monitoring asks")
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*(access_log (?!off;)|log\b)", line):
            yield Finding(relative(path), number, "no access log: addresses hold links")


def main() -> int:
    """Check every file of deploy/."""
    findings = [*container(FOLDER / "Containerfile")]
    findings += [each for path in sorted(FOLDER.glob("*.service")) for each in unit(path)]
    findings += [each for name in ("nginx.conf", "Caddyfile") for each in proxy(FOLDER / name)]
    return tell(findings, "deploy: container, units and proxies as they have to be")


if __name__ == "__main__":
    sys.exit(main())
