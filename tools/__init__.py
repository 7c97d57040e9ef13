"""The checks of `make check` that no ready tool does: findings as file:line, exit 1 if any."""
