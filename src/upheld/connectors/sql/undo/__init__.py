"""Rows as they were, and how they come back: read before a write, restored within the window (ADR 0016)."""
