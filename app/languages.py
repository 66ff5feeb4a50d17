"""Which language a page speaks: Flask-Babel over our catalogues, looked up once a request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from babel.support import NullTranslations
from flask import Flask, g, has_app_context, has_request_context, session
from flask_babel import Babel, Domain

from app.catalogues import ENGLISH, NAMES, SOURCE, browser_tag, catalogue
from surveys import is_right_to_left

KEY = "language"  # in the session: for pages before a journey, after it, and beside it


class _Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    def get_translations(self) -> NullTranslations:
        """Return the words of this request's language; no file is looked for."""
        return catalogue(language())


def init_languages(app: Flask) -> None:
    """Let templates speak the language of whoever reads them."""
    babel = Babel(configure_jinja=False)
    babel.init_app(app, locale_selector=lambda: browser_tag(language()))
    babel.domain_instance = _Catalogues()
    # Old style: what a catalogue says is escaped like anything else.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, _plural, newstyle=False
    )
    app.jinja_env.globals.update(page_language=language, language_name=language_name)
    app.jinja_env.filters.update(browser_tag=browser_tag, text_direction=text_direction)


def speak(tag: str) -> None:
    """Speak this language for the rest of the request."""
    g.language = tag
    g.say = catalogue(tag).gettext


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak this language for a moment, then the one before it again."""
    before = language()
    speak(tag)
    try:
        yield
    finally:
        speak(before)


def language() -> str:
    """Return the language of this request, English where none was chosen."""
    if not has_app_context():
        return SOURCE
    if "language" not in g:
        speak(session.get(KEY, SOURCE) if has_request_context() else SOURCE)
    tag: str = g.language
    return tag


def gettext(words: str) -> str:
    """Return words of ours in the language of this request."""
    if not has_app_context():
        return words
    if "say" not in g:
        language()
    say: Callable[[str], str] = g.say
    return say(words)


def _plural(one: str, many: str, number: int) -> str:
    return ENGLISH.ngettext(one, many, number)


def language_name(tag: str) -> str:
    """Return a language's own name for itself, or its tag."""
    return NAMES.get(tag, tag)


def text_direction(tag: str) -> str:
    """Return which way a language runs, as HTML writes it."""
    return "rtl" if is_right_to_left(tag) else "ltr"
