"""From a journey to what one page prints. Plain functions that tests can call."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as of_class

import surveys
from app.catalogues import EASY_READ, one_idea_a_line
from app.languages import gettext
from app.packs import Pack
from app.respond import wording
from app.respond.forms import FIELD_FOR, field_name, raw_from_json
from app.services import walking
from app.services.afterwards import Sent
from app.services.drafts import Journey
from app.services.marks import mark_of
from surveys import CODE_PREFIX, Chosen, Kind, Option, Question, RawAnswer, SignalName

NON_ANSWERS = {
    surveys.NonAnswer.DONT_KNOW: "I don’t know",
    surveys.NonAnswer.NOT_APPLICABLE: "This does not apply to me",
    surveys.NonAnswer.PREFER_NOT: "I’d rather not say",
}
NOTHING = RawAnswer()
UNDER_NINETEEN = {
    surveys.Audience.CHILD_5_10,
    surveys.Audience.YOUNG_11_15,
    surveys.Audience.YOUNG_16_18,
}
FACES = 5
# The drawings in respond/fields.html: five faces from sad to happy, and three signs.
SIGNS = ("tick", "in-between", "cross")
EASY_SIGNS = {"yes": "tick", "partly": "in-between", "no": "cross"}
NAMED_FACE = re.compile(r"face-(?P<place>[1-9])-of-(?P<count>[1-9])")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, ready to print."""

    value: str
    words: str
    is_chosen: bool = False
    heading: str = ""
    other_name: str = ""  # name of the "please say" box, "" for none
    other_words: str = ""
    rank_name: str = ""
    rank: str = ""
    picture: str = ""  # "face-1" (sad) to "face-5" (happy) or one of SIGNS, "" for none


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question, ready to print."""

    id: str
    name: str
    field: str
    is_tap: bool
    is_words_only: bool
    title: str
    hint: str
    why: str
    box_note: str
    choices: tuple[Choice, ...]
    raw: RawAnswer = of_class(hash=False)
    low_label: str
    high_label: str
    unit: str
    most: int
    progress: str
    problems: tuple[str, ...]
    can_go_back: bool
    can_stop: bool
    can_take_code: bool
    offers_code: bool
    is_required: bool
    opens_help: bool
    seen: str  # the mark of the answer shown
    is_hidden: bool  # answered, and not shown because somebody else may look on
    is_common: bool  # nothing this person said is on it


@dataclass(frozen=True, slots=True)
class PromisePage:
    """What is said before anything is asked."""

    title: str
    duration: str
    first: tuple[tuple[str, str], ...]  # read before Start even on a small screen
    more: tuple[tuple[str, str], ...]
    has_link: bool
    is_shared: bool
    can_skip_all: bool
    languages: tuple[str, ...]
    not_yet: wording.NotYet | None
    is_common: bool


@dataclass(frozen=True, slots=True)
class SendPage:
    """The page before the send."""

    words: str
    can_go_back: bool
    can_take_code: bool


@dataclass(frozen=True, slots=True)
class WordsPage:
    """The optional box after a check-in."""

    name: str
    title: str
    hint: str
    box_note: str
    most: int


def question_page(journey: Journey, question: Question) -> QuestionPage:
    """Return the page of one question with what was answered or typed before."""
    say = _Speaker(journey)
    hides = walking.hides_answers(journey.survey, journey.row.channel)
    raw = NOTHING if hides and journey.state.raw is None else _raw(journey, question)
    path = surveys.page_path(journey.survey, journey.answers)
    place = next((n for n, page in enumerate(path, 1) if page.id == question.id), 1)
    answered = walking.has_answered(journey.answers)
    is_first_saved = answered and len(journey.answers) == 1
    before = walking.stop_before(journey.survey, journey.answers, journey.state.sealed, question.id)
    return QuestionPage(
        id=question.id,
        name=field_name(question.id),
        field=FIELD_FOR[question.kind],
        is_tap=question.presentation is surveys.Presentation.TAP,
        is_words_only=question.kind is Kind.INFO,
        title=say(question.text),
        hint=say(question.hint),
        why=say(question.why),
        box_note=_box_note(journey, question),
        choices=tuple(_choices(journey, question, raw, say)),
        raw=raw,
        low_label=say(question.low_label),
        high_label=say(question.high_label),
        unit=say(question.unit),
        most=question.max_length or _most_letters(question),
        progress=wording.progress(place),
        problems=journey.state.problems,
        can_go_back=before is not None,
        can_stop=answered,
        can_take_code=bool(journey.answers) and not hides,
        offers_code=not hides
        and is_first_saved
        and journey.row.code_key is None
        and not journey.row.is_check_in,
        is_required=question.required,
        opens_help=_opens_help(journey, question),
        seen=mark_of(journey.answers.get(question.id)),
        is_hidden=hides and question.id in journey.answers,
        is_common=raw == NOTHING and not journey.state.problems and not say.has_piped,
    )


def promise_page(journey: Journey, languages: tuple[str, ...] = (), wish: str = "") -> PromisePage:
    """Return who asks, why, how long, who reads it and when, what cannot stay private.

    `wish` is the language asked for, where the survey does not speak it.
    """
    say = _Speaker(journey)
    survey, promise = journey.survey, journey.survey.promise
    private = (gettext("Private"), _kept(journey, wording.ANONYMOUS, wording.CONFIDENTIAL))
    first, more = [] if is_organisation(survey) else [private], []
    if promise is not None:
        first = [
            (gettext("Who asks"), say(promise.who_asks)),
            (gettext("When it is read"), say(promise.when_read)),
            (gettext("What cannot stay private"), say(promise.limits)),
        ]
        more = [
            (gettext("Why"), say(promise.why)),
            (gettext("Who reads it"), say(promise.who_reads)),
            (gettext("What it changes"), say(promise.what_changes)),
            *([] if is_organisation(survey) else [private]),
        ]
    return PromisePage(
        title=say(survey.public_title),
        duration=wording.duration(survey.minutes),
        first=tuple(first),
        more=tuple(more),
        has_link=journey.row.link_id is not None,
        is_shared=journey.row.channel == walking.SHARED and not is_young(survey),
        can_skip_all=not any(question.required for question in survey.questions),
        languages=languages if len(languages) > 1 else (),
        not_yet=wording.not_yet(wish) if wish and wish not in languages else None,
        is_common=not say.has_piped,
    )


def send_page(journey: Journey) -> SendPage:
    """Return the last page before the send; nothing that was answered is shown back."""
    return SendPage(
        words=_end_words(journey),
        can_go_back=walking.stop_before(
            journey.survey, journey.answers, journey.state.sealed, walking.SEND
        )
        is not None,
        can_take_code=bool(journey.answers),
    )


def words_page(sent: Sent, question: Question) -> WordsPage:
    """Return the optional box of a check-in that has already been sent."""
    survey, receipt = sent.survey, sent.receipt
    anonymous = receipt.mode == surveys.Mode.ANONYMOUS
    note = wording.BOX_ANONYMOUS if anonymous else wording.BOX_CONFIDENTIAL
    return WordsPage(
        name=field_name(question.id),
        title=_plain(question.text, survey, receipt.language),
        hint=_plain(question.hint, survey, receipt.language),
        box_note=gettext(note),
        most=_most_letters(question),
    )


def _end_words(journey: Journey) -> str:
    """Return what the page before the send says where the path ended early, else ""."""
    ending = surveys.ending(journey.survey, journey.answers)
    return _Speaker(journey)(ending.text) if ending else ""


def thanks_words(survey: surveys.Survey, language: str) -> str:
    """Return what happens next, in the survey's own words."""
    return _plain(survey.thanks, survey, language)


