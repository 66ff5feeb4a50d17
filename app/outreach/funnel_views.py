"""The referral funnel, for those who send and those who decide."""

import csv
import io

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.clock import london_today
from app.db import db
from app.figures import funnel as figures
from app.figures.funnel import Step
from app.figures.periods import Period
from app.figures.tables import SafeCell
from app.guards import Role, audience, current_actor
from app.services.releasing import limits_of
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
HEADINGS = ("Step", "People", "Of the step before", "Of those referred", "What it counts")


@bp.get("/")
@audience(*READERS)
def overview() -> ResponseReturnValue:
    """Show how far the cases referred in a complete year or quarter came."""
    periods = figures.list_periods(db.session, london_today())
    period = _chosen(periods)
    if period is None:
        return render_template("outreach/funnel.html", period=None, periods=[], rows=[])
    return render_template(
        "outreach/funnel.html",
        period=period,
        periods=periods,
        rows=[row(step) for step in _steps(period)],
        published=figures.list_published(db.session, period),
        is_synthetic=figures.has_made_up(db.session, period),
    )


@bp.get("/funnel.csv")
@audience(*READERS)
def funnel_csv() -> ResponseReturnValue:
    """Return the same table as a file."""
    period = _chosen(figures.list_periods(db.session, london_today()))
    if period is None:
        raise NotFoundError("no referrals")
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADINGS)
    writer.writerows(row(step).values() for step in _steps(period))
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


def _steps(period: Period) -> list[Step]:
    mine = current_actor().services
    return figures.funnel(db.session, period, mine, limits_of(pack()))


def _chosen(periods: list[Period]) -> Period | None:
    wanted = request.args.get("period", "")
    return next((p for p in periods if p.key == wanted), periods[0] if periods else None)
