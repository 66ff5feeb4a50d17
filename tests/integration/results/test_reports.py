import io
import json
import random
import re
import zipfile
from datetime import date, timedelta

import pikepdf
import pytest
from docx import Document
from sqlalchemy.orm import sessionmaker

from app.clock import utc_now
from app.figures import releases
from app.figures.tables import SafeCell
from app.guards import Role
from app.models import Flag, FrozenReport, Gap, Job, Quote, ReferenceCount, ReportFile, Response
from app.packs import load_pack
from app.services import reports
from app.services.reporting import kinds, snapshot
from app.services.reporting.claims import broken
from app.services.reporting.gathering import Order
from app.services.reporting.layout import Grid, items, texts
from app.services.reports import Wish
from app.store import reports as store
from app.worker.loop import Registry, work_once
from app.worker.reporting.work import MakeFiles, MakeReports, stale_chore
from tests.builders import an_actor
from tests.integration.results.builders import a_coded_survey, some_people
from tests.integration.results.test_evidence import _a_quote

pytestmark = pytest.mark.usefixtures("_forget")
AREAS = ("E06000060", "E06000042", "E07000178")
QUARTERS = (date(2026, 2, 3), date(2026, 5, 3), date(2026, 8, 3))
PERIOD = "2026-27-q2"
PACK = load_pack("thames-valley")
WORDS = "I waited for months."


@pytest.fixture
def _forget():
    releases.forget()


@pytest.fixture
def database_url(sqlite_url):
    """Reports are data and files: PostgreSQL stores them in one test of its own."""
    return sqlite_url


@pytest.fixture
def survey(session):
    people = [
        person
        for i, day in enumerate(QUARTERS)
        for service in ("adult", "cyp")
        for person in some_people(60, seed=i, areas=AREAS, received_on=day, service=service)
    ]
    survey = a_coded_survey(session, people)
    for area, count in zip(AREAS, (5000, 300, 2700), strict=True):
        session.add(
            ReferenceCount(kind="margin", dimension="area", value=area, count=count, source="Hub",
                           starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))
        )  # fmt: skip
    session.add(
        Gap(survey_id=survey.id, title="Waits", need="counselling", barrier="waiting",
            state="doing", evidence={"public": "About 35 people"}, due_on=date(2026, 9, 1),
            owner="Anna", said="You wait too long", did="Two more counsellors",
            opened_at=utc_now(), changed_at=utc_now())
    )  # fmt: skip
    session.commit()
    return survey


def _work(session, times=20):
    sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
    registry = Registry((MakeReports(PACK), MakeFiles()), (stale_chore(),))
    while times and work_once(sessions, registry, utc_now()):
        times -= 1
    session.expire_all()


def _asked(session, survey, kind="panel", **values):
    by = an_actor(session, Role.COMMISSIONER)
    wish = Wish(kind, PERIOD, **values)
    return reports.ask(session, survey.id, wish, PACK, by=by, now=utc_now())


def _made(session, survey, kind="panel", **values):
    report_id = _asked(session, survey, kind, **values)
    _work(session)
    return session.get_one(FrozenReport, report_id)


def _frozen(session, survey, kind="panel", **values):
    """Return a frozen report without its files."""
    report_id = _asked(session, survey, kind, **values)
    job = session.query(Job).filter_by(kind=reports.MAKE, subject_id=report_id).one()
    row, _ = reports.freeze(session, job, PACK, today=date(2026, 11, 22), now=utc_now())
    session.commit()
    return row


def _build(session, survey, kind="panel", facets=None, period=PERIOD, service=""):
    order = Order(kind, survey.id, period, "Anna", service=service, facets=facets or {})
    return kinds.build(session, order, PACK, today=date(2026, 11, 22), now=utc_now())


def _content(session, row, file_format):
    return store.content_of(store.find_file(session, row.id, file_format))


