"""From a suggestion to a decision: what an analyst sees, and what is kept."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    AnswerText,
    AuditEvent,
    Channel,
    Flag,
    PersonalLink,
    Review,
    Role,
    Survey,
)
from app.services import rota
from app.services.links import issue_link
from app.store import coding
from tests.builders import NOW, a_codebook, a_collector, an_actor
from tests.client import LookingClient
from tests.integration.coding.builders import CODER, a_coded_survey, a_coding, a_text

SignIn = Callable[..., LookingClient]


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_coded_survey(session)


@pytest.fixture
def text(session: Session, survey: Survey) -> AnswerText:
    text = a_text(session, survey)
    a_coding(session, text)
    return text


@pytest.fixture
def analyst(sign_in: SignIn) -> LookingClient:
    return sign_in(Role.ANALYST)


def url(text: AnswerText, order: str = "newest") -> str:
    return f"/coding/answers/{text.id}?order={order}"


def reviews(session: Session) -> list[Review]:
    session.expire_all()
    return list(session.scalars(select(Review).order_by(Review.reviewed_at)))


def acts(session: Session) -> list[str]:
    return [event.act for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def test_an_answer_is_shown_with_its_question_names_hidden_and_suggestions_marked(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    page = analyst.get(url(text)).text
    assert "What support was missing" in page
    assert "Anna" not in page
    assert re.search(r'hd-hidden-word"[^>]*>name</span>', page)
    assert re.search(r"<mark[^>]*>waited 11 months</mark><sup[^>]*>1</sup>", page)
    assert "Suggestion, not reviewed" in page
    assert acts(session)[-1] == "text.read"


def test_accepting_all_keeps_one_review_with_what_was_seen(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    saved = analyst.post(url(text), data={"act": "accept", "sentiment": "negative"})
    assert saved.status_code == 302
    (review,) = reviews(session)
    assert (review.coder, review.drawn, review.is_current) == (CODER, "chosen", True)
    assert [(c.theme, c.polarity, c.origin) for c in review.codes] == [
        ("waiting", "negative", "accepted")
    ]
    assert [(g.need, g.duration_days, g.origin) for g in review.gaps] == [
        ("counselling", 335, "accepted")
    ]
    assert acts(session)[-1] == "review.save"


def test_a_person_corrects_adds_and_removes(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    data = {
        "act": "save", "keep": "waiting", "polarity.waiting": "mixed",
        "theme": "kept_informed", "theme_polarity": "negative",
        "theme_words": "Nobody  told her", "theme_start": "", "theme_end": "",
        "gap_need": "updates", "gap_barrier": "not_told", "unsure": "yes", "note": "See the call.",
    }  # fmt: skip
    analyst.post(url(text), data=data)
    (review,) = reviews(session)
    codes = {c.theme: c for c in review.codes}
    assert (codes["waiting"].polarity, codes["waiting"].origin) == ("mixed", "corrected")
    added = codes["kept_informed"]
    assert added.origin == "added"
    assert (text.body or "")[added.start : added.end] == "nobody told her"
    assert [(g.need, g.barrier, g.origin) for g in review.gaps] == [
        ("updates", "not_told", "added")
    ]
    assert (review.unsure, review.note) == (True, "See the call.")


def test_words_that_are_not_in_the_answer_are_asked_for_again_and_nothing_is_lost(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    data = {
        "act": "save", "keep": "waiting", "polarity.waiting": "mixed", "theme": "digital",
        "theme_polarity": "positive", "theme_words": "Anna", "theme_start": "", "theme_end": "",
        "note": "Keep me.",
    }  # fmt: skip
    page = analyst.post(url(text), data=data).text  # a hidden name cannot be quoted either
    assert "Those words are not in the answer" in page
    assert "Keep me." in page
    assert re.search(r'value="mixed" selected', page)
    assert reviews(session) == []


def test_a_place_no_answer_has_falls_back_to_the_words(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    data = {
        "act": "save", "theme": "digital", "theme_polarity": "negative",
        "theme_words": "nobody told her", "theme_start": "9" * 5000, "theme_end": "9" * 5000,
    }  # fmt: skip
    assert analyst.post(url(text), data=data).status_code == 302
    (code,) = reviews(session)[0].codes
    assert (text.body or "")[code.start : code.end] == "nobody told her"


def test_saving_nothing_at_all_asks_whether_no_theme_fits(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    assert "tick that no theme fits" in analyst.post(url(text), data={"act": "save"}).text
    analyst.post(url(text), data={"act": "save", "none_fits": "yes"})
    assert [len(r.codes) for r in reviews(session)] == [0]


def test_one_review_counts_and_nobody_is_overwritten_unseen(
    analyst: LookingClient, sign_in: SignIn, session: Session, text: AnswerText
) -> None:
    other = sign_in(Role.ANALYST)
    analyst.post(url(text), data={"act": "accept"})
    page = other.post(url(text), data={"act": "save", "none_fits": "yes"}).text
    assert "decided on this answer while you had it open" in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    other.post(url(text), data={"act": "save", "none_fits": "yes", "seen": seen[1]})
    kept = reviews(session)
    assert [r.is_current for r in kept] == [False, True]
    assert kept[1].reviewer_id == other.staff.id


def test_saving_again_changes_ones_own_review(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    analyst.post(url(text), data={"act": "accept"})
    seen = re.search(r'name="seen" value="([^"]+)"', analyst.get(url(text)).text)
    assert seen
    analyst.post(url(text), data={"act": "save", "none_fits": "yes", "seen": seen[1]})
    (review,) = reviews(session)
    assert review.codes == []


def test_what_was_carried_to_another_version_is_not_counted_as_read_again(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    analyst.post(url(text), data={"act": "accept"})
    (review,) = reviews(session)
    session.add(
        Review(
            text_id=text.id, codebook_id=a_codebook(session).id,
            reviewer_id=review.reviewer_id, reviewer_key=coding.CARRIED, is_current=False,
            reviewed_at=review.reviewed_at,
        )
    )  # fmt: skip
    session.commit()
    assert "decided on 1 answer today" in analyst.get("/coding/pause").text


def test_distressing_words_come_after_a_note(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    text = a_text(session, survey, "He waited 11 months and is outside now.")
    a_coding(session, text, risk="urgent")
    before = analyst.get(url(text)).text
    assert "may be hard to read" in before
    assert "outside now" not in before
    assert "text.read" not in acts(session)
    assert "outside now" in analyst.get(url(text) + "&ready=1").text


def test_the_original_takes_a_reason_and_is_recorded(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    address = f"/coding/answers/{text.id}/original"
    assert "Anna" not in analyst.post(address, data={}).text
    assert "Anna" in analyst.post(address, data={"reason": "meaning"}).text
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.act, event.detail) == ("text.read_original", {"for": "meaning"})


def test_a_reader_who_is_worried_tells_safeguarding(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    data = {"tier": "SG2", "reason": "She sounds alone with it."}
    for _ in range(2):  # worried again later: a flag of its own, never swallowed
        analyst.post(f"/coding/answers/{text.id}/raise", data=data)
    flags = session.scalars(select(Flag)).all()
    assert [(f.source, f.tier, f.text_id) for f in flags] == [("person", "SG2", text.id)] * 2


@pytest.mark.parametrize(
    ("order", "first"),
    [("flagged", "urgent"), ("uncertain", "unsure"), ("newest", "new")],
)
def test_the_order_decides_what_comes_next(
    analyst: LookingClient, session: Session, survey: Survey, order: str, first: str
) -> None:
    from datetime import date

    texts = {
        "new": a_text(session, survey, "New.", received_on=date(2026, 11, 18)),
        "urgent": a_text(session, survey, "Urgent.", received_on=date(2026, 11, 1)),
        "unsure": a_text(session, survey, "Unsure.", received_on=date(2026, 11, 2)),
    }
    a_coding(session, texts["new"], confidence=0.9)
    a_coding(session, texts["urgent"], risk="urgent", confidence=0.8)
    a_coding(session, texts["unsure"], confidence=0.2)
    assert str(texts[first].id) in analyst.get(f"/coding/next?order={order}").location
    passed = analyst.get(f"/coding/next?order={order}&skip=1").location
    assert str(texts[first].id) not in passed
    assert "Nothing more waits" in analyst.get(f"/coding/next?order={order}&skip=3").text


def test_only_the_answer_drawn_counts_as_random_and_earlier_choices_join_the_sample(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    texts = sorted((a_text(session, survey, f"Text {n}.") for n in range(3)), key=lambda t: t.id)
    for text in texts:
        a_coding(session, text)
    done = {"act": "save", "none_fits": "yes"}
    analyst.post(url(texts[2], "random"), data=done)  # not next in the order: merely chosen
    analyst.post(url(texts[0], "newest"), data=done)  # chosen, though it lies first in the order
    drawn = {r.text_id: r.drawn for r in reviews(session)}
    assert drawn == {texts[2].id: "chosen", texts[0].id: "chosen"}
    analyst.post(url(texts[1], "random"), data=done)
    drawn = {r.text_id: r.drawn for r in reviews(session)}
    assert drawn == {texts[0].id: "random", texts[1].id: "random", texts[2].id: "chosen"}


def test_after_every_twenty_a_pause_is_suggested(
    analyst: LookingClient, session: Session, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.coding.answers.BREAK_EVERY", 2)
    for n in range(2):
        text = a_text(session, survey, f"Text {n}.")
        a_coding(session, text)
        after = analyst.post(url(text), data={"act": "save", "none_fits": "yes"}).location
    assert after.startswith("/coding/pause")
    assert "water" in analyst.get(after).text


def test_the_scripts_save_is_told_where_to_go_on(analyst: LookingClient, text: AnswerText) -> None:
    kept = analyst.post(url(text), data={"act": "accept"}, headers={"Accept": "application/json"})
    assert kept.json["next"].startswith("/coding/next")


def test_a_withdrawn_answer_is_gone_from_the_desk(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    text.response.withdrawn_on = text.response.received_on
    session.commit()
    assert analyst.get(url(text)).status_code == 404
    assert "Nothing more waits" in analyst.get("/coding/next").text


@pytest.mark.parametrize("rest", ["?ready=1", "/original", "/raise", "/quote"])
def test_who_knows_the_person_reads_nothing_of_theirs_at_the_desk_either(
    analyst: LookingClient, session: Session, rest: str
) -> None:
    survey = a_coded_survey(session)
    collector = a_collector(session, survey, Channel.PERSONAL)
    issue_link(session, collector, case_key="VF-7", context={}, by=None, now=NOW)
    link = session.scalars(select(PersonalLink)).one()
    theirs = a_text(session, survey, link_id=link.id)
    a_coding(session, theirs)
    address = f"/coding/answers/{theirs.id}{rest}"
    assert analyst.get(address).status_code == 200
    lead = an_actor(session, Role.SAFEGUARDING_LEAD)
    rota.seal_off(session, analyst.staff.id, "VF-7", by=lead, now=NOW)
    assert analyst.get(address).status_code == 404
    assert analyst.post(f"/coding/answers/{theirs.id}").status_code == 404
    assert str(theirs.id) not in analyst.get("/coding/?order=newest").text
    assert analyst.get("/coding/next?order=newest").status_code == 200  # nothing waits


def test_an_analyst_of_one_service_reads_the_answers_of_that_one_only(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    survey = a_coded_survey(session)
    mine, other = (a_text(session, survey, service=service) for service in ("adult", "sv"))
    for text in (mine, other):
        a_coding(session, text)
    analyst = sign_in(Role.ANALYST, services=("adult",))
    assert analyst.get(f"/coding/answers/{mine.id}").status_code == 200
    assert analyst.get(f"/coding/answers/{other.id}").status_code == 404
    desk = analyst.get("/coding/?order=newest").text
    assert str(mine.id) in desk
    assert str(other.id) not in desk


def test_no_other_role_reads_answers(sign_in: SignIn, text: AnswerText) -> None:
    other = sign_in(*(set(Role) - {Role.ANALYST}))
    for address in ("/coding/", "/coding/next", url(text), f"/coding/answers/{text.id}/original"):
        assert other.get(address).status_code == 403
    assert other.post(url(text), data={"act": "accept"}).status_code == 403


def test_the_desk_says_how_much_people_have_read(analyst: LookingClient, text: AnswerText) -> None:
    assert "People have read 0 of 1 answers" in analyst.get("/coding/").text
    analyst.post(url(text, "random"), data={"act": "accept"})
    page = analyst.get("/coding/?order=random").text
    assert "People have read 1 of 1 answers (100%). 1 of them were drawn at random." in page


def test_no_words_of_an_answer_or_of_staff_reach_the_audit_trail(
    analyst: LookingClient, sign_in: SignIn, session: Session, text: AnswerText
) -> None:
    address = f"/coding/answers/{text.id}"
    analyst.get(url(text))
    analyst.post(url(text), data={"act": "accept", "note": "canarynote"})
    analyst.post(f"{address}/original", data={"reason": "meaning"})
    analyst.post(f"{address}/raise", data={"tier": "SG1", "reason": "canarynote"})
    flag = session.scalars(select(Flag)).one()
    lead = sign_in(Role.SAFEGUARDING_LEAD)
    desk = f"/safeguarding/flags/{flag.id}"
    lead.get(desk)
    for act in ("close", "move", "keep"):
        lead.post(f"{desk}/{act}", data={"reason": "canarynote", "tier": "SG4"})
    session.expire_all()
    trail = " ".join(str(event.detail) for event in session.scalars(select(AuditEvent)))
    assert trail.count("canarynote") == 0
    assert not any(word in trail for word in ("Anna", "waited", "nobody told"))
