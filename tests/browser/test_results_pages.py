"""axe-core at WCAG 2.2 AA on every results page on a phone, as those who decide see it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.figures import releases
from app.models import Gap, Job, Role
from app.packs import load_pack
from app.services import commenting, gap_register, reports
from app.services.reports import Wish
from tests.browser.conftest import PHONE
from tests.browser.desk import Desk
from tests.browser.test_every_page import AXE, RUN, TAGS
from tests.builders import an_actor
from tests.integration.results.builders import a_coded_survey, some_people

pytestmark = pytest.mark.browser

AREAS = ("E06000060", "E06000042", "E07000178")
PAGES = (
    "",
    *(f"/{name}" for name in ("themes", "gaps", "groups", "together", "questions", "outcomes")),
    *(f"/{name}" for name in ("trend", "compare", "people", "coverage", "drop-off", "beside")),
    "/themes/waiting",
    "/themes/waiting/evidence",
    "/providers-said",
    "/register",
    "/register/new?theme=waiting",
    "/register/{gap}",
    "/reports",
    "/reports/new",
    "/reports/{report}",
    "/reports/{report}/ledger",
)
ELSEWHERE = ("/results/keys", "/results/what-we-did")


@pytest.fixture
def pages(session: Session) -> list[str]:
    """Return the address of every page, with something on each."""
    releases.forget()
    days, now = (date(2026, 5, 3), date(2026, 8, 3)), utc_now()
    people = [
        p for i, d in enumerate(days) for p in some_people(120, seed=i, areas=AREAS, received_on=d)
    ]
    survey, by = a_coded_survey(session, people), an_actor(session, Role.COMMISSIONER)
    gap = Gap(
        survey_id=survey.id, title="Waits", theme="waiting", state="doing", evidence={},
        due_on=date(2026, 9, 1), acted_on=date(2026, 7, 1), opened_at=now, changed_at=now,
    )  # fmt: skip
    session.add(gap)
    session.commit()
    note = {"kind": "research", "title": "A study", "finding": "Waits are long."}
    gap_register.shelve(session, "waiting", note, by=by, now=now)
    commenting.remark(session, survey.id, "page_one", "2026-27-q2", "Why?", by=by, now=now)
    pack, wish = load_pack("thames-valley"), Wish("panel", "2026-27-q2")
    report = reports.ask(session, survey.id, wish, pack, by=by, now=now)
    job = session.query(Job).filter_by(kind=reports.MAKE, subject_id=report).one()
    reports.freeze(session, job, pack, today=date(2026, 11, 22), now=now)
    session.commit()
    inside = [path.format(gap=gap.id, report=report) for path in PAGES]
    return [*(f"/results/{survey.slug}{path}" for path in inside), *ELSEWHERE]


def test_axe_finds_nothing_on_any_page_of_results(
    at_desk: Callable[..., Desk], pages: list[str]
) -> None:
    page = at_desk(Role.COMMISSIONER, script=True, viewport=PHONE).page
    source = AXE.read_text(encoding="utf-8")
    found, wide = {}, []
    for path in pages:
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        page.evaluate("source => (0, eval)(source)", source)
        found[path] = page.evaluate(RUN, TAGS)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert not {path: problems for path, problems in found.items() if problems}
    assert not wide