def _page(client, survey, row, tail=""):
    response = client.get(f"/results/{survey.slug}/reports/{row.id}{tail}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def _docx_words(content):
    """Return every word of a Word file: text, alt text, footers, properties."""
    parts = zipfile.ZipFile(io.BytesIO(content))
    xml = "\n".join(parts.read(n).decode() for n in parts.namelist() if n.endswith(".xml"))
    return re.sub(r"<[^>]+>", " ", xml) + " ".join(re.findall(r'descr="([^"]*)"', xml))


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_every_sentence_of_every_kind_of_report_re_computes(session, survey, kind):
    made = snapshot.read(json.loads(json.dumps(snapshot.as_plain(_build(session, survey, kind)))))
    assert len(made.claims) > 15
    assert not broken(made.tables, made.claims)
    told = {c.template for c in made.claims.values()}
    assert {"heard", "changes", "picture", "skew"} <= told
    printed = {c.text for c in made.claims.values()}
    numbers = [
        i.words for i in items(made, {}) if hasattr(i, "words") and re.search(r"\d", i.words)
    ]
    headings = {s.heading for s in made.sections}
    for words in numbers:
        assert words in printed or words.split(". ", 1)[-1] in headings


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_no_cell_of_a_report_holds_fewer_than_ten(session, survey, kind):
    made = _build(session, survey, kind, service="adult" if kind == "contract" else "")
    for table in made.tables.values():
        for row in table.rows:
            for cell in row.cells:
                if isinstance(cell, SafeCell):
                    assert cell.count is None or cell.count >= 10, table.key
    assert "fewer than 10" in " ".join(texts(made, {}))


def test_the_contract_report_is_of_its_own_service(session, survey):
    made = _build(session, survey, "contract", service="adult")
    people = made.tables["people"].row("people").cells[0]
    assert people.count == 60
    assert [s.heading for s in made.sections][:3] == [
        "Headline and decision sought",
        "Demand and funnel against the last four quarters",
        "Who used it",
    ]


def test_a_service_nobody_named_is_said_not_to_be_there(session, survey):
    made = _build(session, survey, "contract", service="counselling")
    assert any("recorded against Victims First Counselling" in t for t in texts(made, {}))


def test_a_report_carries_the_figures_of_its_page_over_random_filters(session, sign_in, survey):
    client, chance = sign_in(Role.COMMISSIONER), random.Random(7)  # noqa: S311 - test data
    filters = [("", ""), ("service", "adult"), ("service", "cyp"), *(("area", a) for a in AREAS)]
    for _ in range(8):
        period = chance.choice(["2025-26-q4", "2026-27-q1", PERIOD])
        name, value = chance.choice(filters)
        made = _build(session, survey, "panel", {name: value} if name else {}, period)
        query = f"?period={period}" + (f"&{name}={value}" if name else "")
        page = client.get(f"/results/{survey.slug}/themes{query}").get_data(as_text=True)
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
        rows = made.tables["themes"].printed()
        assert rows
        for row in rows:
            assert " ".join(row[:5]) in page


def test_a_frozen_report_does_not_change_with_the_answers_behind_it(session, sign_in, survey):
    row = _made(session, survey)
    client = sign_in(Role.SCRUTINY)
    before, body, mark = _page(client, survey, row), json.dumps(row.tables), row.sha256
    word = _docx_words(_content(session, row, "docx"))
    for person in session.query(Response).filter_by(received_on=QUARTERS[-1]).limit(40):
        session.delete(person)
    releases.forget()
    session.query(releases.FigureRelease).delete()
    session.commit()
    reports.promise_files(session, row.id, now=utc_now())
    session.commit()
    _work(session)
    row = session.get_one(FrozenReport, row.id)
    assert (json.dumps(row.tables), row.sha256) == (body, mark)
    assert _page(client, survey, row) == before
    assert _docx_words(_content(session, row, "docx")) == word
    assert _build(session, survey).tables["people"] != reports.opened(row).tables["people"]


def test_a_withdrawn_quotation_is_gone_from_page_and_files_at_once(session, sign_in, survey):
    quote = _a_quote(session, survey, received_on=QUARTERS[-1])
    row = _made(session, survey)
    client = sign_in(Role.COMMISSIONER)
    assert WORDS in _page(client, survey, row)
    assert WORDS in _docx_words(_content(session, row, "docx"))
    assert WORDS not in json.dumps(row.tables)
    file = client.get(f"/results/{survey.slug}/reports/{row.id}/report.docx")
    assert WORDS in _docx_words(file.get_data())
    text = session.get_one(Quote, quote.id)
    session.query(Response).filter_by(survey_id=survey.id, quote_consent=True).update(
        {"quote_consent": False}
    )
    session.commit()
    assert text.words == WORDS
    assert WORDS not in _page(client, survey, row)
    refused = client.get(f"/results/{survey.slug}/reports/{row.id}/report.docx")
    assert refused.status_code == 302
    assert session.query(ReportFile).filter_by(format="docx").count() == 0
    _work(session)
    assert session.query(ReportFile).count() == 2
    fresh = client.get(f"/results/{survey.slug}/reports/{row.id}/report.docx")
    assert fresh.status_code == 200
    assert WORDS not in _docx_words(fresh.get_data())


def test_files_with_a_withdrawn_quotation_are_dropped_without_anybody_asking(session, survey):
    _a_quote(session, survey, received_on=QUARTERS[-1])
    _made(session, survey)
    session.query(Response).filter_by(quote_consent=True).update(
        {"withdrawn_on": QUARTERS[-1] + timedelta(days=1)}
    )
    session.commit()
    dropped = reports.drop_stale_files(session, today=date(2026, 11, 22), now=utc_now())
    assert dropped == 2
    assert session.query(ReportFile).count() == 0
    assert session.query(Job).filter_by(kind=reports.FILES).count() == 1


def test_the_word_file_has_headings_header_rows_alt_text_language_and_title(session, survey):
    row = _made(session, survey, words="What we ask.", ask="to_note")
    doc = Document(io.BytesIO(_content(session, row, "docx")))
    assert doc.core_properties.title == "Panel paper"
    assert doc.core_properties.language == "en-GB"
    styles = [p.style.name for p in doc.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") == 8
    assert doc.tables
    for table in doc.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:tblCaption" in table._tbl.xml
    assert doc.inline_shapes
    for shape in doc.inline_shapes:
        alt = shape._inline.docPr.get("descr")
        assert alt in {c.text for c in reports.opened(row).claims.values()}
    names = zipfile.ZipFile(io.BytesIO(_content(session, row, "docx"))).namelist()
    assert not [n for n in names if re.search("(?i)embed|chart|comment|macro|vba|xlsx", n)]


def test_the_pdf_is_tagged_for_everybody(session, survey):
    row = _made(session, survey)
    with pikepdf.open(io.BytesIO(_content(session, row, "pdf"))) as pdf:
        root = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en-GB"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"] == "Panel paper"
        held = [*_structure(root.StructTreeRoot)]
        kinds_ = {kind for kind, _ in held}
        assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Figure", "/P"} <= kinds_
        alts = [alt for kind, alt in held if kind == "/Figure"]
        told = {c.text for c in reports.opened(row).claims.values() if c.template == "picture"}
        assert set(alts) == told
        assert not list(pdf.attachments)


def _structure(node):
    """Return the kind and alt text of every element below a node."""
    if isinstance(node, pikepdf.Array):
        for part in node:
            yield from _structure(part)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S), str(node.get("/Alt", ""))
        if "/K" in node:
            yield from _structure(node.K)


