"""The kinds of question and the sets of them that the rest of the engine branches on."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a page asks for."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    DROPDOWN = "dropdown"
    SCALE5 = "scale5"
    SCALE10 = "scale10"
    FACES = "faces"
    NUMBER = "number"
    DATE = "date"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    RANKING = "ranking"
    AREA = "area"
    INFO = "info"
    CONSENT = "consent"
    LIKERT = "likert"


class Audience(StrEnum):
    """Who a survey is written for."""

    ADULT = "adult"
    YOUNG_16_18 = "young_16_18"
    YOUNG_11_15 = "young_11_15"
    CHILD_5_10 = "child_5_10"
    PARENT = "parent"
    ORGANISATION = "organisation"


class Mode(StrEnum):
    """Whether answers can be tied to a person; chosen once, never both in one survey."""

    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Presentation(StrEnum):
    """A hint to the page."""

    STANDARD = "standard"
    #: The options themselves are the submit buttons: one tap a question.
    TAP = "tap"


class Dimension(StrEnum):
    """A filter of the figures that an answer feeds."""

    AREA = "area"
    CRIME_GROUP = "crime_group"
    AGE_BAND = "age_band"
    SERVICE = "service"
    STAGE = "stage"
    ELIGIBLE = "eligible"
    CHANNEL = "channel"
    ROLE = "role"
    REPORTED = "reported"
    SEX = "sex"
    ETHNIC_GROUP = "ethnic_group"
    DISABILITY = "disability"
    RELIGION = "religion"
    SEXUAL_ORIENTATION = "sexual_orientation"
    ORGANISATION = "organisation"


class SignalName(StrEnum):
    """The signals the app acts on; a survey may use others of its own."""

    SG1 = "sg1"
    SG2 = "sg2"
    SG3 = "sg3"
    SG4 = "sg4"
    #: Show the help panel opened, now.
    SUPPORT_PANEL = "support_panel"
    CONTACT_REQUESTED = "contact_requested"
    CONTACT_URGENT = "contact_urgent"
    THINKING_OF_STOPPING = "thinking_of_stopping"
    #: The lowest answer; two in a row raise a task even when no contact was asked for.
    LOW_COPING = "low_coping"
    LOW_SAFETY = "low_safety"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    QUOTE_CONSENTED = "quote_consented"
    WORKER_HELPED = "worker_helped"


class Outcome(StrEnum):
    """How a path ends."""

    COMPLETE = "complete"
    INELIGIBLE = "ineligible"
    OTHER_FORM = "other_form"


#: One option is chosen.
ONE_OF = frozenset({Kind.SINGLE, Kind.DROPDOWN, Kind.SCALE5, Kind.FACES, Kind.AREA, Kind.CONSENT})
#: Several options are chosen; for ranking their order counts.
SEVERAL_OF = frozenset({Kind.MULTIPLE, Kind.RANKING})
#: Kinds whose options may be ordered by a score.
SCORED = frozenset({Kind.SCALE5, Kind.FACES})
TEXT = frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT})
HAS_OPTIONS = ONE_OF | SEVERAL_OF | {Kind.LIKERT}
