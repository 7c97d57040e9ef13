"""The verbs: one file a topic. A verb is a function with keyword-only arguments, one transaction, one
ledger entry.

Every face (command line, later the web) makes one call to one verb. What a verb works with arrives as
`Means`. Fulfilling is the exception to the single transaction: it drives foreign systems, and every step of
it that our own records must remember is one verb of `journal`.
"""
