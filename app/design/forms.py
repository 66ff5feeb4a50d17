"""Forms of a survey's life: begun, described, translated, approved, opened, watched."""

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.design.fields import MAX_WORDS, DeskForm, ticks, tidy

MODES = {
    "confidential": "Confidential: we can act on an answer, and say so",
    "anonymous": "Anonymous: nothing leads to a person, so nobody can act or reply",
}


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
        description="XLSForm (.xlsx, from Kobo, ODK or SurveyCTO), LimeSurvey (.lss) or Heard "
        "(.json).",
        validators=[FileRequired("Choose a file.")],
    )


class EarlierForm(DeskForm):
    """Answers in another tool's file."""

    file = FileField(
        "File",
        description="Excel (.xlsx) or CSV, as SmartSurvey, Microsoft Forms, Citizen Space or "
        "Qualtrics write it: one row for each person.",
        validators=[FileRequired("Choose a file.")],
    )


class ColumnsForm(DeskForm):
    """A file on its way from its columns to its answers."""

    held = HiddenField()
    name = HiddenField()


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
    minor = ticks("Changes of wording that are minor: figures before and after compare", {})
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
        description="Where it will be seen, such as “Website” or “Poster, town library”.",
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


class OrganisationsForm(DeskForm):
    """The organisations that get a link each."""

    names = TextAreaField(
        "Organisations, one on each line",
        description="One that has a link gets a new one, and the old one works no longer.",
        filters=[tidy],
        validators=[DataRequired("Enter at least one organisation."), Length(max=50_000)],
    )


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
