"""`upheld …`: each command is a file with one Typer, found by the entry point group `upheld.commands`."""
