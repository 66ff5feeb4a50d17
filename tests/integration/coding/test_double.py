"""A second, blind coding: drawn at random, seen bare, measured, and talked about."""

import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from statsmodels.stats.inter_rater import cohens_kappa

from app.models import AnswerText, Review, ReviewCode, Role, Sample, Survey
from app.services import doubling
from tests.builders import NOW, an_actor
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
def first(sign_in: SignIn, text: AnswerText) -> LookingClient:
    """Return an analyst who has coded the text from the random order and drawn it."""
    browser = sign_in(Role.ANALYST)
    browser.post(f"/coding/answers/{text.id}?order=random", data={"act": "accept"})
    browser.post(f"/coding/agreement/{text.response.survey_id}", data={"size": "50"})
    return browser


@pytest.fixture
def second(sign_in: SignIn) -> LookingClient:
    return sign_in(Role.ANALYST)


def blind(text: AnswerText) -> str:
    return f"/coding/double/answers/{text.id}"


DIFFERENTLY = {
    "act": "save", "theme": "digital", "theme_polarity": "negative", "theme_words": "",
    "theme_start": "", "theme_end": "",
}  # fmt: skip


def reviews(session: Session) -> dict[str, Review]:
    session.expire_all()
    found = session.scalars(select(Review))
    return {
        "agreed" if r.reviewer_key == "agreed" else "first" if r.coder else "second": r
        for r in found
    }


@pytest.mark.usefixtures("first")
def test_the_second_coder_sees_nothing_of_the_first_or_the_machine(
    second: LookingClient, survey: Survey, text: AnswerText
) -> None:
    onward = second.get(f"/coding/double/{survey.id}/next")
    assert str(text.id) in onward.location
    page = second.get(onward.location).text
    assert "<mark" not in page
    assert "<sup" not in page
    assert "Suggested" not in page
    assert CODER not in page
    assert "Anna" not in page


@pytest.mark.usefixtures("first")
def test_the_blind_coding_is_kept_apart_from_what_counts(
    second: LookingClient, session: Session, survey: Survey, text: AnswerText
) -> None:
    second.post(blind(text), data=DIFFERENTLY)
    kept = reviews(session)
    assert (kept["second"].is_current, kept["second"].coder) == (False, None)
    assert [c.theme for c in kept["first"].codes] == ["waiting"]
    assert kept["first"].is_current
    assert second.get(f"/coding/double/{survey.id}/next").location.endswith(f"{survey.id}")


def test_nobody_is_their_own_second_coder(
    first: LookingClient, session: Session, survey: Survey, text: AnswerText
) -> None:
    assert "agreement" in first.get(f"/coding/double/{survey.id}/next").location
    assert first.post(blind(text), data=DIFFERENTLY).status_code == 409
    assert set(reviews(session)) == {"first"}


def test_only_what_was_drawn_is_coded_blind(
    second: LookingClient, session: Session, survey: Survey
) -> None:
    other = a_text(session, survey, "Not drawn.")
    a_coding(session, other)
    assert second.get(blind(other)).status_code == 404
    assert second.post(blind(other), data=DIFFERENTLY).status_code == 404


def test_figures_of_agreement_are_those_of_the_pairs(
    first: LookingClient, second: LookingClient, session: Session, survey: Survey, text: AnswerText
) -> None:
    second.post(blind(text), data=DIFFERENTLY)
    me = an_actor(session, Role.ANALYST)
    found = {item.theme: item.table for item in doubling.people(session, survey.id, me)}
    assert (found["waiting"].first, found["digital"].second) == (1, 1)
    page = first.get(f"/coding/agreement/{survey.id}").text
    assert "fewer than 50 pairs" in page
    assert "1 of 1 answers drawn" in page
    assert "which flatters the machine" in page


def test_people_settle_what_they_read_differently_and_both_codings_stay(
    first: LookingClient, second: LookingClient, session: Session, survey: Survey, text: AnswerText
) -> None:
    second.post(blind(text), data=DIFFERENTLY)
    address = f"/coding/differences/{survey.id}/{text.id}"
    assert "Waiting for support" in first.get(address).text
    first.post(address, data={"stands": "second"})
    kept = reviews(session)
    assert kept["agreed"].is_current
    assert not kept["first"].is_current
    assert kept["agreed"].drawn == "random"
    assert [c.theme for c in kept["agreed"].codes] == ["digital"]
    assert [c.theme for c in kept["first"].codes] == ["waiting"]
    assert "settled" in first.get(f"/coding/agreement/{survey.id}").text


def test_deciding_anew_after_a_second_coding_leaves_the_measured_codings_alone(
    first: LookingClient, second: LookingClient, session: Session, text: AnswerText
) -> None:
    second.post(blind(text), data=DIFFERENTLY)
    page = first.get(f"/coding/answers/{text.id}").text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    data = {"act": "save", "none_fits": "yes", "seen": seen[1]}
    first.post(f"/coding/answers/{text.id}", data=data)
    kept = reviews(session)
    assert [c.theme for c in kept["first"].codes] == ["waiting"]
    assert kept["agreed"].codes == []


