"""Reads a saved HTML page of a news site: the article on one side, the headlines it recommends on the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.html.about import stamp_of
from classifier.reading.html.body import read_body, take_out
from classifier.reading.html.facts import Facts, read_facts, without_site
from classifier.reading.html.frame import bars, frame_of, measure
from classifier.reading.html.related import find_related
from classifier.reading.html.tree import (
    brief_text,
    class_words,
    drop_unseen,
    lines_of,
    parse_tree,
    text_lines,
    text_of,
)
from classifier.reading.limits import MAX_PAGE, MIB
from classifier.reading.page_lines.blocks import clean, key_of, squeeze
from classifier.reading.page_lines.line_forms import alike, is_cut, is_prose, slug_words
from classifier.reading.page_lines.names import byline_of, is_stamp, split_signature
from classifier.reading.page_lines.published import authors_of, date_shown
from classifier.reading.raw.encoding import decode
from classifier.types import Headline, Page

if TYPE_CHECKING:
    from collections.abc import Collection

    from classifier.reading.html.tree import Element

_LEAD_WORDS = frozenset(("sapo", "summary", "lead", "description", "desc", "excerpt", "standfirst", "chapeau"))
_LEAD_LEAST, _LEAD_MOST = 6, 1000
"""Words that a lead has at least, and characters at most."""
_LEAD_AMONG, _SAME = 4, 60
"""Paragraphs in which a stated lead is looked for, and letters, without spaces, by which it is known."""
_PARAGRAPH_LEAST = 15
_AUTHOR_WORDS = frozenset(("author", "authors", "byline", "tacgia", "writer"))
_NAMES_MOST = 100
_TITLE_LEAST = 4
_SITE_MOST = 5
_FRONT_LINKS, _FRONT_WORDS = 5, 80
"""A page with at least so many headlines, no h1 for an article and at most so many words of its own is a front page."""

_RIGHT = re.compile(r"text-align\s*:\s*right", re.IGNORECASE)


def parse_html(data: bytes, *, id: str, source: str, encoding: str | None = None) -> Page:  # noqa: A002  as Page has it
    """Return the page that HTML bytes hold: title, byline, lead and body of the article, and the related headlines.

    Title and lead are what the page shows (its h1, its sapo), else what it says in JSON-LD or Open Graph. The body has
    a line for each paragraph, without menus, captions, share bars, tags, author boxes and related boxes; where the text
    of a photo story stands in its captions alone, they are the body. Of a front page of many headlines the title is
    the page's and the text is empty. Raises UnreadableError for more than MAX_PAGE bytes, for an encoding that cannot
    be told, and for a tree beyond the parser's safe limits.
    """
    if len(data) > MAX_PAGE:
        raise UnreadableError(source, f"is larger than {MAX_PAGE // MIB} MiB")
    tree = parse_tree(decode(data, encoding, where=source, markup=True), source)
    facts = read_facts(tree)
    drop_unseen(tree)
    nodes = list(tree.iter())
    frame = frame_of(nodes, measure(nodes))
    heading = _heading(tree, frame, facts)
    title = (text_of(heading) if heading is not None else "") or facts.headline
    title = title or _title_in_text(tree, facts)
    related = find_related(tree, frame, [title, facts.headline, without_site(facts.page_title, facts.site)])
    elsewhere = frame | {node for box in related.boxes for node in box.iter()}
    lead = _lead(tree, heading, elsewhere)
    bylines = _bylines(tree, elsewhere)
    lead_text = text_of(lead) if lead is not None else ""
    byline = facts.author or next((name for node in bylines if (name := byline_of(text_of(node)))), "")
    shown = [line.text for line in text_lines(tree)[0]]
    date = facts.about.date or stamp_of(tree, heading, elsewhere) or date_shown(shown, title)
    for element in (heading, lead, *bylines, *related.boxes, *bars(frame, nodes)):
        if element is not None:
            take_out(element)
    body = _below_title(read_body(tree, len(data)), title)
    body = [line for line in body if key_of(line) != key_of(lead_text) and not is_stamp(line.strip("•·-()[] "))]
    words = sum(len(line.split()) for line in body)
    if heading is None and len(related.headlines) >= _FRONT_LINKS and words <= _FRONT_WORDS and not facts.is_article:
        byline, body = "", []
    else:
        body, signature = split_signature(body)
        byline = byline or signature
        if not lead_text:
            lead_text, body = _split_lead(body, facts.description)
    return Page(
        id=id,
        title=squeeze(clean(title)),
        byline=squeeze(clean(byline)),
        lead=squeeze(clean(lead_text)),
        body="\n".join(text for line in body if (text := squeeze(clean(line)))),
        related=tuple(Headline(clean(item.headline), clean(item.blurb), item.url) for item in related.headlines),
        source=source,
        date=date,
        authors=authors_of(clean(byline)),
        **facts.about.fields(),
    )


def _title_in_text(tree: Element, facts: Facts) -> str:
    """Return the page's <title> without the paper's name, or without what follows the line that the page shows."""
    title = without_site(facts.page_title, facts.site)
    whole, _, rest = title.rpartition(" - ")
    if len(whole.split()) < _TITLE_LEAST or len(rest.split()) > _SITE_MOST:
        return title
    body = tree.find("body")
    shown = set(map(key_of, lines_of(body if body is not None else tree)))
    return whole if key_of(whole) in shown and key_of(title) not in shown else title


def _below_title(body: list[str], title: str) -> list[str]:
    """Return the lines without the title and the menu above it: old layouts have no element for the article."""
    key = key_of(title)
    first = next((number for number, line in enumerate(body) if key_of(line) == key), 0)
    if first and not any(map(is_prose, body[:first])):
        body = body[first:]
    return [line for line in body if key_of(line) != key]


def _heading(tree: Element, frame: Collection[Element], facts: Facts) -> Element:
    """Return the h1 of the article, or None: what the page calls its headline elsewhere decides between several.

    A page whose h1 is but a section's name, or its site's, has none.
    """
    shown = [h1 for h1 in tree.iter("h1") if h1 not in frame and text_of(h1)]
    stated = [text for text in (facts.headline, without_site(facts.page_title, facts.site)) if text]
    keys = set(map(key_of, stated))
    for h1 in shown:
        if key_of(text_of(h1)) in keys:
            return h1
    long = [h1 for h1 in shown if len(text_of(h1).split()) >= _TITLE_LEAST]
    words = list(map(slug_words, stated))
    for h1 in long:
        own = slug_words(text_of(h1))
        if any(alike(own, other) for other in words):
            return h1
    for h1 in long:
        if not facts.is_article or class_words(h1) & {"title", "headline", "detail"}:
            return h1
    return None


def _lead(tree: Element, heading: Element, elsewhere: Collection[Element]) -> Element:
    """Return the element between headline and text whose class calls it a summary, or None."""
    below, paragraphs = heading is None, 0
    for node in tree.iter():
        below = below or node is heading
        if not below or node is heading or node in elsewhere or node.tag in ("html", "body", "main"):
            continue
        is_summary = class_words(node) & _LEAD_WORDS and next(node.iter("h1"), None) is None
        if is_summary and len(brief_text(node, _LEAD_MOST).split()) >= _LEAD_LEAST:
            return node
        paragraphs += node.tag == "p" and len(text_of(node).split()) >= _PARAGRAPH_LEAST
        if paragraphs > 2:
            break
    return None


def _bylines(tree: Element, elsewhere: Collection[Element]) -> list[Element]:
    """Return the elements that hold a name by their class, or as a signature set to the right."""
    found: list[Element] = []
    for node in tree.iter():
        if node in elsewhere or node.tag in ("html", "body"):
            continue
        named = bool(class_words(node) & _AUTHOR_WORDS)
        if (named or _RIGHT.search(node.get("style") or "")) and byline_of(brief_text(node, _NAMES_MOST)):
            found.append(node)
    return found


def _split_lead(body: list[str], description: str) -> tuple[str, list[str]]:
    """Lead and body of an article that shows no summary: the one it states to machines, else its first paragraph.

    A statement that begins as one of the first paragraphs does, or holds it, is that paragraph cut off or the article
    over again.
    """
    stated = key_of(description.rstrip(". …") if is_cut(description) else description)
    for number, line in enumerate(body[:_LEAD_AMONG]):
        key = key_of(line)
        if stated and (stated[:_SAME] in key or (len(key) >= _SAME and key in stated)):
            return line, body[:number] + body[number + 1 :]
    if len(description.split()) >= _LEAD_LEAST and len(description) <= _LEAD_MOST:
        return description, body
    return (body[0], body[1:]) if len(body) > 1 else ("", body)
