"""What programs call: requests sent in and asked about, by a bearer token and nothing else (ADR 47)."""
