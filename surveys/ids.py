"""Permanent, opaque ids for questions, options and the rest."""

from __future__ import annotations

import hashlib
import secrets

#: No vowels and no look-alikes: ids spell no words and survive being read aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 8


def new_id(prefix: str = "q") -> str:
    """Return a new random id such as "q_4kt7z2mx"; prefixes in use: s, q, o, r, e, c, g."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def stable_id(prefix: str, *parts: str) -> str:
    """Return the id that always belongs to these parts, so that a file read twice is the same."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return f"{prefix}_" + "".join(letters)
