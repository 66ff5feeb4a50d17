"""Every text in every language, reviewed; a draft language cannot be published."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.model import Survey
from surveys.places import all_texts
from surveys.problems import Code, Problem
from surveys.text import Status

NAMES = {
    "en": "English", "en-x-easy": "Easy Read", "cy": "Welsh", "pl": "Polish", "ur": "Urdu",
    "ar": "Arabic", "pa": "Punjabi", "ro": "Romanian", "so": "Somali",
}  # fmt: skip
_CODES = {
    Status.MISSING: (Code.TRANSLATION_MISSING, "There are no words in {}."),
    Status.DRAFT: (Code.TRANSLATION_DRAFT, "The words in {} are a draft nobody has reviewed."),
    Status.STALE: (
        Code.TRANSLATION_STALE,
        "The wording changed after the words in {} were reviewed.",
    ),
}


def check_translations(survey: Survey) -> Iterator[Problem]:
    """Yield a problem for each text that is not reviewed in one of the survey's languages."""
    for placed in all_texts(survey):
        for language in survey.languages:
            status = placed.text.status(language)
            if status is not Status.REVIEWED:
                code, message = _CODES[status]
                yield Problem(code, placed.where, message.format(NAMES.get(language, language)))
