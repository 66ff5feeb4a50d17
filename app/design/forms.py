"""Forms of the designer's journey."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.services.editing import OptionLine, clean
from surveys import Kind, NonAnswer

MAX_WORDS = 5_000
KIND_WORDS = {
    Kind.SINGLE: "One answer from a list",
    Kind.MULTIPLE: "Several answers from a list",
    Kind.DROPDOWN: "One answer from a long list",
    Kind.SCALE5: "A scale of five, every point in words",
    Kind.SCALE10: "A number from 0 to 10",
    Kind.FACES: "Faces, from sad to happy",
    Kind.NUMBER: "A number",
    Kind.DATE: "A date",
    Kind.SHORT_TEXT: "A few words",
    Kind.LONG_TEXT: "Their own words",
    Kind.RANKING: "Put answers in order",
    Kind.AREA: "Area, from your area pack",
    Kind.CONSENT: "Permission, yes or no",
    Kind.INFO: "Words to read, without an answer",
    Kind.LIKERT: "The same answers for several statements",
}
NEW_KINDS = {k.value: words for k, words in KIND_WORDS.items() if k is not Kind.LIKERT}
NON_ANSWER_WORDS = {
    NonAnswer.DONT_KNOW.value: "I don’t know",
    NonAnswer.NOT_APPLICABLE.value: "This does not apply to me",
    NonAnswer.PREFER_NOT.value: "I’d rather not say",
}
MODES = {
    "confidential": "Confidential: we can act on an answer, and say so",
    "anonymous": "Anonymous: nothing leads to a person, so nobody can act or reply",
}
# Fields that only some kinds have.
FIELDS_OF = {
    "minimum": {Kind.NUMBER},
    "maximum": {Kind.NUMBER},
    "whole": {Kind.NUMBER},
    "unit": {Kind.NUMBER},
    "low_label": {Kind.SCALE10},
    "high_label": {Kind.SCALE10},
    "min_choices": {Kind.MULTIPLE, Kind.RANKING},
    "max_choices": {Kind.MULTIPLE, Kind.RANKING},
    "max_length": {Kind.SHORT_TEXT, Kind.LONG_TEXT},
}
NEW_LINES = 3


def tidy(words: str | None) -> str:
    """Return typed words without control characters."""
    return clean(words or "")


def _ticks(label: str, choices: Mapping[str, str], **more: Any) -> Field:
    return SelectMultipleField(
        label,
        choices=dict(choices),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        **more,
    )


class DeskForm(FlaskForm):
    """A form whose boxes, also those for numbers and days, hold no control characters."""

    class Meta(FlaskForm.Meta):
        """How what was sent becomes what the fields read."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what was sent, cleaned before a field can show it again."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None:
                return None
            pairs = sent.items(multi=True)
            return MultiDict((k, clean(v) if isinstance(v, str) else v) for k, v in pairs)


class ConfirmForm(DeskForm):
    """A button and its CSRF token."""


class ReviewerForm(DeskForm):
    """Who has read our own words in a language."""

    reviewer = StringField(
        "Name of the person who read them, and speaks the language",
        filters=[tidy],
        validators=[DataRequired("Enter the name of the person who read them"), Length(max=120)],
    )


class StartForm(DeskForm):
    """Begin a survey."""

    name = StringField(
        "What your team calls it",
        description="Not shown to the people who answer.",
        filters=[tidy],
        validators=[DataRequired("Enter a name."), Length(max=200, message="Use 200 letters.")],
    )
    source = RadioField("Begin with", validators=[DataRequired("Select what to begin with.")])
    mode = RadioField(
        "What a blank survey promises",
        description="Chosen once. A template or a copy brings its own promise.",
        choices=MODES,
        default="confidential",
    )


class CopyForm(DeskForm):
    """Copy a survey."""

    name = StringField(
        "Name of the copy",
        filters=[tidy],
        validators=[DataRequired("Enter a name."), Length(max=200, message="Use 200 letters.")],
    )


class UploadForm(CopyForm):
    """A questionnaire in another program's file."""

    name = StringField(
        "What your team calls it",
        filters=[tidy],
        validators=[DataRequired("Enter a name."), Length(max=200, message="Use 200 letters.")],
    )
    file = FileField(
        "File",
        description="XLSForm (.xlsx, from Kobo, ODK or SurveyCTO), LimeSurvey (.lss), or Heard's.",
        validators=[FileRequired("Choose a file.")],
    )


class IncidentForm(CopyForm):
    """Launch an approved version at once."""

    name = StringField(
        "Name for your team",
        filters=[tidy],
        validators=[DataRequired("Enter a name."), Length(max=200, message="Use 200 letters.")],
    )
    version = RadioField(
        "Approved version to put live", validators=[DataRequired("Select a version.")]
    )
    reason = TextAreaField(
        "What happened, and why it cannot wait",
        description="Names nobody. The approver reads it within 24 hours.",
        filters=[tidy],
        validators=[DataRequired("Say why it cannot wait."), Length(max=2000)],
    )


