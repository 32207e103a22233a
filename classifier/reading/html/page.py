"""Reads a saved HTML page of a news site: the article on one side, the headlines it recommends on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.html.about import stamp_of
from classifier.reading.html.body import read_body, read_whole, take_out
from classifier.reading.html.facts import Facts, read_facts, without_site
from classifier.reading.html.frame import bars, frame_of, measure
from classifier.reading.html.front import is_list
from classifier.reading.html.prose import count, sentences
from classifier.reading.html.related import Found, find_related
from classifier.reading.html.saved_by import as_published, saved_from
from classifier.reading.html.top import (
    find_bylines,
    find_heading,
    find_lead,
    split_lead,
    title_in_text,
    whole_description,
)
from classifier.reading.html.tree import drop_unseen, parse_tree, text_lines, text_of
from classifier.reading.html.view_source import viewed_source
from classifier.reading.limits import MAX_PAGE, MIB
from classifier.reading.page_lines.blocks import clean, key_of, squeeze
from classifier.reading.page_lines.line_forms import is_prose
from classifier.reading.page_lines.names import byline_of, is_stamp, split_signature
from classifier.reading.page_lines.published import authors_of, date_shown
from classifier.reading.raw.encoding import decode
from classifier.types import ARTICLE, LIST, Headline, Page

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from classifier.reading.html.tree import Element

_ARROWS = "> »›"
"""What stands before a link that has been taken out."""
_SCRAP, _MORE_THAN_SCRAP = 60, 2
"""Words of a body that may be none, and how many times its words the page then shows as prose."""


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
    markup = as_published(decode(data, encoding, where=source, markup=True))
    tree = parse_tree(markup, source)
    if inner := viewed_source(tree):
        markup = as_published(inner)
        tree = parse_tree(markup, source)
    facts = read_facts(tree)
    drop_unseen(tree)
    nodes = list(tree.iter())
    frame = frame_of(nodes, measure(nodes))
    heading = find_heading(tree, frame, facts)
    title = (text_of(heading) if heading is not None else "") or facts.headline or title_in_text(tree, facts)
    related = find_related(tree, frame, [title, facts.headline, without_site(facts.page_title, facts.site)])
    read = _Reading(tree, facts, nodes, frame, heading, title, related, markup)
    article = _Article("", "", []) if read.is_list else _article(read, len(markup))
    about = facts.about.fields()
    return Page(
        id=id,
        title=squeeze(clean(title)),
        byline=squeeze(clean(article.byline)),
        lead=squeeze(clean(article.lead)),
        body="\n".join(text for line in article.body if (text := squeeze(clean(line)))),
        related=tuple(Headline(clean(item.headline), clean(item.blurb), item.url) for item in related.headlines),
        source=source,
        kind=LIST if read.is_list else ARTICLE,
        date=read.date,
        authors=authors_of(clean(article.byline)),
        **{**about, "url": about["url"] or saved_from(markup)},
    )


class _Reading:
    """A parsed page, and what is known of it before its article is read."""

    def __init__(
        self,
        tree: Element,
        facts: Facts,
        nodes: Sequence[Element],
        frame: Collection[Element],
        heading: Element,
        title: str,
        related: Found,
        markup: str,
    ) -> None:
        self.tree, self.facts, self.heading, self.title, self.related = tree, facts, heading, title, related
        self.markup = markup
        self.bars = bars(frame, nodes)
        self.boxes = {node for box in related.boxes for node in box.iter()}
        self.elsewhere = self.boxes.union(frame)
        lines, _ = text_lines(tree)
        self.shown = [line.text for line in lines]
        self.prose = count(line for line in sentences(lines) if line.block not in self.boxes)
        self.is_list = not facts.is_article and is_list(lines, related, heading)
        self.date = facts.about.date or stamp_of(tree, heading, self.elsewhere) or date_shown(self.shown, title)


@dataclass(frozen=True, slots=True)
class _Article:
    """What an article says: names, summary, paragraphs."""

    byline: str
    lead: str
    body: list[str]


def _article(read: _Reading, size: int) -> _Article:
    """Return the article of a page of `size` bytes. The tree is used up."""
    tree, facts = read.tree, read.facts
    lead = find_lead(tree, read.heading, read.elsewhere)
    bylines = find_bylines(tree, read.heading, read.elsewhere, read.boxes)
    byline = facts.author or next((name for node in bylines if (name := byline_of(text_of(node)))), "")
    for element in (read.heading, *bylines, *read.related.boxes, *read.bars):
        if element is not None:
            take_out(element)
    lead_text = text_of(lead).rstrip(_ARROWS) if lead is not None else ""
    if lead is not None:
        take_out(lead)
    body = [line.rstrip(_ARROWS) for line in _below_title(read_body(tree, size), read.title)]
    if _is_scrap(body, read):
        body = _below_title(read_whole(read.markup, size), read.title) or body
    body = [line for line in body if key_of(line) != key_of(lead_text) and not is_stamp(line.strip("•·-()[] "))]
    body, signature = split_signature(body)
    byline = byline or signature
    if not lead_text:
        lead_text, body = split_lead(body, _description(read), read.title)
    if not byline and facts.meta_author and any(facts.meta_author in line for line in read.shown):
        byline = facts.meta_author
    return _Article(byline, lead_text, body)


def _is_scrap(body: list[str], read: _Reading) -> bool:
    """Whether hardly anything was found in a page that shows prose: its classes call the article what it is not."""
    found = sum(len(line.split()) for line in body)
    return found < _SCRAP and read.prose >= max(_SCRAP, _MORE_THAN_SCRAP * found)


def _description(read: _Reading) -> str:
    """Return the summary that the page states to machines, whole where the page shows it so."""
    shown = (line for line in read.shown if line != read.facts.page_title)
    return whole_description(read.facts.description, shown)


def _below_title(body: list[str], title: str) -> list[str]:
    """Return the lines without the title and the menu above it: old layouts have no element for the article."""
    key = key_of(title)
    first = next((number for number, line in enumerate(body) if key_of(line) == key), 0)
    if first and not any(map(is_prose, body[:first])):
        body = body[first:]
    return [line for line in body if key_of(line) != key]
