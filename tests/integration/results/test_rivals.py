"""What the register keeps of a figure, and who may read it: never a provider its rival's."""

import re

import pytest

from app.guards import Role
from app.models import Gap
from tests.integration.results.builders import DOCUMENT, a_coded_survey, some_people


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def _text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_a_provider_reads_its_own_figure_in_the_register_and_never_its_rivals(sign_in, session):
    people = some_people(150, service="adult") + some_people(150, seed=2, service="sv")
    survey = a_coded_survey(session, people)
    client, words = sign_in(Role.COMMISSIONER), {}
    for title, narrowed in (("Whole", ""), ("Rival", "&service=sv"), ("Own", "&service=adult")):
        new = f"/results/{survey.slug}/register/new?theme=waiting{narrowed}"
        client.post(new, data={"title": title})
        gap = session.query(Gap).filter_by(title=title).one()
        data = {"state": "done", "acted_on": "2026-07-02", "service": "adult", "said": "We wait"}
        data |= {"did": f"{title} people", "is_public": "y"}
        assert client.post(f"/results/{survey.slug}/register/{gap.id}", data=data).location
        words[title] = f"{gap.evidence['count']} of {gap.evidence['base']} answers read"
    provider = sign_in(Role.PROVIDER_LEAD, services=("adult",))
    register = _text(provider.get(f"/results/{survey.slug}/register"))
    for title, is_own in (("Whole", False), ("Rival", False), ("Own", True)):
        gap = session.query(Gap).filter_by(title=title).one()
        page = _text(provider.get(f"/results/{survey.slug}/register/{gap.id}"))
        assert (words[title] in page, words[title] in register) == (is_own, is_own), title
        assert ("not of your service alone" in page) is not is_own
    everyone = _text(provider.get("/results/what-we-did"))
    assert everyone.count("people said this") == 1  # of the whole body; no service's alone
    assert words["Rival"] in _text(client.get(f"/results/{survey.slug}/register"))


def test_what_a_public_figure_is_of_stands_beside_it(sign_in, session):
    people = some_people(150, crime_group="theft", age_band="18_24")
    people += some_people(150, seed=2, crime_group="burglary", age_band="35_44")
    survey = a_coded_survey(session, people)
    client = sign_in(Role.COMMISSIONER)
    new = f"/results/{survey.slug}/register/new?theme=waiting&crime_group=theft&age_band=18_24"
    client.post(new, data={"title": "Waiting"})
    gap = session.query(Gap).one()
    assert gap.evidence["facets"] == {"crime_group": "theft", "age_band": "18_24"}
    assert gap.evidence["public"].endswith("(18 to 24, Theft)")


@pytest.mark.parametrize("role", [Role.PROVIDER_LEAD, Role.LEAD_PARTNER])
def test_a_provider_without_a_service_sees_no_register(sign_in, session, role):
    survey = a_coded_survey(session, [])
    client = sign_in(role)
    assert client.get(f"/results/{survey.slug}/register").status_code == 404
    assert client.get(f"/results/{survey.slug}").status_code == 404


def test_a_childrens_survey_goes_public_under_doubled_limits(sign_in, session):
    document = DOCUMENT | {"audience": "young_11_15"}
    people = [{"themes": ["waiting"]}] * 15 + [{"themes": []}] * 45
    survey = a_coded_survey(session, people, document=document)
    new = f"/results/{survey.slug}/register/new?theme=waiting"
    sign_in(Role.COMMISSIONER).post(new, data={"title": "Waiting"})
    evidence = session.query(Gap).one().evidence
    assert (evidence["count"], evidence["public"]) == (15, "Fewer than 20 people, or not shown")
