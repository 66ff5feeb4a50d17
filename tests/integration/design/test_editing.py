"""Writing a questionnaire in the browser: nothing published and nobody's words are lost."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import surveys
from app.models import DraftRevision, Role
from surveys import Status
from tests.builders import a_survey
from tests.client import LookingClient

from .conftest import add, draft_of, fill

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "__proto__",
    "constructor.prototype",
    "x" * 500,
    "\u202eright to left\u202c and \u200f marks",
    "a\x00b\x07c",
    "👩‍👩‍👧 emoji 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "“Smart” ‘quotes’ – and … dashes",
    "'; DROP TABLE survey; --",
    "ﷺ﷽ ZA̡͊͠LGO",
]


def test_a_question_is_added_answered_ordered_and_taken_out(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    first = add(designer, survey_id, "Did the police know?")
    second = add(designer, survey_id, "What helped most?", "long_text")
    url = f"/design/{survey_id}/questions"
    designer.post(f"{url}/{first}", data=fill(designer, survey_id, first, new_option=["Yes", "No"]))
    draft = draft_of(session, survey_id)
    assert [o.text.in_("en") for o in draft.questions[0].options] == ["Yes", "No"]
    assert draft.questions[1].support
    no = draft.questions[0].options[1].id
    designer.post(f"{url}/{first}", data=fill(designer, survey_id, first, act=f"up:{no}"))
    assert draft_of(session, survey_id).questions[0].options[0].id == no
    designer.post(f"{url}/{second}/up")
    assert [q.id for q in draft_of(session, survey_id).questions] == [second, first]
    designer.post(f"{url}/{first}/duplicate")
    names = [q.name for q in draft_of(session, survey_id).questions]
    assert len(set(names)) == 3
    designer.post(f"{url}/{second}/out")
    assert second not in [q.id for q in draft_of(session, survey_id).questions]


def test_what_was_published_is_retired_never_deleted(
    designer: LookingClient, session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    published = draft_of(session, survey.id).questions
    question = published[2]  # "Do you know what is happening next?"
    gone = question.options[0].id
    url = f"/design/{survey.id}/questions/{question.id}"
    designer.post(url, data=fill(designer, survey.id, question.id, act=f"take:{gone}"))
    option = draft_of(session, survey.id).questions[2].option(gone)
    assert option is not None
    assert option.retired
    designer.post(url, data=fill(designer, survey.id, question.id, act=f"bring:{gone}"))
    assert not draft_of(session, survey.id).questions[2].options[0].retired
    last = published[-1].id
    designer.post(f"/design/{survey.id}/questions/{last}/out")
    assert "Asked before, taken out now" in designer.get(f"/design/{survey.id}/questions").text
    designer.post(f"/design/{survey.id}/questions/{last}/back")
    assert draft_of(session, survey.id).questions[-1] == published[-1]


def test_a_question_others_speak_of_is_not_taken_out(
    designer: LookingClient, session: Session
) -> None:
    survey = a_survey(session)
    asked = next(q for q in draft_of(session, survey.id).questions if q.name == "police_knew")
    for act in ("out", "down"):
        for _ in range(2):
            page = designer.post(
                f"/design/{survey.id}/questions/{asked.id}/{act}", follow_redirects=True
            )
        assert "Not yet." in page.text
    assert "It is spoken of in" in page.text
    assert asked in draft_of(session, survey.id).questions


def test_rules_offer_only_legal_choices(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    first = add(designer, survey_id, "Did the police know?")
    second = add(designer, survey_id, "What did they do?", "long_text")
    third = add(designer, survey_id, "How old are you?", "number")
    url = f"/design/{survey_id}/questions"
    designer.post(f"{url}/{first}", data=fill(designer, survey_id, first, new_option=["Yes", "No"]))
    yes = draft_of(session, survey_id).questions[0].options[0].id
    assert "everyone is asked it" in designer.get(f"{url}/{first}/rule").text
    assert third not in designer.get(f"{url}/{second}/rule").text
    assert designer.get(f"{url}/{second}/rule/add?about={third}").status_code == 404
    add_url = f"{url}/{second}/rule/add?about={first}"
    empty = designer.post(add_url, data={"test": "is", "revision": "4"})
    assert "Select at least one answer" in empty.text
    foreign = designer.post(add_url, data={"test": "is", "options": "o_foreign", "revision": "4"})
    assert foreign.status_code == 200
    revision = str(_revision(designer, add_url))
    done = designer.post(add_url, data={"test": "is", "options": yes, "revision": revision})
    assert done.status_code == 302
    page = designer.get(f"{url}/{second}/rule").text
    assert "“Did the police know?” is “Yes”" in page
    designer.post(f"{url}/{second}/rule/take", data={"part": "0"})
    assert draft_of(session, survey_id).questions[1].show_when is None


def _revision(browser: LookingClient, url: str) -> int:
    import re

    found = re.search(r'name="revision"[^>]*value="(\d+)"', browser.get(url).text)
    assert found
    return int(found[1])


def test_the_second_save_shows_both_texts_and_overwrites_nothing(
    designer: LookingClient, sign_in: Callable[..., LookingClient], session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    question = draft_of(session, survey.id).questions[0]
    url = f"/design/{survey.id}/questions/{question.id}"
    sam = sign_in(Role.DESIGNER)
    mine = fill(designer, survey.id, question.id, text="How are you coping today?")
    sam.post(url, data=fill(sam, survey.id, question.id, text="How have you been?"))
    answer = designer.post(url, data=mine)
    assert answer.status_code == 409
    assert "How are you coping today?" in answer.text
    assert "How have you been?" in answer.text
    assert "Sam Okafor saved first" in answer.text
    assert _words(session, survey.id) == "How have you been?"
    # The loser's words are in the history, and come back without undoing what came later.
    later = draft_of(session, survey.id).questions[1].id
    typed = fill(sam, survey.id, later, text="Later words")
    sam.post(f"/design/{survey.id}/questions/{later}", data=typed)
    session.rollback()
    edits = session.scalars(select(DraftRevision))
    aside = next(edit for edit in edits if edit.change.startswith("Set aside"))
    assert "Use these words" in designer.get(f"/design/{survey.id}/history").text
    designer.post(f"/design/{survey.id}/history/{aside.revision}")
    assert _words(session, survey.id) == "How are you coping today?"
    assert draft_of(session, survey.id).questions[1].text.in_("en") == "Later words"


def test_edits_of_two_questions_meet_without_a_clash(
    designer: LookingClient, sign_in: Callable[..., LookingClient], session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    one, two = (q.id for q in draft_of(session, survey.id).questions[:2])
    sam = sign_in(Role.DESIGNER)
    mine = fill(designer, survey.id, one, text="How are you coping?")
    sam.post(f"/design/{survey.id}/questions/{two}", data=fill(sam, survey.id, two, text="Safe?"))
    assert designer.post(f"/design/{survey.id}/questions/{one}", data=mine).status_code == 302
    words = [q.text.in_("en") for q in draft_of(session, survey.id).questions[:2]]
    assert words == ["How are you coping?", "Safe?"]


def test_every_edit_can_be_undone(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    add(designer, survey_id, "One?")
    designer.post(f"/design/{survey_id}/history/1", data={"back": "outline"})
    assert draft_of(session, survey_id).questions == ()
    designer.post(f"/design/{survey_id}/history/2")
    assert [q.text.in_("en") for q in draft_of(session, survey_id).questions] == ["One?"]
    for unknown in (99, 10**30):
        assert designer.post(f"/design/{survey_id}/history/{unknown}").status_code == 404


def test_hostile_words_are_stored_as_written_and_shown_escaped(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    for words in HOSTILE:
        question = add(designer, survey_id, words)
        everything = dict.fromkeys(("text", "hint", "why"), words)
        typed = fill(designer, survey_id, question, new_option=[words, "Other"], **everything)
        designer.post(f"/design/{survey_id}/questions/{question}", data=typed)
        found = draft_of(session, survey_id).questions[-1]
        kept = words.replace("\x00", "").replace("\x07", "")
        texts = (found.text, found.hint, found.why, found.options[0].text)
        assert [text.in_("en") for text in texts if text] == [kept] * 4
        page = designer.get(f"/preview/{survey_id}?at={question}")
        assert page.status_code == 200
        assert_escaped(page.text)
    for path in (f"/questions/{question}", "/questions", "/checks", "/approval", "/history"):
        page = designer.get(f"/design/{survey_id}{path}")
        assert page.status_code == 200
        assert_escaped(page.text)


def assert_escaped(page: str) -> None:
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_name_too_long_or_taken_is_refused_kindly(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    one, two = add(designer, survey_id, "One?"), add(designer, survey_id, "Two?")
    url = f"/design/{survey_id}/questions/{two}"
    long = designer.post(url, data=fill(designer, survey_id, two, name="n" * 500))
    assert "Use 120." in long.text
    name = draft_of(session, survey_id).questions[0].name
    same = designer.post(url, data=fill(designer, survey_id, two, name=name, text="Kept words"))
    assert same.status_code == 200
    assert "Kept words" in same.text
    assert draft_of(session, survey_id).questions[1].name != name
    assert one != two


def test_words_put_in_from_the_question_itself_stop_publishing(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    question = add(designer, survey_id, "How?", "long_text")
    name = draft_of(session, survey_id).questions[0].name
    text = f"You said {{{{{name}|that}}}}. Why?"
    designer.post(
        f"/design/{survey_id}/questions/{question}",
        data=fill(designer, survey_id, question, text=text),
    )
    found = draft_of(session, survey_id)
    assert question in found.questions[0].text.in_("en")  # stored by permanent id
    assert text in designer.get(f"/design/{survey_id}/questions/{question}").text.replace(
        "&#34;", '"'
    )
    codes = {problem.code for problem in surveys.check(found)}
    assert surveys.Code.PIPE_FORWARD in codes
    assert designer.get(f"/preview/{survey_id}?at={question}").status_code == 200


def test_a_translation_is_a_draft_until_somebody_reviews_it(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    question = add(designer, survey_id, "How are you?", "long_text")
    designer.post(f"/design/{survey_id}/languages", data={"language": "ur"})
    url = f"/design/{survey_id}/languages/ur/{question}"
    key = f"t_{question}.text"
    assert 'dir="rtl"' in designer.get(url).text
    revision = str(_revision(designer, url))
    designer.post(url, data={key: "آپ کیسے ہیں؟", "act": "draft", "revision": revision})
    assert draft_of(session, survey_id).questions[0].text.status("ur") is Status.DRAFT
    assert "cannot be published" in designer.get(f"/design/{survey_id}/languages").text
    revision = str(_revision(designer, url))
    designer.post(url, data={key: "آپ کیسے ہیں؟", "act": "review", "revision": revision})
    assert draft_of(session, survey_id).questions[0].text.status("ur") is Status.REVIEWED
    words = fill(designer, survey_id, question, text="How are you now?")
    designer.post(f"/design/{survey_id}/questions/{question}", data=words)
    assert draft_of(session, survey_id).questions[0].text.status("ur") is Status.STALE


def _words(session: Session, survey_id: UUID) -> str:
    return draft_of(session, survey_id).questions[0].text.in_("en")
