"""The data map: the privacy folder as it is written, what it means, and how it is drawn."""
