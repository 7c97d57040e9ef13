"""What every test may use: real servers (tests/servers) and the table scenario × database."""

pytest_plugins = ("tests.servers.plugin", "tests.scenarios.plugin", "tests.store.plugin", "tests.kill.plugin")
