"""Which of the shipped languages an answer is in; English unless there is good reason."""

import re
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from nlp.text import tidy

CODES = {
    Language.ENGLISH: "en",
    Language.WELSH: "cy",
    Language.POLISH: "pl",
    Language.URDU: "ur",
    Language.ARABIC: "ar",
    Language.PUNJABI: "pa",
    Language.ROMANIAN: "ro",
}
LANGUAGES = tuple(CODES.values())
MIN_WORDS = 3  # settled.md 10: fewer words than this tell lingua too little
MARGIN = 0.35  # how far the best must lead English; misspelt English comes close to Welsh
_READ = 600  # characters that are plenty to tell a language by
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "was",
        "were",
        "is",
        "to",
        "my",
        "me",
        "of",
        "it",
        "they",
        "he",
        "she",
        "you",
        "that",
        "for",
        "with",
        "not",
        "have",
        "had",
        "i'm",
        "i",
        "in",
        "on",
        "but",
        "no",
        "be",
        "are",
        "this",
        "what",
        "when",
        "from",
        "help",
        "police",
        "so",
        "just",
        "very",
        "good",
        "told",
        "never",
    ]
)
_NOT_TYPICAL_ENGLISH = 0.25  # at or above this share of common English words, do not ask lingua


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*CODES).build()


def detect(text: str) -> str:
    """Return the ISO 639-1 code of a shipped language, "en" where unsure or under three words.

    Source: settled.md 10 (lingua, only the shipped languages, a margin, else English).
    """
    sample = tidy(text[:_READ]).text
    words = _WORD.findall(sample.lower())
    if len(words) < MIN_WORDS:
        return "en"
    common = sum(word in _ENGLISH for word in words) / len(words)
    if sample.isascii() and common >= _NOT_TYPICAL_ENGLISH:
        return "en"
    confidence = {
        c.language: c.value for c in _detector().compute_language_confidence_values(sample)
    }
    best = max(confidence, key=lambda language: confidence[language], default=Language.ENGLISH)
    lead = confidence.get(best, 0.0) - confidence.get(Language.ENGLISH, 0.0)
    return CODES[best] if lead >= MARGIN else "en"
