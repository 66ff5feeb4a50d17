"""Whether a word is a person's name, by its own look and by what stands beside it."""

from nlp.redact import cues
from nlp.redact.fuzzy import is_near_name, is_near_word
from nlp.redact.lexicon import names
from nlp.redact.nearby import cue_after, cue_before, is_month, signs_off, starts_sentence
from nlp.redact.words import Shape, Token, Word, next_token

_WORD_ENDINGS = ("ed", "ing", "ly", "ous", "ful", "able", "tion", "ness", "ment", "s'")
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "hash"})
_ENDS = frozenset({".", ",", "!"})


def judge_foreign(tokens: list[Token], i: int) -> int:
    """Judge a word of a text that is not English: by the lists, a capital and a title."""
    token = tokens[i]
    word = token.word
    if word.is_native:
        return 1
    if not token.shape or len(word.key) < 3 or word.is_known or word.key in cues.TITLES:
        return 0
    if i and (tokens[i - 1].word.key in cues.TITLES or tokens[i - 1].hidden):
        return 1
    return 1 if word.is_listed and not token.opens else int(word.is_given and not word.is_word_name)


def judge(text: str, tokens: list[Token], i: int) -> int:
    """Return 2 for a name, 1 for what may be one, 0 for no name."""
    token = tokens[i]
    word = token.word
    if word.is_native:
        return 2
    if text[token.start - 1 : token.start].isdigit():
        return 0  # "1st"
    if len(word.key) < 2 or word.key in cues.TITLES | cues.RANKS:
        return int(len(word.key) == 1 and _is_titled(text, tokens, i))
    before = cue_before(text, tokens, i)
    if word.is_known and not _may_be_person(tokens, i, before):
        return 0
    if token.shape == Shape.LOWER:
        return _judge_lower(text, tokens, i, before)
    if token.shape == Shape.UPPER and not word.is_listed and before < 3:
        return 0
    return _judge_title(text, tokens, i, before)


def _may_be_person(tokens: list[Token], i: int, before: int) -> bool:
    """Whether a known word ("Chelsea", "Barry") is more likely somebody's name here."""
    word = tokens[i].word
    if not word.is_listed:
        return False
    if before >= 3 or (before == 2 and word.is_given):
        return True
    if not (word.is_place and word.is_given) or (i and tokens[i - 1].word.key in cues.LOCATIVE):
        return False
    return bool(tokens[i].shape) or i == 0 or before > 0


def _is_titled(text: str, tokens: list[Token], i: int) -> bool:
    """Whether a single capital follows a title ("Mrs C")."""
    if i == 0 or tokens[i - 1].word.key not in cues.TITLES - cues.AMBIGUOUS_TITLES:
        return False
    gap = text[tokens[i - 1].end : tokens[i].start]
    return gap == " " or (gap == ". " and tokens[i].word.key not in {"i", "a"})


def _judge_title(text: str, tokens: list[Token], i: int, before: int) -> int:
    token = tokens[i]
    word = token.word
    if word.key in cues.MONTH_NAMES and is_month(text, tokens, i):
        return 0
    following = next_token(text, tokens, i)
    if following and following.word.key == "law" and text[token.end - 2 : token.end] == "'s":
        return 0  # Clare's Law, Sarah's Law
    if word.is_listed and not word.is_word_name and not word.is_ordinary:
        return 2
    if word.is_accented and not word.is_ordinary:
        return 1
    if token.opens:
        return _judge_opening(text, tokens, i, before)
    if word.is_given:
        return 2
    if word.prior in {"", "t"}:
        return 1
    return _judge_by_cue(word, before)


def _judge_by_cue(word: Word, before: int) -> int:
    """Judge a capitalised word that is no likely name by what stands before it alone."""
    if word.key in cues.FUNCTION:  # "PC Long", "Mrs Do"
        return int(before >= 2 and word.key in names("given") | names("surnames"))
    return int(before >= 3 or (before == 2 and (word.is_surname or word.prior in {"l", "m"})))


