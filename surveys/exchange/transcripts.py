"""Transcripts of groups and interviews: a table, plain text, or a Word document.

A Word file is opened as the zip it is, after a look at its sizes; macros, entities and bombs are
refused before any of it is parsed.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from surveys.exchange.limits import MAX_PARTS
from surveys.exchange.report import Place, refuse

MAX_BYTES = 5_000_000
MAX_DOCUMENT = 20_000_000  # of the one part that is read, unpacked
MAX_TURNS = 4_000
MAX_SPEAKERS = 30
MAX_TEXT = 20_000
COLUMNS = (
    "session_id", "date", "method", "community", "facilitator", "speaker_code", "role", "turn_no",
    "language", "text",
)  # fmt: skip
NEEDED = ("session_id", "date", "method", "speaker_code", "role", "text")
METHODS = {
    "focus_group": "focus_group",
    "focus group": "focus_group",
    "group": "focus_group",
    "interview": "interview",
}
PARTICIPANT = "participant"
ROLES = frozenset({PARTICIPANT, "facilitator", "interpreter"})
ZIP_MAGIC = b"PK\x03\x04"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TURN = re.compile(r"^\s*([^\W\d_]{1,20}[ _-]?\d{0,3})\s*:\s*(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class About:
    """What a text or a Word file does not say of itself."""

    key: str
    held_on: date
    method: str
    community: str = ""
    others: frozenset[str] = frozenset()  # codes of facilitators and interpreters, in lower case


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said before the next began."""

    number: int
    speaker: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """One group or interview: what those who took part said, in order.

    `left_out` counts the turns of facilitators and interpreters, whose words are not kept.
    """

    key: str
    held_on: date
    method: str
    community: str
    turns: tuple[Turn, ...]
    left_out: int

    @property
    def speakers(self) -> tuple[str, ...]:
        """Return the codes of those who took part, in the order they first spoke."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))


def is_table(name: str) -> bool:
    """Return whether a file of this name says everything about itself."""
    return name.lower().endswith(".csv")


def read_table(data: bytes) -> tuple[Transcript, ...]:
    """Return the transcripts of a CSV file (domain §3.8); raise RefusedError."""
    reader = csv.DictReader(io.StringIO(_text(data), newline=""))
    columns = {name.strip().lower() for name in reader.fieldnames or () if name}
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise refuse("columns", f"The file has no column {missing[0]}. It needs {_list(NEEDED)}.")
    sessions: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    try:
        for row in reader:
            values = {
                k.strip().lower(): (v or "").strip()
                for k, v in row.items()
                if k and not isinstance(v, list)
            }
            if any(values.values()):
                sessions.setdefault(values["session_id"], []).append((reader.line_num, values))
    except csv.Error:
        message = "The file cannot be read from here on."
        raise refuse("rows", message, Place(row=reader.line_num)) from None
    if not sessions:
        raise refuse("rows", "The file holds no turn.")
    return tuple(_from_rows(rows) for rows in sessions.values())


def read_words(data: bytes, about: About) -> Transcript:
    """Return the transcript in a text or Word file, whose turns begin "P1: …"; raise RefusedError.

    A paragraph without a speaker goes on with the turn before it.
    """
    lines = _docx_lines(data) if data.startswith(ZIP_MAGIC) else _text(data).splitlines()
    turns: list[tuple[str, list[str]]] = []
    for number, line in enumerate(lines, 1):
        found = _TURN.match(line)
        if found:
            turns.append((found[1].strip(), [found[2].strip()]))
        elif line.strip() and not turns:
            message = "Begin every turn with who speaks and a colon, as in “P1: …”."
            raise refuse("speakers", message, Place(row=number))
        elif line.strip():
            turns[-1][1].append(line.strip())
    said = [
        Turn(number, speaker, "en", "\n".join(filter(None, words)))
        for number, (speaker, words) in enumerate(turns, 1)
    ]
    kept = [turn for turn in said if turn.speaker.lower() not in about.others and turn.text]
    left_out = sum(turn.speaker.lower() in about.others for turn in said)
    return _checked(
        Transcript(about.key, about.held_on, about.method, about.community, tuple(kept), left_out)
    )


def _from_rows(rows: list[tuple[int, Mapping[str, str]]]) -> Transcript:
    first_line, first = rows[0]
    turns, left_out = [], 0
    for at, (line, row) in enumerate(rows, 1):
        role = row["role"].lower()
        if role not in ROLES:
            message = "The role is participant, facilitator or interpreter."
            raise refuse("role", message, Place(row=line, column="role"))
        if role != PARTICIPANT:
            left_out += 1
        elif row["text"]:
            turns.append(Turn(at, row["speaker_code"], row.get("language") or "en", row["text"]))
    method = METHODS.get(first["method"].lower())
    if method is None:
        message = "The method is focus_group or interview."
        raise refuse("method", message, Place(row=first_line, column="method"))
    return _checked(
        Transcript(
            first["session_id"],
            _day(first["date"], first_line),
            method,
            first.get("community", ""),
            tuple(turns),
            left_out,
        )
    )


def _checked(transcript: Transcript) -> Transcript:
    if not transcript.turns:
        raise refuse("turns", "Nobody who took part says anything in it.")
    if not transcript.key or len(transcript.key) > 40:
        raise refuse("session", "Give every session a short name of its own, such as G1.")
    if len(transcript.community) > 80:
        raise refuse("community", "Name the community in at most 80 letters.")
    if len(transcript.turns) > MAX_TURNS:
        raise refuse("turns", f"It has more than {MAX_TURNS:,} turns.")
    if len(transcript.speakers) > MAX_SPEAKERS:
        message = f"It has more than {MAX_SPEAKERS} speakers. Is every turn marked with its code?"
        raise refuse("speakers", message)
    _check_turns(transcript.turns)
    return transcript


def _check_turns(turns: Iterable[Turn]) -> None:
    for turn in turns:
        if not turn.speaker or len(turn.speaker) > 40:
            raise refuse("speakers", "Give every speaker a short code.", Place(row=turn.number))
        if len(turn.text) > MAX_TEXT:
            message = f"This turn is longer than {MAX_TEXT:,} letters."
            raise refuse("turns", message, Place(row=turn.number))


def _day(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = "The date is written 2026-11-18."
        raise refuse("date", message, Place(row=line, column="date")) from None


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise refuse("file", f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The file is not UTF-8 text. Save it again as UTF-8, or as .docx."
        raise refuse("encoding", message) from None
    if "\0" in text:
        raise refuse("encoding", "The file holds zero bytes, so it is not text.")
    return text


def _docx_lines(data: bytes) -> list[str]:
    if len(data) > MAX_BYTES:
        raise refuse("file", f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = fromstring(_document(archive), forbid_dtd=True).find(f"{WORD}body")
    except DefusedXmlException:
        message = "The file declares XML entities, which Word never does."
        raise refuse("xml", message) from None
    except (zipfile.BadZipFile, zlib.error, ParseError, KeyError, RuntimeError, EOFError):
        message = "The file is damaged, protected, or no Word document."
        raise refuse("file", message) from None
    if body is None:
        raise refuse("file", "The Word document is empty.")
    return [line for block in body for line in _block(block)]


def _document(archive: zipfile.ZipFile) -> bytes:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise refuse("zip", f"The file has more than {MAX_PARTS:,} parts.")
    if any(part.filename.endswith("vbaProject.bin") for part in parts):
        raise refuse("macros", "The file has macros. Save it as .docx, without them.")
    with archive.open("word/document.xml") as stream:
        document = stream.read(MAX_DOCUMENT + 1)  # what the zip says of itself may be a lie
    if len(document) > MAX_DOCUMENT:
        limit = MAX_DOCUMENT // 1_000_000
        raise refuse("zip", f"The document unpacks to more than {limit} MB.")
    return document


def _block(block: Element) -> Iterator[str]:
    """Yield the lines of a paragraph, or of a table whose first column says who speaks."""
    if block.tag == f"{WORD}p":
        yield _words(block)
    elif block.tag == f"{WORD}tbl":
        for row in block.iter(f"{WORD}tr"):
            cells = [
                "\n".join(map(_words, cell.iter(f"{WORD}p"))) for cell in row.iter(f"{WORD}tc")
            ]
            first = cells[0].strip().removesuffix(":") if cells else ""
            yield f"{first}: {' '.join(cells[1:])}" if first else " ".join(cells)
    elif block.tag == f"{WORD}sdt":
        for inner in block.iter(f"{WORD}p"):
            yield _words(inner)


def _cell(cell: Element) -> str:
    return "\n".join(_words(paragraph) for paragraph in cell.iter(f"{WORD}p"))


def _words(paragraph: Element) -> str:
    parts = {f"{WORD}tab": " ", f"{WORD}br": "\n", f"{WORD}cr": "\n"}
    return "".join(
        node.text or "" if node.tag == f"{WORD}t" else parts.get(node.tag, "")
        for node in paragraph.iter()
    )


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
