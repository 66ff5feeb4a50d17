"""Forms of one question: its words and answers, who is asked it, what an answer sets off."""

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.design.fields import MAX_WORDS, DeskForm, ticks, tidy
from app.services.editing import OptionLine, clean
from surveys import Kind, NonAnswer

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
    only_if = SelectField(
        "Who is asked",
        description="One condition. You can change it, and add more, on the question’s own page.",
        default="",
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
    non_answers = ticks(
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
    options = ticks("Which answers?", {})
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
