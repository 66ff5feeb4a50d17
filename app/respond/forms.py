"""From what a browser posts to a raw answer, and from a question to the field that asks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from surveys import Kind, RawAnswer

MAX_REACH = 200
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


@dataclass(frozen=True, slots=True)
class Pick:
    """A group of choices on a page of ours."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    default: str = ""
    is_many: bool = False

    def read(self, form: MultiDict[str, str]) -> list[str]:
        """Return what was picked, known choices only."""
        known = dict(self.choices)
        return [value for value in form.getlist(self.name) if value in known]


WAY = Pick(
    "way",
    "What is a safe way to reach you?",
    (
        ("text", "Text message"),
        ("call", "Phone call"),
        ("email", "Email"),
        ("worker", "Through my support worker"),
    ),
)
TIMES = Pick(
    "times",
    "When is it safe?",
    (
        ("mornings", "Weekday mornings, 9 to 12"),
        ("afternoons", "Weekday afternoons, 12 to 5"),
        ("evenings", "Weekday evenings, 5 to 8"),
    ),
    is_many=True,
)
MESSAGE = Pick(
    "message",
    "May we leave a message?",
    (("no", "No"), ("yes", "Yes, one that says nothing about why")),
    default="no",
)
SAFE_FOR = Pick(
    "safe_for",
    "How long will this way stay safe?",
    (("week", "A week"), ("month", "A month"), ("quarter", "Three months")),
    default="month",
)


A_WAY = "Enter a phone number or an email address"
# A way that needs something typed, and what is said when nothing was.
NEEDED = {
    "text": "Enter a phone number, or choose another way",
    "call": "Enter a phone number, or choose another way",
    "email": "Enter an email address, or choose another way",
}
PICKS = {pick.name: pick for pick in (WAY, TIMES, MESSAGE, SAFE_FOR)}


def chosen(form: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Return what is ticked: what the form sent, or what stands ticked before anybody chose."""
    sent = MultiDict(form)
    return {name: pick.read(sent) or [pick.default] for name, pick in PICKS.items()}


def contact_details(form: MultiDict[str, str]) -> Mapping[str, object]:
    """Return how and when it is safe to be in touch. Nothing of it has to be filled in."""
    one = {pick.name: (pick.read(form) or [pick.default])[0] for pick in (WAY, MESSAGE, SAFE_FOR)}
    reach = form.get("reach", "").strip()[:MAX_REACH]
    return {**one, "reach": reach, "times": TIMES.read(form)}


def what_is_missing(how: Mapping[str, object]) -> str:
    """Return what a way to be reached still needs, "" where it can be used as it is."""
    return "" if how.get("reach") else NEEDED.get(str(how.get("way")), "")


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
