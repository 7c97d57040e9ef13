"""The tamper-evident ledger: entries, hash tree, checkpoints, proofs, certificates, and their verification.

Imports the standard library and `cryptography` only, so that an auditor can verify an export with this folder
alone: `python -m upheld.ledger FILE`. Nothing here reads a clock, draws randomness or opens a database.
"""
