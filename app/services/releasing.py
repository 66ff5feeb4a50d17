"""Taking the releases of a quarter that has just ended, before anybody waits for them."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.figures import releases
from app.figures.lattice import Groups
from app.figures.suppress import Thresholds
from app.figures.surveys import list_surveys
from app.packs import Pack


def groups_of(pack: Pack) -> Groups:
    """Return the roll-ups of an area pack: counties over districts, leads over supply chains."""
    areas: dict[str, list[str]] = {}
    for area in pack.areas:
        if area.parent:
            areas.setdefault(area.parent, []).append(area.code)
    services: dict[str, list[str]] = {}
    for service in pack.services:
        if service.lead:
            services.setdefault(service.lead, [service.lead]).append(service.code)
    return {"area": areas, "service": services}


def limits_of(pack: Pack) -> Thresholds:
    """Return the small-number limits of an area pack, for staff."""
    own = pack.thresholds
    return Thresholds(own.hide_below, own.percent_from, own.normal_from)


def public_limits_of(pack: Pack, *, is_sensitive: bool) -> Thresholds:
    """Return the limits for everyone: rounded; doubled for children and sexual violence."""
    limits = replace(limits_of(pack), round_to=pack.thresholds.round_public_to)
    return limits.doubled() if is_sensitive else limits


def take_releases(session: Session, pack: Pack, *, today: date, now: datetime) -> int:
    """Take what is not taken yet; return how many surveys have a release. Safe to repeat.

    For the worker's slow round: a page takes a missing release itself, but at a million answers
    that is most of a minute.
    """
    groups, limits = groups_of(pack), limits_of(pack)
    taken = [
        releases.released(session, survey.id, groups=groups, today=today, now=now, limits=limits)
        for survey in list_surveys(session)
    ]
    return sum(bool(release.periods) for release in taken)
