"""One folder a kind of system: sql, files, manual; found by entry points, each passing one kit."""
