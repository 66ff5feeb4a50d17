"""What every page is wrapped in: headers, styles and scripts of our own, strict templates."""

import json
import secrets
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from whitenoise import WhiteNoise

from app.config import Config, Face
from app.guards import Audience, audience, may_open
from app.languages import init_languages, language, speaking
from app.navigation import staff_nav
from app.packs import Line, Pack

BUILD = Path(__file__).resolve().parent / "static" / "build"
BUILD_URL = "/static/build"
LEAVE_PATH = "/leave"  # says nothing, and works on error pages where no view has run
YEAR = 365 * 24 * 3600
SMALLEST_WORTH_PACKING = 600
PACK_LEVEL = 4  # level 9 saves a hundred bytes a page and takes twice the time
PACKED_TYPES = ("text/html", "application/json", "text/csv")
GOVUK = {
    "govukButton": "button",
    "govukCheckboxes": "checkboxes",
    "govukDateInput": "date-input",
    "govukDetails": "details",
    "govukErrorSummary": "error-summary",
    "govukFileUpload": "file-upload",
    "govukInput": "input",
    "govukInsetText": "inset-text",
    "govukNotificationBanner": "notification-banner",
    "govukRadios": "radios",
    "govukSelect": "select",
    "govukSummaryList": "summary-list",
    "govukTag": "tag",
    "govukTextarea": "textarea",
    "govukWarningText": "warning-text",
}


class AssetsNotBuiltError(Exception):
    """The styles and scripts are missing: run `npm ci && npm run build`."""


@dataclass(frozen=True)
class Assets:
    """The fingerprinted files of `npm run build`."""

    folder: Path
    url: str = field(default=BUILD_URL)

    @cached_property
    def manifest(self) -> dict[str, str]:
        """Return file names by plain name; raise AssetsNotBuiltError when nothing was built."""
        try:
            text = (self.folder / "manifest.json").read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise AssetsNotBuiltError(AssetsNotBuiltError.__doc__) from error
        names: dict[str, str] = json.loads(text)
        return names

    def address(self, name: str) -> str:
        """Return the address of a built file, for example of "public.css"."""
        return f"{self.url}/{self.manifest[name]}"

    def content(self, name: str) -> Markup:
        """Return a built script for printing inside the page; ours, so it needs no escaping."""
        return self._contents.setdefault(name, self._read(name))

    @cached_property
    def _contents(self) -> dict[str, Markup]:
        return {}

    def _read(self, name: str) -> Markup:
        if name in self._contents:
            return self._contents[name]
        return Markup((self.folder / self.manifest[name]).read_text(encoding="utf-8"))  # noqa: S704


def init_frontend(app: Flask) -> None:
    """Dress the application: templates, headers, compression, long-lived static files."""
    config: Config = app.config["HEARD"]
    pack: Pack = app.config["PACK"]
    assets = Assets(BUILD)
    _serve_build(app)
    _set_up_templates(app)
    app.jinja_env.globals.update(
        asset=assets.address,
        asset_content=assets.content,
        csp_nonce=csp_nonce,
        demo=config.demo,
        face_base=f"{config.face}.html",
        help_lines=_help_lines(app),
        leave_path=LEAVE_PATH,
        pack=pack,
        product_name="Heard",
    )
    if config.face is Face.STAFF:
        # Victims' pages have lean markup of their own: every byte and millisecond counts there.
        app.jinja_env.globals.update(_govuk_macros())
        app.jinja_env.globals.update(
            current_actor=lambda: g.get("actor"), may_open=may_open, staff_nav=staff_nav
        )
        app.add_url_rule("/brand.css", "brand", brand)
    app.after_request(add_headers)
    app.after_request(pack_body)  # runs before add_headers: Flask calls them last first


