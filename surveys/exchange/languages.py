"""Language names of other tools and our language tags."""

from __future__ import annotations

import re
from collections.abc import Iterable

NAMES = {
    "english": "en", "welsh": "cy", "cymraeg": "cy", "french": "fr", "français": "fr",
    "francais": "fr", "spanish": "es", "español": "es", "german": "de", "deutsch": "de",
    "italian": "it", "portuguese": "pt", "polish": "pl", "polski": "pl", "romanian": "ro",
    "arabic": "ar", "العربية": "ar", "urdu": "ur", "اردو": "ur", "punjabi": "pa", "panjabi": "pa",
    "hindi": "hi", "bengali": "bn", "bangla": "bn", "farsi": "fa", "persian": "fa", "dari": "prs",
    "pashto": "ps", "somali": "so", "swahili": "sw", "kiswahili": "sw", "chinese": "zh",
    "russian": "ru", "ukrainian": "uk", "turkish": "tr", "tigrinya": "ti", "amharic": "am",
    "nepali": "ne", "vietnamese": "vi", "kurdish": "ku", "gujarati": "gu", "tamil": "ta",
}  # fmt: skip
_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)\s*\)\s*$")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$")
_TITLES = {tag: name.capitalize() for name, tag in reversed(NAMES.items()) if name.isascii()}


def tags(names: Iterable[str], default: str) -> dict[str, str]:
    """Return a language tag for each name, different ones for different names.

    "default" is the language `default` names, or English where no other name is.
    """
    found: dict[str, str] = {}
    names = list(dict.fromkeys(names))
    for name in sorted(names, key=lambda name: name == "default"):
        wanted = _tag(default if name == "default" and default != "default" else name)
        taken = set(found.values())
        if wanted is None or wanted in taken:
            wanted = "en" if name == "default" and "en" not in taken else _private(name, taken)
        found[name] = wanted
    return {name: found[name] for name in names}


def title(tag: str) -> str:
    """Return a language as XLSForm headings name it, such as "English (en)"."""
    return f"{_TITLES.get(tag.split('-')[0].lower(), tag)} ({tag})"


def _tag(name: str) -> str | None:
    bracketed = _IN_BRACKETS.search(name)
    if bracketed:
        return bracketed.group(1)
    plain = name.strip().casefold()
    return NAMES.get(plain) or (plain if _TAG.fullmatch(plain) else None)


def _private(name: str, taken: set[str]) -> str:
    """Return a tag for a language nobody has a tag for (BCP 47: private use after "und-x")."""
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())[:8] or "other"
    tag, number = f"und-x-{plain}", 2
    while tag in taken:
        tag, number = f"und-x-{plain[:6]}{number}", number + 1
    return tag