def _plain(text: surveys.Text | None, survey: surveys.Survey, language: str) -> str:
    """Return a text of a survey that puts in no answer, "" for none."""
    if text is None:
        return ""
    words = surveys.pipe(text, survey, surveys.Answers(), language)
    return one_idea_a_line(words) if language == EASY_READ else words


def is_young(survey: surveys.Survey) -> bool:
    """Return whether a form is for children who answer beside a worker: few words, warm ones."""
    return survey.audience is surveys.Audience.CHILD_5_10


def is_under_nineteen(survey: surveys.Survey) -> bool:
    """Return whether a form is for children or young people, alone or beside a worker."""
    return survey.audience in UNDER_NINETEEN


def is_organisation(survey: surveys.Survey) -> bool:
    """Return whether an organisation answers: what our pages say to victims would be untrue."""
    return survey.audience is surveys.Audience.ORGANISATION


def needs_warning(journey: Journey) -> bool:
    """Return whether a sensitive part begins here that the person has not chosen to enter (R12).

    A check-in has none: its four taps are all of one kind, and the first page says so.
    """
    if journey.row.is_check_in or journey.state.at in journey.state.warned:
        return False
    if journey.state.at in journey.answers:
        return False  # she has been here: coming back is no surprise
    return bool(walking.sensitive_part(journey.survey, journey.answers, journey.state.at))


def title_of(survey: surveys.Survey, pack: Pack, language: str) -> str:
    """Return a survey's public name, or the pack's where it says too much."""
    title = surveys.pipe(survey.public_title, survey, surveys.Answers(), language)
    return title if wording.is_neutral(title) else pack.public_name


def _most_letters(question: Question) -> int:
    """Return how many letters a box takes when the question sets no number of its own."""
    return 200 if question.kind is Kind.SHORT_TEXT else 5000


