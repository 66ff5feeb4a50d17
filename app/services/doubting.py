"""Answers through open links that a program seems to have sent, or one person many times.

Nobody is refused and nothing is deleted: such answers are stored, read for danger like all others,
and set aside with a reason until a person has looked (safety.md T15, T16). No sign is an address
alone, so a refuge behind one address is never caught.

What is counted is counted in the memory of one process, for an hour, and written nowhere: no copy
of the database can tell who answered from where (T14).
"""

import ipaddress
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from app.models import Channel

# Anybody may come through these, and as often as they like: figures keep them apart by channel.
UNVERIFIED = frozenset({Channel.OPEN, Channel.CAMPAIGN, Channel.POSTER})
TRAPPED, TOO_FAST, ALIKE, ONE_NETWORK = "honeypot", "too_fast", "alike", "one_network"
WINDOW = timedelta(hours=1)
QUICK_SECONDS, BRISK_SECONDS = 1.0, 2.5  # for each question answered; nobody reads faster
QUICK_ALLOWED = 5  # somebody trying the form out, or a person who skips everything
ALIKE_ALLOWED = 5  # the same words, or the same long row of answers
NETWORK_ALLOWED = 80  # brisk ones from one network: more than a refuge or a hall sends
ENOUGH_ANSWERS, ENOUGH_LETTERS = 8, 20  # below this, two people may well answer alike
MOST_MARKS = 50_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One send, as far as doubts look at it."""

    response_id: UUID
    collector_id: UUID
    at: datetime
    pace: float  # seconds for each question answered, from Start to the send
    likeness: Hashable  # equal for equal answers; None where there is too little to compare
    network: str
    is_trapped: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why answers are set aside, and which earlier ones with them."""

    reason: str
    earlier: tuple[UUID, ...] = ()


@dataclass
class Doubts:
    """What one process remembers of the last hour."""

    _marks: dict[Hashable, deque[tuple[datetime, UUID | None]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def weigh(self, arrival: Arrival) -> Doubt | None:
        """Return why these answers should be set aside, or None; remember that they came."""
        if arrival.is_trapped:
            return Doubt(TRAPPED)
        with self._lock:
            found = [
                self._beyond(arrival, mark, reason, allowed)
                for mark, reason, allowed in _marks_of(arrival)
            ]
        doubts = [doubt for doubt in found if doubt is not None]
        if not doubts:
            return None
        earlier = dict.fromkeys(known for doubt in doubts for known in doubt.earlier)
        return Doubt(doubts[0].reason, tuple(earlier))

    def _beyond(self, arrival: Arrival, mark: Hashable, reason: str, allowed: int) -> Doubt | None:
        if len(self._marks) >= MOST_MARKS:
            self._marks.clear()  # a flood of different marks: begin again rather than grow
        seen = self._marks.setdefault(mark, deque(maxlen=allowed + 1))
        while seen and arrival.at - seen[0][0] > WINDOW:
            seen.popleft()
        before = tuple(response_id for _, response_id in seen if response_id)
        is_beyond = len(seen) >= allowed
        # One that is set aside itself never has to be set aside with a later one.
        seen.append((arrival.at, None if is_beyond else arrival.response_id))
        if not is_beyond:
            return None
        # What one network sends may be many people's: only what comes beyond is set aside.
        return Doubt(reason, () if reason == ONE_NETWORK else before)


def network_of(address: str | None) -> str:
    """Return the network an address belongs to: a /24, or a /48 of IPv6; "" for none."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    size = 24 if known.version == 4 else 48
    return str(ipaddress.ip_network(f"{known}/{size}", strict=False))


def likeness_of(answers: Hashable, count: int, letters: int) -> Hashable:
    """Return what makes answers alike, or None where there is too little to compare."""
    return hash(answers) if count >= ENOUGH_ANSWERS or letters >= ENOUGH_LETTERS else None


def _marks_of(arrival: Arrival) -> list[tuple[Hashable, str, int]]:
    where = arrival.collector_id
    marks: list[tuple[Hashable, str, int]] = []
    if arrival.pace < QUICK_SECONDS:
        marks.append(((where, TOO_FAST), TOO_FAST, QUICK_ALLOWED))
    if arrival.likeness is not None:
        marks.append(((where, ALIKE, arrival.likeness), ALIKE, ALIKE_ALLOWED))
    if arrival.network and arrival.pace < BRISK_SECONDS:
        marks.append(((where, arrival.network), ONE_NETWORK, NETWORK_ALLOWED))
    return marks
