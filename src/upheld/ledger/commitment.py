"""Commitments: what the ledger says about content it must not hold (P-05).

HMAC-SHA-256 under a random 256-bit key of the case. Whoever has the key can show that the content is the one
committed to; when the key is destroyed, the entry says nothing about anybody. A bare hash of an address
would not do: everybody can hash every address.
"""

import hmac
from hashlib import sha256

KEY_SIZE = 32


def commit(key: bytes, content: bytes) -> str:
    """The commitment as 64 hexadecimal digits; refuses a key that is not 256 bits long."""
    if len(key) != KEY_SIZE:
        raise ValueError("A commitment key is 32 random bytes, one for each case.")
    return hmac.new(key, content, sha256).hexdigest()


def opens(key: bytes, content: bytes, commitment: str) -> bool:
    """Whether this key and content are what was committed to; compares in constant time."""
    return hmac.compare_digest(commit(key, content).encode(), commitment.encode())
