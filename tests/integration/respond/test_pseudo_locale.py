"""A language that marks every word of ours: what is left unmarked was written into a page."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from sqlalchemy.orm import Session

from app import languages
from app.catalogues import NAMES, Catalogue
from app.clock import shift_clock, utc_now
from app.models import Channel, Role
from app.respond.wording import NOTICES
from app.services import drafts, interface, links
from surveys import MESSAGES, load
from surveys.exchange import paper_words
from surveys.exchange.paper_form import blocks
from surveys.exchange.report import Report
from tests.builders import a_collector, a_survey, surveys_document
from tests.client import LookingClient
from tests.integration.respond.person import Person
from tests.integration.respond.test_every_kind import DOCUMENT, GIVEN
from tests.integration.respond.test_happened import a_gap

TAG = "xx"
HTML = "{http://www.w3.org/1999/xhtml}"
NOT_READ = {f"{HTML}{name}" for name in ("script", "style", "title")}
READ_OUT = (
    "aria-label",
    "alt",
    "placeholder",
    "data-slow",
    "data-offline",
    "data-again",
    "data-on400",
    "data-on413",
)
OWN_NAMES = {*NAMES.values(), TAG}


class Marked(Catalogue):
    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    ugettext = gettext


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: this is about pages."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> None:
    english, marked = Catalogue({}), Marked({})
    monkeypatch.setattr(languages, "catalogue", lambda tag: marked if tag == TAG else english)
    monkeypatch.setattr(drafts, "messages", lambda _tag: {c: f"⟦{w}⟧" for c, w in MESSAGES.items()})
    monkeypatch.setattr(interface, "reviewed", lambda _session: frozenset({"en", TAG}))


def marked(document: Any) -> Any:
    """Return a questionnaire with every text in the marked language too."""
    if isinstance(document, list):
        return [marked(part) for part in document]
    if not isinstance(document, dict):
        return document
    if isinstance(document.get("en"), str):
        pieces = re.split(r"(\{\{.*?\}\})", document["en"])
        words = "".join(p if p.startswith("{{") or not p.strip() else f"⟦{p}⟧" for p in pieces)
        return {**document, TAG: words}
    return {key: marked(value) for key, value in document.items()} | (
        {"languages": ["en", TAG]} if "questions" in document else {}
    )


def unmarked(page: str) -> list[str]:
    """Return every word a person would see or hear that is not marked."""
    tree = html5lib.parse(page)
    found: list[str] = []
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in NOT_READ:
            continue
        texts = [element.get(name) or "" for name in READ_OUT]
        if element.get("translate") != "no":
            texts.append(element.text or "")
        texts += [child.tail or "" for child in element]
        found += [text.strip() for text in texts if text.strip() not in OWN_NAMES]
    left = [without_marked(text) for text in found]
    return [text for text in left if re.search(r"[^\W\d_]", text)]


def without_marked(text: str) -> str:
    """Return what is left of a text without the marked words, which may stand in each other."""
    left = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return left if left == text else without_marked(left)


def pages_of_a_survey(person: Person, session: Session, mode: str) -> Iterator[tuple[str, str]]:
    """Yield every state of a journey, by name."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for question in document["questions"]:
        question["support"] = question["kind"] in {"short_text", "long_text"}
        if question["id"] == "q_k_date":
            question |= {"sensitive": True, "non_answers": ["prefer_not"]}
    a_collector(session, a_survey(session, marked(document), mode=mode), token=mode)
    browser = person.browser
    browser.post(f"/s/{mode}", data={"language": TAG})
    yield "promise", person.look().text
    person.press("start")
    for question in GIVEN:
        if 'value="skip_part"' in person.look().text:
            yield "ahead", person.look().text
            person.press("carry_on")
        yield question, person.look().text
        if question == "q_k_number":
            yield "problem", person.press("next", q_q_k_number="many").look().text
        if question == "q_k_single":
            yield "code", person.press("code").look().text
            person.press("carry_on")
        person.press("next", **GIVEN[question])
    yield "send", person.look().text
    yield "thanks", person.press("send").look().text
    yield "finished", person.press("finish").look().text
    yield "resting", person.look().text
    yield "unknown code", person.press("resume", words="no such words").look().text
    yield "welcome", browser.get(f"/s/{mode}").text
    yield "error", browser.get("/no/such/page").text
    yield "reach", browser.get("/contact").text
    yield "reach, empty", browser.post("/contact").text
    yield "about", browser.get("/about").text
    yield "about, empty", browser.post("/about").text
    browser.post("/about", data={"words": "You asked twice."})
    yield "about, received", browser.get("/about").text
    yield "what we did, nothing", browser.get("/what-we-did").text
    browser.post(f"/s/{mode}", data={"act": "not_me"})
    yield "not mine", person.look().text


