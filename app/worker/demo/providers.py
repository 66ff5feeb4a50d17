"""A provider survey that has closed: 12 made-up organisations after an event (domain S05)."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

import surveys
from app.models import Channel, Codebook, PersonalLink, SurveyMode, SurveyStatus
from app.packs import Pack
from app.services import publishing, questionnaires, walking
from app.store.organisations import NAME
from app.worker.demo.local import Local
from app.worker.demo.rows import Place, write_responses
from app.worker.demo.waves import Planned, Planner
from surveys import Answer, Chosen, Number, Question, Words

SLUG = "provider-survey"
DAYS_AGO = 60
ADULT = ("counselling", "emotional_support", "single_point_of_contact", "updates", "court_support",
         "practical_help", "safety_protection")  # fmt: skip
CYP = ("child_support", "counselling", "peer_group", "emotional_support", "information_support",
       "specialist_service")  # fmt: skip
SV = ("specialist_service", "counselling", "court_support", "peer_group", "emotional_support",
      "safety_protection")  # fmt: skip
FIRST = {"adult": ADULT, "cyp": CYP, "sv": SV}


@dataclass(frozen=True, slots=True)
class Organisation:
    """One made-up organisation and the lots it may bid for."""

    name: str
    type: str
    size: str
    lots: tuple[str, ...]
    capacity: int
    weeks: int


ORGANISATIONS = (
    Organisation("Alder House", "charity", "10_49", ("adult",), 120, 6),
    Organisation("Brightwater Support", "charity", "50_249", ("adult", "cyp"), 400, 4),
    Organisation("Cornerstone Counselling", "charity", "10_49", ("adult", "sv"), 90, 18),
    Organisation("Downland Advice", "charity", "10_49", ("adult",), 150, 2),
    Organisation("Evenlode Wellbeing", "social_enterprise", "1_9", ("adult", "cyp"), 40, 9),
    Organisation("Fern Tree Trust", "charity", "1_9", ("cyp",), 35, 12),
    Organisation("Greyfriars Law Centre", "charity", "10_49", ("adult",), 80, 3),
    Organisation("Harbour Women’s Service", "charity", "10_49", ("adult", "sv"), 110, 15),
    Organisation("Kennet Talking Therapies", "private", "50_249", ("adult", "cyp", "sv"), 600, 5),
    Organisation("Loddon Restorative", "social_enterprise", "1_9", ("adult",), 25, 1),
    Organisation("Ridgeway Survivors", "charity", "1_9", ("adult", "sv"), 45, 22),
    Organisation("Thame Hill Support", "charity", "50_249", ("adult", "cyp"), 310, 7),
)
NOT_YET = ("Cherwell Carers", "Hurley Outreach")  # were sent a link and have not answered
# What an organisation called after a place near the Thames is called anywhere else.
ELSEWHERE = {
    "Cherwell": "Copper Beech", "Downland": "Dovecote", "Evenlode": "Juniper",
    "Hurley": "Hazel", "Kennet": "Kestrel", "Loddon": "Lantern", "Ridgeway": "Rowan",
    "Thame Hill": "Tall Oak",
}  # fmt: skip


def write_providers(session: Session, pack: Pack, codebook: Codebook, *, now: datetime) -> None:
    """Write the survey, its links and the answers; the same for the same day."""
    chance = Random(SLUG)  # noqa: S311 - the same demonstration every time
    began = now - timedelta(days=DAYS_AGO)
    document = questionnaires.for_pack("provider_survey", pack)
    survey = publishing.create_survey(
        session,
        name="Provider survey (demonstration)",
        slug=SLUG,
        mode=SurveyMode.CONFIDENTIAL,
        by=None,
        now=began,
        is_synthetic=True,
    )
    version = publishing.publish(session, survey, document, by=None, now=began)
    collector = publishing.open_collector(
        session, survey, name="Organisations", channel=Channel.PERSONAL, by=None, now=began
    )
    questionnaire = surveys.load(document)
    place = Place(survey, version, questionnaire, {collector.name: collector}, codebook)
    local = Local(pack)
    planner = Planner(questionnaire, chance, local)
    for number, told in enumerate(ORGANISATIONS):
        one = replace(told, name=_name(told.name, local))
        planned = _plan(planner, one, began + timedelta(days=7 + number), collector.name)
        link = _link(one.name, collector.id, began)
        link.spent_on = planned.day
        session.add(link)
        session.flush()
        planned.values = {"link_id": link.id}
        write_responses(session, place, [planned])
    session.add_all(_link(_name(name, local), collector.id, began) for name in NOT_YET)
    survey.status = SurveyStatus.CLOSED
    survey.closed_at = began + timedelta(days=30)
    session.flush()


def _name(told: str, local: Local) -> str:
    places = {} if local.has_own_story else ELSEWHERE
    place = next((p for p in places if told.startswith(p)), None)
    return told if place is None else told.replace(place, places[place])


def _link(name: str, collector_id: object, began: datetime) -> PersonalLink:
    return PersonalLink(
        collector_id=collector_id,
        token_hash=hashlib.sha256(f"{SLUG}/{name}".encode()).hexdigest(),
        context={NAME: name},
        issued_on=began.date(),
        expires_on=(began + timedelta(days=30)).date(),
    )


def _plan(planner: Planner, one: Organisation, day: datetime, collector: str) -> Planned:
    survey, chance = planner.survey, planner.chance
    asked = {question.name: question for question in survey.questions}
    given: dict[str, Answer] = {
        "org_name": Words(one.name),
        "org_type": _chosen(asked["org_type"], one.type),
        "org_size": _chosen(asked["org_size"], one.size),
        "lots": _chosen(asked["lots"], *one.lots),
        "capacity": Number(Decimal(one.capacity)),
        "waiting_weeks": Number(Decimal(one.weeks)),
    }
    for lot in one.lots:
        question = asked[f"priorities_{lot}"]
        given[question.name] = _chosen(question, *_ranking(FIRST[lot], chance))
    for name, values in _OTHERS.items():
        given[name] = _chosen(asked[name], chance.choice(values))
    answers = surveys.Answers({asked[name].id: a for name, a in given.items()}, day=day.date())
    return Planned(
        id=planner.new_id(),
        day=day.date(),
        sent=walking.asked_answers(survey, answers, ended=True),
        is_complete=True,
        eligible=True,
        collector=collector,
        written={},
        text_ids={asked["org_name"].id: planner.new_id()},
    )


_OTHERS = {
    "stop_bidding": ("price", "length", "tupe", "data", "nothing"),
    "consortium": ("lead", "member", "member", "unsure"),
    "contract_length": ("3_plus", "5_plus", "3"),
    "price_model": ("block", "cost_volume"),
    "event_useful": ("3", "4", "4", "5"),
    "share": ("yes", "no_name", "no"),
}


def _ranking(first: tuple[str, ...], chance: Random) -> list[str]:
    """Return five of the list, much in its order: neighbours change places here and there."""
    order = sorted(range(len(first)), key=lambda place: place + chance.uniform(0, 2.5))
    return [first[place] for place in order[:5]]


def _chosen(question: Question, *values: str) -> Chosen:
    ids = {option.value: option.id for option in question.options}
    return Chosen(tuple(ids[value] for value in values))
