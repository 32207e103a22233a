"""Markup that is safe, and text that is not yet: the base of pages and templates."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import escape as escaped

if TYPE_CHECKING:
    from collections.abc import Iterable

# Also the marks that turn text around: they would reach past the end of their own headline.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Html(str):
    """Markup that is already safe: it is put into a page as it stands."""

    __slots__ = ()

    def __html__(self) -> str:
        """Itself: so templates too put it in as it stands."""
        return self


def own(name: str) -> str:
    """The text of a style, script or template of this package, by its file's name."""
    return files("eval.pages").joinpath(name).read_text(encoding="utf-8").strip()


def without_control(text: str) -> str:
    """The text with control characters, and those that turn text around, replaced."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def escape(text: str) -> Html:
    """Text as markup: every special character escaped, control characters replaced; `Html` stays as it is."""
    if isinstance(text, Html):
        return text
    return Html(escaped(without_control(text)))


def join(parts: Iterable[str], between: str = "\n") -> Html:
    """Pieces of a page one after the other, each escaped if it is text."""
    return Html(between.join(escape(part) for part in parts))
