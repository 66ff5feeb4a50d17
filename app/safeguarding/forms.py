"""Forms of the safeguarding journey: each asks for what the act needs, and says why."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.services.alerts import MOST

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


def _limit(label: str) -> IntegerField:
    ask = f"Enter a number from 1 to {MOST}."
    return IntegerField(label, validators=[InputRequired(ask), NumberRange(1, MOST, ask)])


class LimitsForm(FlaskForm):
    """How much one person may open on a day before others are told."""

    texts = _limit("Answers read")
    originals = _limit("Answers read as they were written")
    identities = _limit("People whose details were opened")
