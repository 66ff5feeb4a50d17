"""From what a browser posts to a raw answer, and from a question to the field that asks it."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectMultipleField, StringField

from surveys import Kind, RawAnswer

MAX_REACH = 200
WAYS = [
    ("text", "Text message"),
    ("call", "Phone call"),
    ("email", "Email"),
    ("worker", "Through my support worker"),
]
TIMES = [
    ("mornings", "Weekday mornings, 9 to 12"),
    ("afternoons", "Weekday afternoons, 12 to 5"),
    ("evenings", "Weekday evenings, 5 to 8"),
]
MESSAGE = [("no", "No"), ("yes", "Yes, one that says nothing about why")]
SAFE_FOR = [("week", "A week"), ("month", "A month"), ("quarter", "Three months")]
# The macro in respond/fields.html that asks each kind.
FIELD_FOR = {
    Kind.SINGLE: "radios",
    Kind.MULTIPLE: "checkboxes",
    Kind.DROPDOWN: "dropdown",
    Kind.SCALE5: "radios",
    Kind.SCALE10: "scale10",
    Kind.FACES: "faces",
    Kind.NUMBER: "number",
    Kind.DATE: "day",
    Kind.SHORT_TEXT: "short_text",
    Kind.LONG_TEXT: "long_text",
    Kind.RANKING: "ranking",
    Kind.AREA: "dropdown",
    Kind.INFO: "words_only",
    Kind.CONSENT: "radios",
    Kind.LIKERT: "radios",  # reaches a person one row a page, each of kind single
}


class ContactForm(Form):
    """How and when it is safe to be in touch. Nothing in it has to be filled in."""

    way = RadioField("What is a safe way to reach you?", choices=WAYS)
    reach = StringField("Phone number or email address")
    times = SelectMultipleField("When is it safe?", choices=TIMES)
    message = RadioField("May we leave a message?", choices=MESSAGE, default="no")
    safe_for = RadioField("How long will this way stay safe?", choices=SAFE_FOR, default="month")

    def details(self) -> Mapping[str, object]:
        """Return what is kept: known choices only, and no more of a number than fits."""
        return {
            "way": self.way.data if self.way.data in dict(WAYS) else "",
            "reach": (self.reach.data or "").strip()[:MAX_REACH],
            "times": [time for time in self.times.data or () if time in dict(TIMES)],
            "message": self.message.data if self.message.data in dict(MESSAGE) else "no",
            "safe_for": self.safe_for.data if self.safe_for.data in dict(SAFE_FOR) else "month",
        }


def field_name(question_id: str) -> str:
    """Return the name of a question's field: no question can collide with a form's own fields."""
    return f"q_{question_id}"


def read_answer(question_id: str, form: MultiDict[str, str]) -> RawAnswer:
    """Return what a page sent for one question, untouched."""
    name = field_name(question_id)
    return RawAnswer(
        values=tuple(form.getlist(name)),
        other=_by_option(form, f"{name}_other_"),
        day=form.get(f"{name}_day", ""),
        month=form.get(f"{name}_month", ""),
        year=form.get(f"{name}_year", ""),
        ranks=_by_option(form, f"{name}_rank_"),
    )


def raw_from_json(stored: Mapping[str, Any]) -> RawAnswer:
    """Return a raw answer as it was kept with its problems."""
    return RawAnswer(**{**stored, "values": tuple(stored["values"])})


def _by_option(form: MultiDict[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): value for name, value in form.items() if name.startswith(prefix)
    }
