"""The people of most scenarios: Ada (0) is erased, Ben (5) and Cy (10) are others."""

PEOPLE = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org'), (10, 'cy@chess.example.org');
"""
USERS = """
users:
  person: id
  identities: {email: email}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: delete
"""
ADA, BEN, CY = (f"email={name}@chess.example.org" for name in ("ada", "ben", "cy"))
