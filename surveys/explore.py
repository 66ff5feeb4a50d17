"""All ways through a survey: shortest, longest, minutes, and the pages nobody reaches.

People whose answers differ only in ways no later rule can see are treated as one.  For surveys
of the usual size that makes the search exact; beyond the limits it keeps a spread of ways
through and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from surveys.answers import Answer
from surveys.compiled import Step
from surveys.model import Survey
from surveys.paths import still_offered
from surveys.space import Candidate, Space
from surveys.timing import seconds

#: Limits that keep a search under about a second on one core.
MAX_STATES = 2_000
MAX_ROUTES = 5_000
MAX_WORK = 150_000
MAX_SEARCHED_AGAIN = 50

State = tuple[tuple[str, Answer], ...]
Route = int  # one bit for each page, set when it is on the way


@dataclass(frozen=True, slots=True)
class Exploration:
    """What a search found.

    Attributes:
        routes: How many different sequences of pages were counted.
        more_routes: There are more than were counted.
        exact: Everything was looked at; otherwise shortest and longest are the best seen.
        shortest, longest: Variable names of the pages.
        fewest_minutes, most_minutes: Estimated time for a careful reader, in minutes.
        never_reached: Ids of pages that it is certain nobody reaches.
        not_seen: Ids of pages no way through came by, certain or not.
    """

    routes: int
    more_routes: bool
    exact: bool
    shortest: tuple[str, ...]
    longest: tuple[str, ...]
    fewest_minutes: float
    most_minutes: float
    never_reached: frozenset[str]
    not_seen: frozenset[str]


def explore(
    survey: Survey, *, space: Space | None = None, count_routes: bool = True
) -> Exploration:
    """Return what a search of all ways through finds, within limits of about a second.

    Without `count_routes` it takes about half the time and `routes` is 0.
    """
    space = space or Space(survey)
    steps = space.plan.steps
    search = _Search(steps, space, count_routes=count_routes)
    found = search.run()
    unseen = [step for place, step in enumerate(steps) if not found.pages >> place & 1]
    return Exploration(
        routes=len(found.routes),
        more_routes=search.more_routes or not search.is_certain(),
        exact=search.is_certain(),
        shortest=_names(found.shortest[1], steps),
        longest=_names(found.longest[1], steps),
        fewest_minutes=found.quickest / 60,
        most_minutes=found.slowest / 60,
        never_reached=_certainly_unreached(unseen, search, space),
        not_seen=frozenset(step.id for step in unseen),
    )


@dataclass(slots=True)
class _Ways:
    """All ways that lead to one state, as much of them as is kept.

    Shortest and longest stay exact however many ways there are, because every page adds the same
    to all the ways that come by it.
    """

    pages: Route
    shortest: tuple[int, Route]
    longest: tuple[int, Route]
    quickest: float
    slowest: float
    routes: frozenset[Route]

    def through(self, page: Route, cost: float) -> _Ways:
        """Return these ways with one more page."""
        return _Ways(
            pages=self.pages | page,
            shortest=(self.shortest[0] + 1, self.shortest[1] | page),
            longest=(self.longest[0] + 1, self.longest[1] | page),
            quickest=self.quickest + cost,
            slowest=self.slowest + cost,
            routes=frozenset(route | page for route in self.routes),
        )

    def joined(self, other: _Ways) -> _Ways:
        """Return these ways and others to the same state."""
        return _Ways(
            pages=self.pages | other.pages,
            shortest=min(self.shortest, other.shortest),
            longest=max(self.longest, other.longest),
            quickest=min(self.quickest, other.quickest),
            slowest=max(self.slowest, other.slowest),
            routes=self.routes if self.routes == other.routes else self.routes | other.routes,
        )


_START = _Ways(0, (0, 0), (0, 0), 0.0, 0.0, frozenset())
_COUNTED = _Ways(0, (0, 0), (0, 0), 0.0, 0.0, frozenset({0}))


class _Search:
    """Walks all steps once, carrying the ways to each state of the answers still needed."""

    def __init__(
        self, steps: tuple[Step, ...], space: Space, *, count_routes: bool = False
    ) -> None:
        self._start = _COUNTED if count_routes else _START
        self.more_routes = False
        self._complete = True
        self._steps = steps
        self._space = space
        self._work = 0
        self._ended: _Ways | None = None
        self._last_need: dict[str, int] = {}
        language = space.survey.source_language
        self._cost = [seconds(step.question, language) for step in steps]
        for place, step in enumerate(steps):
            self._last_need |= dict.fromkeys(_needed_by(step, space), place)

    def is_certain(self) -> bool:
        """Return whether everything was looked at, with candidates that cover everything."""
        return self._complete and all(map(self._space.is_exact, self._last_need))

    def run(self) -> _Ways:
        """Return all ways to an end, joined."""
        states: dict[State, _Ways] = {(): self._start}
        for place, step in enumerate(self._steps):
            states = self._pruned(self._advance(place, step, states))
        for ways in states.values():
            self._end(ways)
        return self._ended or self._start

    def _advance(self, place: int, step: Step, states: dict[State, _Ways]) -> dict[State, _Ways]:
        after: dict[State, _Ways] = {}
        for state, ways in states.items():
            seen = dict(state)
            if step.show is not None and not step.show(seen, self._space.day):
                self._keep(after, self._project(seen, place), ways)
                continue
            taken = ways.through(1 << place, self._cost[place])
            for candidate in self._candidates(step, place):
                self._answer(place, seen, candidate, taken, after)
        return after

    def _answer(
        self,
        place: int,
        seen: dict[str, Answer],
        candidate: Candidate,
        taken: _Ways,
        after: dict[State, _Ways],
    ) -> None:
        self._work += 1
        step, day = self._steps[place], self._space.day
        if candidate is not None and not _is_offered(candidate, step, seen, day):
            return
        given = seen if candidate is None else {**seen, step.id: candidate}
        if any(test(given, day) for test, _ in step.finishes):
            self._end(taken)
        else:
            self._keep(after, self._project(given, place), taken)

    def _candidates(self, step: Step, place: int) -> Iterable[Candidate]:
        if self._last_need.get(step.id, -1) < place:
            return (None,)
        if self._work > MAX_WORK:
            self._complete = False
            return self._space.candidates(step.id)[:2]
        return self._space.candidates(step.id)

    def _project(self, seen: dict[str, Answer], place: int) -> State:
        """Forget the answers that no later step looks at."""
        return tuple((q, a) for q, a in seen.items() if self._last_need.get(q, -1) > place)

    def _keep(self, after: dict[State, _Ways], state: State, ways: _Ways) -> None:
        known = after.get(state)
        after[state] = ways if known is None else self._counted(known.joined(ways))

    def _end(self, ways: _Ways) -> None:
        self._ended = ways if self._ended is None else self._ended.joined(ways)

    def _counted(self, ways: _Ways) -> _Ways:
        if len(ways.routes) > MAX_ROUTES // 10:
            self.more_routes = True
            ways.routes = frozenset({ways.shortest[1], ways.longest[1]})
        return ways

    def _pruned(self, states: dict[State, _Ways]) -> dict[State, _Ways]:
        if len(states) <= MAX_STATES:
            return states
        self._complete = False
        every = len(states) // MAX_STATES + 1
        return dict(list(states.items())[::every])


def _is_offered(answer: Answer, step: Step, seen: dict[str, Answer], day: date) -> bool:
    return not step.filters or still_offered(answer, step, seen, day) == answer


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
    if search.is_certain():
        return frozenset(step.id for step in unseen)
    again = unseen[:MAX_SEARCHED_AGAIN]
    return frozenset(step.id for step in again if _is_unreached(step, space))


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
        needed = _needed_by(current, space)
        waiting.extend(by_id[q] for q in needed if q in by_id and q not in wanted)
    few = tuple(other for other in steps[: place + 1] if other.id in wanted)
    search = _Search(few, space)
    reached = search.run().pages >> (len(few) - 1) & 1
    return not reached and search.is_certain()


def _names(route: Route, steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(s.question.name for place, s in enumerate(steps) if route >> place & 1)
