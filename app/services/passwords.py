"""Passwords and one-time codes: Argon2id, and TOTP codes that work once."""

import base64
import hashlib
import hmac
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

MIN_LENGTH = 12
TOTP_STEP = 30
# Argon2id with the RFC 9106 low-memory profile: a login costs about 50 ms of one core here, so
# a flood of them cannot starve the desk.
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# Verified when nobody has that address, so that both cases take the same time. Of a random
# password that nobody kept, and written out: making one took a third of a start.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=1$gi3Nh+ltgqZIw0Y6T0X5cg"
    "$HNSTTyEmAEDT+KxzV2HPhzqdEg1RLElpLdoLClSSxsA"
)


def hash_password(password: str) -> str:
    """Return an Argon2id hash."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Return whether the password is right, in the same time when there is no account."""
    try:
        _hasher.verify(password_hash or NOBODY, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def password_advice(password: str, *, about: tuple[str, ...]) -> str | None:
    """Return what to do about a weak password, or None when it will do."""
    if len(password) < MIN_LENGTH:
        return f"Use {MIN_LENGTH} characters or more. Three random words work well."
    plain = password.lower()
    if len(set(plain)) < MIN_LENGTH // 2:
        return "Use more different characters. Three random words work well."
    if any(part and part in plain for part in about):
        return "Leave your own name and address out of it."
    return None


def totp_secret(secret_key: str, token: str, browser: str) -> str:
    """Return the TOTP secret offered with an invitation, so none is stored before it is used.

    It follows from the browser too: `browser` is a random value that only that one holds.
    """
    words = f"totp/{token}/{browser}".encode()
    digest = hmac.new(secret_key.encode(), words, hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode("ascii")


def totp_uri(secret: str, email: str, issuer: str) -> str:
    """Return the address an authenticator app reads from the QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer))


def accepted_step(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """Return the time step whose code this is, or None; a step already used is refused."""
    present = int(now.timestamp()) // TOTP_STEP
    digits = "".join(code.split())
    for step in (present, present - 1, present + 1):
        right = hmac.compare_digest(pyotp.TOTP(secret).at(step * TOTP_STEP), digits)
        if right and (last_step is None or step > last_step):
            return step
    return None
