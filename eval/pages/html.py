"""The few pieces that this project's HTML pages are made of: one file, no network, light and dark, fit for print.

They stand in `templates/parts.j2`. Text is escaped unless it is `Html`, which templates alone make; so what comes from
a newspaper's page cannot become markup. A strict Content-Security-Policy stands behind that: nothing is loaded, and
nothing runs but what is named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from eval.pages.markup import Html as Html  # noqa: PLC0414  pages take these from here
from eval.pages.markup import escape as escape  # noqa: PLC0414
from eval.pages.markup import join as join  # noqa: PLC0414
from eval.pages.markup import own as own  # noqa: PLC0414
from eval.pages.template import piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WIDE = 1_300
"""Pixels of a picture that would lose its letters if it were fitted to the page: it scrolls instead."""


def foreign(text: str, lang: str) -> Html:
    """Text in another language than the page's, so that it is read out and hyphenated as such."""
    return piece("parts", "foreign", text, lang)


def soft(text: str) -> Html:
    """Text that stands back, within a line."""
    return piece("parts", "soft", text)


def paragraph(text: str, kind: str = "") -> Html:
    """A paragraph; `kind` may be "lead" (larger) or "soft" (greyer)."""
    return piece("parts", "paragraph", text, kind)


def bullets(items: Iterable[str], kind: str = "") -> Html:
    """A list of points; `kind` "notes" sets it off from the text."""
    return piece("parts", "bullets", list(items), kind)


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> Html:
    """A table with its caption; the first cell of a row is the row's heading, columns in `numbers` are set right.

    It scrolls sideways by itself where the screen is too narrow, by keyboard too. Raises ValueError for a row of more
    or fewer cells than the header has.
    """
    heads = [{"name": name, "kind": "number" if at in numbers else ""} for at, name in enumerate(header)]
    cells = [list(row) for row in rows]
    if any(len(row) != len(heads) for row in cells):
        raise ValueError(f"a row of the table {caption!r} does not have {len(heads)} cells")
    return piece("parts", "scrolling", piece("parts", "table", caption, heads, cells), caption)


def figure(png: bytes, alt: str, caption: str) -> Html:
    """A picture inside the page; `alt` says in words what it shows, for who cannot see it."""
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    wide = int.from_bytes(png[16:20], "big") > _WIDE  # a PNG's header has its width there
    image = piece("parts", "scrolling", piece("parts", "image", source, wide, alt), caption)
    return piece("parts", "figure", image, caption)


def section(heading: str, *parts: str, level: int = 2) -> Html:
    """A part of the page under a heading of that level."""
    return piece("parts", "section", heading, join(parts), level)


def page(title: str, body: str, lang: str = "en", *, script: str = "", style: str = "") -> str:
    """A whole page. `body` goes into main below the title; `script` and `style` are the project's own, never a page's.

    Raises ValueError if a script or style would end its own element.
    """
    css = f"{own('page.css')}\n{style}".strip()
    if "</" in css or re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ValueError("the style or script holds what would end its element")
    policy = [
        "default-src 'none'",
        "img-src data:",
        f"style-src {_hash(css)}",
        *([f"script-src {_hash(script)}"] if script else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    # The style and the script are the project's own, and are checked above.
    whole = piece("parts", "page", title, body, lang, Html("; ".join(policy)), Html(css), Html(script))
    return str(whole)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
