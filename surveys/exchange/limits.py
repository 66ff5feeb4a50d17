"""Files from strangers, looked at before any library opens them.

Everything here reads compressed sizes, counts tags as bytes go by, or looks at the first bytes,
so a hostile file is refused in well under a second and a few megabytes of memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from surveys.exchange.report import Place, Report, refuse

MAX_FILE = 20_000_000
MAX_TEXT_FILE = 5_000_000
MAX_ROWS = 20_000
MAX_CELLS = 1_500_000
MAX_STRINGS = 300_000
MAX_PARTS = 2_000
MAX_PART = 60_000_000
MAX_UNPACKED = 120_000_000
_CHUNK = 1 << 20

_ROW = re.compile(rb"<(?:[A-Za-z]\w*:)?row[\s>/]")
_CELL = re.compile(rb"<(?:[A-Za-z]\w*:)?c[\s>/]")
_STRING = re.compile(rb"<(?:[A-Za-z]\w*:)?si[\s>/]")
_FORMULA = re.compile(rb"<(?:[A-Za-z]\w*:)?f[\s>]")
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding=[\"']([A-Za-z0-9_.\-]{1,40})[\"']")


class Content(StrEnum):
    """What the first bytes of a file say it is."""

    ZIP = "zip"
    OLE = "ole"
    TEXT = "text"


def look(path: Path, report: Report) -> Content:
    """Return what kind of file this is, after checking that it is safe to open.

    Raises RefusedError.  Macros and formulas are reported, never run.
    """
    size = path.stat().st_size
    if size == 0:
        raise refuse("file", "The file is empty.")
    if size > MAX_FILE:
        raise refuse("file", f"The file is larger than {MAX_FILE // 1_000_000} MB.")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK"):
        _look_at_zip(path, report)
        return Content.ZIP
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        _look_at_ole(path, report)
        return Content.OLE
    _look_at_text(path, is_xml=start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"))
    return Content.TEXT


def _look_at_zip(path: Path, report: Report) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _look_at_sizes(parts)
            for part in parts:
                _look_at_part(archive, part, report)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise refuse("file", f"The file is damaged or cut short: {error}.") from None
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, ValueError) and hasattr(error, "lines"):
            raise
        raise refuse("file", f"The file cannot be unpacked: {error}.") from None
    except Exception as error:  # zlib.error has no public base class
        if type(error).__module__ != "zlib":
            raise
        raise refuse("file", f"The file is damaged: {error}.") from None


def _look_at_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS:
        raise refuse("zip", f"The file has {len(parts):,} parts; at most {MAX_PARTS:,} are read.")
    for part in parts:
        if part.flag_bits & 1:
            raise refuse("zip", "The file is protected by a password.", Place(part.filename))
        if part.file_size > MAX_PART:
            megabytes = part.file_size // 1_000_000
            limit = MAX_PART // 1_000_000
            message = f"This part unpacks to {megabytes:,} MB; at most {limit} MB are read."
            raise refuse("zip", message, Place(part.filename))
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        limit = MAX_UNPACKED // 1_000_000
        message = f"The file unpacks to {unpacked // 1_000_000:,} MB; at most {limit} MB are read."
        raise refuse("zip", message)


def _look_at_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, report: Report) -> None:
    name = part.filename
    place = Place(name)
    if name.endswith("vbaProject.bin"):
        report.reported(place, "macros", "The workbook has macros. They are never run.")
    if not name.endswith((".xml", ".rels")):
        return
    tally = _Tally()
    for chunk, is_first in _chunks(archive, part):
        if is_first:
            _look_at_encoding(chunk, place)
        if _DECLARED.search(chunk):
            message = "The file declares XML entities, which no spreadsheet program does."
            raise refuse("xml", message, place)
        tally.count(chunk, is_sheet="worksheets/" in name)
        _look_at_counts(tally, place)
    if tally.formulas:
        message = f"The sheet has {tally.formulas:,} formulas. Their stored values are read."
        report.reported(place, "formulas", message)


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    cells: int = 0
    strings: int = 0
    formulas: int = 0

    def count(self, chunk: bytes, *, is_sheet: bool) -> None:
        self.strings += len(_STRING.findall(chunk))
        if is_sheet:
            self.cells += len(_CELL.findall(chunk))
            self.formulas += len(_FORMULA.findall(chunk))
            # Rows that are written down: a stray last row number 1,048,576 costs nothing to read.
            self.rows += len(_ROW.findall(chunk))


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, bool]]:
    """Yield a part in pieces cut after a tag, so that no tag is seen twice or not at all."""
    with archive.open(part) as stream:
        kept, is_first = b"", True
        while piece := stream.read(_CHUNK):
            piece = kept + piece
            cut = piece.rfind(b">") + 1 or len(piece)
            yield piece[:cut], is_first
            kept, is_first = piece[cut:], False
        if kept:
            yield kept, is_first


def _look_at_encoding(chunk: bytes, place: Place) -> None:
    start = chunk[:200]
    declared = _ENCODING.search(start)
    is_utf8 = declared is None or declared.group(1).lower() in {b"utf-8", b"us-ascii", b"ascii"}
    if b"\x00" in start or start.startswith((b"\xff\xfe", b"\xfe\xff")) or not is_utf8:
        raise refuse("encoding", "This part is not UTF-8, as spreadsheet parts are.", place)


def _look_at_counts(tally: _Tally, place: Place) -> None:
    if tally.rows > MAX_ROWS:
        message = (
            f"This sheet has more than {MAX_ROWS:,} rows, counting empty ones. Delete the empty"
            " rows and save it again."
        )
        raise refuse("rows", message, place)
    if tally.cells > MAX_CELLS or tally.strings > MAX_STRINGS:
        raise refuse("cells", "This part has too many cells to be a questionnaire.", place)


def _look_at_ole(path: Path, report: Report) -> None:
    data = path.read_bytes()
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        report.reported(Place(), "macros", "The workbook has macros. They are never run.")
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise refuse("file", "The file is protected by a password.")


def _look_at_text(path: Path, *, is_xml: bool) -> None:
    if not is_xml and path.stat().st_size > MAX_TEXT_FILE:
        limit = MAX_TEXT_FILE // 1_000_000
        raise refuse("file", f"The file is larger than {limit} MB, the limit for text.")
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "The file is neither a workbook nor UTF-8 text. Save it as an Excel workbook."
        raise refuse("encoding", message, Place(row=line)) from None
    if b"\x00" in data:
        raise refuse("encoding", "The file holds zero bytes, so it is not text.")
    if not is_xml and data.count(b"\n") > MAX_ROWS:
        raise refuse("rows", f"The file has more than {MAX_ROWS:,} lines.")
