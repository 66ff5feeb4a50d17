"""Which page a visit stands on, and what it prints."""

from typing import Any

import surveys
from app.db import db
from app.respond import pages, wording
from app.respond.acts import Visit
from app.respond.forms import PICKS, chosen, what_is_missing
from app.services import afterwards, codes, drafts, interface, walking
from app.services.walking import CODE, PROMISE


def present(visit: Visit, said: str | None, again: str = "") -> tuple[str, dict[str, Any]]:
    """Return the template and what it prints, for wherever the visit stands.

    `said` names what an act left to be told; `again` is the way in of a shared tablet, where the
    next person begins.
    """
    if again and said == "finished":
        said = "handed_over"
    if said in wording.NOTICES:
        return "notice", notice(said, again)
    if visit.journey is not None:
        return _present_journey(visit, visit.journey)
    if visit.sent is not None:
        return _present_sent(visit, visit.sent, is_shared=bool(again))
    return "resting", {"is_unknown": said == "unknown_code"}


def notice(name: str, again: str = "") -> dict[str, Any]:
    """Return what a page about the journey itself prints."""
    heading, paragraphs = wording.NOTICES[name]
    return {"heading": heading, "paragraphs": paragraphs, "again": again}


def common_key(context: dict[str, Any]) -> frozenset[tuple[str, Any]] | None:
    """Return all that a page depends on, if nothing a person said is on it; else None."""
    if getattr(context.get("page"), "is_common", False):
        return frozenset(context.items())
    return None


def _present_journey(visit: Visit, journey: drafts.Journey) -> tuple[str, dict[str, Any]]:
    context = {"has_draft_words": _has_draft_words(journey), **_lines(visit, journey.survey)}
    if journey.is_locked:
        has_code = journey.row.code_key is not None
        has_answers = walking.has_answered(journey.answers)
        return "locked", context | {"has_code": has_code, "has_answers": has_answers}
    if journey.state.aside == CODE:
        words = codes.words_for(visit.secret, journey.row.code_key)
        warning = "" if pages.is_organisation(journey.survey) else wording.CODE_WARNING
        return "code", context | {"words": words, "warning": warning}
    if journey.state.at == PROMISE:
        row = journey.row
        languages = interface.offered(db.session, journey.survey, is_test=row.is_test)
        return "promise", context | {"page": pages.promise_page(journey, languages, visit.wish)}
    question = journey.stop
    if question is None:
        return "send", context | {"page": pages.send_page(journey)}
    if pages.needs_warning(journey):
        return "ahead", context | {"page": pages.question_page(journey, question)}
    return "question", context | {"page": pages.question_page(journey, question)}


def _present_sent(
    visit: Visit, sent: afterwards.Sent, *, is_shared: bool
) -> tuple[str, dict[str, Any]]:
    language = sent.receipt.language
    lines = _lines(visit, sent.survey)
    if sent.wants_contact:
        problem = what_is_missing(sent.how)
        return "contact", {"picks": PICKS, "given": chosen(sent.how), "problem": problem, **lines}
    if sent.waiting_words is not None:
        return "words", {"page": pages.words_page(sent, sent.waiting_words), **lines}
    code = afterwards.code_words(sent.receipt, visit.secret)
    thanks = pages.thanks_words(sent.survey, language)
    is_organisation = pages.is_organisation(sent.survey)
    said = {
        "thanks": thanks,
        "warning": "" if is_organisation else wording.CODE_WARNING,
        "is_shared": is_shared,
        "is_young": pages.is_young(sent.survey),
        "is_organisation": is_organisation,
        **lines,
    }
    return "thanks", {"sent": sent, "words": code, **said}


def _lines(visit: Visit, survey: surveys.Survey) -> dict[str, Any]:
    """Return the help lines in a child's order; elsewhere the pack's own is printed."""
    if not pages.is_under_nineteen(survey):
        return {}
    return {"lines": wording.childrens_lines(visit.pack.lines)}


def _has_draft_words(journey: drafts.Journey) -> bool:
    """Return whether nobody has reviewed what our pages say here: only while trying out."""
    row = journey.row
    if not row.is_test or row.language == journey.survey.source_language:
        return False
    return row.language not in interface.reviewed(db.session)