def csp_nonce() -> str:
    """Return this request's nonce, the same for every script of the page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def security_headers(nonce: str, *, secure: bool) -> dict[str, str]:
    """Return the headers of every page we make; `secure` when the site is reached over TLS."""
    policy = (
        "default-src 'none'",
        f"script-src 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    headers = {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-store",
        # Not no-referrer, which would break the CSRF check over TLS (settled.md 15).
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    return headers


def add_headers(response: Response) -> Response:
    """Put the safe headers on a page; a view that set one of its own keeps it."""
    config: Config = current_app.config["HEARD"]
    there = {name.lower() for name, _ in response.headers}
    headers = security_headers(csp_nonce(), secure=config.secure)
    response.headers.extend((n, v) for n, v in headers.items() if n.lower() not in there)
    return response


def pack_body(response: Response) -> Response:
    """Compress a page for people with little data."""
    if not _worth_packing(response):
        return response
    response.set_data(gzipped(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def gzipped(body: bytes) -> bytes:
    """Return a gzip file (RFC 1952) whose header carries a file name of random length.

    So the length of a page that holds both a token and somebody's input says nothing reliable
    (the BREACH attack; Source: Palacios et al. 2022, "Heal the Breach").
    """
    deflate = zlib.compressobj(PACK_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(body) + deflate.flush()
    return gzip_file(packed, zlib.crc32(body), len(body))


def gzip_file(deflated: bytes, checksum: int, size: int) -> bytes:
    """Return a deflate stream in its gzip wrapping, made a little longer by chance."""
    noise = secrets.token_hex(1 + secrets.randbelow(16)).encode("ascii")
    header = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + noise + b"\x00"
    return header + deflated + struct.pack("<II", checksum, size)


def _worth_packing(response: Response) -> bool:
    return (
        "gzip" in request.headers.get("Accept-Encoding", "")
        and response.mimetype in PACKED_TYPES
        and not response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= SMALLEST_WORTH_PACKING
    )


def _help_lines(app: Flask) -> Callable[..., Markup]:
    """Return a function that prints help lines, in the page's language or in one named."""

    @lru_cache(maxsize=64)
    def printed(lines: tuple[Line, ...], tag: str) -> Markup:
        with speaking(tag):
            html = app.jinja_env.get_template("components/lines.html").render(lines=lines)
        return Markup(html)  # noqa: S704 - what an autoescaping template printed

    return lambda lines, tag="": printed(tuple(lines), tag or language())


@audience(Audience.SIGNED_OUT)
def brand() -> ResponseReturnValue:
    """Return the body's colours; a file of its own because our policy allows no inline style."""
    pack: Pack = current_app.config["PACK"]
    css = f":root{{--hd-brand:{pack.brand.main};--hd-accent:{pack.brand.accent}}}"
    return Response(css, mimetype="text/css", headers={"Cache-Control": "max-age=3600"})


def _serve_build(app: Flask) -> None:
    if not BUILD.is_dir():
        return  # said by AssetsNotBuiltError when the first page wants a style
    files = WhiteNoise(
        app.wsgi_app,
        root=str(BUILD),
        prefix=BUILD_URL,
        immutable_file_test=lambda _path, url: not url.endswith("manifest.json"),
        add_headers_function=_static_headers,
    )
    app.wsgi_app = files  # type: ignore[method-assign]  # Flask documents wrapping it so


def _static_headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _set_up_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    init_languages(app)


@cache
def _govuk_macros() -> dict[str, Any]:
    """Return the component macros; they lean on undefined values, so live apart.

    Each is compiled when a page first prints it: all together took a fifth of a start.
    """
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    lenient = Environment(loader=loader, autoescape=select_autoescape())
    return {name: _macro(lenient, name, folder) for name, folder in GOVUK.items()}


def _macro(lenient: Environment, name: str, folder: str) -> Callable[..., Markup]:
    path = f"govuk_frontend_jinja/components/{folder}/macro.html"

    def printed(*values: Any, **named: Any) -> Markup:
        html: Markup = getattr(lenient.get_template(path).module, name)(*values, **named)
        return html

    return printed
