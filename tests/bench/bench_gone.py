"""Seconds from a person's word to the last place where it could be read.

`python -m tests.bench.bench_gone INSTANCE PUBLIC STAFF` looks at a running demonstration (addresses
of its two faces) whose folder is INSTANCE: reports of every kind are frozen, then one quoted person
stops quotes and another takes everything back, both by six words on the public face. All that the
staff face gives out is read again and again until neither is in any of it: pages of five roles,
files, the programs' interface, and the reports with their Word and PDF files.
"""

import http.cookiejar
import io
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Config
from app.db import make_engine
from app.models import AnswerText, Quote, Response, use_keys
from app.services import codes

SLUG, PERIOD, LIMIT = "victims-survey", "2026-27-q2", 60.0
MOST = 60  # pages whose links are followed, for each reader
WORDS = ("otter lantern meadow copper violin harbour", "pebble ladder winter saddle orchid canyon")
ROLES = ("commissioner", "scrutiny", "analyst", "provider lead", "lead partner")
REPORTS = (("contract", "sv"), ("panel", ""), ("needs", ""), ("lcjb", ""))
LINK = re.compile(r'href="(/(?:results|coding)[^"#]*)"')
TOKEN = re.compile(r'csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """One person's browser."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        ).open

    def get(self, path: str, **headers: str) -> bytes:
        """Return what an address gives; nothing where it gives nothing."""
        asked = urllib.request.Request(self.base + path, headers=headers)  # noqa: S310
        try:
            with self.open(asked, timeout=60) as reply:
                return bytes(reply.read())
        except urllib.error.HTTPError:
            return b""

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send a form of a page; return where it leads."""
        found = TOKEN.search(self.get(page).decode())
        fields["csrf_token"] = found[1] if found else ""
        data = urllib.parse.urlencode(fields).encode()
        with self.open(self.base + path, data, timeout=60) as reply:
            return str(reply.geturl())


def signed_in(base: str, role: str) -> Browser:
    """Return the browser of somebody with that role in the demonstration."""
    browser = Browser(base)
    page = browser.get("/sign-in").decode()
    forms = re.findall(r'<form[^>]*action="(/sign-in/demo/[^"]+)"(.*?)</form>', page, re.DOTALL)
    action = next(a for a, rest in forms if re.search(rf":\s*{role}\s*<", rest))
    browser.post(action, "/sign-in")
    return browser


def text_of(content: bytes) -> str:
    """Return the words of a page or a file, runs of space made one."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b" ".join(parts.read(n) for n in parts.namelist() if n.endswith(".xml"))
    if content[:4] == b"%PDF":
        return pdf_words(content)
    plain = re.sub(r"<[^>]+>", "", content.decode("utf-8", "replace"))
    return squeezed(unescape(plain))


def pdf_words(content: bytes) -> str:
    """Return a PDF's words by poppler: its fonts are subsets, so the bytes hold none."""
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    pikepdf.open(io.BytesIO(content)).close()  # whole, not cut off
    return squeezed(done.stdout.decode())


def squeezed(words: str) -> str:
    """Return words without their spaces: a line or a page may break between any two."""
    return re.sub(r"\W+", "", words)


def walk(browser: Browser) -> Iterator[tuple[str, str]]:
    """Yield every address of results and quotations that somebody reaches, with its words."""
    waiting, seen = ["/results", f"/results/{SLUG}?now=1", "/coding", "/coding/quotes"], set()
    while waiting:
        address = unescape(waiting.pop(0))
        kind = re.sub(r"period=[^&]*", "", address)
        if kind in seen or "sign-out" in address:
            continue
        seen.add(kind)
        content = browser.get(address)
        yield address, text_of(content)
        if content[:1] == b"<" and len(seen) < MOST:
            waiting += [a for a in LINK.findall(content.decode()) if SLUG in a or "/coding/q" in a]


def report_files(browser: Browser, addresses: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the words of reports and of their files; a file not yet made leads to its page."""
    for address in addresses:
        for part in ("", "/ledger", "/report.docx", "/report.pdf"):
            yield address + part, text_of(browser.get(address + part))


def quoted(session: Session) -> list[tuple[str, Response]]:
    """Return two people of the survey with approved words, given six words each."""
    query = (
        select(Quote, Response)
        .join(AnswerText, AnswerText.id == Quote.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            Quote.approved_at.is_not(None),
            Response.quote_consent,
            Response.withdrawn_on.is_(None),
        )
        .order_by(Response.received_on.desc())
        .limit(2)
    )
    found = [(squeezed(quote.words or ""), person) for quote, person in session.execute(query)]
    for (_, person), words in zip(found, WORDS, strict=True):
        person.code_key = codes.key_of(words)
        person.withdraw_key = codes.key_of(words)
    session.commit()
    return found


def main(instance: Path, public: str, staff: str) -> int:
    """Measure; return 1 where words were still read after a minute."""
    config = Config.from_env({"HEARD_INSTANCE": str(instance)})
    use_keys(config.keys)
    with sessionmaker(make_engine(config.database_url), expire_on_commit=False)() as session:
        words = [found for found, _ in quoted(session)]
    browsers = {role: signed_in(staff, role) for role in ROLES}
    made = freeze(browsers["commissioner"])
    held = places(browsers, made, words)
    print(f"{len(held)} places hold one or the other before:")
    for role, address in held:
        print(f"  {role}: {address}")
    victim = Browser(public)
    began = time.monotonic()
    victim.post("/", "/", act="stop_quotes", words=WORDS[0])
    victim.post("/", "/", act="take_back", words=WORDS[1])
    left, last_held = held, 0.0
    while left and time.monotonic() - began < 2 * LIMIT:
        still = []
        for role, address in left:
            asked = time.monotonic() - began
            if holds(text_of(browsers[role].get(address)), words):
                still.append((role, address))
                last_held = asked
        took = time.monotonic() - began
        print(f"{len(left)} looked at by {took:.1f} s, {len(still)} still hold them", flush=True)
        left = still
    print(f"last read {last_held:.1f} s after it was asked; every place looked at by {took:.1f} s")
    again = places(browsers, made, words)
    print(f"a whole look afterwards finds them in {len(again)} places")
    return int(bool(left or again) or last_held > LIMIT)


def freeze(commissioner: Browser) -> list[str]:
    """Return the addresses of fresh reports of every kind, their files made."""
    made = []
    form = f"/results/{SLUG}/reports/new"
    for kind, service in REPORTS:
        asked = {"kind": kind, "period": PERIOD, "service": service, "ask": "to_note", "words": ""}
        made.append(urllib.parse.urlsplit(commissioner.post(form, form, **asked)).path)
    for address in made:
        for name in ("docx", "pdf"):
            while commissioner.get(f"{address}/report.{name}")[:2] not in {b"PK", b"%P"}:
                time.sleep(1)
    return made


def places(
    browsers: dict[str, Browser], made: list[str], words: list[str]
) -> list[tuple[str, str]]:
    """Return where any of these words can be read now, and by whom."""
    files = report_files(browsers[ROLES[0]], made)
    found = [(ROLES[0], at) for at, text in files if holds(text, words)]
    for role, browser in browsers.items():
        found += [(role, at) for at, text in walk(browser) if holds(text, words)]
    return sorted(set(found))


def holds(text: str, words: list[str]) -> bool:
    """Return whether a text holds any of these words."""
    return any(w in text for w in words)


if __name__ == "__main__":
    if len(sys.argv) < 4 or shutil.which("pdftotext") is None:
        sys.exit("Give the folder of a running demonstration and the addresses of its two faces; "
                 "needs poppler's pdftotext.")  # fmt: skip
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
