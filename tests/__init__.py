"""Tests of Upheld; the tree mirrors src/upheld."""
