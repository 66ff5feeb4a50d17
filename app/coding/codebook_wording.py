"""What the codebook pages print: versions, drafts, progress and comparisons, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.clock import london_words
from app.db import db
from app.services import codebook_drafts, lineage
from app.services.codebook_checks import check
from app.services.codebook_drafts import Effect
from app.services.codebooks import Book, book_of, read_book
from app.store import codebooks, recoding, staff

FEW = 5


def version_rows(key: str) -> list[dict[str, Any]]:
    """Return the history of a codebook, newest first, with what changed in words."""
    versions = codebooks.list_versions(db.session, key)
    in_use = recoding.find_newest_in_use(db.session, key)
    books = {v.version: read_book(v.document) for v in versions}
    return [
        {
            "version": v.version,
            "adopted": london_words(v.adopted_at),
            "themes": len(books[v.version].themes),
            "is_in_use": in_use is not None and v.id == in_use.id,
            "changes": changes(books.get(v.version - 1), books[v.version], v.lineage or ()),
        }
        for v in versions
    ]


def changes(before: Book | None, after: Book, steps: lineage.Steps) -> list[str]:
    """Return what a version changed."""
    return lineage.describe(before, after, steps) if before else []


def progress(key: str) -> str:
    """Return how far coding anew has come; empty when nothing is under way."""
    found = recoding.find_open(db.session, key)
    if found is None:
        return ""
    if found.switched_at is not None:
        return "All answers are coded anew. The last that came in meanwhile are being read."
    if found.coder is None:
        return "The worker is getting the new coder ready. This takes a minute or two."
    share = round(100 * found.done / found.total) if found.total else 100
    return (
        f"{found.done:,} of {found.total:,} answers are coded anew ({share}%). Until all are, "
        "results and the desk stay with what they have."
    )


def left_out(key: str) -> str:
    """Return how many answers the coder in use could not read."""
    done = [r for r in recoding.list_recodings(db.session, key) if r.finished_at is not None]
    count = len(done[0].failed) if done else 0
    if not count:
        return ""
    noun = "answer" if count == 1 else "answers"
    return f"{count} {noun} could not be read by the newest coder. People see them as before."


def families(book: Book, draft: Any = None) -> list[dict[str, Any]]:
    """Return a codebook as a page shows it."""
    caught = _caught(draft)
    return [
        {
            "id": family.id,
            "label": family.label,
            "themes": [
                {
                    "id": theme.id,
                    "label": theme.label,
                    "definition": theme.definition,
                    "include": theme.include,
                    "exclude": theme.exclude,
                    "seeds": theme.seeds,
                    "examples": theme.examples,
                    "note": _note(len(theme.seeds), caught.get(theme.id)),
                }
                for theme in family.themes
            ],
        }
        for family in book.families
    ]


def draft_page(draft: Any) -> dict[str, Any]:
    """Return all that the page of a draft says."""
    book = book_of(draft.document)
    trace = codebook_drafts.trace_of(db.session, draft)
    return {
        "families": families(book, draft),
        "problems": [plain_problem(p) for p in check(draft.document)],
        "changes": codebook_drafts.changes(db.session, draft),
        "incomparable": codebook_drafts.incomparable(db.session, draft),
        "effects": [effect_row(e) for e in codebook_drafts.list_effects(db.session, draft)],
        "reread": reread_words(draft, trace),
        "caught": caught_words(draft),
        "edited": person(draft.edited_by) + ", " + london_words(draft.edited_at),
        "asked": person(draft.asked_by) if draft.asked_at else "",
        "texts": codebooks.count_texts(db.session, draft.key),
    }


def effect_row(effect: Effect) -> dict[str, str]:
    """Return what would move of one theme."""
    return {
        "theme": effect.label,
        "becomes": effect.becomes,
        "reviewed": f"{effect.reviewed:,}",
        "suggested": f"{effect.suggested:,}",
    }


def reread_words(draft: Any, trace: lineage.Trace) -> str:
    """Return what adopting asks of people who read answers."""
    if draft.base_id is None:
        return ""
    total, drawn = codebooks.count_reviews(db.session, draft.base_id)
    if not total:
        return "Nobody has read answers under the present version, so nothing has to be read again."
    if trace.asked_anew:
        return (
            f"People have read {total:,} answers, {drawn:,} of them at random. Nobody was asked "
            "about the new themes then, so the random sample starts again; what people decided is "
            "shown to them to confirm. Answers with a theme that is split wait to be read again."
        )
    return (
        f"What people decided on {total:,} answers ({drawn:,} read at random) goes along. Nothing "
        "has to be read again."
    )


def caught_words(draft: Any) -> str:
    """Return what the count of seed phrases rests on."""
    if not draft.caught:
        return ""
    stale = "" if draft.caught.get("revision") == draft.revision else " The draft changed since."
    return (
        f"Counted over {draft.caught['of']:,} answers. A seed phrase is the least a theme finds; "
        f"a trained coder finds more.{stale}"
    )


def plain_problem(problem: str) -> str:
    """Return a problem of a document as a sentence on a page."""
    if problem.startswith("families: must be"):
        return "There is no family with a theme yet. Add one."
    return f"{headed(problem)}."


def person(user_id: Any) -> str:
    """Return who somebody is."""
    names = {user.id: user.name for user in staff.list_users(db.session)}
    return str(names.get(user_id, "a former colleague"))


def theme_choices(book: Book) -> list[tuple[str, str]]:
    """Return every theme, for a list to tick."""
    return [(t.id, t.label) for family in book.families for t in family.themes]


def measures(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return old and new side by side, a row a figure."""
    old = {m["name"]: m for m in (result.get("old") or {}).get("measures", [])}
    return [
        {
            "name": headed(m["name"]),
            "old": interval(old.get(m["name"])),
            "new": interval(m),
        }
        for m in result["new"]["measures"]
    ]


