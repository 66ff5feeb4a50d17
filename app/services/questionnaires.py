"""Shipped questionnaires fitted to the area pack of this installation."""

from typing import Any

import surveys
from app.packs import Pack
from surveys import Option, Text, library, localise


def for_pack(name: str, pack: Pack) -> dict[str, Any]:
    """Return a shipped questionnaire's document with the pack's names, areas and services."""
    return surveys.dump(fitted(library.get(name), pack))


def fitted(survey: surveys.Survey, pack: Pack) -> surveys.Survey:
    """Return a questionnaire with the pack's names, areas and services."""
    return localise(
        survey,
        names={"service": _english(pack.support_name), "body": _english(pack.body_name)},
        lists={
            "areas": area_options(pack),
            "services": [_option(service.code, service.name) for service in pack.services],
        },
    )


def area_options(pack: Pack) -> list[Option]:
    """Return the pack's areas as the answers of an area question."""
    return [_option(area.code, area.name) for area in pack.areas]


def _option(code: str, name: str) -> Option:
    # The pack's code is the permanent id: a renamed area or service stays the same option.
    return Option(id=code, value=code, text=_english(name), code=code, group=code)


def _english(words: str) -> Text:
    return Text.model_validate({"en": words})
