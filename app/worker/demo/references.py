"""Counts from elsewhere beside the survey's own: referrals by group, and the referral funnel."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.models import ReferenceCount
from app.worker.demo.local import Local, Weights

REFERRALS = 8_000
YEARS = ((date(2021, 4, 1), date(2022, 3, 31)), (date(2025, 4, 1), date(2026, 3, 31)))
SOURCE = "Demonstration: made-up referrals"
SHARES: Mapping[str, Weights] = {
    "crime_group": {
        "violence": 30, "domestic_abuse": 21, "theft": 10, "burglary": 8, "sexual": 8,
        "stalking_harassment": 9, "damage": 4, "hate": 3, "fraud_cyber": 3, "robbery": 2,
        "asb": 1, "exploitation": 1,
    },
    "age_band": {
        "16_17": 4, "18_24": 16, "25_34": 24, "35_44": 22, "45_54": 16, "55_64": 10, "65_plus": 8,
    },
}  # fmt: skip
# Source: domain S12 and §0.5. The steps do not follow from one another by simple subtraction:
# 22,000 less 40% is 13,200, not 8,000, and the page that shows them says so.
FUNNEL = (
    ("referred", 22_000, "All referrals received by the Hub in 2018-19."),
    ("reached_and_wanted", 13_200, "About 40% could not be reached or no longer wanted support."),
    (
        "valid",
        8_000,
        (
            "Valid referrals passed on to funded services in 2018-19. 22,000 less 40% is 13,200, "
            "not 8,000: the three figures were published with definitions of their own, and no "
            "source says what became of the other 5,200. In the made-up cases above they wanted "
            "support and were not taken on by a service."
        ),
    ),
)
BY_HUB = " by the Hub"
OWN_FIGURES = "Figures published for 2018-19, rounded"
ELSEWHERE = "Figures another body published for 2018-19, rounded"
FUNNEL_YEAR = (date(2018, 4, 1), date(2019, 3, 31))


def write_references(session: Session, local: Local) -> None:
    """Write the margins of two years and the funnel of one."""
    for starts_on, ends_on in YEARS:
        for dimension, shares in {**SHARES, "area": local.areas}.items():
            total = sum(shares.values())
            for position, (value, share) in enumerate(shares.items()):
                session.add(
                    ReferenceCount(
                        kind="margin",
                        dimension=dimension,
                        value=value,
                        starts_on=starts_on,
                        ends_on=ends_on,
                        count=round(REFERRALS * share / total),
                        source=SOURCE,
                        position=position,
                        is_synthetic=True,
                    )
                )
    for position, (step, count, definition) in enumerate(FUNNEL):
        session.add(
            ReferenceCount(
                kind="funnel",
                dimension="step",
                value=step,
                starts_on=FUNNEL_YEAR[0],
                ends_on=FUNNEL_YEAR[1],
                count=count,
                source=OWN_FIGURES if local.has_own_story else ELSEWHERE,
                definition=definition if local.has_own_story else definition.replace(BY_HUB, ""),
                position=position,
                is_synthetic=True,
            )
        )
