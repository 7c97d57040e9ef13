"""What every test may use: real servers (tests/servers) and the table scenario × database."""

from hypothesis import settings

# What generates worlds runs 5,000 examples under it, of a seed of their own, and shrinks what it finds.
settings.register_profile("soak", max_examples=5_000)

pytest_plugins = (
    "tests.servers.plugin",
    "tests.scenarios.plugin",
    "tests.store.plugin",
    "tests.kill.plugin",
    "tests.web.journeys.plugin",
)
