"""Forms of the safeguarding journey: each asks for what the act needs, and says why."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from .wording import TIER_ACTS, tier_words

LONGEST = 4000
WHY_ORIGINAL = {
    "danger": "To judge how serious the danger is",
    "place": "To learn where somebody is who may be in danger",
    "who": "To learn who else is meant, such as a child",
    "hidden": "A hidden word looks wrong",
}


def _words(label: str, hint: str, ask: str) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        validators=[DataRequired(ask), Length(max=LONGEST, message="Shorten it to 4,000 letters.")],
    )


class NoteForm(FlaskForm):
    """What somebody did or learned."""

    words = _words(
        "Add a note",
        "What you did or learned. Only people of the desk can read it.",
        "Write the note first.",
    )


class MoveForm(FlaskForm):
    """Another tier, and why."""

    tier = RadioField(
        "Which tier should it be?",
        choices={tier: tier_words(tier) for tier in TIER_ACTS},
        validators=[InputRequired("Choose a tier.")],
    )
    reason = _words("Why", "It is kept with the flag.", "Say why.")


class CloseForm(FlaskForm):
    """Why a flag may be closed."""

    reason = _words(
        "What was done, and why may it be closed?",
        "The second person reads this before they agree.",
        "Say what was done, so that a second person can judge it.",
    )


class KeepForm(FlaskForm):
    """Why a flag stays as it is."""

    reason = _words("Why it should stay as it is", "It is kept with the flag.", "Say why.")


class IdentityForm(FlaskForm):
    """Why somebody's identity has to be opened."""

    reason = _words(
        "Why do you need to know who this is?",
        "It is kept with the flag, and auditors see that you opened it.",
        "Say why you need to know.",
    )


class OriginalForm(FlaskForm):
    """Why an answer has to be read as it was written."""

    reason = RadioField(
        "Why do you need to read it as it was written?",
        choices=WHY_ORIGINAL,
        validators=[InputRequired("Choose why.")],
    )


class RaiseForm(FlaskForm):
    """A person is worried about somebody."""

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
    reason = _words(
        "What worries you?",
        "In your own words. Do not copy names into it.",
        "Say what worries you.",
    )


class TaskNoteForm(FlaskForm):
    """What was tried, or what came of it."""

    words = _words(
        "What happened?", "Who reads it: caseworkers and supervisors.", "Say what happened."
    )


class SealForm(FlaskForm):
    """A colleague who knows the person in a case."""

    colleague = SelectField("Which colleague?", validators=[DataRequired("Choose a colleague.")])
    case_key = StringField(
        "Case number",
        description="They no longer see its flags, tasks or answers, nor that there are any.",
        validators=[DataRequired("Enter the case number."), Length(max=80)],
    )
