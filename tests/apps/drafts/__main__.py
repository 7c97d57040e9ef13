"""Measures drafts of `upheld map discover` on whole applications and writes docs/discovery.md anew.

python -m tests.apps.drafts [--first] [--left-out] [--named] [--ready] [APPLICATION …]

--first records the first run on an application, once and for ever; otherwise the present figures are recorded.
--left-out records a run with rules that were found by looking at the other applications alone.
--named tells the draft in which schemas the tables stand.
--ready measures the maps that were written by hand in the same way, for comparison.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.apps.drafts import page
from tests.apps.drafts.applications import applications
from tests.apps.drafts.measure import measure
from tests.servers.plugin import RUN_FOLDER
from tests.servers.server import new_run_folder, stop_all


def main() -> int:
    wanted = argparse.ArgumentParser(prog="python -m tests.apps.drafts")
    wanted.add_argument("--first", action="store_true")
    wanted.add_argument("--left-out", action="store_true")
    wanted.add_argument("--named", action="store_true")
    wanted.add_argument("--ready", action="store_true")
    wanted.add_argument("names", nargs="*", metavar="APPLICATION")
    options = wanted.parse_args()
    run = next(
        (
            name
            for name, wished in (
                ("ready", options.ready),
                ("first", options.first),
                ("tuned on the other", options.left_out),
            )
            if wished
        ),
        "present",
    )
    run += ", schemas named" if options.named else ""
    folder = new_run_folder()
    os.environ[RUN_FOLDER] = str(folder)
    try:
        for application in applications():
            if options.names and application.name not in options.names:
                continue
            with tempfile.TemporaryDirectory(prefix="upheld-draft-") as place:
                figures = measure(application, Path(place), ready=options.ready, named=options.named)
            page.record(run, figures)
            sys.stdout.write(page.summary(figures) + "\n")
    finally:
        stop_all(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
