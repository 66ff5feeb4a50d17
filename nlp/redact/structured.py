"""Personal data with a shape of its own: telephone, reference, registration, bank and the like.

The rules are `data/structured.toml`: a pattern, what its text must contain to be worth trying, and
sometimes a check. Every quantifier is bounded, so a rule takes time linear in the text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nlp.redact import checks
from nlp.redact.lexicon import read_table
from nlp.spans import Kind, Redaction


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape. `needs` is a character class searched for first; `check` sees the hidden text."""

    kind: Kind
    pattern: re.Pattern[str]
    needs: str
    check: Callable[[str], bool] | None = None
    uncertain: bool = False


_TABLE = read_table("structured")
RULES = tuple(
    Rule(
        Kind(row["kind"]),
        re.compile(row["pattern"], re.IGNORECASE),
        row["needs"],
        checks.BY_NAME[row["check"]] if "check" in row else None,
        row.get("uncertain", False),
    )
    for row in _TABLE["rules"]
)
_NEEDS = {name: re.compile(p, re.IGNORECASE) for name, p in _TABLE["needs"].items()}


def find_structured(text: str) -> Iterator[Redaction]:
    """Yield structured personal data in tidied text, earlier rules first; spans may overlap."""
    present = {name for name, pattern in _NEEDS.items() if pattern.search(text)}
    for rule in RULES:
        if rule.needs not in present:
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span("v" if "v" in rule.pattern.groupindex else 0)
            if rule.check is None or rule.check(text[start:end]):
                yield Redaction(start, end, rule.kind, rule.uncertain)
