"""What is wrong with a document or an answer, as values that can be listed, shown and tested."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every kind of problem an author can be told about."""

    # The document cannot be read
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    ENCODING = "encoding"
    DUPLICATE_KEY = "duplicate_key"
    SHAPE = "shape"
    # The document reads, but what it says does not hold together
    DUPLICATE_ID = "duplicate_id"
    DUPLICATE_NAME = "duplicate_name"
    DUPLICATE_VALUE = "duplicate_value"
    BAD_NAME = "bad_name"
    DANGLING = "dangling"
    FORWARD = "forward"
    OPTION_MISSING = "option_missing"
    NO_OPTIONS = "no_options"
    NO_ROWS = "no_rows"
    OPTION_COUNT = "option_count"
    NOT_FOR_KIND = "not_for_kind"
    TYPE_MISMATCH = "type_mismatch"
    BAD_PATTERN = "bad_pattern"
    RULE_TOO_LARGE = "rule_too_large"
    IMPOSSIBLE_RANGE = "impossible_range"
    NEVER_HOLDS = "never_holds"
    UNREACHABLE = "unreachable"
    PIPE_DANGLING = "pipe_dangling"
    PIPE_FORWARD = "pipe_forward"
    PIPE_KIND = "pipe_kind"
    EMPTY = "empty"
    # The document works, and may not be published like this
    TRANSLATION_MISSING = "translation_missing"
    TRANSLATION_DRAFT = "translation_draft"
    TRANSLATION_STALE = "translation_stale"
    SENSITIVE_WITHOUT_NON_ANSWER = "sensitive_without_non_answer"
    TEXT_WITHOUT_SUPPORT = "text_without_support"
    REQUIRED = "required"
    # The document does not follow on from the version before
    OPTION_VANISHED = "option_vanished"
    ROW_VANISHED = "row_vanished"
    KIND_CHANGED = "kind_changed"
    ID_REUSED = "id_reused"
    MODE_CHANGED = "mode_changed"


#: Problems that stop publishing and leave the paths well defined, so that a draft can be walked.
PUBLISH_ONLY = frozenset(
    {
        Code.TRANSLATION_MISSING,
        Code.TRANSLATION_DRAFT,
        Code.TRANSLATION_STALE,
        Code.SENSITIVE_WITHOUT_NON_ANSWER,
        Code.TEXT_WITHOUT_SUPPORT,
        Code.REQUIRED,
        Code.UNREACHABLE,
        Code.NEVER_HOLDS,
        Code.IMPOSSIBLE_RANGE,
        Code.EMPTY,
        Code.BAD_NAME,
        Code.OPTION_COUNT,
        Code.NO_OPTIONS,
        Code.NOT_FOR_KIND,
        Code.PIPE_DANGLING,
        Code.PIPE_FORWARD,
        Code.PIPE_KIND,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: a stable code, the place in readable names, and a sentence."""

    code: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}\t{self.where}\t{self.message}"


class SurveyError(ValueError):
    """A document that cannot be read as a survey; carries every problem found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.where}: {p.message}" for p in problems[:5]))
