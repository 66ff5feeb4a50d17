"""What an answer sets off: an early end, a signal the app acts on, a check with its own words.

Pure, like routing; every rule may speak of earlier questions and of its own.
"""

from collections.abc import Sequence
from typing import Any

import surveys
from app.services import editing, routing
from app.services.routing import Condition, NotARuleError, Test
from surveys import Kind, Mode, Outcome, Question, SignalName, Survey, new_id
from surveys import rules as r
from surveys.model import Ending, Finish, Signal, Validation

MAX_OF_A_KIND = 20
# Where nothing leads to a person, nobody can act: these alone mean something there.
ANONYMOUS = (
    SignalName.SUPPORT_PANEL,
    SignalName.INELIGIBLE,
    SignalName.QUOTE_CONSENTED,
    SignalName.WORKER_HELPED,
)
_COMPARED = {Kind.NUMBER, Kind.SCALE10, Kind.DATE}


def signals_for(survey: Survey) -> Sequence[SignalName]:
    """Return the signals an answer may raise under this survey's promise."""
    if survey.mode is Mode.ANONYMOUS:
        return ANONYMOUS
    return tuple(name for name in SignalName if name is not SignalName.ELIGIBLE)


def about(survey: Survey, question_id: str, *, check: bool = False) -> list[Question]:
    """Return the pages such a rule may speak of; a check only where it can say something."""
    offered = routing.askable(survey, question_id, own=True)
    own = {page.id for page in _own_pages(survey, question_id)}
    if not check:
        return offered
    return [page for page in offered if page.id not in own or tests_for(page, own=True)]


def tests_for(page: Question, *, own: bool) -> tuple[Test, ...]:
    """Return what can be asked; a check of an answer is only ever made when there is one."""
    tests = routing.tests_for(page)
    return tuple(t for t in tests if not own or t not in {Test.ANSWERED, Test.NOT_ANSWERED})


def comparable(survey: Survey, question_id: str, page: Question) -> list[Question]:
    """Return the other pages whose answers this one's can be compared with."""
    if page.kind not in _COMPARED:
        return []
    days = page.kind is Kind.DATE
    return [
        other
        for other in routing.askable(survey, question_id, own=True)
        if other.id != page.id and other.kind in _COMPARED and (other.kind is Kind.DATE) == days
    ]


def build(survey: Survey, question_id: str, condition: Condition, than: str = "") -> r.RuleNode:
    """Return a condition as a rule, perhaps against another answer; raises NotARuleError."""
    if not than:
        return routing.build(survey, question_id, condition, own=True)
    page = next((p for p in about(survey, question_id) if p.id == condition.question), None)
    others = comparable(survey, question_id, page) if page else []
    if page is None or than not in {other.id for other in others}:
        raise NotARuleError("Select a question whose answer can be compared with this one.")
    if condition.test not in {Test.AT_LEAST, Test.AT_MOST, Test.AFTER, Test.BEFORE}:
        raise NotARuleError("Select how the two answers compare.")
    left, right = r.AnswerOf(question=page.id), r.AnswerOf(question=than)
    return r.Compare(op=condition.test.value, left=left, right=right)


def with_signal(survey: Survey, question_id: str, name: SignalName, rule: r.RuleNode) -> Survey:
    """Return the draft with a signal raised if the rule holds, besides what raises it already."""
    question = editing.find(survey, question_id)
    held = [signal for signal in question.signals if signal.name == name]
    others = tuple(signal for signal in question.signals if signal.name != name)
    added = Signal(name=name.value, when=_either(held, rule))
    return editing.change(survey, question_id, {"signals": (*others, added)})


def with_finish(
    survey: Survey, question_id: str, ending: str, words: str, rule: r.RuleNode
) -> Survey:
    """Return the draft ending after a question if the rule holds; "" begins a last page."""
    if not ending:
        ending = new_id("e")
        made = Ending(id=ending, outcome=Outcome.COMPLETE, text=editing.new_text(survey, words))
        survey = survey.model_copy(update={"endings": (*survey.endings, made)})
    question = editing.find(survey, question_id)
    held = [finish for finish in question.finish if finish.ending == ending]
    others = tuple(finish for finish in question.finish if finish.ending != ending)
    added = Finish(when=_either(held, rule), ending=ending)
    return editing.change(survey, question_id, {"finish": (*others, added)})


def with_check(survey: Survey, question_id: str, words: str, rule: r.RuleNode) -> Survey:
    """Return the draft with an answer accepted only if the rule holds, and what is said if not."""
    question = editing.find(survey, question_id)
    if len(question.validation) >= MAX_OF_A_KIND:
        raise NotARuleError(f"A question has at most {MAX_OF_A_KIND} checks.")
    rule = _unless_skipped(survey, question_id, rule)
    added = Validation(rule=rule, message=editing.new_text(survey, words))
    return editing.change(survey, question_id, {"validation": (*question.validation, added)})


def without(survey: Survey, question_id: str, field: str, place: int) -> Survey:
    """Return the draft without one of a question's signals, ends or checks."""
    held = list(getattr(editing.find(survey, question_id), field))
    if not 0 <= place < len(held):
        raise NotARuleError("It is no longer there. Look at the question again.")
    del held[place]
    return _tidy(editing.change(survey, question_id, {field: tuple(held)}))


def _tidy(survey: Survey) -> Survey:
    """Return the draft without last pages of its own making that no question leads to."""
    used = {finish.ending for question in survey.questions for finish in question.finish}
    kept = tuple(e for e in survey.endings if e.id in used or e.outcome is not Outcome.COMPLETE)
    return survey.model_copy(update={"endings": kept})


def _either(held: Sequence[Any], rule: r.RuleNode) -> r.RuleNode:
    parts = [part for old in held for part in _alternatives(old.when)]
    return rule if not parts else r.AnyOf(of=(*parts, rule))


def _unless_skipped(survey: Survey, question_id: str, rule: r.RuleNode) -> r.RuleNode:
    """Return a check that lets a person pass who did not answer the other question it is about."""
    own = {page.id for page in _own_pages(survey, question_id)}
    others = [q for q in r.questions_in(rule) if q not in own]
    if not others or any(isinstance(node, r.Answered) for node in r.nodes(rule)):
        return rule
    passed = tuple(r.Not(rule=r.Answered(question=other)) for other in others)
    return r.AnyOf(of=(*passed, rule))


def _alternatives(rule: r.RuleNode) -> tuple[r.RuleNode, ...]:
    return rule.of if isinstance(rule, r.AnyOf) else (rule,)


def _own_pages(survey: Survey, question_id: str) -> Sequence[Question]:
    question = editing.find(survey, question_id)
    return surveys.pages_of(survey.model_copy(update={"questions": (question,)}))
