"""The engagement team's desk in a real browser: a form from blank to its first answer, and more."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

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
# A check-in of 12 questions, three of them branched: words, kind, answers, asked only if.
QUESTIONS: list[tuple[Any, ...]] = [
    ("How are you managing day to day?", "scale5", FEELINGS),
    ("How safe do you feel right now?", "scale5", FEELINGS),
    ("Did anyone get in touch since we last asked?", "single", YES_NO),
    ("Who got in touch?", "multiple", "A support worker\nThe police\nSomeone else", (2, "Yes")),
    ("Did they do what they said they would?", "single", "Yes\nPartly\nNo", (2, "Yes")),
    ("Do you know what is happening next?", "single", YES_NO),
    ("What would you like to know?", "long_text", "", (5, "No")),
    ("How do you sleep?", "scale5", FEELINGS),
    ("How often did you use support this month?", "number", ""),
    ("Was it the right kind of support?", "scale5", FEELINGS),
    ("Would you like someone to contact you?", "single", YES_NO),
    ("Is there anything you want to say?", "long_text", ""),
]


# From blank to live. It was 57 before a question took its condition with it, every text of a
# language stood on one page, and launching opened a link: it may only become fewer.
PRESSES = 22


def given_twelve_questions(desk: Desk) -> None:
    page = desk.page
    page.goto("/design/new")
    page.fill("#name", "Spring check-in")
    page.check("input[value=blank]")
    desk.press("Begin")
    for words, kind, answers, *branch in QUESTIONS:
        page.fill("#text", words)
        page.check(f"input[value={kind}]")
        page.fill("#answers", answers)
        for about, answer in branch:
            page.select_option("#only_if", label=f"Only if “{QUESTIONS[about][0]}” is “{answer}”")
        desk.press("Add and write the next")


def when_it_is_translated(desk: Desk) -> None:
    page = desk.page
    desk.follow("Languages")
    page.select_option("#language", "cy")
    desk.press("Add the language")
    desk.follow("Every text on one page")
    for box in page.locator("textarea[name^=t_]").all():
        box.fill("Geiriau Cymraeg")
    desk.press("I have read each one against the English: reviewed")
    desk.sees("Ready to publish")


def then_the_preview_walks(desk: Desk) -> None:
    desk.follow("Questions")
    page = desk.page
    for words, _, _, *branch in QUESTIONS:
        for about, answer in branch:
            rule = f"Asked only if “{QUESTIONS[about][0]}” is “{answer}”"
            row = page.locator(".hd-outline > li", has_text=words)
            row.get_by_text(rule).wait_for()
    phone = page.frame_locator("iframe")
    phone.get_by_role("button", name="Start").first.click()
    phone.get_by_text(QUESTIONS[0][0]).wait_for()
    phone.get_by_label("Somewhat").check()
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_text(QUESTIONS[1][0]).wait_for()


def when_a_second_person_approves(desk: Desk, approver: Desk) -> None:
    page = desk.page
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
    when_it_is_translated(desk)
    then_the_preview_walks(desk)
    when_a_second_person_approves(desk, at_desk(Role.APPROVER))
    desk.follow("Overview")
    desk.press("Launch")
    desk.sees("The survey is live")
    then_somebody_answers(browse(script=False), session)
    assert len(desk.steps) == PRESSES, desk.steps


def then_somebody_answers(victim: Page, session: Session) -> None:
    session.rollback()
    survey = session.scalars(select(Survey).where(Survey.name == "Spring check-in")).one()
    token = session.scalars(select(Collector.token)).one()
    victim.goto(f"/s/{token}")
    victim.locator("main form button").first.click()
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
    "{s}/languages", "{s}/languages/ur", "{s}/languages/ur/{q}", "{s}/languages/ur/all",
    "{s}/history", "{s}/approval",
    "{s}/ways-in", "{s}/ways-in/new", "{s}/monitor", "{s}/aside", "{s}/paper", "{s}/questions/{q}",
    "{s}/questions/{q}/rule", "{s}/questions/{later}/rule/add?about={q}",
    "{s}/questions/{q}/reactions", "{s}/questions/{q}/reactions/signal?about={q}",
    "{s}/questions/{q}/reactions/end?about={q}", "{s}/questions/{q}/reactions/check?about={q}",
    "/design/requests/{request}", "/design/ways-in/{collector}",
    "/design/ways-in/{collector}/poster", "{s}/earlier-answers", "/preview/{survey}",
    "/handover/", "/handover/plan", "/messages/", "/messages/new", "/links", "/links/new",
    "/area-pack/", "/area-pack/change", "/people/", "/people/invite",
)  # fmt: skip
ROLES = (Role.DESIGNER, Role.APPROVER, Role.OUTREACH, Role.ADMINISTRATOR)
# What Tab reaches on a page, against what there is to press or fill in; a group of radios is one.
CONTROLS = """() => {
  const seen = [...document.querySelectorAll("a[href], button, input, select, textarea, iframe")]
    .filter((e) => e.type !== "hidden" && e.tabIndex >= 0 && e.checkVisibility());
  return [...new Set(seen.map((e) => e.type === "radio" ? `radio ${e.name}` : e))].length;
}"""
# Counts what gets the focus; a frame that gets it takes it from the window.
WATCH = """() => {
  window.reached = new Set();
  const mark = () => {
    const e = document.activeElement;
    if (!e || !e.matches("a, button, input, select, textarea, iframe")) return;
    window.reached.add(e.type === "radio" ? `radio ${e.name}` : e);
  };
  document.addEventListener("focusin", mark);
  window.addEventListener("blur", () => setTimeout(mark));
}"""
BATCH = 15  # presses of Tab between two looks at what they reached


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
        "s": f"/design/{survey.id}", "survey": survey.id, "q": asked[0].id, "later": asked[-1].id,
        "request": request.id, "collector": poster.id,
    }  # fmt: skip
    return [page.format(**parts) for page in PAGES]


def test_axe_finds_nothing_and_tab_reaches_everything_on_every_page_of_the_desks(
    at_desk: Callable[..., Desk], pages: list[str]
) -> None:
    page = at_desk(*ROLES, script=True, viewport=DESK).page
    source = AXE.read_text(encoding="utf-8")
    found, missed, wide = {}, {}, []
    for path in pages:
        # Looked at before Tab moves the focus: a link that has it is drawn in another way.
        page.set_viewport_size(DESK)
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        page.evaluate("source => (0, eval)(source)", source)
        found[path] = page.evaluate(RUN, TAGS)
        wide += is_wider_than_itself(page, path)
        page.set_viewport_size(PHONE)
        found[path] += page.evaluate(RUN, TAGS)
        wide += is_wider_than_itself(page, path)
        missed[path] = missed_by_tab(page)
    assert not {path: problems for path, problems in found.items() if problems}
    assert not {path: count for path, count in missed.items() if count}
    assert not wide


def is_wider_than_itself(page: Page, path: str) -> list[str]:
    """Return the page's address if it scrolls sideways."""
    return [path] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []


def missed_by_tab(page: Page) -> int:
    """Return how many links, buttons and fields of a page Tab never reaches."""
    count, reached = page.evaluate(CONTROLS), 0
    page.evaluate(WATCH)
    # A date is one field and up to four stops of Tab.
    for presses in range(1, 2 * count + 31):
        page.keyboard.press("Tab")
        if presses % BATCH == 0 or presses >= count:
            reached = page.evaluate("window.reached.size")
        if reached == count:
            break
    return count - reached


def test_a_question_is_dragged_to_another_place(
    at_desk: Callable[..., Desk], session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    before = [q.id for q in designing.find_working(session, survey.id).survey.questions]
    page = at_desk(Role.DESIGNER, script=True).page
    page.goto(f"/design/{survey.id}/questions")
    last = page.locator(f"#row-{before[1]}")
    height = (last.bounding_box() or {})["height"]
    page.locator(f"#row-{before[0]} .hd-grip").drag_to(
        last, target_position={"x": 40, "y": height - 4}
    )
    page.get_by_text("Moved “").wait_for()
    session.rollback()
    after = [q.id for q in designing.find_working(session, survey.id).survey.questions]
    assert after == [before[1], before[0], *before[2:]]


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
