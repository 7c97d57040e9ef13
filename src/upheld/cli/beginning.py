"""What `upheld init` does."""

import json
from importlib.resources import files as resources
from pathlib import Path

import typer

from upheld.rights.outcome import Permanent

ORGANISATION = """\
# Who you are. Every file of this folder is reviewable like code; secrets are never in it.
organisation:
  name: {name}
  contact: {contact}
  regimes: [gdpr]
# Who has to agree to a refusal, to going beyond a limit, to lifting a stop: team (a second member of staff),
# or solo (the same person, a day later). Without it one person decides.
# staff: team
"""
PURPOSES = """\
# Why data is used: the register that the data map refers to.
purposes:
  service:
    title: Running our service for the people who use it
    basis: contract
    retention: as long as the account exists
  requests:
    title: Answering people's requests about their data
    basis: legal-obligation
    retention: until the key of the case is destroyed, when backups can no longer bring it back
"""
LETTERS = """\
# A system that no program reaches: a name, an owner and an address, and it works from the first day.
system: letters
kind: manual
title: Letters on paper
owner: The office
address: {contact}
look_for: letters from or to the person
how: take them out of the folder and shred them
days: 14
"""


def begin(folder: Path, name: str, contact: str, *, serving: bool = False) -> int:
    """Write the folder; refuses one that has anything in it. `serving`: for a server, whose own records are a
    system of the map from the first day."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Permanent(
            f"{folder} exists and is not empty; nothing was written.", "Choose another with --dir."
        )
    (folder / "systems").mkdir(parents=True, exist_ok=True)
    # JSON strings are YAML strings: whatever the name holds, it stays one value.
    quoted = {
        "name": json.dumps(name, ensure_ascii=False),
        "contact": json.dumps(contact, ensure_ascii=False),
    }
    files = {"upheld.yaml": ORGANISATION, "purposes.yaml": PURPOSES, "systems/letters.yaml": LETTERS}
    written = {file: text.format(**quoted) for file, text in files.items()}
    if serving:
        written["systems/upheld.yaml"] = (resources("upheld.datamap.ready") / "upheld.yaml").read_text(
            "utf-8"
        )
    for file, text in written.items():
        (folder / file).write_text(text, encoding="utf-8")
        typer.echo(f"wrote {folder / file}")
    if not serving:
        typer.echo(
            "Not in it: systems/upheld.yaml, by which our own records of a person are in her copy. "
            "`upheld serve` writes it into a folder that it begins; for commands alone, copy it from "
            f"{resources('upheld.datamap.ready')}."
        )
    typer.echo(f"Next: describe a system in {folder / 'systems'}, then upheld map check --dir {folder}")
    return 0
