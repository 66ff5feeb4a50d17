"""A few made-up cases with three check-ins each, one of which ends in "thinking of stopping"."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import surveys
from app.models import Case, ContactRequest, PersonalLink, Tier
from app.packs import Hours, Pack
from app.services.raising import raise_flag, raise_task
from app.services.sending import CONTACT, TIERS
from app.worker.demo.corpus import Written
from app.worker.demo.local import Local
from app.worker.demo.rows import Place, at, write_responses
from app.worker.demo.waves import Planned, Planner

DAYS_AGO = (72, 40, 1)


@dataclass(frozen=True, slots=True)
class Story:
    """One case and how it went, check-in by check-in."""

    case_key: str
    service: str
    stage: str
    area: str
    offence_group: str
    coping: tuple[str, str, str]
    safe: tuple[str, str, str]
    carrying_on: tuple[str, str, str] | None = None  # asked only of those who wait for court
    contact: str = "no"  # at the third check-in
    words_at: int | None = None  # which check-in has words


STORIES = (
    Story("D-0101", "adult", "in_support", "E07000178", "violence",
          ("2", "3", "4"), ("3", "4", "4"), words_at=2),
    Story("D-0102", "hub", "in_support", "E06000038", "burglary",
          ("3", "1", "1"), ("4", "3", "2"), words_at=0),
    Story("D-0103", "sv", "waiting_for_court", "E06000042", "sexual",
          ("3", "3", "2"), ("4", "3", "3"),
          carrying_on=("carrying_on", "unsure", "stopping"), words_at=1),
    Story("D-0104", "adult", "in_support", "E06000060", "stalking_harassment",
          ("3", "4", "4"), ("2", "3", "4")),
    Story("D-0105", "counselling", "in_support", "E06000039", "robbery",
          ("2", "2", "3"), ("3", "3", "4"), contact="this_week", words_at=1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One planned check-in, with the case it belongs to."""

    story: Story
    number: int
    planned: Planned

    @property
    def is_court(self) -> bool:
        """Return whether the longer form of those who wait for court was used."""
        return self.story.carrying_on is not None


def plan_check_ins(
    adult: Planner, court: Planner, words: Sequence[Written], now: datetime
) -> list[CheckIn]:
    """Return three check-ins for every case; `words` are used up from the front."""
    left = list(words)
    made = []
    for story in stories(adult.local):
        planner = court if story.carrying_on else adult
        for number, days in enumerate(DAYS_AGO):
            has_words = story.words_at == number and bool(left)
            written = (left.pop(0),) if has_words else ()
            planned = planner.plan(
                written,
                (now - timedelta(days=days)).date(),
                fixed=_fixed(story, number),
                collector="Personal links",
            )
            made.append(CheckIn(story, number, planned))
    return made


def stories(local: Local) -> list[Story]:
    """Return the cases as this body would have them."""
    return [
        replace(
            told,
            case_key=local.case_key(told.case_key),
            service=local.service(told.service),
            area=local.area(told.area),
        )
        for told in STORIES
    ]


def write_cases(session: Session, local: Local, *, now: datetime) -> None:
    """Write the cases as the case system would have handed them over."""
    for number, story in enumerate(stories(local)):
        session.add(
            Case(
                case_key=story.case_key,
                row_hash=hashlib.sha256(story.case_key.encode()).hexdigest(),
                service=story.service,
                stage=story.stage,
                area=story.area,
                offence_group=story.offence_group,
                flags=[],
                avoid_dates=[],
                referral_date=(now - timedelta(days=100 + number)).date(),
                contact_outcome="reached",
                wants_support=True,
                consent_check_in=True,
                consent_link=True,
                is_synthetic=True,
                changed_at=now,
            )
        )


def write_check_ins(
    session: Session, places: Mapping[bool, Place], made: Sequence[CheckIn], pack: Pack
) -> None:
    """Write check-ins with the links they came through, and raise what the last ones ask for.

    `places` holds the place of the court form under True, that of the usual one under False.
    """
    for check_in in made:
        place = places[check_in.is_court]
        collector = place.collectors["Personal links"]
        link = _link(check_in, collector.id)
        session.add(link)
        session.flush()
        story = check_in.story
        check_in.planned.values = {
            "link_id": link.id,
            "service": story.service,
            "stage": story.stage,
            "area": story.area,
        }
        write_responses(session, place, [check_in.planned])
        if check_in.number == len(DAYS_AGO) - 1:
            _raise(session, place, check_in, pack.staffed_hours)


def _fixed(story: Story, number: int) -> dict[str, str]:
    fixed = {"coping": story.coping[number], "safe": story.safe[number], "contact": "no"}
    if story.carrying_on:
        fixed["carrying_on"] = story.carrying_on[number]
    if number == len(DAYS_AGO) - 1:
        fixed["contact"] = story.contact
    return fixed


def _link(check_in: CheckIn, collector_id: UUID) -> PersonalLink:
    story, day = check_in.story, check_in.planned.day
    secret = f"{story.case_key}/{check_in.number}/{check_in.planned.id}"
    return PersonalLink(
        collector_id=collector_id,
        token_hash=hashlib.sha256(secret.encode()).hexdigest(),
        case_key=story.case_key,
        context={"service": story.service, "stage": story.stage},
        issued_on=day - timedelta(days=2),
        expires_on=day + timedelta(days=58),
        spent_on=day,
    )


def _raise(session: Session, place: Place, check_in: CheckIn, hours: Hours) -> None:
    planned, story = check_in.planned, check_in.story
    moment = at(planned.day, 0)
    fired = {s.name: s.question for s in surveys.signals(place.questionnaire, planned.sent)}
    for name, question in fired.items():
        tier = TIERS.get(surveys.SignalName(name))
        if tier is not None:
            raise_flag(
                session,
                planned.id,
                reason=f"answer:{name}:{question}"[:80],
                source="answer",
                tier=Tier(tier),
                hours=hours,
                now=moment,
            )
    kinds = _tasks(fired, story)
    for kind in kinds:
        raise_task(
            session,
            planned.id,
            kind=kind,
            hours=hours,
            now=moment,
            case_key=story.case_key,
            service=story.service,
        )
    for name, wish in CONTACT.items():
        if name in fired:
            session.merge(
                ContactRequest(
                    id=planned.id, response_id=planned.id, wish=wish, asked_on=planned.day
                )
            )


def _tasks(fired: Mapping[str, str], story: Story) -> list[str]:
    kinds = []
    if any(name in fired for name in CONTACT):
        kinds.append("contact")
    if surveys.SignalName.THINKING_OF_STOPPING in fired:
        kinds.append("stopping")
    if story.coping[-1] == story.coping[-2] == "1":
        kinds.append("low_check_in")
    return kinds
