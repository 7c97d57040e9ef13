"""Many people at once: looked at, approved, fulfilled and certified together, each a case of her own."""
