"""Tells front and section pages from articles: headlines with their blurbs, and no text of the page's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.reading.html.tree import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.reading.html.related import Found
    from classifier.reading.html.tree import Element, TextLine

_LINKS, _LINKS_BELOW_TITLE = 5, 10
"""Headlines that a list has at least, and one with a heading that may be an article's title."""
_OWN, _OWN_BELOW_TITLE = 80, 25
"""Words of prose that a list has at most besides blurbs, and one with such a heading."""
_PROSE_LEAST = 12
"""Words of a line that is prose."""


def is_list(lines: Sequence[TextLine], related: Found, heading: Element | None) -> bool:
    """Whether a page is a list of headlines: many of them, and hardly any prose that stands not right below one.

    lines: those of the whole page, before anything is taken out; heading: what may be an article's title.
    """
    below_title = heading is not None
    if len(related.headlines) < (_LINKS_BELOW_TITLE if below_title else _LINKS):
        return False
    spots = {node for card in related.boxes for node in card.iter()}
    headlines = {item.headline for item in related.headlines}
    title = text_of(heading) if heading is not None else ""
    own, below_headline = 0, False
    for line in lines:
        text = line.text
        if not text or text == title:
            continue
        if line.is_prose and line.words >= _PROSE_LEAST:
            own += 0 if below_headline or line.block in spots else line.words
            below_headline = False
        elif line.block in spots or text in headlines:
            below_headline = True
    return own <= (_OWN_BELOW_TITLE if below_title else _OWN)
