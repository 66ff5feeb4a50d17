"""Made-up people: who they are, and how such a person answers each page of a questionnaire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import surveys
from app.worker.demo.corpus import CRIMES, Written
from app.worker.demo.local import Local, Weights
from surveys import Answers, Chosen, Kind, NoAnswer, NonAnswer, Option, Question, Words

SKIPPED_SHARE = 0.03
NON_ANSWER_SHARE = 0.02
AGES: Weights = {
    "18_24": 9, "25_34": 17, "35_44": 20, "45_54": 20, "55_64": 17, "65_74": 11, "75_plus": 6,
}  # fmt: skip
# Crimes of those who wrote nothing: mostly theft and burglary (domain S01).
SILENT_CRIMES: Weights = {
    "theft": 26, "vehicle": 16, "cycle_theft": 8, "burglary": 34, "business_theft": 3,
    "criminal_damage": 5, "asb": 3, "assault": 3, "fraud": 2,
}  # fmt: skip
# How people answer, by variable name and then by option value; not named: all alike.
CHOICES: Mapping[str, Weights] = {
    "young_choice": {"these": 1, "short": 0},
    "when_happened": {"under_3m": 3, "3_12m": 4, "1_3y": 3, "longer": 0.5, "ongoing": 0.6},
    "police_knew": {"told": 74, "someone_else": 10, "no": 16},
    "heard_of_service": {"knew": 18, "name_only": 27, "no": 55},
    "offered": {"yes_soon": 34, "yes_late": 14, "had_to_ask": 9, "cant_remember": 13, "no": 30},
    "how_soon": {"same_day": 2, "2_days": 4, "week": 4, "month": 2, "over_month": 1},
    "wanted_support": {"got_it": 26, "got_some": 15, "got_none": 17, "no": 30, "maybe_now": 12},
    "needs": {
        "emotional_support": 7, "information_support": 6, "updates": 7, "safety_protection": 5,
        "practical_help": 5, "counselling": 4, "police_action": 4, "rights_information": 3,
        "court_support": 2, "single_point_of_contact": 3,
    },
    "told_code": {"yes": 36, "no": 64},
    "told_rj": {"yes": 9, "no": 91},
    "want_rj": {"yes": 11, "took_part": 1, "maybe": 25, "no": 63},
    "stage": {
        "reported": 15, "investigation": 22, "no_further_action": 40, "charged": 6, "court": 6,
        "convicted": 7, "acquitted": 2, "other": 2,
    },
    "thought_stopping": {"no": 78, "thought": 17, "stopped": 5},
    "quote_consent": {"yes": 58, "no": 42},
    "about_you": {"yes": 84, "skip": 16},
    "sex": {"female": 58, "male": 42},
    "gender_same": {"yes": 98, "no": 2},
    "ethnic_group": {
        "white_british": 70, "white_other": 8, "indian": 4, "pakistani": 5, "african": 3,
        "caribbean": 2, "black_other": 1, "mixed_caribbean": 1, "mixed_asian": 1, "chinese": 1,
        "white_irish": 1, "asian_other": 1, "arab": 1, "any_other": 1, "bangladeshi": 1,
    },
    "health_condition": {"yes": 38, "no": 62},
    "religion": {"none": 46, "christian": 38, "muslim": 8, "hindu": 3, "sikh": 2, "other": 2},
    "sexual_orientation": {"straight": 90, "gay_lesbian": 4, "bisexual": 5, "other": 1},
    "main_language": {"english": 89, "other": 11},
    "help_taking_part": {"nothing": 84, "language": 4, "phone": 4, "read_aloud": 4, "person": 4},
    "caring": {"no": 72, "yes": 28},
    "pregnant": {"yes": 2, "no": 98},
    "contact": {"no": 90, "this_week": 7, "asap": 3},
    "know_next": {"yes": 4, "partly": 3, "no": 2, "nothing_due": 2},
    "carrying_on": {"carrying_on": 8, "unsure": 2, "stopping": 0},
}  # fmt: skip
# What often goes with a choice where several may be made, by variable name.
GOES_WITH: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "needs": {
        "emotional_support": ("counselling",),
        "counselling": ("emotional_support",),
        "updates": ("information_support",),
        "information_support": ("updates",),
        "safety_protection": ("police_action", "emotional_support"),
        "practical_help": ("emotional_support",),
    },
}
GOES_SHARE = 0.6
# The five points of a scale, for those who complain, those who do neither, those who praise.
SCALES: Mapping[int, tuple[float, ...]] = {
    -1: (30, 28, 20, 15, 7),
    0: (13, 18, 24, 27, 18),
    1: (4, 8, 16, 36, 36),
}


@dataclass(frozen=True, slots=True)
class Persona:
    """A made-up person, as far as their answers depend on it."""

    affected: str
    age: str
    area: str
    crimes: tuple[str, ...]
    written: Mapping[str, Written]  # by variable name
    tone: int
    fixed: Mapping[str, str]  # answers settled beforehand, by variable name
    local: Local

    def weights(self, name: str) -> Weights | None:
        """Return how people answer a question, None where all answers are alike."""
        return self.local.used if name == "services_used" else CHOICES.get(name)


def invent(
    written: Sequence[Written],
    chance: Random,
    local: Local,
    fixed: Mapping[str, str] | None = None,
) -> Persona:
    """Return somebody who could have written these answers, or who wrote none."""
    crime = written[0].crime if written else weighted(SILENT_CRIMES, chance)
    voice = written[0].voice if written else "adult"
    affected = {"witness": "witness", "bereaved": "close", "parent": "close"}.get(voice)
    crimes = [chance.choice(CRIMES[crime])]
    if chance.random() < 0.12:
        crimes += [c for c in ("damage", "asb", "violence_no_injury") if c not in crimes][:1]
    return Persona(
        affected=affected or ("me" if chance.random() < 0.92 else "close"),
        age="16_17" if voice == "young_16_18" else weighted(AGES, chance),
        area=weighted(local.areas, chance),
        crimes=tuple(crimes),
        written={answer.question: answer for answer in written},
        tone=sum(answer.tone for answer in written) if written else chance.choice((-1, 0, 0, 1)),
        fixed=fixed or {},
        local=local,
    )


def answer_all(
    survey: surveys.Survey, persona: Persona, day: date, chance: Random, *, most: int | None = None
) -> Answers:
    """Return what the person answers, page after page as the path asks; at most `most` pages."""
    answers = Answers(day=day)
    page = surveys.next_page(survey, answers, None)
    while page is not None and (most is None or len(answers) < most):
        if page.kind is not Kind.INFO:
            answers = answers.with_answer(page.id, _answer(survey, page, answers, persona, chance))
        page = surveys.next_page(survey, answers, page.id)
    return answers


def weighted(weights: Weights, chance: Random) -> str:
    """Return one of the keys, by their weights."""
    return chance.choices(list(weights), list(weights.values()))[0]


def _answer(
    survey: surveys.Survey, page: Question, answers: Answers, persona: Persona, chance: Random
) -> surveys.Answer:
    if page.kind in surveys.TEXT:
        written = persona.written.get(page.name)
        return Words(written.text) if written else surveys.SKIPPED
    settled = _settled(page, persona)
    if settled is not None:
        options = surveys.offered_options(survey, page.id, answers)
        chosen = tuple(o.id for o in options if o.value in settled)
        return Chosen(chosen) if chosen else surveys.SKIPPED
    without = _without_answer(page, chance)
    if without is not None:
        return without
    options = surveys.offered_options(survey, page.id, answers)
    if page.kind in surveys.SEVERAL_OF:
        return Chosen(_several(page, options, persona, chance))
    return Chosen((_one(page, options, persona, chance).id,))


def _settled(page: Question, persona: Persona) -> tuple[str, ...] | None:
    if page.name in persona.fixed:
        return (persona.fixed[page.name],)
    by_name: Mapping[str, tuple[str, ...]] = {
        "affected": (persona.affected,),
        "age_band": (persona.age,),
        "area_happened": (persona.area,),
        "area_live": (persona.area,),
        "crime_types": persona.crimes,
        "crime_most": persona.crimes[:1],
    }
    return by_name.get(page.name)


def _without_answer(page: Question, chance: Random) -> NoAnswer | None:
    drawn = chance.random()
    if drawn < SKIPPED_SHARE:
        return surveys.SKIPPED
    if page.non_answers and drawn < SKIPPED_SHARE + NON_ANSWER_SHARE:
        return NoAnswer(NonAnswer(chance.choice(page.non_answers)))
    return None


def _one(page: Question, options: Sequence[Option], persona: Persona, chance: Random) -> Option:
    if page.kind is Kind.SCALE5:
        tone = max(-1, min(1, persona.tone))
        return chance.choices(options, SCALES[tone][: len(options)])[0]
    return chance.choices(options, _weights(page, options, persona))[0]


def _several(
    page: Question, options: Sequence[Option], persona: Persona, chance: Random
) -> tuple[str, ...]:
    first = chance.choices(options, _weights(page, options, persona))[0]
    if first.exclusive:
        return (first.id,)
    rest = [o for o in options if not o.exclusive and o is not first and not o.write_in]
    more = chance.sample(rest, min(len(rest), chance.choice((0, 0, 1, 1, 2))))
    chosen = {first.id, *(o.id for o in more if _weight(page, o, persona) >= 1)}
    often = GOES_WITH.get(page.name, {}).get(first.value, ())
    if often and chance.random() < GOES_SHARE:
        chosen |= {o.id for o in options if o.value in often}
    return tuple(o.id for o in options if o.id in chosen)


def _weights(page: Question, options: Sequence[Option], persona: Persona) -> list[float]:
    weights = [_weight(page, option, persona) for option in options]
    return weights if any(weights) else [1.0] * len(options)


def _weight(page: Question, option: Option, persona: Persona) -> float:
    weights = persona.weights(page.name)
    if weights is None:
        return 0.2 if option.write_in or option.exclusive or option.value == "other" else 1.0
    return weights.get(option.value, 0.3 if page.kind in surveys.SEVERAL_OF else 0.0)
