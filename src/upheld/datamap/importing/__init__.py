"""Data maps that were written for other programs, as ours. Pure: text in, text and notes out."""
