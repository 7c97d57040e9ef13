"""Makes the shop's tables by its own migrations. Run inside the shop's environment."""

import application  # noqa: F401

# isort: split
from django.core.management import call_command

call_command("migrate", interactive=False, verbosity=0)
