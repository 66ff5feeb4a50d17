"""The preview: a draft on the respondent's pages, at phone width, inside the designer's page."""

import re
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from app.clock import utc_now
from app.config import Config
from app.db import db
from app.frontend import csp_nonce, security_headers
from app.guards import Role, audience
from app.languages import speak
from app.packs import Pack
from app.preview import walk
from app.respond import pages, showing
from app.respond.acts import Visit
from app.services import designing
from app.services.drafts import Journey
from surveys import check
from surveys.problems import PUBLISH_ONLY

bp = Blueprint("preview", __name__, url_prefix="/preview")
# Every step of the journey posts to one address; here that is the preview's own.
FORM = re.compile(r'(<form method="post" action=")/(?:leave)?("[^>]*>)')


@bp.route("/<uuid:survey_id>", methods=["GET", "POST"])
@audience(Role.DESIGNER, Role.APPROVER)
def page(survey_id: UUID) -> ResponseReturnValue:
    """Show one page of a draft and go where its buttons lead; nothing is stored."""
    working = designing.find_working(db.session, survey_id)
    if any(problem.code not in PUBLISH_ONLY for problem in check(working.survey)):
        return _framed(render_template("design/preview_broken.html", is_preview=True))
    journey = walk.begin(
        survey_id,
        working.survey,
        at=request.args.get("at", ""),
        now=utc_now(),
        language=request.args.get("language", "en"),
    )
    if request.method == "POST":
        journey = walk.step(walk.from_json(journey, request.form.get("walk", "")), request.form)
    return _framed(_walkable(_render(journey), journey))


def _render(journey: Journey) -> str:
    pack: Pack = current_app.config["PACK"]
    speak(journey.row.language)
    here = url_for(".page", survey_id=journey.row.survey_id)
    dress = {"pack": pack.model_copy(update={"exit_url": here}), "is_preview": True}
    if journey.state.at in {walk.ENDED, walk.LEFT}:
        thanks = pages.thanks_words(journey.survey, journey.row.language)
        left = journey.state.at == walk.LEFT
        context = {"thanks": thanks, "left": left, "language": journey.row.language}
        return render_template("design/preview_end.html", here=here, **context, **dress)
    visit = Visit("", journey, None, request.form, pack, utc_now())
    template, context = showing.present(visit, None)
    return render_template(f"respond/{template}.html", **{**context, **dress})


def _walkable(html: str, journey: Journey) -> str:
    """Let the journey's forms come back here, carrying the walk so far."""
    here = url_for(".page", survey_id=journey.row.survey_id)
    kept = escape(walk.to_json(journey))
    field = f'<input type="hidden" name="walk" value="{kept}">'
    csrf = render_template("design/_csrf.html")
    html = html.replace('action="/leave"', 'action="/leave" data-preview', 1)

    def with_walk(found: re.Match[str]) -> str:
        form = f"{found[1]}{here}{found[2]}{field}"
        leave = f'{csrf}<input type="hidden" name="act" value="leave">'
        return form + leave if "data-preview" in found[0] else form

    return FORM.sub(with_walk, html)


def _framed(html: str) -> Response:
    """Let the designer's page, and nobody else's, show the preview in a frame."""
    config: Config = current_app.config["HEARD"]
    response = make_response(html)
    headers = security_headers(csp_nonce(), secure=config.secure)
    policy = headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
