"""The meaning of a plan's steps over plain rows, for systems that have no query language of their own.

The in-memory double and the `files` connector share it. It reads rows one after the other, as often as it
needs, and remembers only keys of hers, so its memory grows with one person's rows and not with a table's.
"""
