"""What victims meet: one neutral address for a whole journey, and a way out of every page."""

from datetime import date, timedelta
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict

from app.catalogues import SOURCE
from app.clock import london_today, utc_now
from app.config import Config
from app.db import db
from app.errors import error_page
from app.frontend import LEAVE_PATH
from app.guards import Audience, audience
from app.languages import KEY, speak
from app.printing import common_page
from app.respond import acts, happenings, legal, showing, wording
from app.respond.acts import Outcome, Visit
from app.respond.forms import A_WAY, PICKS, chosen, contact_details
from app.services import afterwards, complaints, drafts, interface, links, reaching, visits
from app.services.sending import Watch
from app.store import surveys as surveys_store

bp = Blueprint("respond", __name__)
COOKIE = "visit"
NOTHING_POSTED: MultiDict[str, str] = MultiDict()
WISH = "wish"  # in the session: a language asked for that the survey does not speak
AGAIN = "again"  # in the session of a shared tablet: its way in
# The thank-you shows the six words: it closes by itself. A box after the send waits longer.
THANKS_LASTS = timedelta(minutes=10)
SENT_LASTS = timedelta(minutes=30)


@bp.get("/")
@audience(Audience.PUBLIC)
def page() -> ResponseReturnValue:
    """Show wherever this visit stands."""
    visit = _visit()
    again = session.get(AGAIN, "")
    template, context = showing.present(visit, session.pop("notice", None), again)
    key = showing.common_key(context)
    if key is not None:
        return common_page(f"respond/{template}.html", context, key)
    response = make_response(render_template(f"respond/{template}.html", **context))
    if template == "thanks":
        _remember(response, visit.secret, lasts=THANKS_LASTS)
    return response


@bp.post("/")
@audience(Audience.PUBLIC)
def act() -> ResponseReturnValue:
    """Do what the pressed button says, then show where that leads."""
    return _after(acts.perform(_visit))


@bp.get("/s/<token>")
@bp.get("/o/<token>", endpoint="entry_of_organisation")
@audience(Audience.PUBLIC)
def entry(token: str) -> ResponseReturnValue:  # noqa: ARG001 - nothing about it is looked up
    """Welcome anybody alike: a scanner, a previewer, a stranger, the person herself.

    Nothing about the link is looked up: neither the answer nor its time says anything. Links
    given to organisations have another address, so that the words can be for them.
    """
    lines = wording.neutral_lines(current_app.config["PACK"].lines)
    return render_template(
        "respond/welcome.html",
        here=request.path,
        is_organisation=request.endpoint == "respond.entry_of_organisation",
        lines=lines,
        languages=interface.find_offered(db.session),
    )


@bp.post("/s/<token>")
@bp.post("/o/<token>", endpoint="enter_as_organisation")
@audience(Audience.PUBLIC)
def enter(token: str) -> ResponseReturnValue:
    """Begin a journey through an open link."""
    if request.form.get("act") == "not_me":
        links.disown(db.session, token, now=utc_now())
        visits.leave(db.session, request.cookies.get(COOKIE, ""), now=utc_now())
        return _after(Outcome(notice="not_mine", ends=True))
    way_in = links.find_entry(db.session, token, today=london_today())
    if way_in is None:
        return _after(Outcome(notice="not_open"))
    if way_in.is_for_a_child_alone:
        return _after(Outcome(notice="with_a_grown_up"))
    _note_shared(token, way_in)
    visit = _visit()
    if drafts.go_on_here(db.session, visit.journey, way_in, now=utc_now()):
        return redirect(url_for(".page"), 303)
    secret = visits.new_secret()
    wish = request.form.get("language", session.get(KEY))
    spoken = drafts.start(
        db.session,
        way_in,
        secret=secret,
        now=utc_now(),
        language=wish,
        is_trapped=bool(request.form.get("website")),
    )
    _note_wish(wish, spoken)
    return _after(Outcome(secret=secret))


@bp.route("/contact", methods=["GET", "POST"])
@audience(Audience.PUBLIC)
def reach() -> ResponseReturnValue:
    """Ask to be contacted, joined to no answers: the only way an anonymous survey offers."""
    form = request.form
    if request.method == "GET" or not form.get("reach", "").strip():
        return render_template(
            "respond/reach.html",
            picks=PICKS,
            given=chosen(form),
            problem=A_WAY if request.method == "POST" else "",
        )
    if not form.get("website"):
        hours = current_app.config["PACK"].staffed_hours
        reaching.ask(db.session, contact_details(form), hours=hours, now=utc_now())
    return _after(Outcome(notice="asked"))


