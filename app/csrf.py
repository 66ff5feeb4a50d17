"""The CSRF guard of every form, and the signers of its tokens and of the session's cookie.

The same signatures as Flask's and Flask-WTF's own. Those make a signer and derive its key again
at every request, two or three times; here each is made once (decisions/0113).
"""

from functools import cache
from typing import Any

from flask import Flask, current_app, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import Serializer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

TOKEN = "csrf_token"  # noqa: S105 - its name in the session, in forms and in g
TOKEN_SALT = "wtf-csrf-token"  # noqa: S105 - where Flask-WTF expects it
WORTH_PACKING = 200  # letters

csrf = CSRFProtect()


class _KeptSigner(TimestampSigner):
    """A signer that derives each key once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.derive_key = cache(self.derive_key)  # type: ignore[method-assign]


class _KeptSerializer(URLSafeTimedSerializer):
    """A serializer that makes each signer once; signers hold no state of what they sign."""

    default_signer = _KeptSigner

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.make_signer = cache(self.make_signer)  # type: ignore[method-assign]

    def dump_payload(self, obj: Any) -> bytes:
        """Return it as it is where packing, which costs more than signing, would gain nothing."""
        plain = Serializer.dump_payload(self, obj)
        return base64_encode(plain) if len(plain) < WORTH_PACKING else super().dump_payload(obj)


class KeptSessions(SecureCookieSessionInterface):
    """Flask's own session in a signed cookie."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the serializer of this key; none without a key, as Flask has it."""
        keys = (*(app.config["SECRET_KEY_FALLBACKS"] or ()), app.secret_key)
        return self._serializer(keys) if app.secret_key else None

    @cache  # noqa: B019 - one interface a process
    def _serializer(self, keys: tuple[str, ...]) -> URLSafeTimedSerializer:
        how = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
        return _KeptSerializer(
            list(keys), salt=self.salt, serializer=self.serializer, signer_kwargs=how
        )


def form_token() -> str:
    """Return the token of this request's forms, as `generate_csrf` does."""
    if TOKEN in g or not isinstance(session.get(TOKEN), str):
        token: str = generate_csrf()
        return token
    g.csrf_token = signed = str(_token_serializer(current_app.secret_key).dumps(session[TOKEN]))
    return signed


@cache
def _token_serializer(key: str | bytes) -> URLSafeTimedSerializer:
    return _KeptSerializer(key, salt=TOKEN_SALT)
