"""What is known beforehand: countries, and systems that many organisations have."""
