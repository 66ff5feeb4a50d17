"""The demonstration's doors: the links that `make run` prints, working each time anew."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Channel, Collector
from app.services.links import issue_link
from app.store import cases, imports
from app.store import surveys as surveys_store
from app.store.errors import NotFoundError

SURVEY = "victims-survey"
WAVE_2022 = "victims-survey-2022"
CHECK_IN = "check-in"
COURT_CHECK_IN = "check-in-court"
CASE = "D-0104"  # how its key ends; what stands before it is the body's own


@dataclass(frozen=True, slots=True)
class Links:
    """Paths on the public face."""

    survey: str
    check_in: str


def links(session: Session, now: datetime) -> Links:
    """Return the open survey's link, and a fresh check-in link, for a link is spent by its use.

    Raise NotFoundError where the demonstration was never put in.
    """
    survey = _collector(session, SURVEY, Channel.OPEN)
    personal = _collector(session, CHECK_IN, Channel.PERSONAL)
    case = cases.get_made_up(session, CASE)
    context = {"service": case.service, "stage": case.stage}
    token = issue_link(session, personal, case_key=case.case_key, context=context, by=None, now=now)
    return Links(survey=f"/s/{survey.token}", check_in=f"/s/{token}")


def _collector(session: Session, slug: str, channel: Channel) -> Collector:
    survey = surveys_store.get_survey_by_slug(session, slug)
    collector = imports.find_collector(session, survey.id, channel)
    if collector is None:
        raise NotFoundError(f"{slug} has no {channel} collector")
    return collector
