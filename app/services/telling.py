"""Words that say what a message is about, in each language messages are written in. Pure.

Short on purpose: crime, police, victim, court and what stands beside them. Whoever reads a draft
as the second person reads for the rest. A list errs towards refusing an everyday word.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

ENGLISH = "en"
# Stems: "victim" catches "victims'", and "stalk" catches "stalking".
ENGLISH_STEMS = (
    "abus", "accus", "arrest", "assault", "attack", "bail", "burgl", "case", "commissioner",
    "complain", "convict", "counsel", "court", "crime", "criminal", "custody", "danger", "defend",
    "detective", "domestic", "fraud", "guilt", "harass", "hearing", "hurt", "incident", "injur",
    "investigat", "isva", "idva", "judge", "justice", "murder", "offence", "offend", "officer",
    "opcc", "pcc", "perpetrat", "police", "prison", "probation", "prosecut", "rape", "refuge",
    "report", "rob", "safeguard", "sentenc", "sexual", "slavery", "solicitor", "stalk",
    "statement", "stolen", "survivor", "suspect", "theft", "therap", "threat", "traffick",
    "trauma", "trial", "victim", "violen", "witness",
)  # fmt: skip
HARMLESS = frozenset({"robin", "robert", "robot", "robust", "reporter", "casement", "caseload"})
# English stems that begin everyday words elsewhere: "robisz" is "you do", "case" are houses.
EVERYDAY: Mapping[str, tuple[str, ...]] = {"pl": ("hurt", "rob"), "ro": ("case", "rob")}

# Plain, as `plain` leaves words: without accents, for many write texts without them. Welsh words
# stand with their mutations.
STEMS: Mapping[str, tuple[str, ...]] = {
    "cy": (
        "heddlu", "heddwas", "trosedd", "throsedd", "drosedd", "nhrosedd", "dioddefw", "ddioddefw",
        "nioddefw", "camdrin", "cam-drin", "gamdrin", "gam-drin", "ngham-drin", "erlyn", "ymosod",
        "treisi", "dreisi", "threisi", "ynad", "carchar", "garchar", "ngharchar", "tystiola",
        "dystiola", "cyfiawnder", "gyfiawnder", "comisiynydd", "gomisiynydd",
    ),
    "pl": (
        "policj", "policyj", "przestep", "ofiar", "pokrzywdz", "poszkodow", "sadow", "przemoc",
        "gwalt", "zgwalc", "prokurat", "sedzi", "swiadk", "swiadek", "wiezien", "kradziez",
        "napasc", "napad", "oskarz", "sledztw", "rozpraw", "wyrok", "zbrodni", "komisarz",
    ),
    "ro": (
        "politi", "infract", "infrac", "crim", "victim", "tribunal", "instantel", "judeca",
        "procur", "martor", "violat", "abuz", "agres", "inchiso", "furt", "hartui",
        "ancheta", "condamn", "acuza", "comisar",
    ),
    "so": (
        "boolis", "booliis", "bilays", "bilis", "dembi", "denbi", "dambi", "maxkamad", "dhibban",
        "garsoor", "xabsi", "kufsi", "rabshad", "qareen",
    ),
    "ur": (
        "پولیس", "پولس", "جرم", "جرائم", "مجرم", "مظلوم", "متاثر", "عدالت", "کچہری",
        "مقدمہ", "مقدمے", "مقدمات",
        "تشدد", "زیادتی", "ریپ", "گواہ", "جیل", "وکیل", "چوری", "حملہ", "ملزم",
    ),
    "ar": (
        "شرطة", "بوليس", "جريم", "جرائم", "مجرم", "ضحية", "ضحايا", "محكمة", "محاكم", "قضية",
        "قاضي", "قضاء", "عنف", "اعتداء", "اغتصاب", "سجن", "متهم", "محامي", "مدعي",
    ),
    "pa": (
        "ਪੁਲਿਸ", "ਪੁਲੀਸ", "ਪੁਲਸ", "ਜੁਰਮ", "ਅਪਰਾਧ", "ਪੀੜਤ", "ਪੀੜਿਤ", "ਅਦਾਲਤ", "ਕਚਹਿਰੀ", "ਮੁਕੱਦਮ",
        "ਹਿੰਸਾ", "ਬਲਾਤਕਾਰ", "ਗਵਾਹ", "ਜੇਲ", "ਵਕੀਲ", "ਚੋਰੀ", "ਹਮਲਾ", "ਦੋਸ਼ੀ",
    ),
}  # fmt: skip
# Too short to be stems: "sądzisz" is "you think", "trais" is not "traistr".
WHOLE: Mapping[str, frozenset[str]] = {
    "cy": frozenset({"llys", "lys", "llysoedd", "lysoedd", "trais", "drais", "thrais", "nhrais",
                     "tyst", "dyst", "thyst", "nhyst", "tystion", "dystion"}),
    "pl": frozenset({"sad", "sadu", "sadowi", "sadem", "sadzie", "sady", "sadach", "sadami"}),
    "ro": frozenset({"instanta", "instantei", "proces", "procesul", "procesului", "viol",
                     "violul"}),
}  # fmt: skip
# "and", "so", "with", "for", "the": Arabic writes them on the front of the next word.
ARABIC_FRONTS = re.compile(r"^[وف]?[بکل]?(?:ال|ل)?")  # as `plain` leaves them
# Vowels and accents of Arabic and Gurmukhi script are no letters to `re`, but stand within words.
MARKS = r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0a01-\u0a75"
WORD = re.compile(rf"[\w{MARKS}](?:[\w{MARKS}'’-]*[\w{MARKS}])?")
ALIKE = str.maketrans({"ł": "l", "ك": "ک", "ي": "ی", "ى": "ی", "ة": "ه", "ـ": None, "’": "'"})


def telling_words(text: str, language: str = ENGLISH) -> list[str]:
    """Return the words of a message that say what it is about, as they are written, each once.

    English is read for in every language, and Urdu, Arabic and Punjabi in every message: their
    letters are nobody else's.
    """
    return list(dict.fromkeys(w.lower() for w in WORD.findall(text) if _tells(w, language)))


def plain_words(text: str) -> list[str]:
    """Return the words of a text as `plain` leaves them."""
    return [plain(word) for word in WORD.findall(text)]


def plain(word: str) -> str:
    """Return a word in small letters, without accents, each letter in one of its forms."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(ALIKE)


