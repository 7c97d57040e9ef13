"""Pages: the public centre and the staff console, and what both need. They do not know each other."""
