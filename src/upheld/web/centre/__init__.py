"""The public privacy centre: no account, no script, no cookie."""
