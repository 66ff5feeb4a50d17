"""Names and small phrases for figures, alike on pages, in files and in reports."""

from collections.abc import Mapping
from datetime import date

from app.figures.changes import Change
from app.figures.comparing import Arrow
from app.figures.lattice import NOT_STATED
from app.figures.periods import Period
from app.figures.tables import SafeCell
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
    "hate": "Hate crime",
    "hate_crime": "Hate crime",
    "antisocial_behaviour": "Anti-social behaviour",
    "asb": "Anti-social behaviour",
    "burglary": "Burglary",
    "theft": "Theft",
    "robbery": "Robbery",
    "damage": "Criminal damage and arson",
    "criminal_damage": "Criminal damage and arson",
    "exploitation": "Exploitation and modern slavery",
}
SERVICES = {"none": "None of these services", "other": "Another service"}  # of no contract


def value_label(pack: Pack, dimension: str, value: str) -> str:
    """Return the name of one value of one dimension."""
    if value == NOT_STATED:
        return "Not stated"
    if dimension == "area":
        return pack.area_name(value)
    if dimension == "service":
        if value in SERVICES:
            return SERVICES[value]
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


def change_words(change: Change) -> str:
    """Return what may be said of a change since the period before."""
    if change.before is None or change.difference is None:
        return ""
    if change.arrow is Arrow.NONE:
        return "No clear change."
    way = "Up" if change.arrow is Arrow.UP else "Down"
    return f"{way} {abs(change.points or 0)} points."


STRONG_FROM = 30  # a small share has a narrow range however few said so


def strength(cell: SafeCell) -> str:
    """Return how strong the evidence for a figure is: its range is narrow, and many said so."""
    if cell.share is None or cell.interval is None:
        return "A count only"
    if cell.interval.width <= 0.10 and (cell.count or 0) >= STRONG_FROM:
        return "Strong"
    return "Fair" if cell.interval.width <= 0.20 else "Weak"
