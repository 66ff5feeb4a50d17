"""What every form of the designer's journey is made of."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.services.editing import clean

MAX_WORDS = 5_000


def tidy(words: str | None) -> str:
    """Return typed words without control characters."""
    return clean(words or "")


def ticks(label: str, choices: Mapping[str, str], **more: Any) -> Field:
    return SelectMultipleField(
        label,
        choices=dict(choices),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        **more,
    )


class DeskForm(FlaskForm):
    """A form whose boxes, also those for numbers and days, hold no control characters."""

    class Meta(FlaskForm.Meta):
        """How what was sent becomes what the fields read."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what was sent, cleaned before a field can show it again."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None:
                return None
            pairs = sent.items(multi=True)
            return MultiDict((k, clean(v) if isinstance(v, str) else v) for k, v in pairs)


class ConfirmForm(DeskForm):
    """A button and its CSRF token."""


def typed_texts(form: MultiDict[str, str], prefix: str) -> Mapping[str, str]:
    """Return the boxes whose names begin with a prefix, by what follows it."""
    return {
        name.removeprefix(prefix): clean(form[name]) for name in form if name.startswith(prefix)
    }
