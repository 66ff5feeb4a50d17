"""Keep the translations of victims' pages beside the words they translate.

`python -m deploy.catalogues` adds what is new to every catalogue as an empty entry, and takes away
what no page says any more. A translator fills the empty ones in.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, extract
from babel.messages.pofile import write_po

from app import catalogues
from app.errors import PAGES
from app.packs import load_pack
from app.respond import forms, pages, wording
from app.services.gap_register import PUBLIC_STATES
from surveys import MESSAGES
from surveys.exchange import paper_words

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "app" / "templates"
PUBLIC = (
    "public.html",
    "respond/**/*.html",
    "components/support_lines.html",
    "design/_poster.html",
    "results/what_we_did.html",
)
SOURCES = ("respond/*.py", "results/cards.py")
# No dates and no names in it: a catalogue changes when its words do.
HEADER = r"""# Heard: the words of victims' pages. DRAFT until a named person has approved them
# on the page "Our own words" of the design desk; any change here asks for that again.
msgid ""
msgstr ""
"Language: {tag}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
PACK = "thames-valley"


def words_on_pages() -> list[str]:
    """Return every text of ours that a person may meet on a page of the journey, in order."""
    found = [*_in_templates(), *_in_code(), *_in_tables()]
    return list(dict.fromkeys(text for text in found if text.strip()))


def words_of_pack() -> list[str]:
    """Return what the area pack puts on every page, less the names that helplines go by."""
    pack = load_pack(PACK)
    lines = [text for line in pack.lines for text in (line.hours, line.note) if text]
    urgent = [line.name for line in pack.lines if line.urgent]
    spoken = [line.number for line in pack.lines if any(map(str.isalpha, line.number))]
    return list(dict.fromkeys([pack.public_name, *urgent, *spoken, *lines]))


def _in_templates() -> Iterator[str]:
    for pattern in PUBLIC:
        for path in sorted(TEMPLATES.glob(pattern)):
            yield from _extracted("jinja2.ext.babel_extract", path, ("_",))


def _in_code() -> Iterator[str]:
    for pattern in SOURCES:
        for path in sorted((ROOT / "app").glob(pattern)):
            yield from _extracted("python", path, ("gettext",))


def _extracted(method: str, path: Path, keywords: tuple[str, ...]) -> Iterator[str]:
    options = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.i18n"}
    names = dict.fromkeys(keywords)
    file = io.BytesIO(path.read_bytes())
    for _line, message, _comments, _context in extract.extract(
        method, file, keywords=names, options=options
    ):
        yield message if isinstance(message, str) else message[0]


def _in_tables() -> Iterator[str]:
    """Yield what views look up by a name rather than write where it is shown."""
    yield from wording.ABOUT_LEAVING
    yield from (wording.CONFIDENTIAL, wording.ANONYMOUS, wording.CODE_WARNING, wording.NOT_YET)
    yield from (wording.BOX_CONFIDENTIAL, wording.BOX_ANONYMOUS)
    for heading, paragraphs in wording.NOTICES.values():
        yield from (heading, *paragraphs)
    for pick in forms.PICKS.values():
        yield from (pick.label, *(words for _value, words in pick.choices))
    yield from (forms.A_WAY, *forms.NEEDED.values())
    yield from pages.NON_ANSWERS.values()
    yield from PUBLIC_STATES.values()
    yield from paper_words.WORDS
    yield from MESSAGES.values()
    for heading, advice in PAGES.values():
        yield from (heading, advice)


def update(tag: str) -> int:
    """Bring one catalogue up to date; return how many of its entries are empty."""
    path = catalogues.FOLDER / tag / "LC_MESSAGES" / "messages.po"
    before = catalogues.catalogue(tag).words
    made = Catalog(locale=tag, fuzzy=False, charset="utf-8")
    for words in (*words_on_pages(), *words_of_pack()):
        made.add(words, before.get(words, ""))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.format(tag=tag).encode("utf-8"))
        write_po(file, made, width=0, omit_header=True, no_location=True)
    return sum(not entry.string for entry in made if entry.id)


def main() -> None:
    """Update every catalogue and say what is left to translate."""
    for tag in catalogues.TRANSLATED:
        sys.stdout.write(f"{tag}: {update(tag)} to translate\n")


if __name__ == "__main__":
    main()
