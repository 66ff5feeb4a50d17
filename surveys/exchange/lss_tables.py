"""The tables inside a LimeSurvey .lss file, read without entities, scripts or surprises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from surveys.exchange.report import Place, refuse

Row = dict[str, str]
MAX_ROWS = 200_000
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables by name, and the languages, the survey's own first."""

    rows: dict[str, list[Row]]
    languages: tuple[str, ...]

    def of(self, name: str) -> list[Row]:
        """Return the rows of a table, [] when the file has no such table."""
        return self.rows.get(name, [])

    def texts(self, table: str, key: str, field: str) -> dict[str, dict[str, str]]:
        """Return texts by id and language, from a *_l10ns table or rows repeated per language."""
        found: dict[str, dict[str, str]] = {}
        for row in self.of(table):
            words = plain_text(row.get(field, ""))
            if words:
                found.setdefault(row.get(key, ""), {})[row.get("language", "")] = words
        return found


def read_tables(path: Path) -> Tables:
    """Return the tables of an .lss file.  Raises RefusedError."""
    try:
        root = fromstring(path.read_bytes(), forbid_dtd=True)
    except DefusedXmlException:
        raise refuse(
            "xml", "The file declares XML entities, which LimeSurvey never does."
        ) from None
    except ParseError as error:
        line, column = error.position
        place = Place("", line, str(column))
        raise refuse("xml", f"The XML is damaged: {error.msg}.", place) from None
    if root.tag != "document" or root.findtext("LimeSurveyDocType", "").strip() != "Survey":
        raise refuse("lss", "This is XML, but not a LimeSurvey survey.")
    tables = {table.tag: list(_rows(table)) for table in root if table.find("rows") is not None}
    if sum(map(len, tables.values())) > MAX_ROWS:
        raise refuse("rows", f"The file has more than {MAX_ROWS:,} rows.")
    return Tables(tables, _languages(root, tables))


def _rows(table: Element) -> Iterator[Row]:
    rows = table.find("rows")
    for row in rows if rows is not None else ():
        yield {cell.tag: _ILLEGAL.sub("", cell.text or "") for cell in row}


def _languages(root: Element, tables: dict[str, list[Row]]) -> tuple[str, ...]:
    listed = [one.text.strip() for one in root.iterfind("languages/language") if one.text]
    survey = next(iter(tables.get("surveys", [])), {})
    own = [survey.get("language", "").strip(), *survey.get("additional_languages", "").split()]
    return tuple(dict.fromkeys(tag for tag in [*own, *listed] if tag)) or ("en",)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in {"script", "style"}
        if tag in {"br", "p", "div", "li", "tr"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def plain_text(html: str) -> str:
    """Return the words of a piece of HTML: no tags, no scripts, no styles."""
    if "<" not in html:
        return " ".join(unescape(html).split())
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)
