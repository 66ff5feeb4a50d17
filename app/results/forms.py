"""Forms of the gap register and the evidence shelf."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import URL, DataRequired, Length, NumberRange, Optional

from app.services.gap_register import Decision, GapState

STATES = {
    "heard": "Heard",
    "looking": "Looking into it",
    "doing": "Doing",
    "done": "Done",
    "cannot": "Can't, because",
}
KINDS = {
    "research": "Research",
    "group": "Focus group",
    "interview": "Interviews",
    "report": "Report",
}
NO_SERVICE = {"": "None in particular"}


class OpenGapForm(FlaskForm):
    """Enter a gap in the register."""

    title = StringField(
        "What is the gap, in one line?",
        validators=[DataRequired("Enter the gap in one line."), Length(max=200)],
    )


class DecisionForm(FlaskForm):
    """What was decided, who does it, and what everyone may read."""

    state = SelectField("Where it stands", choices=STATES)
    decision = TextAreaField("What was decided", validators=[Length(max=2000)])
    because = TextAreaField("If it cannot be done: because", validators=[Length(max=2000)])
    owner = StringField("Who does it", validators=[Length(max=120)])
    service = SelectField("Service", choices=NO_SERVICE)
    due_on = DateField("By when", validators=[Optional()])
    acted_on = DateField(
        "Done on", description="Figures before and after this day are compared.",
        validators=[Optional()],
    )  # fmt: skip
    said = TextAreaField("You said, in plain words", validators=[Length(max=600)])
    did = TextAreaField("We did, in plain words", validators=[Length(max=600)])
    is_public = BooleanField("Show it to everyone on “You said, we did”")

    def decision_of(self) -> Decision:
        """Return what was entered as a decision."""
        return Decision(
            state=GapState(self.state.data),
            decision=(self.decision.data or "").strip(),
            because=(self.because.data or "").strip(),
            owner=(self.owner.data or "").strip(),
            service=self.service.data or None,
            due_on=self.due_on.data,
            acted_on=self.acted_on.data,
            said=(self.said.data or "").strip(),
            did=(self.did.data or "").strip(),
            is_public=bool(self.is_public.data),
        )


class EvidenceForm(FlaskForm):
    """A source to stand beside a theme."""

    kind = SelectField("Kind of source", choices=KINDS)
    title = StringField(
        "Title", validators=[DataRequired("Enter the title of the source."), Length(max=300)]
    )
    author = StringField("Author or body", validators=[Length(max=200)])
    year = IntegerField(
        "Year",
        validators=[Optional(), NumberRange(1900, 2100, "Enter a year, like 2024.")],
    )
    link = StringField(
        "Link", validators=[Optional(), URL(message="Enter a full link."), Length(max=500)]
    )
    finding = TextAreaField(
        "What it says about this theme",
        validators=[DataRequired("Write what the source says."), Length(max=1000)],
    )


class ReportForm(FlaskForm):
    """Ask for a report. The choices come from the survey and the area pack."""

    kind = SelectField("Which report", validators=[DataRequired("Choose a report.")])
    period = SelectField("Period", validators=[DataRequired("Choose a period.")])
    service = SelectField("Contract report: which service", validators=[Optional()])
    ask = SelectField("Panel paper: what the panel is asked", validators=[Optional()])
    words = TextAreaField(
        "In your own words (optional)",
        description="Printed at the front of the report. Never name or describe a person.",
        validators=[Length(max=2000)],
    )


class CommentForm(FlaskForm):
    """One remark on one page."""

    page = HiddenField()
    body = TextAreaField(
        "Your comment",
        description="Everybody who may see this page can read it. Name nobody who answered.",
        validators=[
            DataRequired("Write your comment."),
            Length(max=1000, message="Write 1,000 letters at most."),
        ],
    )


class KeyForm(FlaskForm):
    """A new key for a program."""

    label = StringField(
        "What is it for?",
        description="For example: Power BI of the performance team.",
        validators=[DataRequired("Enter what it is for."), Length(max=80)],
    )
    survey = SelectField("Which survey may it read?")
