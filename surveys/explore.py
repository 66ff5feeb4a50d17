"""All ways through a survey: shortest, longest, minutes, and the pages nobody reaches.

People whose answers differ only in ways no later rule can see are treated as one.  For surveys
of the usual size that makes the search exact; beyond the limits it keeps a spread of ways
through and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.answers import Answer
from surveys.compiled import Step
from surveys.kinds import HAS_OPTIONS, Kind
from surveys.model import Question, Survey
from surveys.paths import still_offered
from surveys.space import Candidate, Space

#: Limits that keep a search under about a second on one core.
MAX_STATES = 3_000
MAX_ROUTES = 6_000
MAX_WORK = 400_000

WORDS_A_SECOND = 3.3  # 200 words a minute: adults reading for meaning, slowed by stress
_SECONDS = {Kind.LONG_TEXT: 45.0, Kind.SHORT_TEXT: 12.0, Kind.RANKING: 20.0, Kind.DATE: 10.0}
_SECONDS_TO_CHOOSE = 3.0
_SECONDS_AN_OPTION = 0.5

State = tuple[tuple[str, Answer], ...]
Route = int  # one bit for each page, set when it is on the way


@dataclass(frozen=True, slots=True)
class Exploration:
    """What a search found.

    Attributes:
        routes: Different sequences of pages found (all there are, when `exact`).
        exact: Everything was looked at; otherwise shortest and longest are the best seen.
        shortest, longest: Variable names of the pages.
        fewest_minutes, most_minutes: Estimated time for a careful reader, in minutes.
        never_reached: Ids of pages that it is certain nobody reaches.
        not_seen: Ids of pages no way through came by, certain or not.
    """

    routes: int
    exact: bool
    shortest: tuple[str, ...]
    longest: tuple[str, ...]
    fewest_minutes: float
    most_minutes: float
    never_reached: frozenset[str]
    not_seen: frozenset[str]


def explore(survey: Survey, *, space: Space | None = None) -> Exploration:
    """Return what a search of all ways through finds, within limits of about a second."""
    space = space or Space(survey)
    steps = space.plan.steps
    search = _Search(steps, space)
    routes = search.run()
    seen = 0
    for route in routes:
        seen |= route
    unseen = [step for place, step in enumerate(steps) if not seen >> place & 1]
    certain = _certainly_unreached(unseen, search, space)
    cost = [seconds(step.question, survey.source_language) for step in steps]
    shortest = min(routes, key=int.bit_count, default=0)
    longest = max(routes, key=int.bit_count, default=0)
    times = [_time(route, cost) for route in routes] or [0.0]
    return Exploration(
        routes=len(routes),
        exact=search.exact and search.covers_all(),
        shortest=_names(shortest, steps),
        longest=_names(longest, steps),
        fewest_minutes=min(times) / 60,
        most_minutes=max(times) / 60,
        never_reached=certain,
        not_seen=frozenset(step.id for step in unseen),
    )


def seconds(question: Question, language: str = "en") -> float:
    """Return how long a page takes a careful reader, in seconds; an estimate for planning."""
    texts = [question.text, question.hint, question.why]
    texts += [option.text for option in question.live_options[:30]]
    words = sum(len(text.in_(language).split()) for text in texts if text is not None)
    reading = words / WORDS_A_SECOND
    if question.kind in HAS_OPTIONS:
        reading += _SECONDS_AN_OPTION * min(len(question.live_options), 20)
    return reading + _SECONDS.get(question.kind, _SECONDS_TO_CHOOSE)


class _Search:
    """Walks all steps once, carrying sets of routes for each state of the answers still needed."""

    def __init__(self, steps: tuple[Step, ...], space: Space) -> None:
        self.exact = True
        self._steps = steps
        self._space = space
        self._work = 0
        self._needs = [_needed_by(step, space) for step in steps]
        self._last_need: dict[str, int] = {}
        for place, needed in enumerate(self._needs):
            self._last_need |= dict.fromkeys(needed, place)

    def covers_all(self) -> bool:
        """Return whether the candidates of every question that routes are exact."""
        return all(self._space.is_exact(question) for question in self._last_need)

    def run(self) -> set[Route]:
        """Return the routes found."""
        states: dict[State, set[Route]] = {(): {0}}
        ended: set[Route] = set()
        for place, step in enumerate(self._steps):
            states = self._advance(place, step, states, ended)
        for routes in states.values():
            ended |= routes
        return ended

    def _advance(
        self, place: int, step: Step, states: dict[State, set[Route]], ended: set[Route]
    ) -> dict[State, set[Route]]:
        after: dict[State, set[Route]] = {}
        for state, routes in states.items():
            seen = dict(state)
            if step.show is not None and not step.show(seen, self._space.day):
                self._keep(after, self._project(seen, place), routes)
                continue
            taken = {route | 1 << place for route in routes}
            for candidate in self._candidates(step, place):
                self._answer(place, step, seen, candidate, taken, after, ended)
        return self._pruned(after)

    def _answer(
        self,
        place: int,
        step: Step,
        seen: dict[str, Answer],
        candidate: Candidate,
        taken: set[Route],
        after: dict[State, set[Route]],
        ended: set[Route],
    ) -> None:
        self._work += 1
        day = self._space.day
        if candidate is not None and step.filters:
            offered = still_offered(candidate, step, seen, day)
            if offered != candidate:
                return
        given = seen if candidate is None else {**seen, step.id: candidate}
        if any(test(given, day) for test, _ in step.finishes):
            ended |= taken
            return
        self._keep(after, self._project(given, place), taken)

    def _candidates(self, step: Step, place: int) -> Iterable[Candidate]:
        if self._last_need.get(step.id, -1) < place:
            return (None,)
        if self._work > MAX_WORK:
            self.exact = False
            return self._space.candidates(step.id)[:2]
        return self._space.candidates(step.id)

    def _project(self, seen: dict[str, Answer], place: int) -> State:
        """Forget the answers that no later step looks at."""
        return tuple((q, a) for q, a in seen.items() if self._last_need.get(q, -1) > place)

    def _keep(self, after: dict[State, set[Route]], state: State, routes: set[Route]) -> None:
        known = after.get(state)
        if known is None:
            after[state] = set(routes)
        else:
            known |= routes

    def _pruned(self, states: dict[State, set[Route]]) -> dict[State, set[Route]]:
        if len(states) > MAX_STATES:
            self.exact = False
            every = len(states) // MAX_STATES + 1
            states = dict(list(states.items())[::every])
        room = max(8, MAX_ROUTES // max(1, len(states)))
        for state, routes in states.items():
            if len(routes) > room:
                self.exact = False
                by_length = sorted(routes, key=lambda route: (route.bit_count(), route))
                every = len(by_length) // room + 1
                states[state] = {*by_length[::every], by_length[-1], _union_holder(by_length)}
        return states


def _union_holder(routes: list[Route]) -> Route:
    """Return the route with the latest page, so that pruning hides few pages."""
    return max(routes)


def _needed_by(step: Step, space: Space) -> set[str]:
    question = step.question
    rules = [question.show_when, question.skip_when, *(f.when for f in question.finish)]
    rules += [option.show_when for option in question.options]
    found: set[str] = set()
    for rule in rules:
        if rule is not None:
            found.update(space.questions_in(rule))
    return found


def _certainly_unreached(unseen: list[Step], search: _Search, space: Space) -> frozenset[str]:
    if search.exact and search.covers_all():
        return frozenset(step.id for step in unseen)
    return frozenset(step.id for step in unseen[:50] if _is_unreached(step, space))


def _is_unreached(step: Step, space: Space) -> bool:
    """Search again only among the pages this one depends on, which is small and often exact."""
    steps = space.plan.steps
    by_id = {other.id: other for other in steps}
    place = next(n for n, other in enumerate(steps) if other.id == step.id)
    wanted = {step.id}
    waiting = [step, *(other for other in steps[:place] if other.finishes)]
    while waiting:
        current = waiting.pop()
        wanted.add(current.id)
        waiting.extend(
            by_id[q] for q in _needed_by(current, space) if q in by_id and q not in wanted
        )
    few = tuple(other for other in steps[: place + 1] if other.id in wanted)
    search = _Search(few, space)
    routes = search.run()
    reached = any(route >> (len(few) - 1) & 1 for route in routes)
    return not reached and search.exact and search.covers_all()


def _names(route: Route, steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(s.question.name for place, s in enumerate(steps) if route >> place & 1)


def _time(route: Route, cost: list[float]) -> float:
    return sum(spent for place, spent in enumerate(cost) if route >> place & 1)
