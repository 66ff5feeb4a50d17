"""Ways in to a survey: links, posters, group sessions, paper; each with dates and a quota."""

from typing import Any
from uuid import UUID

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.catalogues import EASY_READ, SOURCE
from app.clock import london_today, utc_now
from app.db import db
from app.design import wording
from app.design.blueprint import bp, entry_url, pack, page, working
from app.design.fields import ConfirmForm
from app.design.forms import CollectorForm
from app.guards import Role, audience, current_actor
from app.languages import speak
from app.services import interface, launching, links, organisations
from app.services.launching import Window
from app.store import designs
from app.store import surveys as surveys_store
from surveys import Survey

QR_SCALE = 8


@bp.get("/<uuid:survey_id>/ways-in")
@audience(Role.DESIGNER, Role.APPROVER)
def collectors(survey_id: UUID) -> ResponseReturnValue:
    """List the ways in to a survey, and whether each opens today."""
    found = designs.list_collectors(db.session, survey_id)
    content = working(survey_id).survey
    rows = [_row(collector, content) for collector in found]
    return page(
        "collectors",
        survey_id,
        tab="design.collectors",
        rows=rows,
        form=ConfirmForm(),
        is_of_organisations=organisations.is_asked(content),
    )


@bp.route("/<uuid:survey_id>/ways-in/new", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def new_collector(survey_id: UUID) -> ResponseReturnValue:
    """Open a way in."""
    form = CollectorForm()
    form.channel.choices = dict(wording.CHANNELS)
    if form.validate_on_submit():
        launching.open_way_in(
            db.session,
            survey_id,
            name=form.name.data,
            channel=form.channel.data,
            window=Window(form.opens_on.data, form.closes_on.data, form.quota.data),
            by=current_actor(),
            now=utc_now(),
        )
        return redirect(url_for(".collectors", survey_id=survey_id))
    return page("collector", survey_id, tab="design.collectors", form=form, is_new=True)


@bp.route("/ways-in/<uuid:collector_id>", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def collector(collector_id: UUID) -> ResponseReturnValue:
    """Change a way in: its name, its dates, its quota, open or not."""
    found = designs.get_collector(db.session, collector_id)
    form = CollectorForm(obj=found)
    del form.channel
    if form.validate_on_submit():
        launching.change_collector(
            db.session,
            collector_id,
            name=form.name.data,
            window=Window(form.opens_on.data, form.closes_on.data, form.quota.data),
            is_open=bool(form.is_open.data),
            by=current_actor(),
            now=utc_now(),
        )
        return redirect(url_for(".collectors", survey_id=found.survey_id))
    return page("collector", found.survey_id, tab="design.collectors", form=form, is_new=False)


@bp.post("/<uuid:survey_id>/ways-in/test")
@audience(Role.DESIGNER, Role.APPROVER)
def test_link(survey_id: UUID) -> ResponseReturnValue:
    """Open the link for trying the survey out on a phone."""
    launching.trial_collector(db.session, survey_id, by=current_actor(), now=utc_now())
    flash("The test link is in the list. What is answered there is marked as a test.", "success")
    return redirect(url_for(".collectors", survey_id=survey_id))


@bp.get("/ways-in/<uuid:collector_id>/poster")
@audience(Role.DESIGNER, Role.APPROVER)
def poster(collector_id: UUID) -> ResponseReturnValue:
    """Show a poster to print: neutral words, a code, a short address; in a reviewed language."""
    found = designs.get_collector(db.session, collector_id)
    spoken = _spoken(found.survey_id)
    language = request.args.get("language", SOURCE)
    if language not in spoken:
        abort(404)
    if found.token is None:
        flash("Personal links and imports have no address of their own to print.")
        return redirect(url_for(".collectors", survey_id=found.survey_id))
    content = working(found.survey_id).survey
    if organisations.is_asked(content):
        flash("A poster speaks to victims. Send organisations their own links.")
        return redirect(url_for(".organisations", survey_id=found.survey_id))
    address = entry_url(found.token, content)
    code = segno.make(address, error="m")
    svg = code.svg_inline(scale=QR_SCALE, svgclass=None, lineclass=None, omitsize=True)
    speak(language)
    return render_template(
        "design/poster.html",
        collector=found,
        address=address,
        others=[tag for tag in spoken if tag != language],
        qr=Markup(svg),  # noqa: S704 - drawn by segno from our own address
        pack=pack(),
    )


def _spoken(survey_id: UUID) -> tuple[str, ...]:
    """Return the languages a poster may be in: those in which the survey is then answered."""
    versions = designs.list_versions(db.session, survey_id)
    if not versions:
        return (SOURCE,)
    survey = surveys_store.questionnaire(versions[-1])
    offered = interface.offered(db.session, survey, is_test=False)
    return tuple(tag for tag in dict.fromkeys((SOURCE, *offered)) if tag != EASY_READ)


def _row(collector: Any, content: Survey) -> dict[str, Any]:
    address = entry_url(collector.token, content) if collector.token else ""
    opens = bool(
        collector.token and links.find_entry(db.session, collector.token, today=london_today())
    )
    return {
        "id": collector.id,
        "name": collector.name,
        "channel": wording.CHANNELS.get(collector.channel, collector.channel),
        "address": address,
        "is_test": collector.is_test,
        "state": wording.opening(collector, opens=opens),
        "tone": "done" if opens else "plain",
        "dates": wording.dates(collector.opens_on, collector.closes_on),
        "quota": collector.quota or "no limit",
    }
