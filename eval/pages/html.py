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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Also the marks that turn text around: they would reach past the end of their own headline.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_WIDE = 1_300
"""Pixels of a picture that would lose its letters if it were fitted to the page: it scrolls instead."""

STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1f2328; --soft: #57606a; --paper: #ffffff; --line: #d0d7de; --band: #f6f8fa; --link: #0550ae;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9da7b3; --paper: #10151b; --line: #3a434d; --band: #1a2129; --link: #79b8ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); }
body { font: 1rem/1.5 system-ui, "DejaVu Sans", "Noto Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2.5rem; } h3 { font-size: 1.05rem; }
h1, h2, h3, td, th, p, li { overflow-wrap: break-word; }
a { color: var(--link); }
.lead { font-size: 1.1rem; } .soft, caption, figcaption { color: var(--soft); }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll:focus-visible, a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; min-width: 18rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(100%, 88vw); }
th, td { border-bottom: 1px solid var(--line); padding: .35rem 1rem .35rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--line); vertical-align: bottom; }
tbody th { font-weight: normal; min-width: 7rem; max-width: 26rem; }
td.number, th.number { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--band); }
figure { margin: 1.2rem 0; }
figure img { display: block; width: 100%; max-width: 46rem; min-width: 34rem; height: auto; }
figure img { background: #fff; padding: .5rem; border-radius: 4px; }
figure img.wide { width: 72rem; min-width: 72rem; max-width: none; }
.notes { background: var(--band); border-left: 4px solid var(--line); padding: .6rem 1rem .6rem 2.2rem; }
@media print {
  :root { --ink: #000; --soft: #333; --paper: #fff; --line: #999; --band: #fff; --link: #000; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; }
  th, td { padding-right: .5rem; } tbody th { min-width: 0; }
  /* Paper does not scroll: what is too wide breaks its lines. */
  td.number, th.number { white-space: normal; } th.number { overflow-wrap: anywhere; }
  .scroll { overflow: visible; } figure img { min-width: 0; max-width: 15cm; padding: 0; }
  figure img.wide { width: 100%; min-width: 0; max-width: 100%; }
  figure, tr, .notes { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; } thead, tbody tr:first-child { break-after: avoid; }
}
""".strip()


class Html(str):
    """Markup that is already safe: it is put into a page as it stands."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text as markup: every special character escaped, control characters replaced; `Html` stays as it is."""
    if isinstance(text, Html):
        return text
    return Html(html.escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), quote=True))


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
    css = f"{STYLE}\n{style}".strip()
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
