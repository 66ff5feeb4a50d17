"""Personal data in answers: found, hidden behind stable placeholders, and mapped back."""

from nlp.redact.apply import Redacted, apply
from nlp.redact.find import find
from nlp.spans import Kind, Redaction

__all__ = ["Kind", "Redacted", "Redaction", "apply", "find"]
