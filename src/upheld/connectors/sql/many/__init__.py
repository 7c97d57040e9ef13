"""Many people in one transaction: the union of their keys, with attribution (ADR 0018)."""
