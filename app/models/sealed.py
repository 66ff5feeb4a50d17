"""Text sealed to its own row with AES-256-GCM.

The key id travels with the ciphertext, so keys can be rotated while both old and new read.
Table, column and row id are authenticated with it, so a ciphertext copied into another row
does not open (safety.md T9).
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, overload
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class SealError(Exception):
    """A sealed value cannot be opened: wrong key, wrong row, or changed bytes."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Data keys by id; the current one writes, all of them read."""

    keys: Mapping[str, bytes]
    current: str

    def seal(self, text: str, bound_to: bytes) -> bytes:
        """Return key id, nonce and ciphertext in one value."""
        key_id = self.current.encode("ascii")
        nonce = os.urandom(NONCE_BYTES)
        plain = text.encode("utf-8", "surrogatepass")
        sealed = _cipher(self.keys[self.current]).encrypt(nonce, plain, bound_to)
        return bytes([len(key_id)]) + key_id + nonce + sealed

    def mac(self, message: bytes, *, purpose: bytes, key_id: str | None = None) -> tuple[str, str]:
        """Return the id of a key (the current one by default) and its hex HMAC of a message.

        Raise SealError for a key we do not have. Each purpose has a key of its own.
        """
        key_id = key_id or self.current
        if key_id not in self.keys:
            raise SealError(f"no key {key_id!r}")
        key = hmac.digest(self.keys[key_id], purpose, hashlib.sha256)
        return key_id, hmac.digest(key, message, hashlib.sha256).hex()

    def open(self, value: bytes, bound_to: bytes) -> str:
        """Return the text; raise SealError when it was not sealed for this place."""
        size = value[0]
        key_id = value[1 : 1 + size].decode("ascii")
        key = self.keys.get(key_id)
        if key is None:
            raise SealError(f"no key {key_id!r}")
        nonce = value[1 + size : 1 + size + NONCE_BYTES]
        try:
            plain = _cipher(key).decrypt(nonce, value[1 + size + NONCE_BYTES :], bound_to)
        except InvalidTag as error:
            raise SealError("sealed for another row, or changed") from error
        return plain.decode("utf-8", "surrogatepass")


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)  # the key is set out once a process, not once a cell


_ring: KeyRing | None = None


def use_keys(ring: KeyRing) -> None:
    """Set the process's key ring; called once when the application is made."""
    global _ring
    _ring = ring


def key_ring() -> KeyRing:
    """Return the process's key ring; raise SealError before `use_keys`."""
    if _ring is None:
        raise SealError("no keys loaded")
    return _ring


def place(table: str, column: str, row_id: UUID) -> bytes:
    """Return the authenticated name of one cell."""
    return f"{table}/{column}/{row_id}".encode("ascii")


def seal(table: str, column: str, row_id: UUID, text: str) -> bytes:
    """Seal text for one cell; for Core inserts, which pass no ORM attribute."""
    return key_ring().seal(text, place(table, column, row_id))


def unseal(table: str, column: str, row_id: UUID, value: bytes) -> str:
    """Open the text of one cell."""
    return key_ring().open(value, place(table, column, row_id))


class SealedText:
    """An ORM attribute that reads and writes a sealed column of its row."""

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: Any) -> "SealedText": ...
    @overload
    def __get__(self, row: Any, owner: Any) -> str | None: ...
    def __get__(self, row: Any, owner: Any) -> "SealedText | str | None":
        """Open the text, or return None where the column is empty."""
        if row is None:
            return self
        value = getattr(row, self.column)
        if value is None:
            return None
        return unseal(row.__tablename__, self.column, row.id, value)

    def __set__(self, row: Any, text: str | None) -> None:
        """Seal the text for this row, which must already have its id."""
        value = None if text is None else seal(row.__tablename__, self.column, row.id, text)
        setattr(row, self.column, value)