def pages_of_a_check_in(person: Person, token: str) -> Iterator[tuple[str, str]]:
    """Yield the states that only a check-in has."""
    person.browser.post(f"/s/{token}", data={"language": TAG})
    yield "promise of a link", person.look().text
    person.press("start")
    for option in ("o_k38cbsph", "o_7434bvv7", "o_5m546q3f", "o_pgrbznr4"):
        yield "tap", person.look().text
        person.tap(option)
    yield "contact", person.look().text
    yield "words", person.press("no_how").look().text
    yield "thanks of a check-in", person.press("no_words").look().text


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_no_page_of_a_survey_has_words_of_its_own(mode: str, person: Person, session: Session):
    shown = pages_of_a_survey(person, session, mode)
    assert {name: words for name, page in shown if (words := unmarked(page))} == {}


def test_no_page_of_a_check_in_has_words_of_its_own(person: Person, session: Session):
    survey = a_survey(session, marked(surveys_document("checkin_adult")), is_check_in=True)
    collector = a_collector(session, survey, Channel.PERSONAL)
    token = links.issue_link(session, collector, case_key="c", context={}, by=None, now=utc_now())
    shown = pages_of_a_check_in(person, token)
    assert {name: words for name, page in shown if (words := unmarked(page))} == {}


def test_no_page_about_the_journey_has_words_of_its_own(person: Person, session: Session):
    a_collector(session, a_survey(session, marked(surveys_document("checkin_adult"))), token="n")
    browser = person.browser
    browser.post("/s/n", data={"language": TAG})
    shift_clock(timedelta(minutes=31))
    locked = person.look().text
    shift_clock(timedelta())
    assert unmarked(locked) == []  # closed after the pause
    for notice in NOTICES:
        with browser.session_transaction() as kept:
            kept["notice"] = notice
        assert unmarked(person.look().text) == [], notice
    assert unmarked(browser.post("/leave").text) == []


def test_what_happened_has_no_words_of_its_own(person: Person, session: Session):
    survey = a_survey(session, marked(surveys_document("checkin_adult")))
    a_collector(session, survey, token="h")
    person.browser.post("/s/h", data={"language": TAG})
    person.look()  # from here on every page speaks it
    before = person.browser.get(f"/happened/{survey.id}").text
    a_gap(session, survey, "We waited.")
    page = person.browser.get(f"/happened/{survey.id}").text
    assert "⟦It is being done.⟧" in page
    assert unmarked(before) == unmarked(page) == []


def test_a_poster_has_no_words_of_its_own(sign_in: Callable[..., LookingClient], session: Session):
    survey = a_survey(session, marked(surveys_document("checkin_adult")))
    way_in = a_collector(session, survey, Channel.POSTER)
    designer = sign_in(Role.DESIGNER)
    address = f"/design/ways-in/{way_in.id}/poster"
    page = designer.get(f"{address}?language={TAG}").text
    poster = page[page.index('<div class="hd-poster"') :].removesuffix("</main>")
    assert unmarked(poster) == []
    assert f"{address}?language={TAG}" in designer.get(address).text
    assert designer.get(f"{address}?language=cy").status_code == 404  # nobody has reviewed it


@pytest.mark.parametrize("name", ["every kind", "victims_survey", "checkin_adult"])
def test_a_paper_form_has_no_words_of_its_own(name: str):
    document = DOCUMENT if name == "every kind" else None
    known = json.loads(document.read_text("utf-8")) if document else surveys_document(name)
    whole_rules = set(paper_words.OTHERWISE.values())  # no shipped form needs a rule in English
    ours = [*paper_words.WORDS, "day and night", "Helpline", "08 08"]
    words = {w: f"⟦{w}⟧" for w in ours if w not in whole_rules}
    line = ("Helpline", "08 08", "day and night")
    made = blocks(load(marked(known)), TAG, Report(), [line], "12 High St", words, is_draft=True)
    parts = [without_marked(part) for block in made for part in (block.text, block.label)]
    assert [part for part in parts if re.search(r"[^\W\d_]", part)] == []


def test_a_word_written_into_a_page_is_found():
    assert unmarked("<p>⟦Marked⟧, and <b>not</b></p>") == [", and", "not"]
    assert unmarked('<p aria-label="Help">⟦Marked⟧ 12</p>') == ["Help"]
