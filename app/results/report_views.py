"""Reports: asking for one, how far it is, reading it, its files; and figures from elsewhere."""

from uuid import UUID

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.figures.benchmarks import CASCADE_SOURCE, beside
from app.guards import Role, audience, current_actor
from app.services import reports as reporting
from app.services.reporting.layout import items
from app.services.reports import Wish
from app.store import reports as store
from app.store.errors import NotFoundError

from . import reports
from .forms import ReportForm
from .frame import heading_of, show
from .views import READERS, bp, chosen

ASKERS = (Role.COMMISSIONER, Role.ANALYST)
REPORT_READERS = (*ASKERS, Role.SCRUTINY)
MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@bp.get("/results/<slug>/reports")
@audience(*REPORT_READERS)
def report_list(slug: str) -> ResponseReturnValue:
    """Show the frozen reports and those being made."""
    choice = chosen(slug)
    return show(
        "report_list",
        choice,
        columns=reports.LIST,
        rows=reports.list_rows(choice, store.list_reports(db.session, choice.survey.id)),
        waiting=store.list_waiting(db.session, choice.survey.id),
        may_ask=current_actor().role in ASKERS,
    )


@bp.route("/results/<slug>/reports/new", methods=["GET", "POST"])
@audience(*ASKERS)
def ask_report(slug: str) -> ResponseReturnValue:
    """Ask for a report; the worker freezes it."""
    choice = chosen(slug)
    form = ReportForm()
    form.kind.choices = reports.kind_choices()
    form.period.choices = reports.period_choices(choice)
    form.service.choices = reports.service_choices(choice.pack)
    form.ask.choices = list(reports.ASKS.items())
    if form.validate_on_submit():
        is_contract = form.kind.data == "contract"
        wish = Wish(
            form.kind.data,
            form.period.data,
            form.service.data if is_contract else "",
            form.ask.data if form.kind.data == "panel" else "",
            form.words.data or "",
        )
        report_id = reporting.ask(
            db.session, choice.survey.id, wish, choice.pack, by=current_actor(), now=utc_now()
        )
        return redirect(url_for(".report", slug=slug, report_id=report_id))
    return show("report_ask", choice, form=form)


@bp.get("/results/<slug>/reports/<uuid:report_id>")
@audience(*REPORT_READERS)
def report(slug: str, report_id: UUID) -> ResponseReturnValue:
    """Show a frozen report, or how far it is."""
    choice = chosen(slug)
    if store.find_report(db.session, report_id) is None:
        waiting = store.find_waiting(db.session, report_id)
        if waiting is None:
            raise NotFoundError(f"report {report_id}")
        return show("report_waiting", choice, waiting=waiting)
    row = store.get_report(db.session, choice.survey.id, report_id)
    made = reporting.opened(row)
    voices = reporting.voices_of(db.session, row, made, london_today())
    return show(
        "report",
        choice,
        about=made.about,
        blocks=reports.blocks(items(made, voices)),
        report_id=report_id,
        waiting=store.find_waiting(db.session, report_id),
        sha256=row.sha256,
    )


@bp.get("/results/<slug>/reports/<uuid:report_id>/ledger")
@audience(*REPORT_READERS)
def ledger(slug: str, report_id: UUID) -> ResponseReturnValue:
    """Show how every sentence of a report was made."""
    choice = chosen(slug)
    made = reporting.opened(store.get_report(db.session, choice.survey.id, report_id))
    return show(
        "report_ledger",
        choice,
        about=made.about,
        columns=reports.LEDGER,
        rows=reports.ledger_rows(made.claims),
        report_id=report_id,
    )


@bp.get("/results/<slug>/reports/<uuid:report_id>/report.<any(docx, pdf):file_format>")
@audience(*REPORT_READERS)
def report_file(slug: str, report_id: UUID, file_format: str) -> ResponseReturnValue:
    """Return a report as Word or PDF, or say that it is being made."""
    choice = chosen(slug)
    row = store.get_report(db.session, choice.survey.id, report_id)
    content = reporting.file_of(
        db.session, row, file_format, today=london_today(), now=utc_now(), by=current_actor()
    )
    if content is None:
        flash("The file is being made with the quotations that may be shown now. Try again soon.")
        return redirect(url_for(".report", slug=slug, report_id=report_id))
    name = f"{row.kind}-{row.period}.{file_format}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=MIME[file_format], headers=disposition)


@bp.post("/results/<slug>/reports/<uuid:report_id>/drop")
@audience(*ASKERS)
def drop_report(slug: str, report_id: UUID) -> ResponseReturnValue:
    """Take a report off the list that could not be made."""
    choice = chosen(slug)
    reporting.drop_failed(
        db.session, choice.survey.id, report_id, by=current_actor(), now=utc_now()
    )
    return redirect(url_for(".report_list", slug=slug))


@bp.get("/results/<slug>/beside")
@audience(*READERS)
def beside_others(slug: str) -> ResponseReturnValue:
    """Show figures from elsewhere beside our own, and the need cascade as a scenario."""
    choice = chosen(slug)
    if choice.view is None:
        return show("beside", choice)
    cascade, fields, problem = reports.cascade_of(request.args)
    return show(
        "beside",
        choice,
        lead=heading_of(choice),
        columns=reports.BESIDE,
        rows=reports.beside_rows(beside(choice.view, choice.questions)),
        steps=reports.STEPS,
        cascade=reports.cascade_rows(cascade),
        cascade_fields=fields,
        problem=problem,
        source=CASCADE_SOURCE,
        body=current_app.config["PACK"].body_short,
    )
