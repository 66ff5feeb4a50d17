"""The engagement team's desk in a real browser: a form from blank to its first answer, and more."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Collector, Response, Role, Survey
from app.services import approving, designing, translating
from app.services.approving import Assurance
from tests.browser.conftest import DESK, PHONE
from tests.browser.desk import Desk
from tests.browser.test_every_page import AXE, RUN, TAGS
from tests.builders import NOW, a_collector, a_survey, an_actor

pytestmark = pytest.mark.browser

YES_NO = "Yes\nNo"
FEELINGS = "Not at all\nA little\nSomewhat\nMostly\nCompletely"
# A check-in of 12 questions with two branches: words, kind, answers.
QUESTIONS = [
    ("How are you managing day to day?", "scale5", FEELINGS),
    ("How safe do you feel right now?", "scale5", FEELINGS),
    ("Did anyone get in touch since we last asked?", "single", YES_NO),
    ("Who got in touch?", "multiple", "A support worker\nThe police\nSomeone else"),
    ("Did they do what they said they would?", "single", "Yes\nPartly\nNo"),
    ("Do you know what is happening next?", "single", YES_NO),
    ("What would you like to know?", "long_text", ""),
    ("How do you sleep?", "scale5", FEELINGS),
    ("How often did you use support this month?", "number", ""),
    ("Was it the right kind of support?", "scale5", FEELINGS),
    ("Would you like someone to contact you?", "single", YES_NO),
    ("Is there anything you want to say?", "long_text", ""),
]
BRANCHES = [(3, 2, "Yes"), (4, 2, "Yes"), (6, 5, "No")]  # question, about, answer


def given_twelve_questions(desk: Desk) -> None:
    page = desk.page
    page.goto("/design/new")
    page.fill("#name", "Spring check-in")
    page.check("input[value=blank]")
    desk.press("Begin")
    desk.follow("Add a question")
    for words, kind, answers in QUESTIONS:
        page.fill("#text", words)
        page.check(f"input[value={kind}]")
        page.fill("#answers", answers)
        desk.press("Add and write the next")
    desk.follow("Questions")


def when_branches_are_made(desk: Desk) -> None:
    page = desk.page
    for asked, about, answer in BRANCHES:
        desk.follow(QUESTIONS[asked][0])
        desk.follow("Change who is asked")
        page.select_option("#about", label=QUESTIONS[about][0])
        desk.press("Go on")
        page.get_by_label(answer, exact=True).check()
        desk.press("Add")
        desk.sees(f"“{QUESTIONS[about][0]}” is “{answer}”")
        desk.follow("Questions")


def when_it_is_translated(desk: Desk) -> None:
    page = desk.page
    desk.follow("Languages")
    page.select_option("#language", "cy")
    desk.press("Add the language")
    desk.follow("Before the questions")
    while page.locator("textarea[name^=t_]").count():
        for box in page.locator("textarea[name^=t_]").all():
            box.fill("Geiriau Cymraeg")
        desk.press("I have read each one against the English: reviewed")
    desk.follow("Languages")
    desk.sees("Ready to publish")


def then_the_preview_walks(desk: Desk) -> None:
    desk.follow("Questions")
    page = desk.page
    phone = page.frame_locator("iframe")
    phone.get_by_role("button", name="Start").first.click()
    phone.get_by_text(QUESTIONS[0][0]).wait_for()
    phone.get_by_label("Somewhat").check()
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_text(QUESTIONS[1][0]).wait_for()


def when_a_second_person_approves(desk: Desk, approver: Desk) -> None:
    page = desk.page
    desk.follow("Checks and map")
    desk.sees("Nothing stands in the way.")
    desk.follow("Approval")
    page.fill("#dpia_note", "How people are; help lines are on every page; nobody is named.")
    page.fill("#lived_experience_by", "The survivors’ panel")
    page.check("#lines_confirmed")
    desk.press("Ask for approval")
    approver.page.goto("/design/requests")
    approver.follow("Spring check-in")
    approver.press("Approve")
    approver.sees("Approved. The version is frozen.")


def test_a_check_in_goes_from_blank_to_an_answer_without_scripts(
    at_desk: Callable[..., Desk], browse: Callable[..., Page], session: Session
) -> None:
    desk = at_desk(Role.DESIGNER)
    given_twelve_questions(desk)
    when_branches_are_made(desk)
    when_it_is_translated(desk)
    then_the_preview_walks(desk)
    when_a_second_person_approves(desk, at_desk(Role.APPROVER))
    desk.follow("Ways in")
    desk.follow("Open a way in")
    desk.page.fill("#name", "Website")
    desk.page.check("input[value=open]")
    desk.press("Open it")
    desk.follow("Overview")
    desk.press("Launch")
    desk.sees("The survey is live.")
    then_somebody_answers(browse(script=False), session)
    assert len(desk.steps) <= 57, len(desk.steps)  # counted: 57; the answers box saved the rest


def then_somebody_answers(victim: Page, session: Session) -> None:
    session.rollback()
    survey = session.scalars(select(Survey).where(Survey.name == "Spring check-in")).one()
    token = session.scalars(select(Collector.token)).one()
    victim.goto(f"/s/{token}")
    victim.locator("main button").first.click()
    victim.get_by_role("button", name="Start").first.click()
    victim.get_by_label("Somewhat").check()
    victim.get_by_role("button", name="Continue").click()
    victim.get_by_role("button", name="Stop here and send").click()
    victim.get_by_role("heading", name="Thank you").wait_for()
    session.rollback()
    responses = session.scalars(select(Response).where(Response.survey_id == survey.id)).all()
    assert [r.is_test for r in responses] == [False]


def test_an_approved_form_is_live_for_an_incident_in_five_presses(
    at_desk: Callable[..., Desk], session: Session
) -> None:
    a_survey(session, "checkin_adult")
    desk = at_desk(Role.DESIGNER)
    desk.page.goto("/")
    desk.follow("Surveys")
    desk.follow("Major incident")
    desk.page.get_by_label("A survey, version 1").check()
    desk.page.fill("#name", "After the flood")
    desk.page.fill("#reason", "Flooded homes in Reading; people ask where to go.")
    desk.press("Put it live now")
    desk.sees("Opens today")
    assert len(desk.steps) <= 5


PAGES = (
    "/design/", "/design/new", "/design/import", "/design/incident", "/design/requests",
    "/design/our-own-words", "/design/our-own-words/pl", "{s}", "{s}/questions",
    "{s}/questions/new", "{s}/about", "{s}/sections", "{s}/bank", "{s}/checks", "{s}/copy",
    "{s}/languages", "{s}/languages/ur", "{s}/languages/ur/{q}", "{s}/history", "{s}/approval",
    "{s}/ways-in", "{s}/ways-in/new", "{s}/monitor", "{s}/aside", "{s}/paper", "{s}/questions/{q}",
    "{s}/questions/{q}/rule", "{s}/questions/{later}/rule/add?about={q}",
    "{s}/questions/{q}/reactions", "{s}/questions/{q}/reactions/signal?about={q}",
    "{s}/questions/{q}/reactions/end?about={q}", "{s}/questions/{q}/reactions/check?about={q}",
    "/design/requests/{request}", "/design/ways-in/{collector}",
    "/design/ways-in/{collector}/poster",
)  # fmt: skip
# What Tab reaches on a page, against what there is to press or fill in; a group of radios is one.
CONTROLS = """() => {
  const seen = [...document.querySelectorAll("a[href], button, input, select, textarea, iframe")]
    .filter((e) => e.type !== "hidden" && e.tabIndex >= 0 && e.checkVisibility());
  return [...new Set(seen.map((e) => e.type === "radio" ? `radio ${e.name}` : e))].length;
}"""
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  window.marks ??= new Map();
  const key = e.type === "radio" ? `radio ${e.name}` : e;
  if (!window.marks.has(key)) window.marks.set(key, window.marks.size);
  return [window.marks.get(key), Boolean(e.matches("a, button, input, select, textarea, iframe"))];
}"""


