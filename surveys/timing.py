"""How long pages take: an estimate for planning, to be replaced by what is measured."""

from __future__ import annotations

from surveys.kinds import Kind
from surveys.model import Question

#: About 200 words a minute: adults reading for meaning, slowed by stress.
WORDS_A_SECOND = 3.3
#: Lists of answers are scanned, not read.
OPTION_WORDS_A_SECOND = 7.0
MAX_OPTIONS_READ = 30
_SECONDS_TO_ANSWER = {
    Kind.LONG_TEXT: 40.0,
    Kind.SHORT_TEXT: 12.0,
    Kind.RANKING: 20.0,
    Kind.DATE: 10.0,
    Kind.NUMBER: 5.0,
    Kind.INFO: 1.0,
}
_SECONDS_TO_CHOOSE = 3.0


def seconds(question: Question, language: str = "en") -> float:
    """Return how long one page takes a careful reader, in seconds."""
    texts = (question.text, question.hint, question.why)
    words = sum(len(text.in_(language).split()) for text in texts if text is not None)
    options = question.live_options[:MAX_OPTIONS_READ]
    scanned = sum(len(option.text.in_(language).split()) for option in options)
    answering = _SECONDS_TO_ANSWER.get(question.kind, _SECONDS_TO_CHOOSE)
    return words / WORDS_A_SECOND + scanned / OPTION_WORDS_A_SECOND + answering