@bp.route("/about", methods=["GET", "POST"])
@audience(Audience.PUBLIC)
def about() -> ResponseReturnValue:
    """Say what the law asks us to say; take a complaint, joined to nothing."""
    form, pack = request.form, current_app.config["PACK"]
    words = form.get("words", "").strip()
    if request.method == "POST" and words:
        due = london_today() + complaints.LIMIT
        if not form.get("website"):
            due = complaints.receive(db.session, words, form.get("reply", ""), now=utc_now())
        session["complained"] = due.isoformat()
        return redirect(url_for(".about"), 303)
    due = session.pop("complained", "")
    return render_template(
        "respond/legal_about.html",
        sections=legal.sections(pack),
        due=due and legal.due_words(date.fromisoformat(due)),
        is_missing=request.method == "POST",
    )


@bp.get("/happened/<uuid:survey_id>")
@audience(Audience.PUBLIC)
def happened(survey_id: UUID) -> ResponseReturnValue:
    """Say what was done about a survey: the same to everybody, and nothing of anybody."""
    survey = surveys_store.get_launched(db.session, survey_id)
    cards = happenings.cards(survey.id, current_app.config["PACK"])
    return render_template("respond/legal_happened.html", cards=cards)


@bp.post(LEAVE_PATH)
@audience(Audience.PUBLIC)
def leave() -> ResponseReturnValue:
    """End the visit here, then go somewhere that says nothing.

    A page that moves on by itself, not a redirect: the question is off the screen as soon as we
    answer, and form-action can stay 'self' whatever redirects the neutral site makes.
    """
    visits.leave(db.session, request.cookies.get(COOKIE, ""), now=utc_now())
    page = render_template("respond/leave.html")  # while the session still says which language
    session.clear()
    response = make_response(page)
    _forget(response)
    return response


@bp.errorhandler(CSRFError)
def no_place(error: CSRFError) -> ResponseReturnValue:
    """Say what is wrong where a browser gave back none of our cookies, and what else there is.

    On the first page, where nothing is typed yet, as a page of its own; later as an error, so
    that a script leaves the words on the screen.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":  # its cookies stay with it
        return error_page(403)
    if request.cookies:
        return error_page(error.code or 400)
    wish = request.form.get("language", SOURCE)
    speak(wish if wish in interface.find_offered(db.session) else SOURCE)
    page = render_template("respond/notice.html", help_is_open=True, **showing.notice("no_place"))
    return page, 200 if request.view_args else 400  # only the first page is named by a link


def _note_wish(wish: str | None, spoken: str) -> None:
    """Remember, or forget, a language asked for that the survey does not speak."""
    if wish and wish != spoken and wish in interface.find_offered(db.session):
        session[WISH] = wish
    else:
        session.pop(WISH, None)


def _note_shared(token: str, way_in: links.Entry) -> None:
    """Remember, or forget, where the next person begins on a shared tablet."""
    if way_in.is_shared:
        session[AGAIN] = token
    else:
        session.pop(AGAIN, None)


def _remember(response: Response, secret: str, *, lasts: timedelta | None) -> None:
    """Give a browser its secret: out of reach of scripts, and of other sites."""
    config: Config = current_app.config["HEARD"]
    response.set_cookie(
        COOKIE,
        secret,
        max_age=lasts,
        httponly=True,
        samesite="Lax",
        secure=config.secure,
    )


def _visit() -> Visit:
    secret = request.cookies.get(COOKIE, "")
    now = utc_now()
    journey = drafts.find(db.session, secret, now=now) if secret else None
    sent = afterwards.find(db.session, secret) if secret and journey is None else None
    _speak_with(journey, sent)
    pack = current_app.config["PACK"]
    watch = Watch(current_app.extensions["doubts"], request.remote_addr)
    form = request.form if request.method == "POST" else NOTHING_POSTED
    return Visit(secret, journey, sent, form, pack, now, watch, session.get(WISH, ""))


def _speak_with(journey: drafts.Journey | None, sent: afterwards.Sent | None) -> None:
    """Speak the language of the answers, here and on the pages that follow them."""
    tag = journey.row.language if journey else sent.receipt.language if sent else None
    if tag is None:
        return
    speak(tag)
    beside = session.get(WISH, tag)  # beside the questions she reads the language she asked for
    if session.get(KEY, SOURCE) != beside:
        session[KEY] = beside


def _after(outcome: Outcome) -> Response:
    """Redirect, always: no page that was posted stays in the browser's history."""
    if outcome.notice:
        session["notice"] = outcome.notice
    # Left out of the address where there is none.
    place = url_for(f".{outcome.goes}", survey_id=outcome.about)
    response = make_response(redirect(place, 303))
    if outcome.ends:
        _forget(response)
    elif outcome.secret:
        _remember(response, outcome.secret, lasts=SENT_LASTS if outcome.is_sent else None)
    return response


def _forget(response: Response) -> None:
    # Deleting an HttpOnly cookie is also what makes browsers drop the pages they kept whole.
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
