"""Translations side by side; a language is published when a named person has reviewed it all."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import surveys
from app.catalogues import EASY_READ
from app.clock import utc_now
from app.design import quiet, wording
from app.design.blueprint import bp, page, save, working
from app.design.fields import ConfirmForm, typed_texts
from app.design.forms import LanguageForm
from app.guards import Role, audience, current_actor
from app.services import translating
from app.services.designing import EditedMeanwhileError, Working

OFFERED = {
    EASY_READ: "Easy Read",
    "cy": "Welsh",
    "pl": "Polish",
    "pa": "Punjabi",
    "ur": "Urdu",
    "ro": "Romanian",
    "ar": "Arabic",
    "bn": "Bengali",
    "fa": "Farsi",
    "pt": "Portuguese",
    "so": "Somali",
    "uk": "Ukrainian",
}


@bp.route("/<uuid:survey_id>/languages", methods=["GET", "POST"])
@audience(Role.DESIGNER, Role.APPROVER)
def languages(survey_id: UUID) -> ResponseReturnValue:
    """Show how far each language has come; add one."""
    draft = working(survey_id)
    there = draft.survey.languages
    form = LanguageForm()
    form.language.choices = {tag: OFFERED[tag] for tag in OFFERED if tag not in there}
    if form.validate_on_submit() and Role.DESIGNER in current_actor().roles:
        add = partial(translating.add_language, language=form.language.data)
        save(survey_id, add, draft.revision, f"Added {OFFERED[form.language.data]}")
        return redirect(url_for(".language", survey_id=survey_id, tag=form.language.data))
    rows = [_progress(survey_id, draft.survey, tag) for tag in there[1:]]
    return page("languages", survey_id, tab="design.languages", form=form, rows=rows)


@bp.get("/<uuid:survey_id>/languages/<tag>")
@audience(Role.DESIGNER, Role.APPROVER)
def language(survey_id: UUID, tag: str) -> ResponseReturnValue:
    """List the groups of texts of one language with their status."""
    draft = working(survey_id)
    _known(draft.survey, tag)
    groups = translating.progress(draft.survey, tag)
    return page(
        "language",
        survey_id,
        tab="design.languages",
        code=tag,
        name=OFFERED.get(tag, tag),
        groups=groups,
        form=ConfirmForm(),
    )


@bp.post("/<uuid:survey_id>/languages/<tag>/drop")
@audience(Role.DESIGNER)
def drop_language(survey_id: UUID, tag: str) -> ResponseReturnValue:
    """Publish without this language; its words are kept."""
    draft = working(survey_id)
    _known(draft.survey, tag)
    take = partial(translating.take_language, language=tag)
    save(survey_id, take, draft.revision, f"Left out {OFFERED.get(tag, tag)}")
    flash("The survey is written without it. Its words are kept.", "success")
    return redirect(url_for(".languages", survey_id=survey_id))


@bp.route("/<uuid:survey_id>/languages/<tag>/<group>", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def translation(survey_id: UUID, tag: str, group: str) -> ResponseReturnValue:
    """Translate one question side by side, or say that its words were reviewed."""
    draft = working(survey_id)
    _known(draft.survey, tag)
    lines = translating.lines(draft.survey, group, tag) or abort(404)
    form = ConfirmForm()
    clash = ""
    if form.validate_on_submit():
        try:
            now = _translate(survey_id, tag, group, {line.key for line in lines})
            if quiet.is_asked():
                return quiet.saved(now.revision, [], now=utc_now())
            return redirect(_next(survey_id, draft.survey, tag, group))
        except EditedMeanwhileError as error:
            seen = error.meanwhile
            clash = wording.meanwhile(seen.who, seen.at, seen.change)
            if quiet.is_asked():
                return quiet.clashed(clash)
    return page(
        "translation",
        survey_id,
        tab="design.languages",
        form=form,
        code=tag,
        name=OFFERED.get(tag, tag),
        is_rtl=surveys.is_right_to_left(tag),
        title=translating.group_title(draft.survey, group),
        rows=list(_rows(draft.survey, lines, is_whole=group == translating.ALL)),
        clash=clash,
        mine=typed_texts(request.form, "t_"),
        revision=working(survey_id).revision,
    )


def _translate(survey_id: UUID, tag: str, group: str, keys: set[str]) -> Working:
    """Save the typed words; raise EditedMeanwhileError where somebody else was first."""
    typed = {k: v for k, v in typed_texts(request.form, "t_").items() if k in keys}
    reviewed = request.form.get("act") == "review"
    edit = partial(translating.translate, language=tag, typed=typed, reviewed=reviewed)
    verb = "Reviewed" if reviewed else "Translated"
    part = partial(_words_of, group=group, tag=tag)
    revision = request.form.get("revision", -1, type=int)
    now = save(survey_id, edit, revision, f"{verb} {OFFERED.get(tag, tag)}", part=part)
    if not quiet.is_asked():
        flash(f"{verb}.", "success")
    return now


def _words_of(survey: surveys.Survey, group: str, tag: str) -> Any:
    return [
        (line.source, line.words, line.status) for line in translating.lines(survey, group, tag)
    ]


def _next(survey_id: UUID, survey: surveys.Survey, tag: str, group: str) -> str:
    """Return the next group that waits, so that a translator never has to look for it."""
    if group == translating.ALL:
        return url_for(".languages", survey_id=survey_id)
    groups = [p.group for p in translating.progress(survey, tag)]
    later = groups[groups.index(group) + 1 :]
    if later:
        return url_for(".translation", survey_id=survey_id, tag=tag, group=later[0])
    return url_for(".language", survey_id=survey_id, tag=tag)


def _progress(survey_id: UUID, survey: surveys.Survey, tag: str) -> dict[str, str]:
    groups = translating.progress(survey, tag)
    reviewed, count = sum(g.reviewed for g in groups), sum(g.count for g in groups)
    return {
        "name": OFFERED.get(tag, tag),
        "state": "Ready to publish" if reviewed == count else "A draft: cannot be published",
        "reviewed": f"{reviewed} of {count}",
        "_url": url_for(".language", survey_id=survey_id, tag=tag),
    }


def _rows(
    survey: surveys.Survey, lines: Sequence[translating.Line], *, is_whole: bool
) -> Iterator[dict[str, str]]:
    """Yield each text ready to print; where all are on one page, its group over the first."""
    before = ""
    for line in lines:
        heading = translating.group_title(survey, line.group) if line.group != before else ""
        before = line.group
        yield _row(line, heading if is_whole else "")


def _row(line: translating.Line, heading: str) -> dict[str, str]:
    status, tone = wording.TRANSLATION[line.status]
    return {
        "heading": heading,
        "key": line.key,
        "label": line.label,
        "source": line.source,
        "words": line.words,
        "status": status,
        "tone": tone,
    }


def _known(survey: surveys.Survey, tag: str) -> None:
    if tag not in survey.languages[1:]:
        abort(404)
