"""The form by which a person raises a flag: the same words at the coding desk and at the other."""

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

LONGEST = 4000


class RaiseForm(FlaskForm):
    """Somebody is worried about a person."""

    tier = RadioField(
        "How serious is it?",
        choices={
            "SG1": "Somebody may be in danger now",
            "SG2": "Serious risk: self-harm, continuing abuse, a child",
            "SG3": "A worry that somebody should look into",
            "SG4": "About a service or a member of staff",
        },
        validators=[InputRequired("Choose how serious it is. When unsure, choose the higher one.")],
    )
    reason = TextAreaField(
        "What worries you?",
        description="In your own words. Do not copy names into it.",
        validators=[
            DataRequired("Say what worries you."),
            Length(max=LONGEST, message="Shorten it to 4,000 letters."),
        ],
    )
