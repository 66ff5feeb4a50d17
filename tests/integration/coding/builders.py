"""Makers of flags, codings and the people of the two desks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.models import (
    AnswerText,
    Codebook,
    Flag,
    MachineCode,
    MachineCoding,
    MachineGap,
    Response,
    Survey,
    Tier,
)
from app.packs import Hours
from app.services.raising import raise_flag
from tests.builders import NOW, a_codebook, a_response, a_survey

BOOK = """
version: 1
families:
  access:
    label: Getting to support
    themes:
      waiting: {label: Waiting for support, definition: Time waited for a service.}
      digital: {label: Online and digital, definition: "Websites, forms, texts."}
  police:
    label: Police
    themes:
      kept_informed: {label: Kept informed, definition: News of the case.}
gaps:
  needs: [updates, counselling]
  barriers: [waiting, not_told]
"""
CODER = "themes 2026.1"
HOURS = Hours()
MISSING = "q_9ff2wkvw"  # "What support was missing…" of the shipped Victims Survey
WORDS = "Anna waited 11 months and nobody told her a thing."


def a_coded_survey(session: Session, **settings: Any) -> Survey:
    """Return a live survey with a small codebook."""
    book: Codebook = a_codebook(session, BOOK)
    return a_survey(session, codebook_id=book.id, **settings)


def a_text(session: Session, survey: Survey, body: str = WORDS, **values: Any) -> AnswerText:
    """Return the one text of a new response."""
    response = a_response(session, survey, texts={MISSING: body}, **values)
    return response.texts[0]


def a_coding(
    session: Session,
    text: AnswerText,
    *,
    themes: Sequence[tuple[str, str]] = (("waiting", "negative"),),
    risk: str = "none",
    confidence: float = 0.8,
    coder: str = CODER,
    at: datetime = NOW,
) -> MachineCoding:
    """Return what a coder made of a text: `Anna` hidden, `waited 11 months` the evidence."""
    body = text.body or ""
    name = body.find("Anna")
    start = max(0, body.find("waited 11 months"))
    end = start + len("waited 11 months") if "waited 11 months" in body else len(body)
    coding = MachineCoding(
        text_id=text.id,
        codebook_id=text.response.survey.codebook_id,
        coder=coder,
        language="en",
        redactions=[{"start": name, "end": name + 4, "kind": "PERSON"}] if name >= 0 else [],
        redacted=body.replace("Anna", "[person 1]"),
        sentiment="negative",
        confidence=confidence,
        risk_level=risk,
        risk_score={"none": 0.0, "concern": 0.5, "urgent": 0.9}[risk],
        risk_evidence=[{"start": start, "end": end}] if risk != "none" else [],
        candidates=[],
        coded_at=at,
    )
    coding.codes = [
        MachineCode(
            theme=theme, polarity=polarity, probability=0.8, start=start, end=end, evidence=[]
        )
        for theme, polarity in themes
    ]
    coding.gaps = [
        MachineGap(
            need="counselling", barrier="waiting", start=start, end=end, probability=0.7,
            duration_days=335,
        )
    ]  # fmt: skip
    session.add(coding)
    session.commit()
    return coding


def a_flag(
    session: Session,
    response: Response,
    *,
    tier: Tier = Tier.SG2,
    source: str = "text",
    reason: str = f"text:{MISSING}",
    raised: timedelta = timedelta(),
    **values: Any,
) -> Flag:
    """Return a committed flag, raised a while ago."""
    flag = raise_flag(
        session,
        response.id,
        reason=reason,
        source=source,
        tier=tier,
        hours=HOURS,
        now=NOW - raised,
        **values,
    )
    session.commit()
    return flag
