"""Where a person stands in a survey, and where they go next. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import surveys

PROMISE = "promise"  # the page before the first question
SEND = "send"  # the page after the last one
CODE = "code"
SHARED = "facilitator"  # the channel of a device that goes from hand to hand


@dataclass(frozen=True, slots=True)
class State:
    """A place in the journey; kept sealed beside the answers."""

    at: str = PROMISE
    aside: str = ""  # CODE while the code is shown over the present page
    raw: Mapping[str, Any] | None = None  # what was typed on a page that needs a change
    problems: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()  # answered before coming back by code: never shown again
    warned: tuple[str, ...] = ()  # sensitive parts the person has chosen to enter
    begun: str = ""  # when the first question was opened; gone with the draft
    is_trapped: bool = False  # a box that people do not see was filled in

    def to_json(self) -> str:
        """Return the state as stored."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | None) -> "State":
        """Return a stored state; keys of another version of the application are left out."""
        known = {f.name for f in fields(cls)}
        stored: dict[str, Any] = json.loads(text or "{}")
        kept: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
            if name in known
        }
        return cls(**kept)

    def moved_to(self, at: str) -> "State":
        """Return the state at another page, with nothing left over from this one."""
        reached = self.reached if at in self.reached else (*self.reached, at)
        return replace(self, at=at, aside="", raw=None, problems=(), reached=reached)


def stop_after(
    survey: surveys.Survey, answers: surveys.Answers, sealed: Sequence[str], place: str | None
) -> str:
    """Return the id of the next question to show after `place` (None: the first), or SEND."""
    following = surveys.next_page(survey, answers, place)
    while following is not None and following.id in sealed:
        following = surveys.next_page(survey, answers, following.id)
    return following.id if following else SEND


def stop_before(
    survey: surveys.Survey, answers: surveys.Answers, sealed: Sequence[str], place: str
) -> str | None:
    """Return the id of the question before `place`, or None on the first that may be shown."""
    path = [page.id for page in surveys.page_path(survey, answers) if page.id not in sealed]
    if place == SEND:
        return path[-1] if path else None
    before = surveys.previous_page(survey, answers, place)
    while before is not None and before.id in sealed:
        before = surveys.previous_page(survey, answers, before.id)
    return before.id if before else None


def sensitive_part(
    survey: surveys.Survey, answers: surveys.Answers, question_id: str
) -> tuple[str, ...]:
    """Return the sensitive questions that begin with this one and follow without a break.

    The first question of all begins no part: the promise came right before it.
    """
    path = surveys.page_path(survey, answers)
    place = next((n for n, page in enumerate(path) if page.id == question_id), None)
    if not place or path[place - 1].sensitive:
        return ()
    part = []
    for page in path[place:]:
        if not page.sensitive:
            break
        part.append(page.id)
    return tuple(part)


def hides_answers(survey: surveys.Survey, channel: str) -> bool:
    """Return whether earlier answers stay hidden, because somebody else may see the screen (R23).

    A tablet goes from hand to hand; a young child answers beside the worker whom one of the
    questions is about.
    """
    return channel == SHARED or survey.audience is surveys.Audience.CHILD_5_10


def has_answered(answers: surveys.Answers) -> bool:
    """Return whether any question has a real answer, so that sending makes sense."""
    return any(not isinstance(answer, surveys.NoAnswer) for answer in answers.values())


def asked_answers(
    survey: surveys.Survey, answers: surveys.Answers, *, ended: bool
) -> surveys.Answers:
    """Return what is sent: answers on the path, and only of questions that were shown.

    A person who stops early was not asked the rest, so the rest is not "skipped".
    """
    sent = surveys.on_path(survey, answers)
    if ended:
        return sent
    return surveys.Answers({q: a for q, a in sent.items() if q in answers}, day=answers.day)


def waiting_words(survey: surveys.Survey, answers: surveys.Answers) -> tuple[str, ...]:
    """Return the optional boxes left, when nothing else on the path is waiting for an answer.

    A check-in is sent at this point: whoever puts the phone away after the last tap has been
    heard, and words are added afterwards. A box for how to be reached is not among them: the
    page after the send asks that, and keeps it apart from the answers.
    """
    left = [
        page
        for page in surveys.page_path(survey, answers)
        if page.id not in answers and page.kind is not surveys.Kind.INFO
    ]
    if any(page.kind not in surveys.TEXT or page.required for page in left):
        return ()
    return tuple(page.id for page in left if not page.identifying)
