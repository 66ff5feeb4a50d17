"""Word and PDF: their structure, their labels, and what goes when a quotation is withdrawn."""

import io
import json
import re
import zipfile
from datetime import date, timedelta

import pikepdf
from docx import Document

from app.clock import utc_now
from app.guards import Role
from app.models import Job, Quote, ReportFile, Response
from app.services import reports
from tests.integration.results.reports.builders import (
    QUARTERS,
    WORDS,
    content_of,
    docx_words,
    made,
    page_of,
    work,
)
from tests.integration.results.test_evidence import _a_quote


def test_a_withdrawn_quotation_is_gone_from_page_and_files_at_once(session, sign_in, survey):
    quote = _a_quote(session, survey, received_on=QUARTERS[-1])
    row = made(session, survey)
    client = sign_in(Role.COMMISSIONER)
    assert WORDS in page_of(client, survey, row)
    assert WORDS in docx_words(content_of(session, row, "docx"))
    assert WORDS not in json.dumps(row.tables)
    file = client.get(f"/results/{survey.slug}/reports/{row.id}/report.docx")
    assert WORDS in docx_words(file.get_data())
    text = session.get_one(Quote, quote.id)
    session.query(Response).filter_by(survey_id=survey.id, quote_consent=True).update(
        {"quote_consent": False}
    )
    session.commit()
    assert text.words == WORDS
    assert WORDS not in page_of(client, survey, row)
    refused = client.get(f"/results/{survey.slug}/reports/{row.id}/report.docx")
    assert refused.status_code == 302
    assert session.query(ReportFile).filter_by(format="docx").count() == 0
    work(session)
    assert session.query(ReportFile).count() == 2
    fresh = client.get(f"/results/{survey.slug}/reports/{row.id}/report.docx")
    assert fresh.status_code == 200
    assert WORDS not in docx_words(fresh.get_data())


def test_files_with_a_withdrawn_quotation_are_dropped_without_anybody_asking(session, survey):
    _a_quote(session, survey, received_on=QUARTERS[-1])
    made(session, survey)
    session.query(Response).filter_by(quote_consent=True).update(
        {"withdrawn_on": QUARTERS[-1] + timedelta(days=1)}
    )
    session.commit()
    dropped = reports.drop_stale_files(session, today=date(2026, 11, 22), now=utc_now())
    assert dropped == 2
    assert session.query(ReportFile).count() == 0
    assert session.query(Job).filter_by(kind=reports.FILES).count() == 1


def test_the_word_file_has_headings_header_rows_alt_text_language_and_title(session, survey):
    row = made(session, survey, words="What we ask.", ask="to_note")
    doc = Document(io.BytesIO(content_of(session, row, "docx")))
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
    names = zipfile.ZipFile(io.BytesIO(content_of(session, row, "docx"))).namelist()
    assert not [n for n in names if re.search("(?i)embed|chart|comment|macro|vba|xlsx", n)]


def test_the_pdf_is_tagged_for_everybody(session, survey):
    row = made(session, survey)
    with pikepdf.open(io.BytesIO(content_of(session, row, "pdf"))) as pdf:
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
    row = made(session, survey)
    assert "SYNTHETIC DATA" in page_of(sign_in(Role.SCRUTINY), survey, row)
    doc = Document(io.BytesIO(content_of(session, row, "docx")))
    assert doc.sections[0].footer.paragraphs[0].text.startswith("SYNTHETIC DATA")
    assert any(p.text.startswith("SYNTHETIC DATA") for p in doc.paragraphs[:8])