def headed(words: str) -> str:
    """Return words with a large first letter, the rest as it is: F1 stays F1."""
    return words[:1].upper() + words[1:]


def by_theme(result: Mapping[str, Any], book: Book) -> list[dict[str, str]]:
    """Return F1 by theme, old and new; those that got worse first."""
    old = {row[0]: row for row in (result.get("old") or {}).get("themes", [])}
    rows: list[tuple[float, dict[str, str]]] = []
    for theme, reviewed, _, f1 in result["new"]["themes"]:
        before = old.get(theme, [theme, 0, 0, None])[3]
        moved = f1 - before if before is not None and reviewed else 0.0
        rows.append(
            (
                moved,
                {
                    "theme": book.label(theme),
                    "n": f"{reviewed}",
                    "old": "–" if before is None or not reviewed else f"{before:.2f}",
                    "new": f"{f1:.2f}" if reviewed else "–",
                    "moved": moved_words(moved, reviewed),
                },
            )
        )
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def moved_words(moved: float, reviewed: int) -> str:
    """Return in words what became of a theme."""
    if reviewed < FEW:
        return "too few to say"
    if abs(moved) < 0.01:
        return "as before"
    return f"{'worse' if moved < 0 else 'better'} by {abs(moved):.2f}"


def interval(measure: Mapping[str, Any] | None) -> str:
    """Return a figure with its interval."""
    if measure is None or measure["value"] is None:
        return "–"
    if measure["low"] is None or measure["high"] is None:
        return f"{measure['value']:.2f}"
    return f"{measure['value']:.2f} ({measure['low']:.2f} to {measure['high']:.2f})"


def joined(words: Iterable[str]) -> str:
    """Return words as one line."""
    return ", ".join(words)


def _caught(draft: Any) -> Mapping[str, int]:
    found: Mapping[str, int] = (draft.caught or {}).get("themes", {}) if draft else {}
    if draft and draft.caught:
        return {theme: found.get(theme, 0) for theme in book_of(draft.document).themes}
    return {}


def _note(seeds: int, caught: int | None) -> str:
    parts: Sequence[str] = [f"{seeds} seed phrase{'' if seeds == 1 else 's'}"]
    if caught is not None:
        held = "none" if not caught else f"fewer than {FEW}" if caught < FEW else f"{caught:,}"
        parts = [*parts, f"found in {held} of the answers"]
    return ", ".join(parts)
