"""Tells which elements of a page are its frame: menus, bars, tags, forms, comments, advertising."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.reading.html.tree import HEADINGS, class_words, names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from classifier.reading.html.tree import Element

_HEADLINE_LEAST = 4
_LONG_PARAGRAPH, _PARAGRAPHS = 20, 3
"""An element with so many paragraphs of so many words is an article, though its class may speak of sharing or tags."""
_PROSE_LEAST = 150
"""Words outside links that make an element content whatever its class."""
_CARD_LINK, _CARDS = 6, 3
"""An element with so many links of so many words is a list of articles, though its class may speak of pop-ups."""
_FORM_INPUTS, _FORM_WORDS = 2, 100
"""Fields, and words at most, of an element that readers fill in."""

# Parts of class names and ids, as cut at hyphens, underscores and capitals.
_SURE = frozenset((
    "nav", "navbar", "navigation", "menu", "submenu", "breadcrumb", "breadcrumbs", "footer", "pagination", "paging",
    "pager", "comment", "comments", "copyright", "hotline", "ads", "advert", "advertisement", "adv", "quangcao",
    "sponsor", "sponsored", "cookie", "login",
))  # fmt: skip
# Notices of what a site stores are long prose, and never the article.
_CONSENT = frozenset(("cookie", "cookies", "consent", "gdpr", "cmp", "onetrust", "usercentrics"))
# What they name may hold headlines: a class alone does not tell.
_LIKELY = frozenset((
    "social", "share", "sharing", "tag", "tags", "keyword", "keywords", "search", "banner", "qc", "popup", "modal",
    "subscribe", "newsletter", "weather", "toolbar", "bookmark", "rating", "vote", "poll",
))  # fmt: skip
_NAMES = frozenset((
    "header", "site-header", "main-header", "page-header", "top-header", "topbar", "top-bar", "pr", "pr-articles",
    "author-box",
))  # fmt: skip


@dataclass(slots=True)
class Measure:
    """What stands below an element: its words, those in links, long paragraphs, and parts that tell something."""

    words: int = 0
    linked: int = 0
    paragraphs: int = 0
    long_links: int = 0
    fields: int = 0
    articles: int = 0
    navs: int = 0
    h1: int = -1
    """Words of its longest h1, -1 without one."""

    def add(self, other: Measure) -> None:
        """Add what stands below a child."""
        self.words += other.words
        self.linked += other.linked
        self.paragraphs += other.paragraphs
        self.long_links += other.long_links
        self.fields += other.fields
        self.articles += other.articles
        self.navs += other.navs
        self.h1 = max(self.h1, other.h1)


def measure(nodes: Sequence[Element]) -> dict[Element, Measure]:
    """Return the measure of each of a tree's elements, given in document order, in one pass from the leaves up."""
    found = {node: Measure() for node in nodes}
    for node in reversed(nodes):
        own = found[node]
        own.words += len((node.text or "").split())
        tag = node.tag
        if tag == "a":
            own.linked = own.words
            own.long_links += own.words >= _CARD_LINK
        elif tag == "p":
            own.paragraphs += own.words >= _LONG_PARAGRAPH
        elif tag == "h1":
            own.h1 = max(own.h1, own.words)
        elif tag == "input":
            own.fields += (node.get("type") or "text").lower() in ("text", "email", "password", "search", "tel", "url")
        own.articles += tag == "article"
        own.navs += tag == "nav"
        parent = found.get(node.getparent())
        if parent is not None:
            parent.add(own)
            parent.words += len((node.tail or "").split())
    return found


def frame_of(nodes: Sequence[Element], measures: Mapping[Element, Measure]) -> set[Element]:
    """Return those of a tree's elements, given in document order, that are menus, bars, tags, comments, advertising.

    A class name alone decides nothing: what holds the article, or headlines with links, is content whatever it is
    called. A header or footer belongs to the frame unless it is an article's own (a card's header holds its headline).
    """
    frame: set[Element] = set()
    articles: set[Element] = set()
    for node in nodes:
        parent = node.getparent()
        if parent in frame:
            frame.add(node)
            continue
        in_article = parent in articles
        if in_article or node.tag in ("article", "main", "section", "li"):
            articles.add(node)
        if _is_frame(node, measures[node], in_article=in_article):
            frame.add(node)
    return frame


def _is_frame(node: Element, measured: Measure, *, in_article: bool) -> bool:
    if node.tag in ("html", "body", "main", "a", *HEADINGS):
        return False  # sites put every kind of word into the class of the body, and of links
    if node.tag in ("nav", "footer"):
        return measured.h1 < 0 or measured.navs > 0
    if node.tag == "header":
        return not in_article and not (measured.h1 >= _HEADLINE_LEAST and not measured.navs)
    return _is_form(node, measured) or _is_called_frame(node, measured)


def _is_called_frame(node: Element, measured: Measure) -> bool:
    """Whether an element is called as parts of the frame are, and holds nothing that tells otherwise."""
    names = names_of(node)
    if names & _NAMES:
        return measured.h1 < 0
    words = class_words(node) if names else names
    if words & _CONSENT:
        return measured.h1 < 0 and not measured.articles
    if words & _SURE:
        return not _holds_content(measured, comments=not words.isdisjoint(("comment", "comments")))
    return bool(words & _LIKELY) and not _holds_content(measured) and measured.long_links < _CARDS


def _is_form(node: Element, measured: Measure) -> bool:
    """Whether an element is made for readers to write in: fields with their labels and a notice."""
    fields = measured.fields >= (1 if node.tag == "form" else _FORM_INPUTS)
    return fields and measured.words <= _FORM_WORDS and not _holds_content(measured)


def _holds_content(measured: Measure, *, comments: bool = False) -> bool:
    """Whether an element wraps the article or a list of cards, so that it is no frame, whatever it is called."""
    if measured.h1 >= 0 or measured.articles:
        return True
    prose = measured.words - measured.linked
    return not comments and (
        measured.paragraphs >= _PARAGRAPHS or (0.5 * prose >= measured.linked and prose >= _PROSE_LEAST)
    )


def bars(frame: Collection[Element], nodes: Sequence[Element]) -> list[Element]:
    """Return the outermost elements of the frame."""
    return [node for node in nodes if node in frame and node.getparent() not in frame]
