"""What a pattern cannot say: check digits, ranges, and what only looks like personal data."""

import re
from collections.abc import Callable
from itertools import pairwise

from nlp.redact.lexicon import COMMON_WORDS, read_table

THIS_CENTURY_SURVEY_YEARS = range(2013, 2100)  # dates people tell of crimes, not of births
_WORDS = read_table("structured")["words"]
_DIGIT = re.compile(r"\d")
_NOT_ALNUM = re.compile(r"[^A-Za-z0-9]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEARS_ONLY = re.compile(r"(?:(?:19|20)\d\d|\d\d)(?:[ \-./]{1,3}(?:(?:19|20)\d\d|\d\d))*")
_DATE_LIKE = re.compile(
    r"\d{1,2}[ .\-/]\d{1,2}[ .\-/](?:\d{4}|\d{2})|(?:19|20)\d\d[ .\-/]\d{1,2}[ .\-/]\d{1,2}"
)
_TIMES = re.compile(r"\d{1,2}[:.]\d{2}(?:[ \-.]{1,3}\d{1,2}[:.]\d{2})*")
_AMOUNT = re.compile(
    r"\d{1,3}(?:k|m|st|nd|rd|th|s|am|pm|hrs?|mins?|yrs?|x|p|g|kg|cm|mm|ml|mg|pts?|ish|mph|gb|hz|d|h)"
)
_POSTCODE_AREAS = frozenset(_WORDS["postcode_areas"].split())
_NINO_NEVER = frozenset(_WORDS["nino_never"].split())
_IBAN_LETTERS = re.compile(r"[A-Za-z]{2}\d{2}")
_PLATE_WORDS = frozenset(_WORDS["plate_words"].split())
_HANDLE_STOP = frozenset(_WORDS["handle_stop"].split())


def _digits(text: str) -> str:
    return "".join(_DIGIT.findall(text))


def is_email(text: str) -> bool:
    """Return whether text around an "@" is an address rather than "@ home"."""
    local, _, host = text.partition("@")
    return "." in host or (not local.endswith(" ") and not host.startswith(" "))


def is_handle(text: str) -> bool:
    """Return whether the word after "insta" or "username" is a name there, not prose."""
    bare = text.lower().strip(".-_")
    if bare in _HANDLE_STOP or len(bare) < 3:
        return False
    return bool(re.search(r"[\d_.]", bare)) or bare not in COMMON_WORDS


def is_iban(text: str) -> bool:
    """Return whether the mod-97 check holds. Source: ISO 13616 (annex)."""
    bare = text.replace(" ", "").upper()
    if not 15 <= len(bare) <= 34:
        return False
    if bare[:2].isalpha() and sum(c.isdigit() for c in bare) >= 12:
        return True  # mistyped check digits are still somebody's account
    number = "".join(str(int(c, 36)) for c in bare[4:] + bare[:4])
    return int(number) % 97 == 1


def is_card_like(text: str) -> bool:
    """Return whether there are as many digits as on a payment card; Luhn is not required.

    A mistyped card number is still worth hiding, so no check digit is asked for.
    """
    return 13 <= len(_digits(text)) <= 19


def cannot_be_a_date(text: str) -> bool:
    """Return whether nn-nn-nn can only be a sort code."""
    day, month, _ = (int(part) for part in text.split("-"))
    return not (1 <= day <= 31 and 1 <= month <= 12)


def is_nhs_number(text: str) -> bool:
    """Return whether ten digits pass the NHS check. Source: NHS Data Dictionary, mod 11."""
    digits = [int(d) for d in _digits(text)]
    check = 11 - sum(d * w for d, w in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check % 11 == digits[9] and check != 10


def is_nino(text: str) -> bool:
    """Return whether the prefix may occur. Source: HMRC NIM39110 (letters never used)."""
    prefix = text[:2].upper()
    return not (set(prefix) & set("DFIQUV") or prefix[1] == "O" or prefix in _NINO_NEVER)


def is_long_ago(text: str) -> bool:
    """Return whether a full date lies so far back that it is likelier a birthday than a crime."""
    year = _YEAR.search(text)
    return year is not None and int(year.group()) not in THIS_CENTURY_SURVEY_YEARS


def is_log_number(text: str) -> bool:
    """Return whether "n of date" or "n/date" is a log number rather than a count of days."""
    lowered = text.lower()
    head = re.match(r"\D*(\d+)", lowered)
    if head is None or _DATE_LIKE.fullmatch(lowered):
        return False
    return lowered[0].isalpha() or len(head.group(1)) >= 2


def is_reference(text: str) -> bool:
    """Return whether the text after "crime number" and the like can be one."""
    digits = len(_digits(text))
    return (
        digits >= 3
        and not _AMOUNT.fullmatch(text.lower())
        and not (_YEAR.fullmatch(text) or _TIMES.fullmatch(text) or _DATE_LIKE.fullmatch(text))
    )


def is_collar(text: str) -> bool:
    """Return whether the number after a rank can be a collar number."""
    lowered = text.lower().strip()
    letters = re.sub(r"[\d ]", "", lowered)
    if letters in {"am", "pm", "st", "nd", "rd", "th", "k", "x", "m", "s", "h"}:
        return False
    return bool(re.fullmatch(r"[a-z]{0,2} ?\d{2,6} ?[a-z]{0,2}", lowered)) and not (
        len(letters) > 0 and lowered[-1].isalpha() and letters in COMMON_WORDS
    )


def is_not_a_year(text: str) -> bool:
    """Return whether the digits are anything but a year."""
    return _YEAR.fullmatch(text) is None


def is_phone(text: str) -> bool:
    """Return whether digits after a leading nought are as many as in a telephone number."""
    count = len(re.sub(r"(?:ext|x|extension).*", "", text.lower()).replace("o", "0"))
    return len(_digits(text)) + (text.lstrip("(")[:1].lower() == "o") >= 9 and count < 26


def is_mobile_without_zero(text: str) -> bool:
    """Return whether digits are a mobile number written without its nought."""
    return len(_digits(text)) == 10


def is_cued_phone(text: str) -> bool:
    """Return whether digits after "ring me on" can be a number to ring."""
    return (
        len(_digits(text)) >= 6
        and not _DATE_LIKE.fullmatch(text)
        and not (_YEARS_ONLY.fullmatch(text) and len(_digits(text)) <= 8)
    )


def is_plate(text: str) -> bool:
    """Return whether letters and digits are a registration and not "p45 for" or "m25 was"."""
    letters = [part for part in re.split(r"[\d \-]+", text) if part]
    if text.isupper() and " " not in text.strip():
        return True
    words = {part.lower() for part in letters if len(part) == 3}
    return not (words & COMMON_WORDS or words & _PLATE_WORDS) or (
        text.isupper() and len(_digits(text)) >= 2
    )


def is_irish_plate(text: str) -> bool:
    """Return whether the text is a Northern Irish plate in capitals, "AIG 1234"."""
    return text.isupper() and 2 <= len(re.sub(r"[^A-Z]", "", text)) <= 3 and len(text) >= 6


def is_cued_plate(text: str) -> bool:
    """Return whether the text after "reg" is short and holds a digit."""
    bare = _NOT_ALNUM.sub("", text)
    return 3 <= len(bare) <= 8 and not bare.isdigit()


def is_postcode(text: str) -> bool:
    """Return whether the area exists. Source: Royal Mail postcode areas."""
    area = re.match(r"[A-Za-z]{1,2}", text)
    return area is not None and area.group().upper() in _POSTCODE_AREAS


def is_many_digits(text: str) -> bool:
    """Return whether a word holds so many digits that it can only be a reference."""
    lowered = text.lower()
    if _DATE_LIKE.fullmatch(lowered) or _TIMES.fullmatch(lowered) or _AMOUNT.fullmatch(lowered):
        return False
    if _YEARS_ONLY.fullmatch(lowered) and not lowered.isdigit():
        return False
    runs = re.findall(r"\d+", lowered)
    digits = sum(map(len, runs))
    return digits >= 6 or (digits >= 5 and not lowered.isdigit() and "." not in lowered)


def is_number_groups(text: str) -> bool:
    """Return whether groups of digits together are too long for a date, a time or two years."""
    groups = re.findall(r"\d+", text)
    if _DATE_LIKE.fullmatch(text) or _YEARS_ONLY.fullmatch(text) or len("".join(groups)) < 8:
        return False
    return not all(int(b) == int(a) + 1 for a, b in pairwise(groups))


BY_NAME: dict[str, Callable[[str], bool]] = {
    check.__name__: check
    for check in (
        is_email,
        is_handle,
        is_iban,
        is_card_like,
        cannot_be_a_date,
        is_nhs_number,
        is_nino,
        is_long_ago,
        is_log_number,
        is_reference,
        is_collar,
        is_not_a_year,
        is_phone,
        is_mobile_without_zero,
        is_cued_phone,
        is_plate,
        is_irish_plate,
        is_cued_plate,
        is_postcode,
        is_many_digits,
        is_number_groups,
    )
}
