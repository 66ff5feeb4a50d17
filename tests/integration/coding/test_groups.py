"""Groups and interviews: allowed by those who spoke, read like answers, told as groups."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.figures import groups as figures
from app.figures import watching
from app.models import (
    AnswerText,
    AuditEvent,
    GroupSession,
    Job,
    MachineCoding,
    Quote,
    Response,
    Review,
    ReviewCode,
    Role,
    Speaker,
    Survey,
)
from app.results.groups_beside import words
from app.services import quotes, setting_aside
from app.store import coding
from app.store.coding import Order
from tests.builders import NOW, an_actor
from tests.client import LookingClient
from tests.integration.coding.builders import a_coded_survey, a_coding, a_text

SignIn = Callable[..., LookingClient]
HEADING = "session_id,date,method,community,facilitator,speaker_code,role,turn_no,language,text\n"
SAID = "Anna waited 11 months and nobody told her a thing."


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_coded_survey(session)


@pytest.fixture
def analyst(sign_in: SignIn) -> LookingClient:
    return sign_in(Role.ANALYST)


def a_table(*sessions: str, speakers: int = 4) -> str:
    """Return sessions of one turn a speaker, after the facilitator's."""
    rows = [
        f"{key},2026-03-02,focus_group,,Jo,{code},{role},{n},en,{said}\n"
        for key in sessions
        for n, (code, role, said) in enumerate(
            [("F", "facilitator", "And you?")]
            + [(f"P{n}", "participant", SAID) for n in range(1, speakers + 1)],
            1,
        )
    ]
    return HEADING + "".join(rows)


def upload(
    client: LookingClient, survey: Survey, text: str, name: str = "g.csv", **fields: str
) -> None:
    data = {"survey": str(survey.id), "file": (io.BytesIO(text.encode()), name), **fields}
    sent = client.post("/coding/groups/new", data=data, content_type="multipart/form-data")
    assert sent.status_code == 302, sent.text


def the_groups(session: Session) -> list[GroupSession]:
    session.expire_all()
    return list(session.scalars(select(GroupSession).order_by(GroupSession.key)))


def allow(client: LookingClient, group: GroupSession, *refused: str, quote: bool = False) -> None:
    names = ["may_use", "may_quote"] if quote else ["may_use"]
    data = {f"{n}.{s.id}": "yes" for n in names for s in group.speakers if s.code not in refused}
    assert client.post(f"/coding/groups/{group.id}/consents", data=data).status_code == 302


def read(session: Session, group: GroupSession, *raising: str) -> None:
    """Let a person decide on every turn; some of the speakers raise waiting."""
    for speaker in group.speakers:
        for text in speaker.response.texts:
            a_coding(session, text)
            review = Review(
                text_id=text.id, codebook_id=group.survey.codebook_id, reviewer_key="x",
                coder="themes", reviewed_at=NOW,
            )  # fmt: skip
            if speaker.code in raising:
                review.codes = [ReviewCode(theme="waiting", polarity="negative", origin="added")]
            session.add(review)
    session.commit()


