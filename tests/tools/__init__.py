"""The checks of `make check`, checked."""
