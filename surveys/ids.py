"""Permanent, opaque ids for questions, options and the rest."""

from __future__ import annotations

import secrets

#: No vowels and no look-alikes: ids spell no words and survive being read aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 8


def new_id(prefix: str = "q") -> str:
    """Return a new random id such as "q_4kt7z2mx"; prefixes in use: s, q, o, r, e, c, g."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
