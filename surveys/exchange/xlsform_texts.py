"""Labels, hints and messages of an XLSForm as texts in our languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from surveys.exchange import languages

_REFERENCE = re.compile(r"\$\{\s*([^${}\s]{1,200})\s*\}")
MAX_WORDS = 20_000


class Texts:
    """Turns what pyxform holds as a string or a language map into our language maps."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        default = str(form.get("default_language") or "default")
        names = list(_languages(form))
        plain = "default" if "default" in names or not names else None
        ordered = [default] if default in names else []
        ordered += [plain] if plain else []
        self._tags = languages.tags(dict.fromkeys([*ordered, *names]), default)
        self.languages = tuple(dict.fromkeys(self._tags.values())) or ("en",)
        self.source = self.languages[0]

    def text(
        self, value: Any, pipe: Callable[[str], str], fill: Mapping[str, Any] | None = None
    ) -> dict[str, str]:
        """Return a language map, {} where nothing is said; `pipe` turns names into references."""
        if not isinstance(value, Mapping):
            value = {None: value}
        found = {}
        for language, words in value.items():
            if words is None or not str(words).strip():
                continue
            tag = self._tags.get(str(language), self.source) if language else self.source
            filled = self._filled(str(words).strip(), fill, language)
            found[tag] = _REFERENCE.sub(lambda m: pipe(m.group(1)), filled)[:MAX_WORDS]
        return found

    def _filled(self, words: str, fill: Mapping[str, Any] | None, language: str | None) -> str:
        if fill is None or "%(" not in words:
            return words
        label = fill.get("label", "")
        if isinstance(label, Mapping):
            label = label.get(language) or next(iter(label.values()), "")
        words = words.replace("%(label)s", str(label))
        return words.replace("%(name)s", str(fill.get("name", "")))


def _languages(element: Any) -> Iterator[str]:
    """Yield the language names used anywhere in a form, in reading order."""
    if isinstance(element, list | tuple):
        for part in element:
            yield from _languages(part)
    if not isinstance(element, Mapping):
        return
    bind = element.get("bind") or {}
    texts = [element.get(key) for key in ("label", "hint", "guidance_hint")]
    for text in [*texts, bind.get("jr:constraintMsg")]:
        if isinstance(text, Mapping):
            yield from (str(language) for language in text)
    for key in ("children", "columns"):
        yield from _languages(element.get(key))
    choices = element.get("choices")
    lists = choices.values() if isinstance(choices, Mapping) else [choices]
    for one in lists:
        yield from _languages(one)
