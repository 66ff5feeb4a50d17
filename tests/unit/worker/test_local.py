"""The demonstration is told in the codes and names of the pack it runs under."""

from datetime import UTC, datetime
from random import Random

import pytest

from app.packs import Pack, load_pack
from app.worker.demo import check_ins, providers, referrals
from app.worker.demo.local import Local

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PACKS = [load_pack("thames-valley"), load_pack("durham")]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
def test_cases_and_referrals_know_no_area_or_service_but_the_packs(pack: Pack) -> None:
    areas, services = {a.code for a in pack.areas}, {s.code for s in pack.services}
    local = Local(pack)
    stories = check_ins.stories(local)
    rows = list(referrals._rows(Random(1), local, NOW))  # noqa: S311
    assert {s.area for s in stories} | {row["area"] for row in rows} == areas
    assert {s.service for s in stories} | {row["service"] for row in rows} - {None} <= services
    assert set(local.used) - {"none"} <= services
    assert len({story.case_key for story in stories}) == len(stories)


def test_thames_valleys_own_stories_stay_as_they_are() -> None:
    local = Local(PACKS[0])
    own = [(s.case_key, s.service, s.area) for s in check_ins.stories(local)]
    assert own[0] == ("VF-D-0101", "adult", "E07000178")
    assert [key for key, _, _ in own] == [f"VF-{s.case_key}" for s in check_ins.STORIES]
    assert [rest for _, *rest in own] == [[s.service, s.area] for s in check_ins.STORIES]


def test_elsewhere_no_organisation_is_called_after_a_place_on_the_thames() -> None:
    names = [providers._name(one.name, Local(PACKS[1])) for one in providers.ORGANISATIONS]
    assert "Juniper Wellbeing" in names
    assert not any(place in name for place in providers.ELSEWHERE for name in names)
    assert len(set(names)) == len(names)