def test_an_answer_is_drawn_once_and_only_from_the_random_sample(
    first: LookingClient, session: Session, survey: Survey
) -> None:
    chosen = a_text(session, survey, "Chosen, not drawn.")
    a_coding(session, chosen)
    first.post(f"/coding/answers/{chosen.id}?order=newest", data={"act": "accept"})
    again = first.post(f"/coding/agreement/{survey.id}", data={"size": "50"}, follow_redirects=True)
    assert "First read answers in the random order" in again.text
    (sample,) = session.scalars(select(Sample))
    assert len(sample.items) == 1
    refused = first.post(f"/coding/agreement/{survey.id}", data={"size": "0"})
    assert "Enter a number from 1 to 2,000." in refused.text


def test_kappa_and_alpha_on_the_page_are_those_others_compute(
    sign_in: SignIn, session: Session, survey: Survey
) -> None:
    one, two = sign_in(Role.ANALYST), sign_in(Role.ANALYST)
    pairs = [(n % 3 == 0, (n % 3 == 0 and n % 4 != 0) or n % 10 == 1) for n in range(60)]
    texts = [a_text(session, survey, f"Waited {n} weeks.") for n in range(60)]
    for text, raises in zip(texts, pairs, strict=True):
        for client, coder, said in zip((one, two), ("themes", None), raises, strict=True):
            review = Review(
                text_id=text.id, codebook_id=survey.codebook_id, reviewer_id=client.staff.id,
                reviewer_key=str(client.staff.id), coder=coder, drawn="random",
                is_current=coder is not None, reviewed_at=NOW,
            )  # fmt: skip
            review.codes = [ReviewCode(theme="waiting", polarity="neutral", origin="added")] * said
            session.add(review)
    session.commit()
    one.post(f"/coding/agreement/{survey.id}", data={"size": "60"})
    counts = Counter(pairs)
    cells = [[counts[a, b] for b in (True, False)] for a in (True, False)]
    kappa = cohens_kappa(np.array(cells)).kappa
    ones = sum(a + b for a, b in pairs)
    differ = 2 * sum(a != b for a, b in pairs)
    alpha = 1 - (120 - 1) * differ / (2 * ones * (120 - ones))  # Krippendorff 2011, binary data
    page = one.get(f"/coding/agreement/{survey.id}").text
    row = page[page.index("Waiting for support") :][:1500]
    assert f"{kappa:.2f}" in row
    assert f"{alpha:.2f}" in row


def test_who_is_bound_to_a_service_sees_the_agreement_of_its_answers_only(
    first: LookingClient,
    second: LookingClient,
    sign_in: SignIn,
    session: Session,
    survey: Survey,
    text: AnswerText,
) -> None:
    text.response.service = "adult_hub"
    session.commit()
    second.post(blind(text), data=DIFFERENTLY)
    address = f"/coding/agreement/{survey.id}"
    own = sign_in(Role.ANALYST, services=("adult_hub",)).get(address).text
    other = sign_in(Role.ANALYST, services=("cyp",))
    for words in ("1 of 1 answers drawn", "1: 1 answers of the random sample", "Digital"):
        assert (words in own) == (words in first.get(address).text)
        assert words not in other.get(address).text
    assert "1 of 1 answers drawn" in own
    assert other.get(f"/coding/differences/{survey.id}/{text.id}").status_code == 404
    session.query(Sample).delete()
    session.commit()
    other.post(address, data={"size": "50"})
    assert session.scalars(select(Sample)).all() == []  # nothing of theirs to draw from


def test_what_the_second_person_began_comes_back_bare(
    first: LookingClient, second: LookingClient, text: AnswerText
) -> None:
    first.post(f"/coding/answers/{text.id}", data={"act": "quiet", "note": "Of the first."})
    second.post(blind(text), data=DIFFERENTLY | {"act": "quiet", "note": "Of the second."})
    page = second.get(blind(text)).text
    assert "Of the second." in page
    assert re.search(r'value="digital" selected', page)
    assert "Of the first." not in page
    assert "Others have begun" not in page
    assert "keep-1" not in page
    second.post(f"/coding/answers/{text.id}/afresh", data={"blind": "yes"})
    assert "Of the second." not in second.get(blind(text)).text


def test_a_pause_comes_after_every_twenty_read_blind_too(
    first: LookingClient,  # has drawn it
    second: LookingClient,
    text: AnswerText,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert first
    monkeypatch.setattr("app.coding.answers.BREAK_EVERY", 1)
    sent = second.post(blind(text), data=DIFFERENTLY)
    assert sent.location.startswith("/coding/pause")
    page = second.get(sent.location).text
    assert "You have decided on 1 answer today" in page
    assert f"/coding/double/{text.response.survey_id}/next" in page
