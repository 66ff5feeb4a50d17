"""What the buttons of the journey do. Each act changes something and names where to go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

import surveys
from app.db import db
from app.packs import Pack
from app.respond.forms import contact_details, read_answer, what_is_missing
from app.services import afterwards, drafts, links, sending, visits
from app.services.afterwards import Sent
from app.services.drafts import Journey


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a respondent: who (only a secret), what was posted, when."""

    secret: str
    journey: Journey | None
    sent: Sent | None
    form: MultiDict[str, str]
    pack: Pack
    now: datetime
    watch: sending.Watch | None = None
    wish: str = ""  # the language asked for, where the survey does not speak it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the view does next: show the journey, or a page about it, with which cookie."""

    goes: str = "page"  # the view to show
    about: UUID | None = None  # the survey it shows
    notice: str = ""  # a page of its own: template respond/<notice>.html
    secret: str = ""  # give the browser this secret
    ends: bool = False  # take the cookie away
    is_sent: bool = False  # the cookie now only opens the thank-you, and not for long


Act = Callable[[Visit], Outcome]
SHOW = Outcome()
TRIES = 8  # a person has a tab or two; a script that posts in parallel may fail


def perform(find_visit: Callable[[], Visit]) -> Outcome:
    """Do what the pressed button says; once more from what is stored, if another tab was first."""
    for _ in range(TRIES - 1):
        try:
            return _perform(find_visit())
        except drafts.DraftMovedError:
            continue
    return _perform(find_visit())


def _perform(visit: Visit) -> Outcome:
    name = visit.form.get("act", "next")
    if visit.journey is None and visit.sent is not None:
        return AFTER.get(name, _nothing)(visit)
    if visit.journey is None:
        return ANYONE.get(name, _nothing)(visit)
    if visit.journey.is_locked:
        return LOCKED.get(name, _nothing)(visit)
    return DURING.get(name, _next)(visit)


def _nothing(_visit: Visit) -> Outcome:
    return SHOW


def _journey(visit: Visit) -> Journey:
    if visit.journey is None:
        raise LookupError("an act of the journey outside one")
    return visit.journey


def _question(visit: Visit) -> tuple[str, surveys.RawAnswer]:
    question_id = visit.form.get("question", "")
    return question_id, read_answer(question_id, visit.form)


def _seen(visit: Visit) -> str | None:
    """Return the mark of the answer that the page showed."""
    return visit.form.get("seen")


def _start(visit: Visit) -> Outcome:
    drafts.begin_questions(db.session, _journey(visit), now=visit.now)
    return SHOW


def _next(visit: Visit) -> Outcome:
    journey = drafts.answer(
        db.session, _journey(visit), *_question(visit), now=visit.now, seen=_seen(visit)
    )
    return _send_if_due(visit, journey)


def _skip(visit: Visit) -> Outcome:
    question_id = visit.form.get("question", "")
    journey = drafts.skip(
        db.session, _journey(visit), question_id, now=visit.now, seen=_seen(visit)
    )
    return _send_if_due(visit, journey)


def _keep(visit: Visit) -> Outcome:
    question_id = visit.form.get("question", "")
    journey = drafts.keep(db.session, _journey(visit), question_id, now=visit.now)
    return _send_if_due(visit, journey)


def _skip_part(visit: Visit) -> Outcome:
    drafts.skip_part(db.session, _journey(visit), now=visit.now)
    return SHOW


def _back(visit: Visit) -> Outcome:
    drafts.go_back(db.session, _journey(visit), *_question(visit), now=visit.now, seen=_seen(visit))
    return SHOW


def _carry_on(visit: Visit) -> Outcome:
    drafts.go_on(db.session, _journey(visit), now=visit.now)
    return SHOW


def _language(visit: Visit) -> Outcome:
    language = visit.form.get("language", "")
    drafts.set_language(db.session, _journey(visit), language, now=visit.now)
    return SHOW


def _take_code(visit: Visit) -> Outcome:
    drafts.take_code(
        db.session,
        _journey(visit),
        *_question(visit),
        secret=visit.secret,
        now=visit.now,
        seen=_seen(visit),
    )
    return SHOW


def _about(visit: Visit) -> Outcome:
    """Go to the page about these pages; what is on this one waits as it was typed."""
    question_id, raw = _question(visit)
    drafts.keep_typed(db.session, _journey(visit), question_id, raw, now=visit.now)
    return Outcome(goes="about")


def _stop(visit: Visit) -> Outcome:
    """Send what there is; what is on this page goes with it unless it needs a change."""
    journey = _journey(visit)
    question_id, raw = _question(visit)
    if question_id:
        journey = drafts.answer(
            db.session, journey, question_id, raw, now=visit.now, seen=_seen(visit)
        )
    if journey.state.problems:
        return SHOW
    return _submit(visit, journey)


def _send(visit: Visit) -> Outcome:
    return _submit(visit, _journey(visit))


def _send_if_due(visit: Visit, journey: Journey) -> Outcome:
    if journey.state.problems or not sending.is_due(journey):
        return SHOW
    return _submit(visit, journey)