def _judge_opening(text: str, tokens: list[Token], i: int, before: int) -> int:
    """Judge a capital at the start of a sentence, which says nothing by itself."""
    word = tokens[i].word
    if word.key in cues.FUNCTION and not word.is_given:
        return 0
    after = cue_after(text, tokens, i)
    if word.is_given:
        owns = text[tokens[i].end - 2 : tokens[i].end] == "'s"
        if before >= 2 or after >= 1 or owns or _ends_at_once(text, tokens[i]):
            return 0 if _continues_as_verb(text, tokens, i) else 2
        following = next_token(text, tokens, i)
        return int(
            following is not None and following.shape == Shape.TITLE and _may_be_surname(following)
        )
    if word.prior == "t":
        return 0 if word.key.endswith("ly") else 1
    if word.prior == "":
        slip = is_near_word(word.key)
        return int(not slip or (after + before > 0 and is_near_name(word.key)))
    return 1 if before >= 3 and not word.is_ordinary else 0


def _judge_lower(text: str, tokens: list[Token], i: int, before: int) -> int:
    word = tokens[i].word
    after = cue_after(text, tokens, i)
    if word.is_given:
        return _judge_lower_given(text, tokens, i, before, after)
    if word.key in cues.FUNCTION:
        return 0
    if word.is_surname:
        return _judge_lower_surname(text, tokens, i, before + after)
    if word.prior == "":
        return _judge_lower_unknown(word, before, after)
    if word.prior == "t":  # mostly seen with a capital: a name, or a thing after "the"
        return int(before + after > 0 or i == 0 or tokens[i - 1].word.key not in _ARTICLES)
    return int(before >= 3 and not word.is_ordinary and after > 0)


def _judge_lower_given(text: str, tokens: list[Token], i: int, before: int, after: int) -> int:
    word = tokens[i].word
    if word.key in cues.FUNCTION and before < 2:
        return 0
    if word.key in cues.MONTH_NAMES and (before < 2 or is_month(text, tokens, i)):
        return 0
    if word.is_word_name:
        return _judge_lower_word_name(text, tokens, i, before, after)
    return 0 if i and tokens[i - 1].word.key in _ARTICLES else 2


def _judge_lower_surname(text: str, tokens: list[Token], i: int, cue: int) -> int:
    """Judge a surname without a capital; `cue` is what stands before and after together."""
    prior = tokens[i].word.prior
    if prior == "t":
        return int(cue > 0 or starts_sentence(text, tokens[i]))
    if prior == "":
        return 1
    return int(cue >= 3 or (cue == 2 and i > 0 and tokens[i - 1].hidden == 2))


def _judge_lower_unknown(word: Word, before: int, after: int) -> int:
    """Judge a word in no list and unknown to the prior: a rare name, a misspelt one or a typo."""
    if before >= 3:
        return 1
    if word.key.endswith(_WORD_ENDINGS) or is_near_word(word.key):
        return int(before == 2 and is_near_name(word.key))
    return int(before >= 2 or (before + after > 1) or is_near_name(word.key))


def _judge_lower_word_name(text: str, tokens: list[Token], i: int, before: int, after: int) -> int:
    """Judge "joy" or "mark" without a capital: only where a name stands."""
    following = next_token(text, tokens, i)
    if (
        tokens[i].word.key in cues.MODALS
        and following
        and following.word.key not in cues.AFTER_WILL
    ):
        return 0
    if before == 2 and signs_off(text, tokens[i]) and text[tokens[i].end :].strip(" .x!"):
        return 0
    if following and _may_be_surname(following) and not is_near_word(following.word.key):
        return 1
    rare = tokens[i].word.prior != "e"
    stop = text[tokens[i].end : tokens[i].end + 1]
    if stop == "." and (starts_sentence(text, tokens[i]) or (before and rare)):
        return 1
    if following and following.word.key == "who" and i and tokens[i - 1].word.key == "was":
        return 1
    starts = i == 0 or tokens[i - 1].word.key in cues.CLAUSE_START
    if before >= 2 and (rare or before >= 3 or after > 0 or tokens[i - 1].hidden == 0):
        return 1
    return int(starts and (after >= 2 or (after == 1 and rare)))


def _ends_at_once(text: str, token: Token) -> bool:
    """Whether a full stop or comma follows: "Grace. Her name..."."""
    return text[token.end : token.end + 1] in _ENDS and token.word.key not in cues.VERBS


def _continues_as_verb(text: str, tokens: list[Token], i: int) -> bool:
    following = next_token(text, tokens, i)
    return (
        tokens[i].word.key in cues.VERBS
        and following is not None
        and following.word.key in cues.AFTER_MODAL
    )


def _may_be_surname(token: Token) -> bool:
    word = token.word
    return not word.is_known and (word.is_surname or word.prior in {"", "t"}) and len(word.key) > 1
