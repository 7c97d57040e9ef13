"""One folder a kind of system: sql, files, manual; each found by an entry point, each passing one conformance kit."""
