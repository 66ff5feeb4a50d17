"""What the pages of groups and interviews post."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from surveys.exchange.transcripts import About, is_table

OTHERS = "F, Facilitator, Interviewer, Interpreter"
ASKED = "A text or Word file does not say this, so please do."


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A transcript, and what a text or Word file does not say of itself."""

    survey = SelectField(
        "Survey it stands beside",
        description="Its codebook is used. The figures of the survey never count it.",
        validators=[InputRequired("Choose a survey.")],
    )
    file = FileField(
        "Transcript",
        description="CSV, text or Word (.docx), without names: every turn begins with the "
        "speaker's code and a colon, as in “P1: …”.",
        validators=[FileRequired("Choose a file.")],
    )
    key = StringField("Short name of the session", description="For example G1.")
    held_on = DateField("Day it was held", validators=[Optional()])
    method = RadioField(
        "How people were talked with",
        choices={"focus_group": "In a group", "interview": "In an interview"},
        default="focus_group",
    )
    community = StringField(
        "Community",
        description="Leave it empty where it would point at somebody.",
        validators=[Length(max=80, message="Keep it under 80 letters.")],
    )
    others = StringField(
        "Codes of facilitators and interpreters",
        description="With commas between. Their words are left out and never coded.",
        default=OTHERS,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for name and day where the file does not hold them."""
        is_valid = bool(super().validate(extra_validators))
        if not self.file.data or is_table(self.file.data.filename or ""):
            return is_valid
        for field in (self.key, self.held_on):
            if not field.data and not field.errors:
                field.errors = [ASKED]
                is_valid = False
        return is_valid

    def about(self) -> About:
        """Return what was said about a text or Word file."""
        codes = (code.strip().lower() for code in (self.others.data or "").split(","))
        return About(
            key=(self.key.data or "").strip(),
            held_on=self.held_on.data,
            method=self.method.data,
            community=(self.community.data or "").strip(),
            others=frozenset(filter(None, codes)),
        )


class DoForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A button."""
