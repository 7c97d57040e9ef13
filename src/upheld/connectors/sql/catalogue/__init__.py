"""One reader a dialect: its own catalogues in bulk, to the same values."""