def test_synthetic_data_are_called_so_on_page_word_and_pdf(session, sign_in, survey):
    survey.is_synthetic = True
    session.commit()
    row = _made(session, survey)
    assert "SYNTHETIC DATA" in _page(sign_in(Role.SCRUTINY), survey, row)
    doc = Document(io.BytesIO(_content(session, row, "docx")))
    assert doc.sections[0].footer.paragraphs[0].text.startswith("SYNTHETIC DATA")
    assert any(p.text.startswith("SYNTHETIC DATA") for p in doc.paragraphs[:8])


def test_asking_shows_progress_then_the_report_with_who_froze_it(session, sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    given = {"kind": "panel", "period": PERIOD, "ask": "to_agree", "words": "Please decide."}
    asked = client.post(f"/results/{survey.slug}/reports/new", data=given)
    assert asked.status_code == 302
    waiting = client.get(asked.location).get_data(as_text=True)
    assert "Waiting for its turn" in waiting
    job = session.query(Job).filter_by(kind=reports.MAKE).one()
    store.note_progress(session, job, 2, 4, "Drawing the pictures")
    session.commit()
    assert "step 2 of 4" in client.get(asked.location).get_data(as_text=True)
    _work(session)
    shown = client.get(asked.location).get_data(as_text=True)
    assert "Please decide." in shown
    assert "The panel is asked to agree the actions" in shown
    listed = client.get(f"/results/{survey.slug}/reports").get_data(as_text=True)
    assert client.staff.name in listed
    assert "July to September 2026" in listed


def test_a_report_that_cannot_be_made_says_so_and_can_be_taken_off(session, sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    report_id = reports.ask(
        session, survey.id, Wish("panel", "1999-00-q1"), PACK,
        by=an_actor(session, Role.COMMISSIONER), now=utc_now(),
    )  # fmt: skip
    _work(session)
    address = f"/results/{survey.slug}/reports"
    assert "Could not be made" in client.get(address).get_data(as_text=True)
    assert "could not be made" in client.get(f"{address}/{report_id}").get_data(as_text=True)
    client.post(f"{address}/{report_id}/drop")
    assert "Could not be made" not in client.get(address).get_data(as_text=True)


def test_a_frozen_report_that_was_tampered_with_is_not_shown(session, survey):
    row = _frozen(session, survey)
    body = json.loads(json.dumps(row.tables))
    body["claims"]["c2"]["text"] = "9,999 people answered."
    row.tables = body
    with pytest.raises(reports.ReportChangedError, match="fingerprint"):
        reports.opened(row)
    row.sha256 = snapshot.digest(body)
    with pytest.raises(reports.ReportChangedError, match="sentence"):
        reports.opened(row)


def test_providers_see_no_reports_and_scrutiny_reads_but_does_not_ask(session, sign_in, survey):
    row = _frozen(session, survey)
    address = f"/results/{survey.slug}/reports"
    provider = sign_in(Role.PROVIDER_LEAD, services=("adult",))
    assert provider.get(address).status_code == 403
    assert provider.get(f"{address}/{row.id}/report.pdf").status_code == 403
    assert address not in provider.get(f"/results/{survey.slug}").get_data(as_text=True)
    scrutiny = sign_in(Role.SCRUTINY)
    assert scrutiny.get(f"{address}/{row.id}").status_code == 200
    assert scrutiny.get(f"{address}/new").status_code == 403


def test_a_report_is_found_only_under_its_own_survey(session, sign_in, survey):
    row = _frozen(session, survey)
    other = a_coded_survey(session, some_people(30))
    client = sign_in(Role.COMMISSIONER)
    assert client.get(f"/results/{other.slug}/reports/{row.id}").status_code == 404
    assert client.get(f"/results/{other.slug}/reports/{row.id}/report.pdf").status_code == 404


def test_the_ledger_shows_what_each_sentence_rests_on(session, sign_in, survey):
    row = _frozen(session, survey)
    shown = _page(sign_in(Role.COMMISSIONER), survey, row, "/ledger")
    assert "people, people, cell 1" in shown
    assert "heard" in shown


def test_safeguarding_counts_are_rounded_and_small_ones_withheld(session, survey):
    people = session.query(Response).filter_by(survey_id=survey.id, received_on=QUARTERS[-1])
    for i, person in enumerate(people.limit(17)):
        session.add(
            Flag(response_id=person.id, reason="text:q", source="text", raised_at=utc_now(),
                 tier="SG2" if i < 13 else "SG1", due_at=utc_now())
        )  # fmt: skip
    session.commit()
    made = _build(session, survey, "contract")
    grid = next(i for i in items(made, {}) if isinstance(i, Grid) and "safeguarding" in i.caption)
    assert grid.rows[:3] == (
        ("All together", "15"), ("Immediate danger", "fewer than 10"), ("Serious risk", "15"),
    )  # fmt: skip


def test_figures_from_elsewhere_stand_beside_and_the_cascade_is_worked_out(sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    page = client.get(f"/results/{survey.slug}/beside").get_data(as_text=True)
    assert "nothing that a published figure can stand beside" in page
    assert "3,200" in page
    changed = client.get(f"/results/{survey.slug}/beside?victims=50000&want=40&met=50")
    assert "4,000" in changed.get_data(as_text=True)
    for wrong in ("want=140", "victims=-1", "victims=ten", "met=%3Cb%3E"):
        page = client.get(f"/results/{survey.slug}/beside?{wrong}").get_data(as_text=True)
        assert "Enter whole numbers" in page
        assert "<b>" not in page


def test_a_report_of_earlier_rules_keeps_its_words(session, survey):
    row = _frozen(session, survey)
    body = json.loads(json.dumps(row.tables))
    body["edition"] = 0
    body["claims"]["c2"]["text"] = "As it was worded then."
    row.tables, row.sha256 = body, snapshot.digest(body)
    assert "As it was worded then." in texts(reports.opened(row), {})


def _asked_about(number, values):
    return {
        "id": f"q_{number}", "name": number, "kind": "multiple" if "agency" in number else "single",
        "text": {"en": f"About {number}"},
        "options": [{"id": f"o_{number}_{v}", "value": v, "text": {"en": v}} for v in values],
    }  # fmt: skip


def test_rights_are_shown_with_the_agencies_named_where_they_were_not_kept(session):
    kept, agencies = ("fully", "partly", "no", "not_yet"), ("police", "court")
    asked = [_asked_about("right_1", kept), _asked_about("right_1_agency", agencies)]
    first = ["fully"] * 40 + ["partly"] * 30 + ["no"] * 20 + ["not_yet"] * 12
    people = [
        person | {"choices": {"q_right_1": f"o_right_1_{value}"}}
        for person, value in zip(some_people(102), first, strict=True)
    ]
    for i, person in enumerate(people[40:90]):
        named = "police" if i < 30 else "court"
        person["choices"]["q_right_1_agency"] = f"o_right_1_agency_{named}"
    survey = a_coded_survey(session, people, document={"questions": asked})
    made = _build(session, survey, "lcjb")
    rows = made.tables["rights"].printed()
    assert rows[0] == ["About right_1", "90", "44%", "35% to 55%", "33% (30)", "22% (20)"]
    said = texts(made, {})
    assert any(t.startswith("Kept least often: “About right_1” (44% of those") for t in said)
    assert made.tables["agencies"].printed() == [["About right_1", "60% (30)", "40% (20)"]]


def test_outcomes_start_with_the_missing_end_forms(session, survey, monkeypatch):
    counts = {"pairs": 40, "up": 20, "same": 12, "down": None}
    means = {"start": 4.0, "end": 5.5, "change": 1.5, "is_clear": True, "no_end": 35}
    line = {"outcome": "I feel safe", "service": "", **counts, **means}
    plain = releases.released

    def with_outcomes(*args, **values):
        found = plain(*args, **values)
        found.about.outcomes.setdefault(PERIOD, [])[:] = [line]
        return found

    monkeypatch.setattr(releases, "released", with_outcomes)
    made = _build(session, survey, "contract")
    section = next(s for s in made.sections if s.heading.startswith("Outcomes"))
    assert made.claims[section.blocks[0].key].text.startswith("35% of those with a start form")
    assert "from 4.0 to 5.5 on average, more than chance" in " ".join(texts(made, {}))
    row = made.tables["outcomes"].printed()[0]
    assert row == ["I feel safe", "40", "4.0", "5.5", "20", "12", "fewer than 10"]
