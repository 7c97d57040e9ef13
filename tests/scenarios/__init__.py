"""The table scenario × database of one run."""
