"""The referral funnel, for those who send and those who decide."""

import csv
import io

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.clock import london_today
from app.db import db
from app.figures import funnel as figures
from app.figures.funnel import Funnels, Step
from app.figures.periods import Period
from app.figures.tables import SafeCell
from app.guards import Role, audience, current_actor
from app.services.releasing import groups_of, limits_of
from app.store.errors import NotFoundError

from .handover import pack

bp = Blueprint("funnel", __name__, url_prefix="/referrals")
READERS = (
    Role.OUTREACH,
    Role.COMMISSIONER,
    Role.SCRUTINY,
    Role.ANALYST,
    Role.PROVIDER_LEAD,
    Role.LEAD_PARTNER,
)
BOUND = {Role.PROVIDER_LEAD, Role.LEAD_PARTNER}  # never the whole body
HEADINGS = ("Step", "People", "Of the step before", "Of those referred", "What it counts")


@bp.get("/")
@audience(*READERS)
def overview() -> ResponseReturnValue:
    """Show how far the cases referred in a complete year or quarter came."""
    found = _funnels()
    period = _chosen(found)
    if period is None:
        return render_template("outreach/funnel.html", period=None, periods=[], rows=[])
    return render_template(
        "outreach/funnel.html",
        period=period,
        periods=found.offered(),
        rows=[row(step) for step in found.steps(period, _mine())],
        published=figures.list_published(db.session, period),
        is_synthetic=figures.has_made_up(db.session, period),
    )


@bp.get("/funnel.csv")
@audience(*READERS)
def funnel_csv() -> ResponseReturnValue:
    """Return the same table as a file."""
    found = _funnels()
    period = _chosen(found)
    if period is None:
        raise NotFoundError("no referrals")
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADINGS)
    writer.writerows(row(step).values() for step in found.steps(period, _mine()))
    headers = {"Content-Disposition": f"attachment; filename=referrals-{period.key}.csv"}
    return Response("\ufeff" + written.getvalue(), mimetype="text/csv", headers=headers)


def row(step: Step) -> dict[str, str]:
    """Return one line as printed; what was lost beside a step says so."""
    return {
        "step": f"Lost here: {step.label.lower()}" if step.is_beside else step.label,
        "people": step.of_first.count_words,
        "before": _share(step.of_before) if step.code != "referred" else "–",
        "first": _share(step.of_first),
        "words": step.words,
    }


def _share(cell: SafeCell) -> str:
    return cell.share_words if cell.count is not None else "–"


def _funnels() -> Funnels:
    groups = groups_of(pack())["service"]
    return figures.funnels(db.session, london_today(), limits_of(pack()), groups)


def _mine() -> frozenset[str]:
    """Return the services of this person; empty for the whole body, never for a provider."""
    actor = current_actor()
    if actor.role in BOUND and actor.sees_everything:
        raise NotFoundError("a provider without a service has nothing to see")
    return actor.services


def _chosen(found: Funnels) -> Period | None:
    wanted = request.args.get("period", "")
    chosen = next((p for p in found.offered() if p.key == wanted), None)
    return chosen or found.newest(_mine())