def test_nothing_is_read_before_people_allow_it_and_a_refusal_deletes_at_once(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1"))
    (group,) = the_groups(session)
    assert group.left_out == 1
    assert "And you?" not in {text.body for text in session.scalars(select(AnswerText))}
    assert session.scalar(select(func.count()).select_from(Job)) == 0

    allow(analyst, group, "P2")

    (group,) = the_groups(session)
    kept = {s.code for s in group.speakers if s.response.texts}
    assert kept == {"P1", "P3", "P4"}
    waiting = set(session.scalars(select(Job.subject_id)))
    assert waiting == {s.response_id for s in group.speakers if s.code != "P2"}


def test_turns_are_coded_one_after_the_other_with_names_hidden(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, "P1: " + SAID + "\nF: And?\nP2: Slow.", "g.txt", key="G1",
           held_on="2026-03-02", method="focus_group", others="F")  # fmt: skip
    (group,) = the_groups(session)
    allow(analyst, group)
    for text in session.scalars(select(AnswerText)):
        a_coding(session, text)
    first = analyst.get(f"/coding/groups/{group.id}/next")
    page = analyst.get(first.location).text
    assert "Something said in a group" in page
    assert "Anna" not in page

    saved = analyst.post(first.location, data={"act": "accept"})
    second = analyst.get(saved.location)
    assert second.location != first.location
    analyst.post(second.location, data={"none_fits": "yes"})
    assert analyst.get(saved.location).location == f"/coding/groups/{group.id}"
    assert set(session.scalars(select(Review.drawn))) == {"chosen"}


def test_a_theme_is_told_by_groups_and_by_speakers_only_from_ten_of_them(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1", "G2", "G3", "G4"))
    first, second, third, fourth = the_groups(session)
    for group in (first, second, third, fourth):
        allow(analyst, group)
    read(session, first, "P1", "P2")
    read(session, second, "P4")
    read(session, third)
    found = figures.raised(session, survey.id, "waiting")
    assert found == figures.Raised(groups=2, of_groups=3, speakers=None, waiting=1)
    assert words(found).startswith("Raised in 2 of 3 groups, by fewer than 10 speakers.")
    assert figures.raised_by_theme(session, survey.id) == {"waiting": found}
    page = analyst.get("/coding/groups").text
    assert re.search(r"Waiting for support.*?2 of 3<.*?under 10<", page, re.DOTALL)

    upload(analyst, survey, a_table("H1", speakers=9))
    large = the_groups(session)[-1]
    allow(analyst, large)
    read(session, large, *(f"P{n}" for n in range(1, 10)))
    found = figures.raised(session, survey.id, "waiting")
    assert found is not None
    assert (found.groups, found.of_groups, found.speakers) == (3, 4, 12)


def test_the_desk_sees_who_raised_what(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1"))
    (group,) = the_groups(session)
    allow(analyst, group)
    read(session, group, "P1", "P4")
    page = analyst.get(f"/coding/groups/{group.id}").text
    table = page[page.index("Who raised what") : page.index("For the desk only")]
    assert f"2 of {len(group.speakers)}<" in table
    row = table[table.index("Waiting for support") :]
    cells = re.findall(r"numeric[^>]*>\s*([–\d]+)\s*<", row)
    assert [cell.isdigit() for cell in cells] == [s.code in {"P1", "P4"} for s in group.speakers]


def test_two_people_are_not_told_as_a_group(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1", speakers=2))
    (group,) = the_groups(session)
    allow(analyst, group)
    read(session, group, "P1", "P2")
    assert figures.raised(session, survey.id, "waiting") == figures.Raised(0, 0, None, 0)


def test_a_speaker_who_takes_back_leaves_no_words_codes_or_quotes(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1"))
    (group,) = the_groups(session)
    allow(analyst, group, quote=True)
    read(session, group, "P1")
    speaker = next(s for s in group.speakers if s.code == "P1")
    text_id = speaker.response.texts[0].id
    by = an_actor(session, Role.ANALYST)
    quotes.propose(session, text_id, "waited 11 months", "waiting", by=by, now=NOW)
    assert figures.raised(session, survey.id, "waiting").groups == 1

    page = analyst.get(f"/coding/speakers/{speaker.id}/withdraw").text
    assert "Nobody can bring them back" in page
    analyst.post(f"/coding/speakers/{speaker.id}/withdraw")

    session.expire_all()
    for model, column in ((MachineCoding, MachineCoding.text_id), (Quote, Quote.text_id),
                          (Review, Review.text_id), (AnswerText, AnswerText.id)):  # fmt: skip
        assert session.scalar(select(model).where(column == text_id)) is None
    assert figures.raised(session, survey.id, "waiting").groups == 0
    assert "Taken back" in analyst.get(f"/coding/groups/{group.id}").text
    assert "speaker.withdraw" in set(session.scalars(select(AuditEvent.act)))
    allow(analyst, group)  # nothing of theirs can be allowed again
    assert session.get(Speaker, speaker.id).may_use is False


def test_words_refused_for_quoting_need_a_new_approval_when_allowed_again(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1"))
    (group,) = the_groups(session)
    allow(analyst, group, quote=True)
    read(session, group, "P1")
    speaker = next(s for s in group.speakers if s.code == "P1")
    text_id = speaker.response.texts[0].id
    quotes.propose(
        session, text_id, "waited 11 months", "waiting", by=an_actor(session, Role.ANALYST), now=NOW
    )

    allow(analyst, group)
    allow(analyst, group, quote=True)

    session.expire_all()
    assert session.get(Speaker, speaker.id).response.quote_consent
    assert session.scalar(select(Quote).where(Quote.text_id == text_id)) is None


def test_a_group_counts_nowhere_in_its_survey(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    text = a_text(session, survey, "An answer.")
    before = watching.received(session, survey.id, today=date(2026, 3, 3))
    upload(analyst, survey, a_table("G1", speakers=12))
    (group,) = the_groups(session)
    allow(analyst, group)
    read(session, group)
    assert watching.received(session, survey.id, today=date(2026, 3, 3)) == before
    assert coding.count_read(session, survey.id) == (1, 0, 0)
    assert coding.list_waiting(session, survey.id, Order.NEWEST, limit=9) == []
    a_coding(session, text)
    assert len(coding.list_waiting(session, survey.id, Order.RANDOM, limit=9)) == 1
    assert setting_aside.list_piles(session, survey.id) == []
    by = an_actor(session, Role.ANALYST)
    assert setting_aside.release(session, survey.id, "group", by=by, now=NOW) == 0
    assert session.scalar(
        select(func.count()).select_from(Response).where(Response.quarantined == "group")
    ) == 12  # fmt: skip


def test_what_was_heard_names_themes_and_neither_people_nor_words(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1"))
    (group,) = the_groups(session)
    allow(analyst, group)
    read(session, group, "P1")
    page = analyst.get(f"/coding/groups/{group.id}/summary").text
    assert "Waiting for support" in page
    assert "Time waited for a service." in page
    assert "P1" not in page
    assert "11 months" not in page
    analyst.post(f"/coding/groups/{group.id}/summary")
    assert the_groups(session)[0].checked_on is not None


def test_a_file_that_is_no_transcript_or_was_taken_in_already_says_so(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1"))
    for text, name, said in (
        (a_table("G1"), "g.csv", "G1 is taken in already"),
        ("P1: Hello", "g.txt", "A text or Word file does not say this"),
        ("a,b\n1,2\n", "g.csv", "The file has no column session_id"),
    ):
        page = analyst.post(
            "/coding/groups/new",
            data={"survey": str(survey.id), "file": (io.BytesIO(text.encode()), name)},
            content_type="multipart/form-data",
        )
        assert page.status_code == 200
        assert said in page.text
    assert len(the_groups(session)) == 1


def test_a_voice_of_a_group_needs_ten_who_raise_it_thirty_days_and_two_people(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1", speakers=10))
    (group,) = the_groups(session)
    allow(analyst, group, quote=True)
    read(session, group, *(f"P{n}" for n in range(1, 11)))
    first, second = an_actor(session, Role.ANALYST), an_actor(session, Role.APPROVER)
    text_id = group.speakers[0].response.texts[0].id
    quote = quotes.propose(session, text_id, "waited 11 months", "waiting", by=first, now=NOW)
    shown = {"today": group.held_on + timedelta(days=31), "most": 2}
    assert figures.list_voices(session, survey.id, "waiting", **shown) == []
    quotes.approve(session, quote.id, by=second, now=NOW)
    (voice,) = figures.list_voices(session, survey.id, "waiting", **shown)
    assert voice.words == "waited 11 months"
    early = group.held_on + timedelta(days=29)
    assert figures.list_voices(session, survey.id, "waiting", today=early, most=2) == []


def test_whoever_is_bound_to_one_service_has_no_part_in_groups(
    analyst: LookingClient, sign_in: SignIn, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1"))
    (group,) = the_groups(session)
    bound = sign_in(Role.ANALYST, services=("adult",))
    speaker = group.speakers[0]
    for path in ("groups", "groups/new", f"groups/{group.id}", f"speakers/{speaker.id}/withdraw"):
        assert bound.get(f"/coding/{path}").status_code == 404
    assert bound.post(f"/coding/speakers/{speaker.id}/withdraw").status_code == 404


def test_how_a_theme_came_up_is_kept_and_told_by_groups(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1", "G2"))
    first, second = the_groups(session)
    for group in (first, second):
        allow(analyst, group)
    read(session, second, "P1")
    for speaker in first.speakers:
        for text in speaker.response.texts:
            a_coding(session, text)
    ways = {"P1": "spontaneous", "P2": "prompted", "P3": "spontaneous", "P4": ""}
    for speaker in first.speakers:
        (text,) = speaker.response.texts
        page = analyst.get(f"/coding/answers/{text.id}?group={first.id}").text
        assert "Brought up unasked" in page
        analyst.post(
            f"/coding/answers/{text.id}?group={first.id}",
            data={"act": "accept", "strength.waiting": ways[speaker.code]},
        )
    (again,) = first.speakers[0].response.texts
    assert 'value="spontaneous" selected' in analyst.get(f"/coding/answers/{again.id}").text

    matrix = analyst.get(f"/coding/groups/{first.id}").text
    assert "brought up unasked in 2, when asked in 1" in matrix
    found = figures.raised(session, survey.id, "waiting")
    assert found == figures.Raised(2, 2, None, 0, unasked=1, debated=0)
    assert figures.raised_by_theme(session, survey.id)["waiting"] == found
    assert words(found).endswith("In 1 of them people brought it up unasked.")
    assert analyst.get("/coding/groups").status_code == 200


def test_an_added_theme_says_how_it_came_up_and_only_in_the_words_we_know(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    upload(analyst, survey, a_table("G1", speakers=1))
    (group,) = the_groups(session)
    allow(analyst, group)
    (text,) = group.speakers[0].response.texts
    a_coding(session, text)
    data = {
        "act": "save", "theme": "digital", "theme_polarity": "negative", "theme_words": "",
        "theme_start": "", "theme_end": "", "theme_strength": "debated",
    }  # fmt: skip
    made_up = analyst.post(f"/coding/answers/{text.id}", data=data | {"theme_strength": "loud"})
    assert "Choose from the list how each theme came up" in made_up.text
    analyst.post(f"/coding/answers/{text.id}", data=data)
    assert session.scalars(select(ReviewCode.strength)).all() == ["debated"]


def test_an_answer_to_a_survey_is_not_asked_how_it_came_up(
    analyst: LookingClient, session: Session, survey: Survey
) -> None:
    text = a_text(session, survey)
    a_coding(session, text)
    assert "Brought up unasked" not in analyst.get(f"/coding/answers/{text.id}").text
