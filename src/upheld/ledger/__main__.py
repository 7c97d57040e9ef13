"""`python -m upheld.ledger FILE [--vkey VKEY] [--entry FILE]`: the auditor's verifier, standing alone.

Exit status: 0 verified, 1 not verified, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from upheld.ledger.verify import verify_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the verdict on one file and answers the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m upheld.ledger",
        description="Verify a ledger export, a .tlog-proof or a certificate, offline.",
    )
    parser.add_argument("file", metavar="FILE", help="the file to verify")
    parser.add_argument("--vkey", help="the key that the organisation published (name+id+key)")
    parser.add_argument("--entry", metavar="FILE", help="the entry's bytes, for a proof that lacks them")
    chosen = parser.parse_args(arguments)
    if not Path(chosen.file).is_file():
        parser.error(f"there is no file {chosen.file}")
    verdict = verify_file(chosen.file, vkey=chosen.vkey, entry=chosen.entry)
    # A terminal that cannot show the marks must not turn a verdict into a traceback.
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(verdict.as_text().encode(encoding, "replace").decode(encoding))
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    sys.exit(main())
