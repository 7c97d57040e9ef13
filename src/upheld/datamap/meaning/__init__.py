"""From the written form to what it means: every shorthand spelled out, in the values of `datamap.model`."""