class AboutForm(DeskForm):
    """What people see around the questions."""

    title = StringField(
        "Name of the questionnaire",
        filters=[tidy],
        validators=[DataRequired("Enter a name."), Length(max=200, message="Use 200 letters.")],
    )
    public_title = StringField(
        "Title people see",
        description="On links and tabs, where somebody else may look: no crime, no police.",
        filters=[tidy],
        validators=[DataRequired("Enter a title."), Length(max=120, message="Use 120 letters.")],
    )
    minutes = IntegerField(
        "Minutes it takes, as promised on the first page",
        validators=[Optional(), NumberRange(1, 240, "Enter minutes from 1 to 240.")],
    )
    who_asks = TextAreaField("Who asks", filters=[tidy], validators=[Length(max=MAX_WORDS)])
    why = TextAreaField("Why we ask", filters=[tidy], validators=[Length(max=MAX_WORDS)])
    who_reads = TextAreaField("Who reads it", filters=[tidy], validators=[Length(max=MAX_WORDS)])
    when_read = TextAreaField("When it is read", filters=[tidy], validators=[Length(max=MAX_WORDS)])
    what_changes = TextAreaField(
        "What it changes", filters=[tidy], validators=[Length(max=MAX_WORDS)]
    )
    limits = TextAreaField(
        "What cannot stay private", filters=[tidy], validators=[Length(max=MAX_WORDS)]
    )
    thanks = TextAreaField("Thank-you", filters=[tidy], validators=[Length(max=MAX_WORDS)])
    revision = HiddenField()


class NewQuestionForm(DeskForm):
    """The two things a new question needs."""

    text = TextAreaField(
        "Question",
        filters=[tidy],
        validators=[DataRequired("Enter the question."), Length(max=MAX_WORDS)],
    )
    kind = RadioField(
        "Kind of answer",
        choices=NEW_KINDS,
        default=Kind.SINGLE.value,
        validators=[DataRequired("Select a kind of answer.")],
    )
    answers = TextAreaField(
        "Answers, one on each line",
        description="For a list. You can change them, and add more, on the next page.",
        filters=[tidy],
        validators=[Length(max=MAX_WORDS, message="Use at most 5,000 letters.")],
    )
    after = HiddenField()


class QuestionForm(DeskForm):
    """One question, without its answers."""

    text = TextAreaField(
        "Question",
        filters=[tidy],
        validators=[
            DataRequired("Enter the question."),
            Length(max=MAX_WORDS, message="Use at most 5,000 letters."),
        ],
    )
    hint = TextAreaField("Hint", filters=[tidy], validators=[Length(max=MAX_WORDS)])
    why = TextAreaField(
        "Why we ask",
        description="Shown under the question. People answer more when they know.",
        filters=[tidy],
        validators=[Length(max=MAX_WORDS)],
    )
    kind = SelectField("Kind of answer")
    non_answers = _ticks(
        "Ways of not answering",
        NON_ANSWER_WORDS,
        description="Skip is always there. These are stored apart from it.",
    )
    minimum = DecimalField("Smallest number", validators=[Optional()])
    maximum = DecimalField("Largest number", validators=[Optional()])
    whole = BooleanField("Whole numbers only")
    unit = StringField("Unit, such as days", filters=[tidy], validators=[Length(max=60)])
    low_label = StringField("Words at 0", filters=[tidy], validators=[Length(max=200)])
    high_label = StringField("Words at 10", filters=[tidy], validators=[Length(max=200)])
    min_choices = IntegerField(
        "Fewest answers", validators=[Optional(), NumberRange(0, 100, "Enter 0 to 100.")]
    )
    max_choices = IntegerField(
        "Most answers", validators=[Optional(), NumberRange(1, 100, "Enter 1 to 100.")]
    )
    max_length = IntegerField(
        "Most letters", validators=[Optional(), NumberRange(1, 50_000, "Enter 1 to 50,000.")]
    )
    sensitive = BooleanField("Sensitive: warn before it, offer “I’d rather not say”")
    identifying = BooleanField("Can help to identify somebody")
    core = BooleanField("Core question: kept the same from year to year")
    support = BooleanField("Show the help lines open beside it")
    tap = BooleanField("The answers are the buttons: one tap")
    section = SelectField("Section")
    name = StringField(
        "Variable name",
        description="Readable, in exports. It may be renamed; nothing stored changes.",
        filters=[tidy],
        validators=[DataRequired("Enter a variable name."), Length(max=120, message="Use 120.")],
    )
    revision = HiddenField()

    def keep_fields_of(self, kind: Kind) -> None:
        """Drop the fields that mean nothing for a kind."""
        for field, kinds in FIELDS_OF.items():
            if kind not in kinds:
                delattr(self, field)
        if kind is Kind.INFO:
            del self.non_answers


