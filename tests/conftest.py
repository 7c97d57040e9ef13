"""What every test may use: real servers (tests/servers) and the table scenario × database."""

import os
import sys

from hypothesis import settings

from tests.servers.memory import keep_files

keep_files()

# Hundreds of programs are started, and each would compile all of our code anew where nobody may keep it compiled.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What generates worlds runs 5,000 examples under it, of a seed of their own, and shrinks what it finds.
settings.register_profile("soak", max_examples=5_000)

pytest_plugins = (
    "tests.servers.plugin",
    "tests.mail.plugin",
    "tests.scenarios.plugin",
    "tests.store.plugin",
    "tests.kill.plugin",
    "tests.web.journeys.plugin",
)
