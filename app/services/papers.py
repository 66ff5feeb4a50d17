"""A published version on paper, set by a short process that holds nothing else."""

import json
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from app.catalogues import catalogue
from app.models import SurveyVersion
from app.packs import Pack
from app.services import interface

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds; a long form takes two


class Format(StrEnum):
    """What the office wants to have."""

    PDF = "pdf"
    WORD = "docx"


class NotSetError(Exception):
    """The paper could not be set."""


def set_paper(
    session: Session,
    version: SurveyVersion,
    pack: Pack,
    form: Format,
    *,
    language: str,
    is_large: bool,
) -> bytes:
    """Return a version as a file; raises NotSetError. Only the questionnaire is handed over.

    In a language whose words nobody has reviewed it says on top that it is a draft.
    """
    order = {
        "survey": version.document,
        "format": form.value,
        "language": language,
        "is_large": is_large,
        "help_lines": [(line.name, line.number, line.hours) for line in pack.lines],
        "return_to": pack.return_address,
        "words": dict(catalogue(language).words),
        "is_draft": language not in interface.reviewed(session),
    }
    command = [sys.executable, "-m", "surveys.exchange.printing"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, without our settings
            command,
            input=json.dumps(order).encode(),
            capture_output=True,
            cwd=ROOT,
            env={"LANG": "C.UTF-8"},
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise NotSetError(version.id) from error
    return done.stdout
