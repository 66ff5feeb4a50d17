"""R19 in one walk: answered, coded, quoted, reported; taken back by six words; gone in a minute."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.clock import shift_clock, utc_now
from app.figures import releases
from app.guards import Role
from app.models import (
    AnswerText,
    FrozenReport,
    MachineCoding,
    Quote,
    Response,
    Review,
)
from app.packs import load_pack
from app.services import reports
from app.services.reports import Wish
from app.worker.loop import Registry, work_once
from app.worker.reporting.work import MakeFiles, MakeReports, stale_chore
from tests.builders import a_collector, an_actor
from tests.client import LookingClient
from tests.integration.coding.builders import a_coding
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY, SMALL, Person, count
from tests.integration.results.builders import DOCUMENT, a_coded_survey, some_people

ANSWERED = datetime(2026, 8, 10, 11, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
WORDS = f"I waited 11 months for a {CANARY}"
PACK = load_pack("thames-valley")
REGISTRY = Registry((MakeReports(PACK), MakeFiles()), (stale_chore(),))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: each part is proved on both databases elsewhere."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    releases.forget()
    yield
    shift_clock(timedelta())


def at(moment: datetime) -> None:
    """Let it be this moment."""
    shift_clock(timedelta())
    shift_clock(moment - utc_now())


def the_worker_goes_round(session: Session) -> None:
    sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
    for _ in range(20):
        if not work_once(sessions, REGISTRY, utc_now()):
            break
    session.expire_all()


def somebody_is_quoted(session: Session, sign_in: Callable[..., LookingClient]) -> Quote:
    """Code the answer at the desk, propose a quote of it, and approve that as a second person."""
    text = next(text for text in session.scalars(select(AnswerText)) if text.body == WORDS)
    a_coding(session, text)
    desk = f"/coding/answers/{text.id}"
    analyst = sign_in(Role.ANALYST)
    analyst.post(f"{desk}?order=newest", data={"act": "accept"})
    analyst.post(f"{desk}/quote", data={"theme": "waiting", "words": WORDS})
    quote = session.scalars(select(Quote)).one()
    sign_in(Role.APPROVER).post(f"/coding/quotes/{quote.id}/approve", data={"safe": "yes"})
    session.refresh(quote)
    assert quote.approved_at
    return quote


def everything_shown(
    sign_in: Callable[..., LookingClient], slug: str, report: FrozenReport
) -> dict[str, str]:
    """Return all that anybody but an analyst can open or download, as text."""
    client, page = sign_in(Role.COMMISSIONER), f"/results/{slug}"
    paths = (page, f"{page}/themes", f"{page}/themes/waiting", f"{page}/reports/{report.id}")
    shown = {path: client.get(path).text for path in paths}
    shown["desk"] = sign_in(Role.APPROVER).get("/coding/quotes").text
    shown["themes.csv"] = client.get(f"{page}/themes.csv").text
    for name, path in (("xlsx", "figures.xlsx"), ("docx", f"reports/{report.id}/report.docx")):
        file = client.get(f"{page}/{path}")
        if file.status_code == 200:
            parts = zipfile.ZipFile(io.BytesIO(file.get_data()))
            shown[name] = " ".join(parts.read(part).decode("latin-1") for part in parts.namelist())
    return shown


def test_r19_answers_taken_back_are_gone_from_pages_files_and_reports_within_a_minute(
    person: Person, session: Session, sign_in: Callable[..., LookingClient]
):
    at(ANSWERED)
    questions = [*SMALL["questions"], *DOCUMENT["questions"]]
    crowd = some_people(120, received_on=date(2026, 8, 3))
    survey = a_coded_survey(session, crowd, document=SMALL | {"questions": questions})
    a_collector(session, survey, token=OPEN)
    person.begin(OPEN).answer("no").answer(WORDS).answer("quote_yes").press("stop")
    code = person.code
    person.press("finish")
    quote = somebody_is_quoted(session, sign_in)
    text_id = quote.text_id
    response_id = session.get_one(AnswerText, text_id).response_id

    at(LATER)
    by = an_actor(session, Role.COMMISSIONER)
    report_id = reports.ask(
        session, survey.id, Wish("panel", "2026-27-q2"), PACK, by=by, now=utc_now()
    )
    the_worker_goes_round(session)
    report = session.get_one(FrozenReport, report_id)
    before = everything_shown(sign_in, survey.slug, report)
    quoting = {name for name, words in before.items() if CANARY in words}
    assert quoting >= {"docx", "desk", f"/results/{survey.slug}/themes/waiting"}

    person.press("take_back", words=code)
    assert "taken back" in person.look().text
    at(LATER + timedelta(seconds=60))
    the_worker_goes_round(session)

    after = everything_shown(sign_in, survey.slug, report)
    assert {"docx", "xlsx"} <= after.keys()  # the report was made again without it
    assert {name for name, words in after.items() if CANARY in words} == set()
    assert sign_in(Role.ANALYST).get(f"/coding/answers/{text_id}").status_code == 404
    of_text = (MachineCoding, Review, Quote)
    left = [
        session.scalar(select(func.count()).select_from(kind).where(kind.text_id == text_id))
        for kind in of_text
    ]
    assert left == [0, 0, 0]
    assert session.get(AnswerText, text_id) is None
    shell = session.get_one(Response, response_id)
    assert (shell.withdrawn_on, shell.withdraw_key, shell.quote_consent) == (
        LATER.date(),
        None,
        False,
    )
    assert count(session, Quote) == 0
