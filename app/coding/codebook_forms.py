"""What the codebook pages post."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.services.codebook_edits import Wording
from app.services.codebooks import Theme

LABEL = 120
LONG = 2000
MOST_LINES = 60
LINE = 200
A_LINE_EACH = "One on each line."
OWN_WORDS = (
    "Things people might say when they mean it, one on each line; 10 to 30 are best. Write them "
    "yourself: a codebook is kept for good, so never copy somebody's words."
)


def lines(text: str | None) -> tuple[str, ...]:
    """Return the lines of a box, without empty ones and doubles."""
    return tuple(
        dict.fromkeys(" ".join(line.split()) for line in (text or "").splitlines() if line.strip())
    )


def _short_lines(_form: FlaskForm, field: Any) -> None:
    found = lines(field.data)
    if len(found) > MOST_LINES:
        raise ValidationError(f"Keep it to {MOST_LINES} lines.")
    if any(len(line) > LINE for line in found):
        raise ValidationError(f"Keep each line under {LINE} letters.")


class RevisionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Which state of a draft was on the page: nobody overwrites what they did not see."""

    revision = HiddenField()

    @property
    def seen(self) -> int:
        """Return the revision posted; 0 for what is none."""
        data = str(self.revision.data or "")
        return int(data) if data.isdecimal() and len(data) < 9 else 0


class WordingForm(RevisionForm):
    """A theme's label and definition."""

    label = StringField(
        "Label",
        description="A few words that coders and readers see.",
        validators=[DataRequired("Enter a label."), Length(max=LABEL)],
    )
    definition = TextAreaField(
        "Definition",
        description="When an answer has this theme: an experience, a view or a need, not a word.",
        validators=[DataRequired("Enter a definition."), Length(max=LONG)],
    )


class ThemeForm(WordingForm):
    """All that is said about one theme."""

    family = SelectField("Family", validators=[InputRequired("Choose a family.")])
    include = TextAreaField(
        "What belongs to it", description=A_LINE_EACH, validators=[Optional(), _short_lines]
    )
    exclude = TextAreaField(
        "What does not",
        description="Name the theme it belongs to instead. One on each line.",
        validators=[Optional(), _short_lines],
    )
    seeds = TextAreaField(
        "Seed phrases", description=OWN_WORDS, validators=[Optional(), _short_lines]
    )
    examples = TextAreaField(
        "Examples for coders",
        description="Made up, as coders would meet them. One on each line.",
        validators=[Optional(), _short_lines],
    )

    def wording(self) -> Wording:
        """Return what was entered."""
        return Wording(
            " ".join(self.label.data.split()),
            " ".join(self.definition.data.split()),
            lines(self.include.data),
            lines(self.exclude.data),
            lines(self.seeds.data),
            lines(self.examples.data),
        )

    def show(self, theme: Theme, family: str) -> None:
        """Put a theme's present wording into the boxes."""
        self.label.data, self.definition.data = theme.label, theme.definition
        self.family.data = family
        for name in ("include", "exclude", "seeds", "examples"):
            self[name].data = "\n".join(getattr(theme, name))


class FamilyForm(ThemeForm):
    """A new family, with its first theme."""

    family = StringField(
        "Name of the family",
        description="Themes that belong together, such as “Getting to support”.",
        validators=[DataRequired("Enter a name."), Length(max=LABEL)],
    )


class FamilyNameForm(RevisionForm):
    """Another name for a family."""

    family = StringField(
        "Name of the family", validators=[DataRequired("Enter a name."), Length(max=LABEL)]
    )


class MergeForm(WordingForm):
    """Themes that become one."""

    themes = SelectMultipleField(
        "Which themes become one?",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate_themes(self, field: Any) -> None:
        """Two or more: one alone is a change of its label."""
        if len(field.data or ()) < 2:
            raise ValidationError("Tick at least two themes.")


class SplitForm(RevisionForm):
    """Two or three themes in place of one."""

    first_label = StringField(
        "First theme", validators=[DataRequired("Enter a label."), Length(max=LABEL)]
    )
    first_definition = TextAreaField(
        "What belongs to the first",
        validators=[DataRequired("Enter a definition."), Length(max=LONG)],
    )
    second_label = StringField(
        "Second theme", validators=[DataRequired("Enter a label."), Length(max=LABEL)]
    )
    second_definition = TextAreaField(
        "What belongs to the second",
        validators=[DataRequired("Enter a definition."), Length(max=LONG)],
    )
    third_label = StringField("Third theme, if any", validators=[Optional(), Length(max=LABEL)])
    third_definition = TextAreaField(
        "What belongs to the third", validators=[Optional(), Length(max=LONG)]
    )

    def validate_third_definition(self, field: Any) -> None:
        """A label without a definition tells coders nothing."""
        if bool((self.third_label.data or "").strip()) != bool((field.data or "").strip()):
            raise ValidationError("Enter both a label and a definition, or neither.")

    def parts(self) -> list[Wording]:
        """Return the themes entered."""
        rows = [
            (self.first_label.data, self.first_definition.data),
            (self.second_label.data, self.second_definition.data),
            (self.third_label.data, self.third_definition.data),
        ]
        return [
            Wording(" ".join(label.split()), " ".join(words.split()))
            for label, words in rows
            if label and label.strip()
        ]


class FileForm(RevisionForm):
    """A codebook as a file."""

    file = FileField("Codebook file", description="YAML, as “Download” gives it.")

    def text(self) -> str | None:
        """Return what the file says; None where none was chosen. Bytes that are no text stay."""
        data = self.file.data.read() if self.file.data else b""
        return data.decode("utf-8", "replace") if data else None


class UseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A survey that this codebook should read."""

    survey = SelectField(
        "Survey",
        description="Only surveys that nobody has answered yet can change their codebook.",
        validators=[InputRequired("Choose a survey.")],
    )


class NewForm(FileForm):
    """A codebook of its own."""

    name = StringField(
        "Name",
        description="As people will find it, such as “Business crime”.",
        validators=[DataRequired("Enter a name."), Length(max=LABEL)],
    )
