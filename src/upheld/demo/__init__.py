"""The example organisation: `upheld demo` builds its systems, fulfils one person's rights, and proves it.

The demo is a person at a terminal: it types commands of Upheld and reads what they say. Only the systems
themselves are made, and at the end looked at, without them.
"""
