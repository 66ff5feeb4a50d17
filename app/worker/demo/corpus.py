"""Written answers of the project's own corpus, each used once."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from nlp.corpora import FOLDER

FILES = ("project_train.jsonl", "project_test.jsonl")
ADULT_VOICES = frozenset({"adult", "bereaved", "parent", "witness", "young_16_18"})
CHECK_IN = "q_checkin"
# The question of the Victims Survey an answer fits; None: by whether it is praise.
FITS: Mapping[str, str | None] = {
    "q_gap": "missing",
    "q_missing": "missing",
    "q_better": "improve",
    "q_improve": "improve",
    "q_good": "worked_well",
    "q_any": None,
    "q_impact": None,
    "q_police": None,
}
# The options of "Which of these happened?" that a crime of the corpus may stand for.
CRIMES: Mapping[str, tuple[str, ...]] = {
    "domestic_abuse": ("domestic_abuse",),
    "sexual_violence": ("rape", "sexual_assault"),
    "child_sexual_abuse": ("child_sexual_abuse",),
    "assault": ("violence_injury", "violence_no_injury"),
    "knife_crime": ("violence_injury",),
    "dog_attack": ("violence_injury",),
    "young_victim": ("violence_no_injury",),
    "public_order": ("violence_no_injury",),
    "hate_crime": ("hate",),
    "burglary": ("burglary_home",),
    "business_theft": ("burglary_other", "theft_other"),
    "theft": ("theft_person", "theft_other"),
    "vehicle": ("theft_vehicle",),
    "cycle_theft": ("theft_cycle",),
    "robbery": ("robbery",),
    "fraud": ("fraud",),
    "cyber": ("hacking",),
    "image_abuse": ("image_abuse",),
    "online_harm": ("harassment",),
    "homicide": ("homicide",),
    "witness_murder": ("homicide",),
    "road_death": ("road_death_injury",),
    "asb": ("asb",),
    "neighbour": ("asb",),
    "court_general": ("violence_injury", "violence_no_injury"),
    "stalking": ("stalking",),
    "harassment": ("harassment",),
    "modern_slavery": ("modern_slavery",),
    "exploitation": ("modern_slavery",),
    "county_lines": ("modern_slavery",),
    "criminal_damage": ("damage",),
    "arson": ("damage",),
    "honour_based": ("honour_based",),
    "unknown": ("other",),
}
ACQUISITIVE = frozenset({"burglary", "business_theft", "theft", "vehicle", "cycle_theft"})


@dataclass(frozen=True, slots=True)
class Written:
    """One written answer with what a careful reader found in it."""

    id: str
    text: str
    question: str  # variable name in the Victims Survey; "words" for a check-in
    crime: str
    voice: str
    language: str
    level: str  # safeguarding
    gold: Mapping[str, Any]

    @property
    def tone(self) -> int:
        """Return whether the answer praises (1), complains (-1), or neither."""
        return {"positive": 1, "negative": -1}.get(str(self.gold["sentiment"]), 0)


def read_corpus() -> list[Written]:
    """Return every answer the demonstration may use, each wording once, in the files' order."""
    lines = (
        json.loads(line)
        for name in FILES
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()
    )
    adult = [_written(line) for line in lines if line["voice"] in ADULT_VOICES]
    return list({answer.text: answer for answer in adult}.values())


class Pool:
    """Answers not used yet. Takes several that one person could have written."""

    def __init__(self, answers: Sequence[Written], chance: Random) -> None:
        self._chance = chance
        self._left: defaultdict[str, list[Written]] = defaultdict(list)
        for answer in chance.sample(list(answers), len(answers)):
            self._left[answer.crime].append(answer)

    def take(self, crimes: Sequence[str], most: int) -> tuple[Written, ...]:
        """Return up to `most` answers of one of these crimes to different questions."""
        open_crimes = [crime for crime in crimes if self._left[crime]]
        if not open_crimes:
            return ()
        weights = [len(self._left[crime]) for crime in open_crimes]
        left = self._left[self._chance.choices(open_crimes, weights)[0]]
        taken = [left.pop()]
        for answer in reversed(left):
            if len(taken) == most:
                break
            if answer.voice == taken[0].voice and answer.question not in _asked(taken):
                taken.append(answer)
        for answer in taken[1:]:
            left.remove(answer)
        return tuple(taken)

    def take_that(
        self, wanted: Callable[[Written], bool], most: int | None = None
    ) -> list[Written]:
        """Return up to `most` answers for which `wanted` holds, of any crime."""
        found = [a for left in self._left.values() for a in left if wanted(a)][:most]
        for answer in found:
            self._left[answer.crime].remove(answer)
        return found

    def put_back(self, answers: Iterable[Written]) -> None:
        """Let answers be taken again."""
        for answer in answers:
            self._left[answer.crime].append(answer)


def _asked(taken: Sequence[Written]) -> set[str]:
    return {answer.question for answer in taken}


def _written(line: Mapping[str, Any]) -> Written:
    praise = line["sentiment"] == "positive"
    fits = FITS.get(line["question_id"]) or ("worked_well" if praise else "improve")
    return Written(
        id=line["id"],
        text=line["text"],
        question="words" if line["question_id"] == CHECK_IN else fits,
        crime=line["crime_type"],
        voice=line["voice"],
        language=line["language"],
        level=line["safeguarding"],
        gold=line,
    )
