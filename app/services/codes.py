"""The six words with which a person comes back, takes answers back, or sees what happened.

The words are worked out from the secret in the person's own cookie, so they are stored nowhere;
we keep a key made from them. Both steps are keyed, so a copy of the database alone cannot be
searched for words (safety.md T9).
"""

import hashlib
import hmac
import re
from functools import lru_cache
from pathlib import Path

from app.models.sealed import key_ring

WORDS = 6  # of more than 2,048: over 66 bits, where settled.md 17 asks for 64
LIST = Path(__file__).resolve().parent / "data" / "words.txt"


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """Return our own list of plain, kind words."""
    return tuple(LIST.read_text(encoding="ascii").split())


def words_for(secret: str, code_key: str | None = None) -> str | None:
    """Return the words of the person holding `secret`.

    With `code_key`, return them only if they are the words that key was made from: None after
    the person came back on another device, whose words are those they typed.
    """
    ring = key_ring()
    if code_key is None:
        return _words(ring.keys[ring.current], secret)
    made = (_words(key, secret) for key in ring.keys.values())
    return next((words for words in made if code_key in possible_keys(words)), None)


def key_of(words: str) -> str:
    """Return what is stored in place of the words."""
    ring = key_ring()
    return _key(ring.keys[ring.current], tidy(words))


def possible_keys(words: str) -> list[str]:
    """Return the keys these words may be stored under, one for each data key still in use."""
    return [_key(key, tidy(words)) for key in key_ring().keys.values()]


def digest(purpose: str, words: str) -> str:
    """Return a keyed digest that says nothing to whoever has no data key."""
    ring = key_ring()
    message = f"{purpose}:{words}".encode("utf-8", "surrogatepass")
    return hmac.new(ring.keys[ring.current], message, hashlib.sha256).hexdigest()


def tidy(words: str) -> str:
    """Return typed words as we print them: lower case, one space, no stops or hyphens."""
    return " ".join(re.findall(r"[a-z]+", words.lower()))


def _words(key: bytes, secret: str) -> str:
    digest = hmac.digest(key, b"words:" + secret.encode("utf-8"), hashlib.sha512)
    number = int.from_bytes(digest, "big")  # 512 bits: picking by remainder favours no word
    chosen = []
    for _ in range(WORDS):
        number, place = divmod(number, len(word_list()))
        chosen.append(word_list()[place])
    return " ".join(chosen)


def _key(key: bytes, words: str) -> str:
    return hmac.new(key, b"code:" + words.encode("ascii"), hashlib.sha256).hexdigest()
