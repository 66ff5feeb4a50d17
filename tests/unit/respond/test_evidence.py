"""Issue 4: each threat, fault and rule has a test named for it, or stands in the reviewed list."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ASKED = {
    *(f"T{n}" for n in (*range(1, 7), *range(14, 18))),
    *(f"F{n}" for n in range(1, 6)),
    *(f"R{n}" for n in range(1, 28)),
}
REVIEWED = re.compile(r"^\| (R\d+) \| reviewed \|", re.MULTILINE)
NAMED = re.compile(r"^def test_((?:[trf]\d+_)+)", re.MULTILINE)


def named() -> set[str]:
    """Return every id that a test carries in its name."""
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    ids = (found for text in files for found in NAMED.findall(text))
    return {one.upper() for found in ids for one in found.split("_") if one}


def test_every_threat_fault_and_rule_has_a_test_named_for_it_or_was_reviewed():
    page = (ROOT / "docs" / "respondent-evidence.md").read_text(encoding="utf-8")
    reviewed = set(REVIEWED.findall(page))
    assert ASKED - named() - reviewed == set()
    assert reviewed - named() == reviewed  # what has a test is not on the list
    assert {one for one in ASKED if f"| {one} |" not in page} == set()