class RuleForm(DeskForm):
    """One condition about one earlier question."""

    test = RadioField("What about it?", validators=[DataRequired("Select what about it.")])
    options = _ticks("Which answers?", {})
    value = StringField("Number or day", filters=[tidy], validators=[Length(max=40)])
    revision = HiddenField()


class ReactionForm(RuleForm):
    """A condition, and what happens if it holds."""

    than = SelectField("Compared with")
    signal = SelectField("What happens")
    ending = RadioField("Which last page")
    words = TextAreaField(
        "What the person reads",
        description="Kind, and says what to do next.",
        filters=[tidy],
        validators=[Length(max=500, message="Use at most 500 letters.")],
    )

    def keep_fields_of(self, way: str, *, has_options: bool, has_value: bool, others: bool) -> None:
        """Drop the fields that mean nothing here."""
        kept = {
            "options": has_options,
            "value": has_value,
            "than": others,
            "signal": way == "signal",
            "ending": way == "end",
            "words": way != "signal",
        }
        for name in [name for name, is_kept in kept.items() if not is_kept]:
            delattr(self, name)
        if way == "check":
            self.words.validators = [
                DataRequired("Write what the person reads."),
                *self.words.validators,
            ]


class LanguageForm(DeskForm):
    """Add a language."""

    language = SelectField("Language")


class AskForm(DeskForm):
    """What a designer says when asking for a second person."""

    dpia_note = TextAreaField(
        "Data protection and ethics note",
        description=(
            "What is collected and why; what could harm somebody; what was done about it."
            " If questions together could identify a person, say why each is needed."
        ),
        filters=[tidy],
        validators=[
            DataRequired("Write the data protection and ethics note."),
            Length(min=20, max=MAX_WORDS, message="Say it in at least 20 letters."),
        ],
    )
    lived_experience_by = StringField(
        "Who with lived experience looked at it",
        description="A panel or a first name they agreed to. The approver sees when it is empty.",
        filters=[tidy],
        validators=[Length(max=120, message="Use at most 120 letters.")],
    )
    minor = _ticks("Changes of wording that are minor: figures before and after compare", {})
    lines_confirmed = BooleanField("I have called or checked each phone line on the form")
    revision = HiddenField()

    def validate_lines_confirmed(self, field: BooleanField) -> None:
        """Refuse to ask while the phone lines were not checked."""
        if not field.data:
            raise ValidationError("Check each phone line, then tick the box.")


class DecideForm(DeskForm):
    """An approver's decision."""

    reason = TextAreaField(
        "What has to change, or what you looked at",
        filters=[tidy],
        validators=[Length(max=MAX_WORDS)],
    )


class CollectorForm(DeskForm):
    """A way in."""

    name = StringField(
        "Name",
        description="Where it will be seen, such as “Website” or “Poster, Oxford Connect point”.",
        filters=[tidy],
        validators=[DataRequired("Enter a name."), Length(max=120, message="Use 120 letters.")],
    )
    channel = RadioField("Kind", validators=[DataRequired("Select a kind.")])
    opens_on = DateField("First day", description="Empty: at once.", validators=[Optional()])
    closes_on = DateField("Last day", description="Empty: until closed.", validators=[Optional()])
    quota = IntegerField(
        "Most answers to take",
        description="Empty: no limit.",
        validators=[Optional(), NumberRange(1, 1_000_000, "Enter a number from 1.")],
    )
    is_open = BooleanField("Open", default=True)

    def validate_closes_on(self, field: DateField) -> None:
        """Refuse a way in that closes before it opens."""
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError("The last day comes before the first.")


class TargetForm(DeskForm):
    """How many people a survey hopes to hear, and by when."""

    people = IntegerField(
        "How many people do you hope to hear?",
        validators=[
            InputRequired("Enter a number from 10."),
            NumberRange(10, 1_000_000, "Enter a number from 10."),
        ],
    )
    by = DateField("By when", description="Empty: no date.", validators=[Optional()])


def option_lines(form: MultiDict[str, str], ids: list[str]) -> list[OptionLine]:
    """Return the answers as typed, those there are and then the new ones."""
    known = [
        OptionLine(
            option,
            form.get(f"o_{option}", ""),
            exclusive=f"x_{option}" in form,
            write_in=f"w_{option}" in form,
        )
        for option in ids
        if f"o_{option}" in form
    ]
    new = [OptionLine("", words) for words in form.getlist("new_option") if clean(words)]
    return known + new


def typed_texts(form: MultiDict[str, str], prefix: str) -> Mapping[str, str]:
    """Return the boxes whose names begin with a prefix, by what follows it."""
    return {
        name.removeprefix(prefix): clean(form[name]) for name in form if name.startswith(prefix)
    }
