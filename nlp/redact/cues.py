"""Words that tell whether the word beside them is a person's name; the lists are data/cues.toml."""

from nlp.redact.lexicon import read_table

_TABLE = read_table("cues")


def _words(name: str) -> frozenset[str]:
    return frozenset(_TABLE[name].split())


RANKS = _words("ranks")  # police rank stays outside the hidden span (coding rule 15)
TITLES = _words("titles")  # courtesy and religious titles inside
AMBIGUOUS_TITLES = _words("ambiguous_titles")  # ordinary words too: only before a likely name
RELATIONS = _words("relations")
STRONG_BEFORE = _words("strong_before")
STRONG_PAIRS = frozenset(tuple(pair.split()) for pair in _TABLE["strong_pairs"].split("|"))
SELF = _words("self")
WEAK_BEFORE = _words("weak_before")
SAYING = _words("saying")
BEING = _words("being")
PARTICLES = _words("particles")
MONTH_NAMES = _words("month_names")
BEFORE_MONTH = _words("before_month")
FUNCTION = _words("function")
LOCATIVE = _words("locative")
CLAUSE_START = _words("clause_start")
ALSO_WORDS = _words(
    "also_words"
)  # names the prior has mostly seen with a capital, words all the same
MODALS = frozenset({"will", "may"})
AFTER_WILL = _words("after_will")  # what follows a person called Will
AFTER_MODAL = _words("after_modal")  # what follows the verb
VERBS = _words("verbs")
WHO_MISSES = _words("who_misses")
SUFFIXES = _words("suffixes")