@pytest.fixture
def pages(session: Session) -> list[str]:
    """Return the address of every page of the desk, about a survey that has everything."""
    survey = a_survey(session, "checkin_adult")
    mina = an_actor(session, Role.DESIGNER)
    assurance = Assurance("Nothing names anybody at all.", "", lines_confirmed=True)
    request = approving.ask(session, survey.id, assurance, revision=0, by=mina, now=NOW)
    add = partial(translating.add_language, language="ur")
    designing.save(session, survey.id, add, revision=0, change="x", by=mina, now=NOW)
    asked = [q for q in designing.find_working(session, survey.id).survey.questions if q.options]
    poster = a_collector(session, survey, channel="poster")
    parts = {
        "s": f"/design/{survey.id}", "q": asked[0].id, "later": asked[-1].id,
        "request": request.id, "collector": poster.id,
    }  # fmt: skip
    return [page.format(**parts) for page in PAGES]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_on_the_desk(
    at_desk: Callable[..., Desk], pages: list[str], viewport: object
) -> None:
    page = at_desk(Role.DESIGNER, Role.APPROVER, script=True, viewport=viewport).page
    found = {}
    for path in pages:
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        page.evaluate("source => (0, eval)(source)", AXE.read_text(encoding="utf-8"))
        found[path] = page.evaluate(RUN, TAGS)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
    assert not {path: problems for path, problems in found.items() if problems}


def test_tab_reaches_everything_on_every_page(
    at_desk: Callable[..., Desk], pages: list[str]
) -> None:
    page = at_desk(Role.DESIGNER, Role.APPROVER, script=True).page
    missed = {}
    for path in pages:
        page.goto(path)
        count, reached = page.evaluate(CONTROLS), set()
        for _ in range(count + 30):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused and focused[1]:
                reached.add(focused[0])
            if len(reached) == count:
                break
        if len(reached) < count:
            missed[path] = (len(reached), count)
    assert not missed


def test_a_question_is_written_and_moved_by_keyboard_alone(
    at_desk: Callable[..., Desk], session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    page = at_desk(Role.DESIGNER).page
    page.goto(f"/design/{survey.id}/questions/new")
    tab_to(page, "text")
    page.keyboard.type("What would make tomorrow easier?")
    tab_to(page, "kind")
    page.keyboard.press("ArrowDown")
    tab_to(page, "act")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Edit a question").wait_for()
    page.goto(f"/design/{survey.id}/questions")
    up = page.get_by_role("button", name=re.compile(r"^Up\W+What would make tomorrow easier"))
    up.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Moved “What would make tomorrow easier?”").wait_for()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a field or button of that name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"[name={name}]:focus").count():
            return
    raise AssertionError(f"Tab never reaches {name}")
