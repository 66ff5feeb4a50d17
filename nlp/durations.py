"""How long somebody says they waited: "eleven months", "2 yrs", "a fortnight" in days."""

import re

_DAYS = {
    "hour": 1 / 24, "hr": 1 / 24, "day": 1, "week": 7, "wk": 7, "fortnight": 14, "month": 30.44,
    "mth": 30.44, "mnth": 30.44, "year": 365.25, "yr": 365.25,
}  # fmt: skip
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "couple": 2, "few": 3, "several": 4,
}  # fmt: skip
_TENS = "twenty|thirty|forty|fifty|sixty"
_UNIT = r"(hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|mths?|mnths?|years?|yrs?)"
_NUMBER = (
    rf"(?:(?P<tens>{_TENS})[\s-](?P<ones>one|two|three|four|five|six|seven|eight|nine)"
    r"|(?P<digits>\d{1,4}(?:\.\d)?)"
    r"|(?:a\s+)?(?P<vague>couple|few|several)(?:\s+of)?"
    rf"|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))}))"
)
_HALF = r"(?P<half>\s+and\s+a\s+half)?"
_SPAN = re.compile(
    rf"\b{_NUMBER}{_HALF}[\s-]*{_UNIT}\b(?P<after>\s+and\s+a\s+half)?", re.IGNORECASE
)
_HALF_ONLY = re.compile(r"\bhalf\s+an?\s+(hour|day|week|month|year)\b", re.IGNORECASE)
_NOT_A_WAIT = re.compile(
    r"^[\s-]*(?:old|of age|ago|later|sentence|inside|custody|suspended|married|together|a week"
    r"|an? (?:month|year|day)|in prison|limit|deadline|rule|window|from (?:my|our|the|here)"
    r"|away|each way|of (?:the|my|our|marriage|service))\b",
    re.IGNORECASE,
)
_RATE = re.compile(
    rf"(?:\b(?:{_UNIT}|once|twice|times|pounds?|quid|p)|£\s?[\d.,]+)\s+$", re.IGNORECASE
)
_AFTER_ALL = re.compile(
    r"\b(?:it'?s been|it has been|it was|it took|took|been|make it|now)\s+(?:more like\s+)?"
    rf"{_NUMBER}\s*(?:now\b)?(?=[.,;!?]|$|\s+(?:and|but|now|so)\b)",
    re.IGNORECASE,
)
_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS_APART = re.compile(
    rf"\b({'|'.join(_DAY)})\b[^?!]{{0,60}}\b(?:it'?s|today is|now|it is)\s+({'|'.join(_DAY)})\b",
    re.IGNORECASE,
)
LONGEST = 40 * 366


def duration_days(text: str) -> int | None:
    """Longest stretch of time a text names, in whole days; None where it names none.

    Ages, sentences and rates ("two days a week") are not waits. Half a day and more rounds up; a
    start date ("since March") is not turned into days, because the answer's own day is coarse.
    """
    found = [days for days in (_days(m, text) for m in _SPAN.finditer(text)) if days]
    found += [_DAYS[m.group(1).lower()] / 2 for m in _HALF_ONLY.finditer(text)]
    found += _said_again(text)
    found += [_days_apart(m) for m in _DAYS_APART.finditer(text)]
    longest = max(found, default=0.0)
    return min(max(1, round(longest)), LONGEST) if longest >= 1 / 48 else None


def _days(match: re.Match[str], text: str) -> float | None:
    if _NOT_A_WAIT.match(text[match.end() :]) and not text[match.end() :].lstrip().startswith(
        "ago"
    ):
        return None
    if match["word"] in ("a", "an") and _RATE.search(text[: match.start()]):
        return None
    unit = next(g for g in match.groups()[4:] if g and re.fullmatch(_UNIT, g, re.IGNORECASE))
    amount = _amount(match)
    half = 0.5 if match["half"] or match["after"] else 0.0
    key = unit.lower().rstrip("s")
    return (amount + half) * _DAYS[key]


def _said_again(text: str) -> list[float]:
    """Days of a number that borrows its unit: "they said two weeks, it's been six"."""
    first = _SPAN.search(text)
    if first is None:
        return []
    unit = next(g for g in first.groups()[4:] if g and re.fullmatch(_UNIT, g, re.IGNORECASE))
    later = _AFTER_ALL.finditer(text, first.end())
    return [_amount(m) * _DAYS[unit.lower().rstrip("s")] for m in later]


def _days_apart(match: re.Match[str]) -> float:
    """Days from one weekday to the next other: "promised for Monday. It's Thursday"."""
    first, second = (_DAY.index(match[i].lower()) for i in (1, 2))
    return float((second - first) % 7)


def _amount(match: re.Match[str]) -> float:
    if match["tens"]:
        return float(_WORDS[match["tens"].lower()] + _WORDS[match["ones"].lower()])
    if match["digits"]:
        return float(match["digits"])
    return float(_WORDS[(match["vague"] or match["word"]).lower()])
