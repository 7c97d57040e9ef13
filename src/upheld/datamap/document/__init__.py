"""The written form: pydantic models of a privacy folder, with every shorthand (spec/datamap.md)."""