def _tells(word: str, language: str) -> bool:
    if _tells_in_english(word.lower(), language):
        return True
    spelt = plain(word)
    return any(_tells_in(spelt, tag) for tag in _read_for(language))


def _tells_in_english(word: str, language: str) -> bool:
    stems = set(ENGLISH_STEMS) - set(EVERYDAY.get(language, ()))
    parts = (word, *word.split("-"))
    return any(part.startswith(tuple(stems)) and part not in HARMLESS for part in parts)


def _read_for(language: str) -> Iterator[str]:
    yield from (tag for tag in STEMS if tag == language or tag in {"ur", "ar", "pa"})


def _tells_in(spelt: str, tag: str) -> bool:
    if spelt in WHOLE.get(tag, frozenset()) or spelt.startswith(PLAIN[tag]):
        return True
    return tag == "ar" and any(rest.startswith(PLAIN[tag]) for rest in _without_fronts(spelt))


def _without_fronts(spelt: str) -> Iterator[str]:
    """Yield a word without what Arabic may have written before it, from one letter to four."""
    found = ARABIC_FRONTS.match(spelt)
    yield from (spelt[n:] for n in range(1, (found.end() if found else 0) + 1))


PLAIN: Mapping[str, tuple[str, ...]] = {
    tag: tuple(plain(stem) for stem in stems) for tag, stems in STEMS.items()
}
