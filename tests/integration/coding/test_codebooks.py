"""Writing a codebook's next version: draft, question, second person, and nothing changed before."""

import re
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Codebook, CodebookDraft, Job, Recoding, Role, Survey
from app.services.codebook_checks import write_yaml
from tests.builders import a_survey
from tests.client import LookingClient
from tests.integration.coding.builders import BOOK, a_coded_survey, a_coding, a_text

SignIn = Callable[..., LookingClient]
MERGE = {
    "themes": ["waiting", "digital"],
    "label": "Getting help",
    "definition": "How hard it is to get help.",
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite: what both databases have to do is tested with the worker."""
    return sqlite_url


@pytest.fixture
def survey(session: Session) -> Survey:
    survey = a_coded_survey(session)
    a_coding(session, a_text(session, survey))
    return survey


@pytest.fixture
def key(session: Session, survey: Survey) -> str:
    return session.get_one(Codebook, survey.codebook_id).key


@pytest.fixture
def analyst(sign_in: SignIn) -> LookingClient:
    return sign_in(Role.ANALYST)


@pytest.fixture
def draft(session: Session, analyst: LookingClient, key: str) -> CodebookDraft:
    analyst.post(f"/coding/codebooks/{key}/draft")
    return session.scalars(select(CodebookDraft)).one()


def at(draft: CodebookDraft, path: str = "") -> str:
    return f"/coding/codebook-drafts/{draft.id}{path}"


def do(session: Session, browser: LookingClient, draft: CodebookDraft, path: str, **data: object):
    """Post something about a draft as it is now."""
    session.expire_all()
    form = {"revision": session.get_one(CodebookDraft, draft.id).revision, **data}
    return browser.post(at(draft, path), data=form)


def test_a_second_person_adopts_and_only_then_a_version_is_there(
    session, analyst, sign_in, draft, key, survey
):
    do(session, analyst, draft, "/merge", **MERGE)
    page = analyst.get(at(draft)).text
    assert "Merged “Waiting for support” and “Online and digital” into “Getting help”." in page
    assert "“Waiting for support” is counted up to the old version only." in page
    do(session, analyst, draft, "/ask")
    do(session, analyst, draft, "/adopt")
    assert "A second person has to adopt it" in analyst.get(at(draft)).text
    assert len(session.scalars(select(Codebook)).all()) == 1

    other = sign_in(Role.APPROVER)
    assert "Adopt this version" in other.get(at(draft)).text
    do(session, other, draft, "/adopt")
    session.expire_all()
    first, second = session.scalars(select(Codebook).order_by(Codebook.version)).all()
    assert (first.version, second.version, first.document) == (1, 2, BOOK)
    assert second.lineage == [
        {"kind": "merge", "from": ["waiting", "digital"], "to": ["getting_help"]}
    ]
    assert session.scalars(select(Recoding)).one().codebook_id == second.id
    assert session.scalars(select(Job.kind).where(Job.kind == "recode")).all() == ["recode"]
    assert session.get_one(Survey, survey.id).codebook_id == first.id
    assert not session.scalars(select(CodebookDraft)).all()
    page = other.get(f"/coding/codebooks/{key}").text
    assert "The worker is getting the new coder ready" in page
    assert "Version 2" in page
    assert "Getting help" in other.get(f"/coding/codebooks/{key}/versions/2").text


def test_an_edit_takes_the_question_back(session, analyst, sign_in, draft):
    do(session, analyst, draft, "/merge", **MERGE)
    do(session, analyst, draft, "/ask")
    asked = session.get_one(CodebookDraft, draft.id).revision
    do(session, analyst, draft, "/themes/kept_informed/retire")
    approver = sign_in(Role.APPROVER)
    assert do(session, approver, draft, "/adopt").status_code == 409
    replayed = approver.post(at(draft, "/adopt"), data={"revision": asked})
    assert replayed.status_code == 409
    assert len(session.scalars(select(Codebook)).all()) == 1


def test_what_is_replayed_with_other_ids_or_by_others_changes_nothing(
    session, analyst, sign_in, draft
):
    approver, commissioner = sign_in(Role.APPROVER), sign_in(Role.COMMISSIONER)
    do(session, analyst, draft, "/merge", **MERGE)
    do(session, analyst, draft, "/ask")
    revision = {"revision": session.get_one(CodebookDraft, draft.id).revision}
    gone = f"/coding/codebook-drafts/{uuid4()}/adopt"
    assert approver.post(gone, data=revision).status_code == 404
    assert commissioner.post(at(draft, "/adopt"), data=revision).status_code == 403
    assert approver.post(at(draft, "/merge"), data=revision | MERGE).status_code == 403
    assert approver.post(at(draft, "/ask"), data=revision).status_code == 403
    assert approver.post(at(draft, "/adopt"), data={"revision": "1"}).status_code == 409
    assert len(session.scalars(select(Codebook)).all()) == 1
    approver.post(at(draft, "/adopt"), data=revision)
    assert approver.post(at(draft, "/adopt"), data=revision).status_code == 404
    assert len(session.scalars(select(Codebook)).all()) == 2


def test_whoever_asked_cannot_adopt_under_another_role(session, sign_in, key):
    both = sign_in(Role.ANALYST, Role.APPROVER)
    both.post(f"/coding/codebooks/{key}/draft")
    draft = session.scalars(select(CodebookDraft)).one()
    do(session, both, draft, "/merge", **MERGE)
    do(session, both, draft, "/ask")
    do(session, both, draft, "/adopt")
    assert len(session.scalars(select(Codebook)).all()) == 1


def test_somebody_elses_edit_is_not_overwritten(session, analyst, sign_in, draft):
    seen = draft.revision
    do(session, sign_in(Role.ANALYST), draft, "/merge", **MERGE)
    late = analyst.post(at(draft, "/themes/kept_informed/retire"), data={"revision": seen})
    assert late.status_code == 409


def test_a_second_version_waits_until_the_first_is_coded(session, analyst, sign_in, draft, key):
    approver = sign_in(Role.APPROVER)
    do(session, analyst, draft, "/merge", **MERGE)
    do(session, analyst, draft, "/ask")
    do(session, approver, draft, "/adopt")
    analyst.post(f"/coding/codebooks/{key}/draft")
    again = session.scalars(select(CodebookDraft)).one()
    do(session, analyst, again, "/themes/kept_informed/retire")
    do(session, analyst, again, "/ask")
    page = approver.post(
        at(again, "/adopt"), data={"revision": again.revision}, follow_redirects=True
    )
    assert "coded anew already" in page.text
    assert len(session.scalars(select(Codebook)).all()) == 2


def test_every_page_of_the_editor_opens_and_says_what_is_missing(session, analyst, draft):
    theme = {"label": "", "definition": "", "family": "access"}
    for path in ("/themes/new", "/families/new", "/themes/waiting", "/families/access", "/merge"):
        assert analyst.get(at(draft, path)).status_code == 200
        page = do(session, analyst, draft, path, **theme | {"family": ""})
        assert "There is something to change" in page.text
    assert "Split" in analyst.get(at(draft, "/themes/waiting/split")).text
    assert "Retire" in analyst.get(at(draft, "/themes/waiting/retire")).text
    assert analyst.get(at(draft, "/themes/gone/retire")).status_code == 404
    assert "Nothing yet" in analyst.get(at(draft)).text
    do(session, analyst, draft, "/ask")
    assert session.get_one(CodebookDraft, draft.id).asked_at is None
    assert "In use" in analyst.get("/coding/codebooks").text
    assert analyst.get("/coding/codebooks/none").status_code == 404


def test_themes_are_worded_split_and_added_by_forms(session, analyst, draft):
    do(
        session, analyst, draft, "/themes/waiting", family="police", label="Waiting for help",
        definition="Time.", seeds="on the list\n\non the list\nmonths and months", include="a list",
    )  # fmt: skip
    do(
        session, analyst, draft, "/themes/digital/split", first_label="Websites",
        first_definition="Sites.", second_label="Texts", second_definition="Messages.",
    )  # fmt: skip
    do(
        session, analyst, draft, "/families/new", family="Courts", label="Judge",
        definition="What a judge said or did.",
    )  # fmt: skip
    do(session, analyst, draft, "/families/police", family="The police")
    session.expire_all()
    families = session.get_one(CodebookDraft, draft.id).document["families"]
    assert families["police"]["themes"]["waiting"]["seeds"] == ["on the list", "months and months"]
    assert list(families["access"]["themes"]) == ["websites", "texts"]
    assert families["police"]["label"] == "The police"
    page = analyst.get(at(draft)).text
    assert "Split “Online and digital” into “Websites” and “Texts”." in page
    assert "Answers with a theme that is split" not in page  # nobody has read anything yet
    events = session.scalars(select(AuditEvent).where(AuditEvent.act == "codebook.edit")).all()
    assert [event.detail["steps"] for event in events] == [[], ["split"], ["add"], []]


def test_a_codebook_goes_out_as_a_file_and_comes_back(analyst, draft, key):
    file = analyst.get(f"/coding/codebooks/{key}/versions/1.yml")
    assert file.text == BOOK
    assert analyst.get(at(draft, ".yml")).text == write_yaml(draft.document)
    bad = b"families:\n  a:\n    label: A\n    themes: {t: {label: T, seeds: x}}\n"
    for content, words in ((bad, "is missing"), (b"", "Choose a file")):
        data = {"revision": draft.revision, "file": (BytesIO(content), "book.yml")}
        page = analyst.post(at(draft, "/replace"), data=data)
        assert words in page.text
    good = BOOK.replace("digital: {label: Online and digital", "post: {label: Letters")
    data = {"revision": draft.revision, "file": (BytesIO(good.encode()), "book.yml")}
    analyst.post(at(draft, "/replace"), data=data)
    page = analyst.get(at(draft)).text
    assert "Retired “Online and digital”." in page
    assert "Added “Letters”." in page


def test_an_id_that_was_retired_is_never_used_again(session, analyst, sign_in, draft, key):
    do(session, analyst, draft, "/themes/digital/retire")
    do(session, analyst, draft, "/ask")
    do(session, sign_in(Role.APPROVER), draft, "/adopt")
    session.execute(Recoding.__table__.delete())
    session.commit()
    analyst.post(f"/coding/codebooks/{key}/draft")
    again = session.scalars(select(CodebookDraft)).one()
    data = {"revision": again.revision, "file": (BytesIO(BOOK.encode()), "book.yml")}
    assert "used before" in analyst.post(at(again, "/replace"), data=data).text
    do(
        session, analyst, again, "/themes/new", family="access", label="Digital",
        definition="Anew.",
    )  # fmt: skip
    session.expire_all()
    assert (
        "digital_2"
        in session.get_one(CodebookDraft, again.id).document["families"]["access"]["themes"]
    )


def test_a_new_codebook_begins_empty_or_from_a_file(analyst):
    data = {"name": "Business crime", "file": (BytesIO(BOOK.encode()), "book.yml")}
    page = analyst.post("/coding/codebooks/new", data=data, follow_redirects=True)
    assert "Waiting for support" in page.text
    again = analyst.post("/coding/codebooks/new", data={"name": "Business crime"})
    assert "has this name already" in again.text
    bad = {"name": "Other", "file": (BytesIO(b"families: 3"), "book.yml")}
    assert "no family with a theme" in analyst.post("/coding/codebooks/new", data=bad).text
    page = analyst.post("/coding/codebooks/new", data={"name": "Empty"}, follow_redirects=True)
    assert "no family with a theme yet" in page.text


def test_a_survey_nobody_has_answered_is_given_another_codebook(session, analyst, survey):
    other = a_coded_survey(session)
    mine = session.get_one(Codebook, other.codebook_id)
    mine.key = "business"
    session.commit()
    assert "Use it for a survey" not in analyst.get("/coding/codebooks/business").text
    fresh = a_survey(session, codebook_id=survey.codebook_id)
    assert "Use it for a survey" in analyst.get("/coding/codebooks/business").text
    for survey_id in (survey.id, fresh.id):
        analyst.post("/coding/codebooks/business/surveys", data={"survey": str(survey_id)})
    session.expire_all()
    assert session.get_one(Survey, fresh.id).codebook_id == mine.id
    assert session.get_one(Survey, survey.id).codebook_id != mine.id  # it has answers


def test_a_draft_is_thrown_away(session, analyst, draft):
    page = at(draft)
    do(session, analyst, draft, "/discard")
    session.expire_all()
    assert not session.scalars(select(CodebookDraft)).all()
    assert analyst.get(page).status_code == 404


def test_the_menu_marks_the_part_one_is_in(analyst, draft, key):
    here = re.compile(r'aria-current="page">([^<]+)</a>')
    for path in (f"/coding/codebooks/{key}/learning", f"/coding/codebook-drafts/{draft.id}"):
        assert here.findall(analyst.get(path).text) == ["Codebooks"]
    assert here.findall(analyst.get("/coding/pause").text) == ["Coding"]
