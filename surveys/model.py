"""The questionnaire document: frozen values, published as JSON Schema in docs/.

A published survey never changes; every answer names its survey version, question id and option
id.  Ids are permanent and opaque; variable names and option values are readable and may be
renamed.  Options and rows are retired, never deleted.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from surveys.kinds import Audience, Dimension, Kind, Mode, Outcome, Presentation
from surveys.rules import Id, NonAnswer, Operand, Rule
from surveys.text import Language, Text

FORMAT: Literal["heard-survey/1"] = "heard-survey/1"
MAX_TEXT = 5_000

#: Readable names: letters (of any script), digits, "_", "-", ".", not starting with a digit.
Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=4_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Part):
    """One thing that can be chosen.

    `score` orders scales and lets rules compare; `group` is the band a figures filter uses;
    `code` an outside code such as an ONS area code.
    """

    id: Id
    value: Value
    text: Text
    retired: bool = False
    exclusive: bool = False
    write_in: bool = False
    score: Decimal | None = Field(default=None, allow_inf_nan=False)
    group: Value | None = None
    code: Value | None = None
    heading: Text | None = None
    picture: Value | None = None
    sensitive: bool = False
    show_when: Rule | None = None


class Row(_Part):
    """One statement of a likert group; a question of its own once the group is expanded."""

    id: Id
    name: Name
    text: Text
    retired: bool = False


class Validation(_Part):
    """A rule an answer keeps to, and what the person is told when it does not."""

    rule: Rule
    message: Text


class Signal(_Part):
    """Something the app acts on when the rule holds and the question was asked."""

    name: Id
    when: Rule


class Finish(_Part):
    """After this question the path ends early when the rule holds."""

    when: Rule
    ending: Id


class Source(_Part):
    """Where a question comes from and what its licence allows."""

    name: Note
    licence: Note
    url: Note | None = None
    wording: Literal["verbatim", "adapted", "own"] = "own"
    #: The edition of the standard or code the wording follows.
    edition: Note | None = None


class Explained(_Part):
    """Why one piece of advice is not followed here, for whoever reviews the survey."""

    advice: Value
    reason: Note


class Question(_Part):
    """One page: one question, or words only (kind `info`)."""

    id: Id
    name: Name
    kind: Kind
    text: Text
    hint: Text | None = None
    why: Text | None = None
    section: Id | None = None
    sensitive: bool = False
    identifying: bool = False
    core: bool = False
    required: bool = False
    #: Help lines are shown open beside this question; every free-text box has them.
    support: bool = False
    presentation: Presentation = Presentation.STANDARD
    dimension: Dimension | None = None
    #: Name of a list (such as "areas") that an area pack may put in place of the options.
    options_from: Value | None = None
    options: Annotated[tuple[Option, ...], Field(max_length=20_000)] = ()
    rows: Annotated[tuple[Row, ...], Field(max_length=200)] = ()
    non_answers: tuple[NonAnswer, ...] = ()
    minimum: Decimal | None = Field(default=None, allow_inf_nan=False)
    maximum: Decimal | None = Field(default=None, allow_inf_nan=False)
    whole: bool = False
    unit: Text | None = None
    low_label: Text | None = None
    high_label: Text | None = None
    earliest: date | Literal["today"] | None = None
    latest: date | Literal["today"] | None = None
    min_choices: Annotated[int, Field(ge=0)] | None = None
    max_choices: Annotated[int, Field(ge=1)] | None = None
    max_length: Annotated[int, Field(ge=1, le=50_000)] | None = None
    show_when: Rule | None = None
    skip_when: Rule | None = None
    validation: tuple[Validation, ...] = ()
    finish: tuple[Finish, ...] = ()
    signals: tuple[Signal, ...] = ()
    source: Source | None = None
    note: Note | None = None
    explained: tuple[Explained, ...] = ()
    #: For a row of an expanded likert group: the group it came from.
    likert: Id | None = None

    def option(self, option_id: str) -> Option | None:
        """Return the option with this id, retired or not, or None."""
        return next((o for o in self.options if o.id == option_id), None)

    @property
    def live_options(self) -> tuple[Option, ...]:
        """The options that are not retired, in order."""
        return tuple(o for o in self.options if not o.retired)


class Section(_Part):
    """A heading over neighbouring questions; it routes nothing."""

    id: Id
    name: Name
    title: Text


class Ending(_Part):
    """A last page other than the usual thank-you."""

    id: Id
    outcome: Outcome
    text: Text
    #: Name of the questionnaire this person may want instead.
    other_form: Value | None = None


class Computed(_Part):
    """A value worked out from answers on the path; never asked, usable in rules."""

    id: Id
    name: Name
    value: Operand
    label: Text | None = None


class Promise(_Part):
    """What the first page says before anything is asked."""

    why: Text
    who_asks: Text
    who_reads: Text
    when_read: Text
    what_changes: Text
    limits: Text


class Survey(_Part):
    """A whole questionnaire, one version of it."""

    format: Literal["heard-survey/1"] = FORMAT
    id: Id
    name: Name
    version: Annotated[int, Field(ge=1)] = 1
    title: Note
    #: Shown to respondents, on links and in browser tabs: neutral, never naming the subject.
    public_title: Text
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=60)] = ("en",)
    mode: Mode = Mode.CONFIDENTIAL
    audience: Audience = Audience.ADULT
    minutes: Annotated[int, Field(ge=1, le=240)] | None = None
    promise: Promise | None = None
    thanks: Text | None = None
    #: Words a pack may change: `{{@service}}` in any text becomes names["service"].
    names: dict[Id, Text] = Field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    questions: Annotated[tuple[Question, ...], Field(max_length=25_000)] = ()
    computed: Annotated[tuple[Computed, ...], Field(max_length=25_000)] = ()
    endings: tuple[Ending, ...] = ()
    #: Edition of the Victims' Code, demographic standards and the like the wording follows.
    code_set: Value | None = None
    version_note: Note | None = None
    #: Questions, options and rows whose new wording the designer, shown both, called minor.
    minor_edits: tuple[Id, ...] = ()
    explained: tuple[Explained, ...] = ()
    source: Source | None = None

    @property
    def source_language(self) -> str:
        """The language the survey is written in; the others are translated from it."""
        return self.languages[0]
