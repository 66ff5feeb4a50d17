"""Pages of the gap register and the evidence shelf, and the preview of "You said, we did"."""

from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.figures.pages import gap_label
from app.figures.surveys import audience_of
from app.guards import Role, audience, current_actor
from app.services import gap_register
from app.services.gap_register import About, DecisionIncompleteError
from app.store import gaps as gap_store
from app.store.errors import NotFoundError

from . import register
from .cards import public_cards
from .choosing import Choice
from .forms import NO_SERVICE, DecisionForm, EvidenceForm, OpenGapForm
from .frame import show
from .views import READERS, bp, chosen, seen
from .wording import day_words

DECIDERS = (Role.COMMISSIONER, Role.ANALYST)


@bp.get("/results/<slug>/register")
@audience(*READERS)
def gap_list(slug: str) -> ResponseReturnValue:
    """Show what was heard, what was decided, and who does it by when."""
    choice = chosen(slug)
    found = gap_store.list_gaps(db.session, choice.survey.id, current_actor().services)
    return show(
        "register",
        choice,
        gaps=register.printed(choice, found, london_today()),
        may_decide=current_actor().role in DECIDERS,
    )


@bp.route("/results/<slug>/register/new", methods=["GET", "POST"])
@audience(*DECIDERS)
def open_gap(slug: str) -> ResponseReturnValue:
    """Enter a theme, or a need and barrier, in the register with the figure it rests on."""
    choice = chosen(slug)
    if choice.is_live:
        abort(409)  # figures of an unfinished period are nobody's evidence
    view, about = seen(choice), _about(choice)
    form = OpenGapForm(title=about.title)
    row = f"theme:{about.theme}" if about.theme else f"gap:{about.need}|{about.barrier}"
    theme = choice.book.theme(about.theme or "")
    meant = audience_of(db.session, choice.survey.id)
    evidence = register.frozen(
        view.cell(row, "read"), view, choice.pack, audience=meant, theme=theme
    )
    if form.validate_on_submit():
        entered = About(form.title.data, about.theme, about.need, about.barrier, *_facets(choice))
        gap = gap_register.open_gap(
            db.session, choice.survey.id, entered, evidence=evidence, by=current_actor(),
            now=utc_now(),
        )  # fmt: skip
        return redirect(choice.url("gap", gap_id=gap.id))
    words = register.evidence_words(choice, evidence)
    return show("open_gap", choice, form=form, about=about.title, evidence=words)


def _about(choice: Choice) -> About:
    """Return what the address wants to enter; raise NotFoundError for what nobody codes."""
    theme, pair = request.args.get("theme", ""), request.args.get("gap", "")
    known = choice.book.theme(theme)
    if known is not None:
        return About(known.label, theme=theme)
    need, _, barrier = pair.partition("|")
    if need in choice.book.needs and barrier in choice.book.barriers:
        return About(gap_label(pair), need=need, barrier=barrier)
    raise NotFoundError("nothing to enter")


def _facets(choice: Choice) -> tuple[str | None, str | None]:
    facets = seen(choice).facets
    return facets.get("area"), facets.get("crime_group")


@bp.route("/results/<slug>/register/<uuid:gap_id>", methods=["GET", "POST"])
@audience(*READERS)
def gap(slug: str, gap_id: UUID) -> ResponseReturnValue:
    """Show one gap from what was heard to whether it helped; deciders may change it."""
    choice, actor = chosen(slug), current_actor()
    found = gap_store.get_gap(db.session, choice.survey.id, gap_id)
    if actor.services and found.service not in actor.services:
        raise NotFoundError(f"gap {gap_id}")
    everything = gap_store.list_gaps(db.session, choice.survey.id, actor.services)
    form = _decision_form(found)
    may_decide = actor.role in DECIDERS
    if may_decide and form.validate_on_submit() and _decided(choice, gap_id, form):
        flash("Saved.")
        return redirect(choice.url("gap_list"))
    return show(
        "gap",
        choice,
        gap=found,
        form=form,
        may_decide=may_decide,
        about=register.row_and_label(choice, found)[1],
        evidence=register.evidence_words(choice, found.evidence),
        said=register.said_words(choice, found),
        effect=register.effects(choice, everything)[found.id],
        due=day_words(found.due_on) if found.due_on else "",
        is_overdue=register.is_overdue(found, london_today()),
        state=register.STATE_WORDS[found.state],
    )


def _decision_form(found: object) -> DecisionForm:
    form = DecisionForm(obj=found)
    pack = current_app.config["PACK"]
    form.service.choices = NO_SERVICE | {s.code: s.name for s in pack.services}
    form.service.data = form.service.data or ""
    return form


def _decided(choice: Choice, gap_id: UUID, form: DecisionForm) -> bool:
    """Record the decision, or put what is missing on its field."""
    try:
        gap_register.decide(
            db.session, choice.survey.id, gap_id, form.decision_of(), by=current_actor(),
            now=utc_now(),
        )  # fmt: skip
    except DecisionIncompleteError as missing:
        form[missing.field].errors = [missing.words]
        return False
    return True


@bp.route("/results/<slug>/themes/<theme>/evidence", methods=["GET", "POST"])
@audience(*DECIDERS)
def add_evidence(slug: str, theme: str) -> ResponseReturnValue:
    """Put a source on the shelf beside a theme."""
    choice = chosen(slug)
    known = choice.book.theme(theme)
    if known is None:
        raise NotFoundError(f"theme {theme}")
    form = EvidenceForm()
    if form.validate_on_submit():
        values = {name: form[name].data for name in ("kind", "title", "year", "finding")}
        values |= {name: form[name].data or "" for name in ("author", "link")}
        gap_register.shelve(db.session, theme, values, by=current_actor(), now=utc_now())
        return redirect(choice.url("theme", theme=theme))
    return show("add_evidence", choice, form=form, theme=known)


@bp.post("/results/<slug>/themes/<theme>/evidence/<uuid:note_id>/remove")
@audience(*DECIDERS)
def remove_evidence(slug: str, theme: str, note_id: UUID) -> ResponseReturnValue:
    """Take a source off the shelf."""
    choice = chosen(slug)
    gap_register.unshelve(db.session, note_id, by=current_actor(), now=utc_now())
    return redirect(choice.url("theme", theme=theme))


@bp.get("/results/what-we-did")
@audience(*READERS)
def what_we_did() -> ResponseReturnValue:
    """Show "You said, we did" as everyone sees it."""
    return render_template(
        "results/what_we_did.html", base="staff.html", is_public=False, cards=public_cards()
    )
