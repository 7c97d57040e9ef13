"""The person's copy of her data: one age file, readable without instructions (spec/access-package.md).

`writing.write` makes it, `opening.open_package` opens it; the rest is how.
"""
