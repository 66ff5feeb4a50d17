"""What a page showed against what is stored: words of another tab are never lost."""

import json

import surveys
from app.services import codes

MARK_LENGTH = 16


def mark_of(answer: surveys.Answer | None) -> str:
    """Return a mark by which a page knows the answer it shows; it tells nobody what that is."""
    if answer is None:
        return ""
    words = json.dumps(surveys.answer_to_json(answer), sort_keys=True)
    return codes.digest("seen", words)[:MARK_LENGTH]


def beside_unseen(
    stored: surveys.Answer | None, new: surveys.Answer, seen: str | None
) -> surveys.Answer:
    """Return what to store where another tab wrote words that this page never showed.

    Words that were acknowledged are never lost to a page that did not show them: an empty box
    leaves them, other words stand below them.
    """
    if seen is None or not isinstance(stored, surveys.Words) or seen == mark_of(stored):
        return new
    if not isinstance(new, surveys.Words) or new.text in stored.text:
        return stored
    return surveys.Words(f"{stored.text}\n\n{new.text}")
