"""The shop that tools of this kind were compared on: what a request costs in our own database and in all."""
