"""Pages that say the same to everybody, printed and packed once.

A question nobody has answered yet differs between two people in the token of its form and the
nonce of its script, and in nothing else. Those two are put in at every request; the rest is kept
as it was printed and packed. A page that holds anything of a person is never kept here
(decisions/0103).
"""

import secrets
import struct
import zlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request

from app.csrf import TOKEN, form_token
from app.frontend import csp_nonce, gzip_file
from app.languages import language
from app.packs import Pack

MOST = 512  # pages kept: a few of each question, a few megabytes
LEVEL = 9  # done once
LAST_BLOCK = b"\x03\x00"  # an empty deflate block that ends the stream
NONCE = "csp_nonce"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed page, cut where a token or a nonce belongs."""

    pieces: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    blanks: tuple[str, ...]  # what stands between the pieces: TOKEN or NONCE

    def plain(self, values: Mapping[str, bytes]) -> bytes:
        """Return the page with its values put in."""
        return b"".join(_alternating(self.pieces, [values[blank] for blank in self.blanks]))

    def gzipped(self, values: Mapping[str, bytes]) -> bytes:
        """Return the same, packed: the values go in as they are, beside what was packed before."""
        between = [values[blank] for blank in self.blanks]
        checksum = size = 0
        for part in _alternating(self.pieces, between):
            checksum = zlib.crc32(part, checksum)
            size += len(part)
        deflated = b"".join(_alternating(self.packed, [_stored(value) for value in between]))
        return gzip_file(deflated + LAST_BLOCK, checksum, size)


@dataclass
class Sheets:
    """The pages one process has printed, under everything that they depend on."""

    pack: Pack | None = None
    kept: dict[Hashable, Sheet] = field(default_factory=dict)
    marks: Mapping[str, str] = field(
        default_factory=lambda: {name: secrets.token_hex(16) for name in (TOKEN, NONCE)}
    )

    def find(self, key: Hashable) -> Sheet | None:
        """Return a page printed before, unless the area pack has changed since."""
        if self.pack is not current_app.config["PACK"]:
            self.pack = current_app.config["PACK"]
            self.kept.clear()
        return self.kept.get(key)

    def keep(self, key: Hashable, html: str) -> Sheet:
        """Cut a page at its marks, pack the pieces, and keep it."""
        if len(self.kept) >= MOST:
            self.kept.clear()
        pieces, blanks = _cut(html, self.marks)
        sheet = Sheet(pieces, tuple(_packed(piece) for piece in pieces), blanks)
        self.kept[key] = sheet
        return sheet


def init_printing(app: Flask) -> None:
    """Start with nothing printed."""
    app.extensions["sheets"] = Sheets()


def common_page(template: str, context: Mapping[str, Any], key: Hashable) -> Response:
    """Return a page on which nothing is of this person; `key` is all that it depends on."""
    sheets: Sheets = current_app.extensions["sheets"]
    full_key = (template, language(), key)
    sheet = sheets.find(full_key) or sheets.keep(full_key, _print(template, context, sheets.marks))
    values = {TOKEN: form_token().encode("ascii"), NONCE: csp_nonce().encode("ascii")}
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(sheet.plain(values), mimetype="text/html")
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(sheet.gzipped(values), mimetype="text/html", headers=headers)


def _print(template: str, context: Mapping[str, Any], marks: Mapping[str, str]) -> str:
    """Return the page with marks in place of this request's token and nonce."""
    before = {name: g.pop(name, None) for name in marks}
    try:
        for name, mark in marks.items():
            setattr(g, name, mark)
        return render_template(template, **context)
    finally:
        for name, value in before.items():
            g.pop(name, None)
            if value is not None:
                setattr(g, name, value)


def _cut(html: str, marks: Mapping[str, str]) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    pieces: list[bytes] = []
    blanks: list[str] = []
    rest = html
    while found := _next_mark(rest, marks):
        place, name = found
        pieces.append(rest[:place].encode("utf-8"))
        blanks.append(name)
        rest = rest[place + len(marks[name]) :]
    return (*pieces, rest.encode("utf-8")), tuple(blanks)


def _next_mark(html: str, marks: Mapping[str, str]) -> tuple[int, str] | None:
    places = [(html.find(mark), name) for name, mark in marks.items()]
    return min((found for found in places if found[0] >= 0), default=None)


def _packed(piece: bytes) -> bytes:
    """Return a piece deflated to a byte's edge, leaning on nothing before it."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(piece) + deflate.flush(zlib.Z_FULL_FLUSH)


def _stored(value: bytes) -> bytes:
    """Return a value as a stored block (RFC 1951 §3.2.4): its length never shows in the packing."""
    return b"\x00" + struct.pack("<HH", len(value), len(value) ^ 0xFFFF) + value


def _alternating(pieces: Sequence[bytes], between: Sequence[bytes]) -> list[bytes]:
    parts = [pieces[0]]
    for value, piece in zip(between, pieces[1:], strict=True):
        parts += (value, piece)
    return parts
