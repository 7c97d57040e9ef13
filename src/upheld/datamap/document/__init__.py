"""The written form: pydantic models of the files of a privacy folder, with every shorthand (spec/datamap.md)."""
