"""The page of one theme: how it was said, and what a new version of the codebook did to it."""

import copy
import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from app.figures import releases
from app.models import Codebook, Review, Survey
from tests.integration.results.builders import BOOK, DOCUMENT, a_coded_survey, some_people


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def _people(way, count, **values):
    return [{"themes": [f"waiting|{way}"], **values} for _ in range(count)]


OTHERS = [{"themes": ["informed"]} for _ in range(40)]


def _page(client, survey, path):
    response = client.get(f"/results/{survey.slug}/{path}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_a_theme_says_how_it_was_said_on_page_file_and_program(sign_in, session):
    people = [*_people("negative", 60), *_people("positive", 30), *_people("mixed", 12), *OTHERS]
    survey = a_coded_survey(session, people)
    client = sign_in("commissioner")
    page = _page(client, survey, "themes/waiting")
    assert "As praise 30 102 29% 21% to 39%" in page
    assert "As criticism 60 102 59%" in page
    file = client.get(f"/results/{survey.slug}/themes/waiting.csv?by=said").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert [(r["code"], r["count"], r["percent"]) for r in rows] == [
        ("praise", "30", "29"),
        ("criticism", "60", "59"),
        ("both", "12", "12"),
    ]


def test_where_nearly_all_say_it_one_way_nothing_tells_how_few_do_not(sign_in, session):
    people = [*_people("negative", 97), *_people("positive", 5), *OTHERS]
    survey = a_coded_survey(session, people)
    page = _page(sign_in("commissioner"), survey, "themes/waiting")
    assert "without telling a smaller number" in page
    assert not re.search(r"\b(97|5 102)\b", page)


def test_counts_without_shares_before_nearly_all_answers_were_read(sign_in, session):
    people = [*_people("negative", 60), *_people("positive", 30), *_people("neutral", 12), *OTHERS]
    survey = a_coded_survey(session, people + [{"themes": None, "machine": []}] * 60)
    page = _page(sign_in("commissioner"), survey, "themes/waiting")
    assert "As praise 30 102 – –" in page
    assert "no share of all answers" in page


def _next_version(session, survey, document, lineage):
    """Let the survey use a second version, to which all decisions were carried."""
    first = session.get(Codebook, session.get(Survey, survey.id).codebook_id)
    second = Codebook(
        key=first.key,
        version=2,
        name=first.name,
        document=document,
        adopted_at=datetime(2026, 7, 5, tzinfo=UTC),
        lineage=lineage,
    )
    session.add(second)
    session.flush()
    session.execute(update(Survey).where(Survey.id == survey.id).values(codebook_id=second.id))
    session.execute(update(Review).values(codebook_id=second.id, drawn="carried"))
    session.commit()
    releases.forget()


def _two_quarters():
    days = (date(2026, 2, 3), date(2026, 5, 3))
    return [one for i, day in enumerate(days) for one in some_people(120, seed=i, received_on=day)]


def test_a_theme_new_in_this_version_has_no_past_and_no_line(sign_in, session):
    survey = a_coded_survey(session, _two_quarters())
    added = BOOK.replace("referral: {", "costs: {label: Costs, definition: x.}\n      referral: {")
    _next_version(session, survey, added, [{"kind": "add", "from": [], "to": ["costs"]}])
    client = sign_in("commissioner")
    page = _page(client, survey, "themes/costs")
    assert "This theme is in use since 5 July 2026." in page
    assert "Nobody was asked to look for it" in page
    assert page.count("not asked then") == 2
    assert "fewer than 10" not in page.partition("Quarter by quarter")[2].partition("Evidence")[0]
    assert "not asked then" in client.get(f"/results/{survey.slug}/trend.csv?theme=costs").get_data(
        as_text=True
    )
    assert "not asked then" not in _page(client, survey, "themes/waiting")


def test_a_merged_theme_says_so_and_keeps_its_past(sign_in, session):
    survey = a_coded_survey(session, _two_quarters())
    lineage = [{"kind": "merge", "from": ["waiting", "referral"], "to": ["delay"]}]
    merged = re.sub(
        r"\n +referral: .*",
        "",
        BOOK.replace("waiting: {label: Waiting for", "delay: {label: Delay in"),
    )
    _next_version(session, survey, merged, lineage)
    page = _page(sign_in("commissioner"), survey, "trend?theme=delay")
    assert "was counted as “Waiting for support” and “Referral and first contact”" in page
    assert "quarters can be compared" in page


def test_ethnic_group_is_published_in_groups_beside_the_detail(sign_in, session):
    document = copy.deepcopy(DOCUMENT)
    document["questions"].append(ETHNIC)
    counts = (80, 12, 14, 9, 12, 11)
    chosen = zip((o["id"] for o in ETHNIC["options"]), counts, strict=True)
    people = [{"themes": [], "choices": {"q_eth": o}} for o, count in chosen for _ in range(count)]
    survey = a_coded_survey(session, people, document=document)
    page = _page(sign_in("commissioner"), survey, "questions")
    detail = page.partition("What is your ethnic group? In 3 groups")[2]
    groups, _, detail = detail.partition("What is your ethnic group?")
    assert "Asian or Asian British 23 138 17%" in groups
    assert re.search(r"Indian (14|fewer than 10, or not shown)", detail)
    assert "Chinese fewer than 10, or not shown" in detail


ETHNIC = {
    "id": "q_eth",
    "name": "ethnic_group",
    "kind": "single",
    "dimension": "ethnic_group",
    "text": {"en": "What is your ethnic group?"},
    "options": [
        {"id": "o_white", "text": {"en": "British"}, "group": "white", "heading": {"en": "White"}},
        {"id": "o_irish", "text": {"en": "Irish"}, "group": "white"},
        {
            "id": "o_indian",
            "text": {"en": "Indian"},
            "group": "asian",
            "heading": {"en": "Asian or Asian British"},
        },
        {"id": "o_chinese", "text": {"en": "Chinese"}, "group": "asian"},
        {"id": "o_arab", "text": {"en": "Arab"}, "group": "other", "heading": {"en": "Other"}},
        {"id": "o_any", "text": {"en": "Any other"}, "group": "other"},
    ],
}
