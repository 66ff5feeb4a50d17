"""Questionnaires as immutable values: language, paths, checks, versions; no web, no database.

Start with `load`, `page_path`, `parse_answer`, `on_path`, `signals` and `check`.
"""

from surveys.answers import (
    SKIPPED,
    Answer,
    AnswerFormatError,
    Answers,
    Chosen,
    Day,
    NoAnswer,
    Number,
    Words,
    answer_from_json,
    answer_to_json,
    answers_from_json,
    answers_to_json,
)
from surveys.check import check
from surveys.compiled import pages_of
from surveys.dimensions import dimension_values
from surveys.document import dump, dumps, load
from surveys.explore import Exploration, explore
from surveys.ids import new_id
from surveys.kinds import (
    HAS_OPTIONS,
    ONE_OF,
    SEVERAL_OF,
    TEXT,
    Audience,
    Dimension,
    Kind,
    Mode,
    Outcome,
    Presentation,
    SignalName,
)
from surveys.local import localise
from surveys.model import (
    Computed,
    Ending,
    Finish,
    Option,
    Promise,
    Question,
    Row,
    Section,
    Signal,
    Source,
    Survey,
    Validation,
)
from surveys.parsing import CODE_PREFIX, MESSAGES, RawAnswer, parse_answer
from surveys.paths import (
    Fired,
    NotOnPathError,
    ending,
    find_by_name,
    find_question,
    next_page,
    offered_options,
    on_path,
    page_path,
    previous_page,
    signals,
)
from surveys.piping import pipe, spoken_answer
from surveys.problems import Code, Problem, SurveyError
from surveys.rules import NonAnswer
from surveys.text import Status, Text, Translation, is_right_to_left
from surveys.wording import explain, explain_page

__all__ = [
    "CODE_PREFIX",
    "HAS_OPTIONS",
    "MESSAGES",
    "ONE_OF",
    "SEVERAL_OF",
    "SKIPPED",
    "TEXT",
    "Answer",
    "AnswerFormatError",
    "Answers",
    "Audience",
    "Chosen",
    "Code",
    "Computed",
    "Day",
    "Dimension",
    "Ending",
    "Exploration",
    "Finish",
    "Fired",
    "Kind",
    "Mode",
    "NoAnswer",
    "NonAnswer",
    "NotOnPathError",
    "Number",
    "Option",
    "Outcome",
    "Presentation",
    "Problem",
    "Promise",
    "Question",
    "RawAnswer",
    "Row",
    "Section",
    "Signal",
    "SignalName",
    "Source",
    "Status",
    "Survey",
    "SurveyError",
    "Text",
    "Translation",
    "Validation",
    "Words",
    "answer_from_json",
    "answer_to_json",
    "answers_from_json",
    "answers_to_json",
    "check",
    "dimension_values",
    "dump",
    "dumps",
    "ending",
    "explain",
    "explain_page",
    "explore",
    "find_by_name",
    "find_question",
    "is_right_to_left",
    "load",
    "localise",
    "new_id",
    "next_page",
    "offered_options",
    "on_path",
    "page_path",
    "pages_of",
    "parse_answer",
    "pipe",
    "previous_page",
    "signals",
    "spoken_answer",
]
