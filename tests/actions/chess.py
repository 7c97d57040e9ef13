"""The people of the scenarios in a map that nothing is in doubt of."""

from tests.scenarios.people import PEOPLE as BASE
from tests.scenarios.people import USERS

PEOPLE = BASE + "CREATE UNIQUE INDEX users_email ON users (email);\n"
__all__ = ["PEOPLE", "USERS"]
