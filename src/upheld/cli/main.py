"""The program `upheld`. Nothing but the standard library is imported until it is known what was asked for."""

import sys


def run() -> None:
    """Run the command line and end the program: 0 done, 1 findings or unfinished or failed, 2 wrong use."""
    arguments = sys.argv[1:]
    if arguments[:2] == ["ledger", "verify"]:
        from upheld.ledger.__main__ import main  # lazy: slow import

        sys.exit(main(arguments[2:]))
    from upheld.cli import faults  # lazy: slow import

    sys.exit(faults.guarded(lambda: _commands(arguments)))


def _commands(arguments: list[str]) -> int:
    from upheld.cli.commands import command  # lazy: slow import

    command().main(arguments, prog_name="upheld")
    return 0


if __name__ == "__main__":
    run()
