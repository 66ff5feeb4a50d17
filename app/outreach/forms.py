"""Forms of the outreach journey."""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

CASE_LENGTH = 80
LOOKS_PERSONAL = re.compile(r"@|\d{9,}|\s\S+\s")  # an address, a phone number, a whole name


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
