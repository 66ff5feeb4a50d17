"""Saving while somebody types: the same save, answered in a few words for the page's script."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.clock import london_time

ACT = "quiet"
CLASHED = "{said} Nothing of theirs was overwritten. Press Save to see both texts."


def is_asked() -> bool:
    """Return whether the page's script saves, and not a person pressing Save."""
    return request.form.get("act") == ACT


def saved(revision: int, added: Sequence[str], *, now: datetime) -> ResponseReturnValue:
    """Say when the words were saved, and the ids of new lines in the order they were sent."""
    says = f"Saved {london_time(now)}"
    return jsonify(revision=revision, added=list(added), says=says)


def refused(errors: Mapping[Any, Sequence[Any]]) -> ResponseReturnValue:
    """Say what has to change before the words can be saved; they stay on the page."""
    reasons = [str(reason) for field in errors.values() for reason in field]
    return jsonify(says=" ".join(["Not saved yet.", *reasons])), 422


def clashed(said: str) -> ResponseReturnValue:
    """Say who was first; the script stops saving."""
    return jsonify(says=CLASHED.format(said=said)), 409
