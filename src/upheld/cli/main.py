"""The program `upheld`. Nothing but the standard library is imported until it is known what was asked for."""

import sys


def run() -> None:
    """Run the command line and end the program, as docs/exit-codes.md has it."""
    arguments = sys.argv[1:]
    if arguments[:2] == ["ledger", "verify"]:
        from upheld.ledger.__main__ import main  # lazy: slow import

        sys.exit(main(arguments[2:]))
    from upheld.cli import faults  # lazy: slow import

    as_json = "--json" in arguments
    sys.exit(faults.guarded(lambda: _commands(arguments, as_json=as_json), as_json=as_json))


def _commands(arguments: list[str], *, as_json: bool) -> int:
    from typer._click.exceptions import ClickException  # lazy: slow import

    from upheld.cli.commands import command  # lazy: slow import
    from upheld.cli.faults import STOPPED, WrongUse  # lazy: slow import

    try:
        # For people the command line's own frame says what does not fit, with the usage of the command.
        ended = command().main(arguments, prog_name="upheld", standalone_mode=not as_json)
    except ClickException as wrong:
        raise WrongUse(wrong.format_message(), "The options are listed by --help.") from wrong
    if ended == STOPPED:
        raise KeyboardInterrupt
    return ended if isinstance(ended, int) else 0


if __name__ == "__main__":
    run()
