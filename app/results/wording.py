"""Names and sentences of the results pages, made from safe cells by rule."""

from collections.abc import Mapping
from datetime import date

from app.figures.lattice import NOT_STATED
from app.figures.pages import View
from app.figures.periods import Period
from app.packs import Pack

DIMENSION_LABELS = {
    "area": "Area",
    "service": "Service",
    "crime_group": "Type of crime",
    "age_band": "Age",
    "channel": "How they answered",
}
CHANNELS = {
    "open": "Open link",
    "campaign": "Campaign link",
    "poster": "Poster or QR code",
    "personal": "Personal link",
    "facilitator": "With a worker",
    "paper": "On paper",
    "import": "Brought in from another system",
}
CRIMES = {
    "violence": "Violence",
    "stalking_harassment": "Stalking and harassment",
    "domestic_abuse": "Domestic abuse",
    "sexual": "Sexual offences",
    "sexual_offences": "Sexual offences",
    "fraud_cyber": "Fraud and online crime",
    "hate_crime": "Hate crime",
    "antisocial_behaviour": "Anti-social behaviour",
    "asb": "Anti-social behaviour",
    "burglary": "Burglary",
    "theft": "Theft",
    "robbery": "Robbery",
    "criminal_damage": "Criminal damage and arson",
}


def value_label(pack: Pack, dimension: str, value: str) -> str:
    """Return the name of one value of one dimension."""
    if value == NOT_STATED:
        return "Not stated"
    if dimension == "area":
        return pack.area_name(value)
    if dimension == "service":
        whole = value.endswith("+")
        name = pack.service_name(value.removesuffix("+"))
        return f"{name} with its partners" if whole else name
    if dimension == "age_band":
        return _age(value)
    known = CHANNELS if dimension == "channel" else CRIMES
    return known.get(value, value.replace("_", " ").capitalize())


def _age(value: str) -> str:
    if value.startswith("under_"):
        return f"Under {value.removeprefix('under_')}"
    if value.endswith(("_plus", "+")):
        return f"{value.removesuffix('_plus').removesuffix('+')} and over"
    low, _, high = value.partition("_")
    return f"{low} to {high}" if high else value


def facet_words(pack: Pack, facets: Mapping[str, str]) -> str:
    """Return what a view is narrowed to, or nothing for everyone."""
    names = (value_label(pack, name, value) for name, value in sorted(facets.items()))
    return ", ".join(names)


def day_words(day: date) -> str:
    """Return a day as people write it."""
    return f"{day:%-d %B %Y}"


def period_words(period: Period) -> str:
    """Return the days a period covers."""
    if period.kind == "today":
        return f"since {day_words(period.starts_on)}"
    return f"from {day_words(period.starts_on)} to {day_words(period.ends_on)}"


READING_NOTES = {
    "read": (
        "A person has read these answers. Shares are of the answers read, with the range the true "
        "share is likely to lie in (95 times out of 100)."
    ),
    "sample": (
        "People read {drawn} answers drawn at random out of {texts}. Shares are estimates for all "
        "answers, with the range the true share is likely to lie in (95 times out of 100). For "
        "shares in the middle, a computer's reading of the other answers narrows the range."
    ),
    "counts": (
        "People have read {read} of {texts} answers so far. Shares are not shown until at least "
        "100 answers drawn at random have been read: until then a share could mislead."
    ),
}


def reading_note(view: View) -> str:
    """Return how the written answers were read, in one or two sentences."""
    rows = {"texts": "written", "read": "read", "drawn": "sample"}
    return READING_NOTES[view.reading].format(
        **{key: view.count(row).count_words for key, row in rows.items()}
    )


def share_read_words(view: View) -> str:
    """Return the share of written answers that a person has read; always shown."""
    read, texts = view.count("read"), view.count("written")
    if read.count is None or texts.count is None:
        return f"Written answers read by a person: {read.count_words}."
    share = read.count * 100 // texts.count
    return (
        f"{read.count_words} of {texts.count_words} written answers have been read "
        f"by a person ({share}%)."
    )
