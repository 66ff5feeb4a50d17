"""Wording that is safe on a watched phone: what a text may not say, and what it costs. Pure.

Sources: safety.md T3 and R22; lengths of GOV.UK Notify as in domain §8 (160 characters are one
text, 306 two, 459 three; with a character outside GSM 03.38: 70, 134, 201).
"""

import re
from dataclasses import dataclass

from app.services.telling import ENGLISH, plain_words, telling_words

PLACEHOLDER = re.compile(r"\{(\w+)\}")
ALLOWED_PLACEHOLDERS = frozenset({"link"})
ADDRESS = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|org|uk|net|ly|gl)\b", re.IGNORECASE)

GREETING = re.compile(r"\b(?i:dear|hi|hello|hey|hiya) +(\w[\w'’-]*)")
NO_NAMES = frozenset({"there", "again", "everyone", "we", "how", "it", "this", "just"})

# Whoever writes one of these anywhere in a reply is asked nothing more: not sent harms nobody.
STOP_ANYWHERE = frozenset({
    "stop", "stopiwch", "peidiwch", "przestan", "przestancie", "wypisz", "rezygnuje", "opriti",
    "opreste", "dezabonare",
    *plain_words("بند روکیں روکو توقف أوقف إيقاف إلغاء ਬੰਦ ਰੋਕੋ"),
})  # fmt: skip
# And one of these where the reply begins with it.
STOP_FIRST = frozenset({
    "stopp", "stopall", "stoppp", "unsubscribe", "unsub", "end", "quit", "cancel", "remove",
    "optout", "koniec", "gata",
})  # fmt: skip
STOP_PHRASES = ("opt out", "leave me alone", "do not text", "don't text", "dont text", "no more")
# What stands beside a bare stop; any other word may be a call for help.
BESIDE_A_STOP = frozenset({
    "a", "all", "alone", "and", "any", "anymore", "bye", "contacting", "do", "don't", "dont",
    "from", "it", "leave", "me", "message", "messages", "messaging", "more", "my", "no", "not",
    "now", "number", "of", "ok", "opt", "out", "please", "pls", "send", "sending", "text",
    "texting", "texts", "thank", "thanks", "the", "them", "these", "this", "those", "to", "us",
    "you",
})  # fmt: skip
BARE = STOP_ANYWHERE | STOP_FIRST | BESIDE_A_STOP

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


def advise(
    body: str,
    *,
    own_names: tuple[str, ...] = (),
    is_text: bool = True,
    language: str = ENGLISH,
) -> list[str]:
    """Return everything to change before a message can be approved; empty when it will do.

    `own_names` are names that give the sender away: the body's, the service's, the panel's.
    """
    advice = advise_name(body, language)
    lowered = body.lower()
    advice += [
        f"Leave out “{name}”: whoever sees the screen would know."
        for name in own_names
        if name.lower() in lowered
    ]
    if _greets_by_name(body):
        advice.append("Leave out the name after the greeting: a message names nobody.")
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
    spelt = " ".join(words.lower().replace("’", "'").split())
    said = plain_words(words)
    return (
        bool(STOP_ANYWHERE.intersection(said))
        or bool(STOP_FIRST.intersection(said[:1]))
        or any(phrase in spelt for phrase in STOP_PHRASES)
    )


def says_more(words: str) -> bool:
    """Return whether a reply that asks us to stop says anything else as well."""
    return not BARE.issuperset(plain_words(words))


def _greets_by_name(body: str) -> bool:
    found = GREETING.search(body)
    return found is not None and found[1][0].isupper() and found[1].lower() not in NO_NAMES


def advise_name(name: str, language: str = ENGLISH) -> list[str]:
    """Return what to change in a name that stands on pages anybody may see over a shoulder."""
    found = telling_words(name, language)
    return [f"Leave out “{word}”: it says what this is about." for word in found]


def length(body: str) -> Length:
    """Return how long a text is, as it is billed, with its link already filled in."""
    outside = tuple(sorted({char for char in body if char not in GSM | GSM_DOUBLE}))
    if outside:
        characters = len(body.encode("utf-16-le")) // 2
        return Length(characters, _texts(characters, 70, 67), outside)
    characters = len(body) + sum(char in GSM_DOUBLE for char in body)
    return Length(characters, _texts(characters, 160, 153), ())


def _texts(characters: int, alone: int, joined: int) -> int:
    return 1 if characters <= alone else -(-characters // joined)
