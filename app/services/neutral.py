"""Wording that is safe on a watched phone: what a text may not say, and what it costs. Pure.

Sources: safety.md T3 and R22; lengths of GOV.UK Notify as in domain §8 (160 characters are one
text, 306 two, 459 three; with a character outside GSM 03.38: 70, 134, 201).
"""

import re
from dataclasses import dataclass

# Stems: "victim" catches "victims'", and "stalk" catches "stalking".
SAYS_TOO_MUCH = (
    "abus", "accus", "arrest", "assault", "attack", "bail", "burgl", "case", "commissioner",
    "complain", "convict", "counsel", "court", "crime", "criminal", "custody", "danger", "defend",
    "detective", "domestic", "fraud", "guilt", "harass", "hearing", "hurt", "incident", "injur",
    "investigat", "isva", "idva", "judge", "justice", "murder", "offence", "offend", "officer",
    "opcc", "pcc", "perpetrat", "police", "prison", "probation", "prosecut", "rape", "refuge",
    "report", "rob", "safeguard", "sentenc", "sexual", "slavery", "solicitor", "stalk",
    "statement", "stolen", "survivor", "suspect", "theft", "therap", "threat", "traffick",
    "trauma", "trial", "victim", "violen", "witness",
)  # fmt: skip
STARTS_A_WORD = re.compile(rf"\b(?:{'|'.join(SAYS_TOO_MUCH)})\w*", re.IGNORECASE)
HARMLESS = frozenset({"robin", "robert", "robot", "robust", "reporter", "casement", "caseload"})
PLACEHOLDER = re.compile(r"\{(\w+)\}")
ALLOWED_PLACEHOLDERS = frozenset({"link"})
ADDRESS = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|org|uk|net|ly|gl)\b", re.IGNORECASE)

# Whoever writes one of these anywhere in a reply is asked nothing more: not sent harms nobody.
STOP_WORDS = frozenset(
    [
        "stop",
        "stopp",
        "stopall",
        "stoppp",
        "unsubscribe",
        "unsub",
        "end",
        "quit",
        "cancel",
        "remove",
        "optout",
    ]
)
STOP_PHRASES = ("opt out", "leave me alone", "do not text", "don't text", "dont text", "no more")

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("[]{}^\\|~€")


@dataclass(frozen=True, slots=True)
class Length:
    """What a text costs: characters as billed, how many texts, and what made it expensive."""

    characters: int
    texts: int
    outside_gsm: tuple[str, ...]


def advise(body: str, *, own_names: tuple[str, ...] = (), is_text: bool = True) -> list[str]:
    """Return everything to change before a message can be approved; empty when it will do.

    `own_names` are names that give the sender away: the body's, the service's, the panel's.
    """
    advice = [f"Leave out “{word}”: it says what this is about." for word in _telling(body)]
    lowered = body.lower()
    advice += [
        f"Leave out “{name}”: whoever sees the screen would know."
        for name in own_names
        if name.lower() in lowered
    ]
    unknown = sorted(set(PLACEHOLDER.findall(body)) - ALLOWED_PLACEHOLDERS)
    advice += [f"Leave out {{{name}}}: only {{link}} can be filled in." for name in unknown]
    if body.count("{link}") != 1:
        advice.append("Put {link} in once, where the address belongs.")
    if ADDRESS.search(body):
        advice.append("Leave out other addresses: {link} is the only one.")
    if is_text and "stop" not in lowered:
        advice.append("Say how to stop, for example: Reply STOP to stop these.")
    return advice


def says_stop(words: str) -> bool:
    """Return whether a reply asks us to stop; in doubt it does."""
    plain = " ".join(words.lower().replace("’", "'").split())
    said = re.findall(r"[a-z']+", plain)
    first_or_alone = {said[0]} if said else set()
    return (
        bool(first_or_alone & STOP_WORDS)
        or "stop" in said
        or any(phrase in plain for phrase in STOP_PHRASES)
    )


def advise_name(name: str) -> list[str]:
    """Return what to change in a name that stands on pages anybody may see over a shoulder."""
    return [f"Leave out “{word}”: it says what this is about." for word in _telling(name)]


def length(body: str) -> Length:
    """Return how long a text is, as it is billed, with its link already filled in."""
    outside = tuple(sorted({char for char in body if char not in GSM | GSM_DOUBLE}))
    if outside:
        characters = len(body.encode("utf-16-le")) // 2
        return Length(characters, _texts(characters, 70, 67), outside)
    characters = len(body) + sum(char in GSM_DOUBLE for char in body)
    return Length(characters, _texts(characters, 160, 153), ())


def _telling(body: str) -> list[str]:
    words = dict.fromkeys(word.lower() for word in STARTS_A_WORD.findall(body))
    return [word for word in words if word not in HARMLESS]


def _texts(characters: int, alone: int, joined: int) -> int:
    return 1 if characters <= alone else -(-characters // joined)
