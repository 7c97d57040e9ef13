"""Upheld's own records: the one Django app. Cases, plans, the journal, evidence, the ledger's rows; keys
apart.

Models by topic in `models/`; keys in files, never in the database (`keys`, K-01); entries get their place
in the ledger by `sequencer`. Personal values are sealed before they reach a model: a column of bytes named
`sealed_…`.
"""