def _submit(visit: Visit, journey: Journey) -> Outcome:
    try:
        sending.submit(
            db.session,
            journey,
            secret=visit.secret,
            hours=visit.pack.staffed_hours,
            now=visit.now,
            watch=visit.watch,
        )
    except sending.SurveyClosedError:
        return Outcome(notice="closed", ends=True)
    except sending.LinkSpentError:
        return Outcome(notice="already", ends=True)
    return Outcome(secret=visit.secret, is_sent=True)


def _not_now(visit: Visit) -> Outcome:
    visits.leave(db.session, visit.secret, now=visit.now)
    return Outcome(notice="not_now", ends=True)


def _about_link(say: Callable[..., None], notice: str) -> Act:
    def act(visit: Visit) -> Outcome:
        link_id = _journey(visit).row.link_id
        if link_id is None:
            return SHOW
        say(db.session, link_id, now=visit.now)
        visits.leave(db.session, visit.secret, now=visit.now)
        return Outcome(notice=notice, ends=True)

    return act


def _afresh(visit: Visit) -> Outcome:
    """Begin again after the long pause, with nothing of before to be seen."""
    secret = visits.new_secret()
    drafts.start_again(db.session, _journey(visit), secret=secret, now=visit.now)
    return Outcome(secret=secret)


def _resume(visit: Visit) -> Outcome:
    secret = visits.new_secret()
    words = visit.form.get("words", "")
    if not drafts.resume(db.session, words, secret=secret, now=visit.now):
        sent = afterwards.survey_of(db.session, words) is not None
        return Outcome(notice="sent_already" if sent else "unknown_code")
    journey = drafts.find(db.session, secret, now=visit.now)
    if journey is not None and sending.has_ended(journey.row, visit.now):
        sending.drop(db.session, journey)  # rather now than after all her questions
        return Outcome(notice="closed", ends=True)
    return Outcome(secret=secret)


def _take_back(visit: Visit) -> Outcome:
    known = afterwards.take_back(db.session, visit.form.get("words", ""), now=visit.now)
    return Outcome(notice="taken_back", ends=True) if known else Outcome(notice="unknown_code")


def _stop_quotes(visit: Visit) -> Outcome:
    known = afterwards.stop_quotes(db.session, visit.form.get("words", ""), now=visit.now)
    return Outcome(notice="quotes_stopped") if known else _not_sent(visit)


def _what_happened(visit: Visit) -> Outcome:
    survey_id = afterwards.survey_of(db.session, visit.form.get("words", ""))
    if survey_id is None:
        return _not_sent(visit)
    return Outcome(goes="happened", about=survey_id)


def _not_sent(visit: Visit) -> Outcome:
    """Say that words are not known, or that what they open was never sent."""
    waits = drafts.is_waiting(db.session, visit.form.get("words", ""))
    return Outcome(notice="not_sent" if waits else "unknown_code")


def _add_words(visit: Visit) -> Outcome:
    if visit.sent is not None and visit.sent.waiting_words is not None:
        raw = read_answer(visit.sent.waiting_words.id, visit.form)
        afterwards.add_words(db.session, visit.sent, "\n".join(raw.values), now=visit.now)
    return SHOW


def _no_words(visit: Visit) -> Outcome:
    if visit.sent is not None:
        afterwards.add_words(db.session, visit.sent, "", now=visit.now)
    return SHOW


def _ask_contact(visit: Visit) -> Outcome:
    if visit.sent is not None:
        hours = visit.pack.staffed_hours
        afterwards.ask_contact(db.session, visit.sent, hours=hours, now=visit.now)
    return SHOW


def _say_how(visit: Visit) -> Outcome:
    if visit.sent is not None:
        how = contact_details(visit.form)
        waits = bool(what_is_missing(how))
        afterwards.say_how(db.session, visit.sent, how, now=visit.now, waits=waits)
    return SHOW


def _say_no_how(visit: Visit) -> Outcome:
    if visit.sent is not None:
        afterwards.say_how(db.session, visit.sent, {}, now=visit.now)
    return SHOW


def _finish(_visit: Visit) -> Outcome:
    return Outcome(notice="finished", ends=True)


ANYONE: dict[str, Act] = {
    "resume": _resume,
    "take_back": _take_back,
    "stop_quotes": _stop_quotes,
    "what_happened": _what_happened,
}
DURING: dict[str, Act] = ANYONE | {
    "start": _start,
    "next": _next,
    "skip": _skip,
    "keep": _keep,
    "skip_part": _skip_part,
    "back": _back,
    "carry_on": _carry_on,
    "language": _language,
    "code": _take_code,
    "about": _about,
    "stop": _stop,
    "send": _send,
    "afresh": _afresh,
    "not_now": _not_now,
    "less_often": _about_link(links.ask_less_often, "less_often"),
    "stop_asking": _about_link(links.stop_asking, "stopped"),
    "not_me": _about_link(links.was_not_me, "not_me"),
}
# After the long pause a page that is sent is still stored, and nothing is shown (settled.md 22).
LOCKED: dict[str, Act] = ANYONE | {
    "next": _next,
    "skip": _skip,
    "stop": _stop,
    "send": _send,
    "afresh": _afresh,
}
AFTER: dict[str, Act] = ANYONE | {
    "words": _add_words,
    "no_words": _no_words,
    "ask_contact": _ask_contact,
    "how": _say_how,
    "no_how": _say_no_how,
    "finish": _finish,
}
