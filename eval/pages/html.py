"""The few pieces that this project's HTML pages are made of: one file, no network, light and dark, fit for print.

Text is escaped unless it is `Html`, which these functions alone make; so what comes from a newspaper's page cannot
become markup. A strict Content-Security-Policy stands behind that: nothing is loaded, and nothing runs but what is
named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Also the marks that turn text around: they would reach past the end of their own headline.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_WIDE = 1_300
"""Pixels of a picture that would lose its letters if it were fitted to the page: it scrolls instead."""


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
    return Html(html.escape(without_control(text), quote=True))


def join(parts: Iterable[str], between: str = "\n") -> Html:
    """Pieces of a page one after the other, each escaped if it is text."""
    return Html(between.join(escape(part) for part in parts))


def foreign(text: str, lang: str) -> Html:
    """Text in another language than the page's, so that it is read out and hyphenated as such."""
    return Html(f'<span lang="{escape(lang)}">{escape(text)}</span>')


def paragraph(text: str, kind: str = "") -> Html:
    """A paragraph; `kind` may be "lead" (larger) or "soft" (greyer)."""
    name = f' class="{escape(kind)}"' if kind else ""
    return Html(f"<p{name}>{escape(text)}</p>")


def bullets(items: Iterable[str], kind: str = "") -> Html:
    """A list of points; `kind` "notes" sets it off from the text."""
    name = f' class="{escape(kind)}"' if kind else ""
    return Html(f"<ul{name}>\n{join(Html(f'<li>{escape(item)}</li>') for item in items)}\n</ul>")


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> Html:
    """A table with its caption; the first cell of a row is the row's heading, columns in `numbers` are set right.

    It scrolls sideways by itself where the screen is too narrow, by keyboard too.
    """
    kinds = [' class="number"' if column in numbers else "" for column in range(len(header))]
    heads = zip(header, kinds, strict=True)
    top = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' if name else "<td></td>" for name, kind in heads)
    body = []
    for row in rows:
        first, *rest = [escape(cell) for cell in row]
        cells = "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(rest, kinds[1:], strict=True))
        body.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    inner = f"<caption><span>{escape(caption)}</span></caption>\n<thead><tr>{top}</tr></thead>\n<tbody>\n" + "\n".join(
        body
    )
    return _scrolling(f"<table>\n{inner}\n</tbody>\n</table>", caption)


def figure(png: bytes, alt: str, caption: str) -> Html:
    """A picture inside the page; `alt` says in words what it shows, for who cannot see it."""
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    wide = ' class="wide"' if int.from_bytes(png[16:20], "big") > _WIDE else ""  # a PNG's header has its width there
    image = _scrolling(f'<img{wide} src="{source}" alt="{escape(alt)}">', caption)
    return Html(f"<figure>\n{image}\n<figcaption>{escape(caption)}</figcaption>\n</figure>")


def section(heading: str, *parts: str, level: int = 2) -> Html:
    """A part of the page under a heading of that level."""
    body = join(parts)
    return Html(f"<section>\n<h{level}>{escape(heading)}</h{level}>\n{body}\n</section>")


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
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{css}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{escape(body)}\n</main>\n"
        + (f"<script>{script}</script>\n" if script else "")
        + "</body>\n</html>\n"
    )


def _scrolling(inner: str, name: str) -> Html:
    return Html(f'<div class="scroll" role="region" aria-label="{escape(name)}" tabindex="0">{inner}</div>')


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