class _Speaker:
    """Prints a text of the survey in the person's language, with earlier answers put in."""

    def __init__(self, journey: Journey) -> None:
        # Coming back by code shows nothing of what was answered before, not even inside a text.
        # Nor where somebody else may look on.
        hides = walking.hides_answers(journey.survey, journey.row.channel)
        sealed = set(journey.answers if hides else journey.state.sealed)
        shown = {q: a for q, a in journey.answers.items() if q not in sealed}
        self._journey = journey
        self._answers = surveys.Answers(shown, day=journey.answers.day)
        self.has_piped = False

    def __call__(self, text: surveys.Text | None) -> str:
        if text is None:
            return ""
        survey, language = self._journey.survey, self._journey.row.language
        words = text.in_(language, survey.source_language)
        if language == EASY_READ:
            words = one_idea_a_line(words)
        if "{{" not in words:
            return words
        self.has_piped = True
        return surveys.pipe(words, survey, self._answers, language)


def _raw(journey: Journey, question: Question) -> RawAnswer:
    """Return what to fill in: words that need a change as typed, else the answer stored."""
    if journey.state.raw is not None:
        return raw_from_json(journey.state.raw)
    match journey.answers.get(question.id):
        case Chosen(options, other):
            ranks = {option: str(n) for n, option in enumerate(options, 1)}
            return RawAnswer(values=options, other=dict(other), ranks=ranks)
        case surveys.Number(value):
            return RawAnswer(values=(f"{value:f}",))
        case surveys.Day(day):
            return RawAnswer(day=str(day.day), month=str(day.month), year=str(day.year))
        case surveys.Words(text):
            return RawAnswer(values=(text,))
        case surveys.NoAnswer(code):
            return RawAnswer(values=(f"{CODE_PREFIX}{code.value}",))
    return RawAnswer()


def _choices(
    journey: Journey, question: Question, raw: RawAnswer, say: "_Speaker"
) -> Iterator[Choice]:
    options = surveys.offered_options(journey.survey, question.id, journey.answers)
    for option in options:
        picture = _picture(question, option, is_easy=journey.row.language == EASY_READ)
        yield _choice(field_name(question.id), option, raw, picture, say)
    for code in question.non_answers:
        value = f"{CODE_PREFIX}{code.value}"
        if code in NON_ANSWERS:
            yield Choice(value, gettext(NON_ANSWERS[code]), is_chosen=value in raw.values)


def _choice(name: str, option: Option, raw: RawAnswer, picture: str, say: "_Speaker") -> Choice:
    return Choice(
        value=option.id,
        words=say(option.text),
        is_chosen=option.id in raw.values,
        heading=say(option.heading),
        other_name=f"{name}_other_{option.id}" if option.write_in else "",
        other_words=raw.other.get(option.id, ""),
        rank_name=f"{name}_rank_{option.id}",
        rank=raw.ranks.get(option.id, ""),
        picture=picture,
    )


def _picture(question: Question, option: Option, *, is_easy: bool) -> str:
    """Return the drawing beside an option: the one it names, else the face of its place."""
    if option.picture in SIGNS:
        return option.picture
    if is_easy and option.value in EASY_SIGNS:
        return EASY_SIGNS[option.value]
    named = NAMED_FACE.fullmatch(option.picture or "")
    if named:
        return _face(int(named["place"]), int(named["count"]))
    if question.kind is not Kind.FACES and not (is_easy and question.kind is Kind.SCALE5):
        return ""
    options = list(question.live_options)
    if all(known.score is not None for known in options):
        options.sort(key=lambda known: known.score or 0)
    return _face([known.id for known in options].index(option.id) + 1, len(options))


def _face(place: int, count: int) -> str:
    """Return one of the five faces: any number of places goes from the saddest to the happiest."""
    if count < 2:
        return "face-3"
    return f"face-{1 + round((min(place, count) - 1) * (FACES - 1) / (count - 1))}"


def _box_note(journey: Journey, question: Question) -> str:
    if question.kind not in surveys.TEXT or is_organisation(journey.survey):
        return ""
    return _kept(journey, wording.BOX_ANONYMOUS, wording.BOX_CONFIDENTIAL)


def _kept(journey: Journey, anonymous: str, confidential: str) -> str:
    """Return the words about privacy that are true of this survey."""
    is_anonymous = journey.row.mode == surveys.Mode.ANONYMOUS
    return gettext(anonymous if is_anonymous else confidential)


def _opens_help(journey: Journey, question: Question) -> bool:
    """Return whether the help lines stand open; to an organisation they are there, and closed."""
    if is_organisation(journey.survey):
        return False
    fired = surveys.signals(journey.survey, journey.answers)
    return question.support or any(s.name == SignalName.SUPPORT_PANEL for s in fired)
