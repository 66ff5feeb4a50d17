"""Forms of the outreach journey."""

import re
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from app.services import wordings

CASE_LENGTH = 80
LANGUAGES = {
    "en": "English", "cy": "Welsh", "pl": "Polish", "ur": "Urdu", "pa": "Punjabi", "ar": "Arabic",
    "ro": "Romanian", "so": "Somali",
}  # fmt: skip
LOOKS_PERSONAL = re.compile(r"@|\d{9,}|\s\S+\s")  # an address, a phone number, a whole name


REASONS = {
    "asked": "They asked for it themselves, today",
    "present": "I am with them, and they open it now",
    "supervisor": "Their supervisor has agreed to it",
}


class IssueForm(FlaskForm):
    """A link for one person, known here by the case number alone."""

    survey = SelectField("Which survey?", validators=[DataRequired("Choose a survey.")])
    case_key = StringField(
        "Case number",
        description="The number your case system uses. Never a name, phone number or address.",
        validators=[
            DataRequired("Enter the case number."),
            Length(max=CASE_LENGTH, message="Enter at most 80 letters and digits."),
        ],
    )
    despite = RadioField(
        "Why is it right to send them a link all the same?",
        choices=REASONS,
        validators=[Optional()],
    )
    service = SelectField(
        "Which service is with the person?",
        description="Then it is not asked again, and their caseworker sees what needs doing.",
    )

    def validate_case_key(self, field: Any) -> None:
        """Keep what identifies a person out of here."""
        if LOOKS_PERSONAL.search(field.data.strip()):
            raise ValidationError(
                "Enter the case number only: this looks like a name, phone number or address."
            )


class UploadForm(FlaskForm):
    """A file from the case system."""

    kind = RadioField(
        "What is in the file?",
        choices={"cases": "Cases", "contacts": "Contact details"},
        default="cases",
        validators=[DataRequired("Select what is in the file.")],
    )
    file = FileField(
        "File",
        description="CSV or Excel. The first row names the columns.",
        validators=[FileRequired("Choose a file.")],
    )


class KeyForm(FlaskForm):
    """A key for the case system."""

    name = StringField(
        "What is the key for?",
        description="For example the name of the case system.",
        validators=[DataRequired("Say what the key is for."), Length(max=120)],
    )


class StopForm(FlaskForm):
    """A button and its CSRF token."""


class PackForm(FlaskForm):
    """An area pack."""

    file = FileField(
        "Load another pack",
        description="A .json file. If anything in it is wrong, nothing changes and you see why.",
        validators=[FileRequired("Choose a file.")],
    )


class ConfirmForm(FlaskForm):
    """A button and its CSRF token."""


class WordingForm(FlaskForm):
    """What a message says."""

    kind = SelectField("What is it for?", choices=wordings.KINDS)
    channel = RadioField("How does it go?", choices=wordings.CHANNELS, default="sms")
    language = SelectField("Language", choices=LANGUAGES, default="en")
    subject = StringField(
        "Subject",
        description="E-mail only. It shows on a locked screen.",
        validators=[Length(max=120, message="Enter at most 120 characters.")],
    )
    body = TextAreaField(
        "Words",
        description=(
            "Put {link} where the address belongs. No names, nothing about police, courts or "
            "crime. A text says how to stop: “Reply STOP to stop these.”"
        ),
        validators=[
            DataRequired("Enter the words."),
            Length(max=1000, message="Enter at most 1,000 characters."),
        ],
    )
