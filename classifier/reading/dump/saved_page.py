"""Reads a saved news page out of its text dump: what is the article, and which headlines the page recommends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classifier.reading.page_lines.blocks import Block, key_of, read_blocks
from classifier.reading.page_lines.foot import comments_at, heads_headlines, skip_foot, skip_tags
from classifier.reading.page_lines.front import NOT_OF_AN_ARTICLE, read_front, slugs_of
from classifier.reading.page_lines.line_forms import (
    HEADLINE_MAX,
    Form,
    has_dateline,
    is_caption_alone,
    is_cut,
    is_headline,
    is_lone_headline,
    is_prose,
    is_sentence,
    linked_headline,
    similar,
    undated,
)
from classifier.reading.page_lines.names import byline_of, is_date, is_stamp
from classifier.reading.page_lines.published import authors_of, date_shown
from classifier.reading.page_lines.related import Related, at, is_blurb, is_box, is_plain, read_boxes
from classifier.reading.page_lines.sections import behind_slug, read_section
from classifier.reading.page_lines.tail import without_tail
from classifier.reading.page_lines.whole_page import find_article, is_below, repeated, without_menus
from classifier.types import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNCREDITED_MAX = 200
_BELOW_ARTICLE = frozenset((Form.SOURCE, Form.TAGS, Form.COMMENTS, Form.IMPRINT))
_HEAD_MOST = 40
"""Characters of the head of a list that no list of heads knows."""


@dataclass(slots=True)
class _Article:
    """What the walk over a page has gathered so far, and how the page is printed.

    `spaced`: blank lines stand between its paragraphs; `captions_twice`: it prints captions twice in a row; `bare`: it
    has nothing of a page around the article; `furniture` are the keys of lines that stand again and again.
    """

    blocks: Sequence[Block]
    title: str
    title_key: str
    byline: str
    slugs: Sequence[str]
    spaced: bool
    captions_twice: bool
    bare: bool
    furniture: frozenset[str] = frozenset()
    paragraphs: list[str] = field(default_factory=list)
    related: Related = field(default_factory=Related)
    ended_after: int = 0

    def add(self, paragraph: str) -> None:
        """Add a paragraph; if it is prose, what seemed to be the end of the article was none."""
        self.paragraphs.append(paragraph)
        if is_sentence(paragraph):
            self.ended_after = 0

    def end(self) -> None:
        """Note that the article seems to have ended: with a source line, tags, or a list behind its signature."""
        self.ended_after = self.ended_after or len(self.paragraphs)

    def has_ended(self) -> bool:
        """Whether the article has ended, be it only with a signature."""
        return bool(self.ended_after) or (len(self.paragraphs) > 2 and bool(byline_of(self.paragraphs[-1])))


def parse_saved_page(text: str, *, id: str, source: str) -> Page:  # noqa: A002  the name that Page has
    """Return the page that a text dump holds: the article on one side, the related headlines on the other.

    The first line is the title if it is short enough for a headline (250 characters), else the title is "" and the
    text begins with the lead. The lead is the first paragraph; the others, a line each, are the body. A byline is
    taken from the top, else from the signature at the end. Related headlines come in the order of the page, each
    once, from boxes in the article and from sections below it; their blurb is "" where none follows. Captions, source
    lines, tags and buttons are dropped. All text is NFC with its HTML entities resolved. Text without words gives a
    page with nothing in it. Never raises; time is linear in the length of `text`.
    """
    blocks = read_blocks(text)
    span = find_article(blocks)
    if span.whole:
        blocks = without_menus(blocks, span)
    blocks, end = blocks[span.start :], span.end - span.start
    title, byline, summary, i = read_front(blocks)
    article = _Article(
        blocks,
        title,
        key_of(title),
        byline,
        slugs=slugs_of(blocks, title),
        spaced=4 * sum(block.gap for block in blocks[2:]) > len(blocks[2:]),  # a title is often set off alone
        captions_twice=any(block.form is Form.CAPTION and block.twice for block in blocks),
        bare=not any(block.form in NOT_OF_AN_ARTICLE for block in blocks),
        furniture=repeated(blocks) if span.whole else frozenset(),
    )
    while i < end and blocks[i].form is not Form.END:
        i = _read_block(article, i)
    if end < len(blocks) and i < len(blocks):
        _read_below(article, i)
    paragraphs, byline = without_tail(
        article.paragraphs[: article.ended_after or None], article.byline, article.related
    )
    if summary and not (paragraphs and key_of(paragraphs[0]).startswith(key_of(summary).rstrip("."))):
        paragraphs.insert(0, summary)
    lead, body = "".join(paragraphs[:1]), "\n".join(paragraphs[1:])
    date = date_shown([line.strip() for line in text.split("\n")], title)
    related = article.related.all()
    return Page(id, title, byline, lead, body, related, source, date=date, authors=authors_of(byline))


def _read_block(article: _Article, i: int) -> int:
    """Take the block at `i`, with what belongs to it, into the article or the related headlines; returns the next."""
    block, after = article.blocks[i], i + 1
    if block.form is Form.HEAD:
        after = _read_list(article, i + 1)
    elif block.form is Form.LINK:
        article.related.add(linked_headline(block.text))
    elif block.form in _BELOW_ARTICLE:
        after = _read_foot(article, i)
    elif block.form is Form.FOLLOW:
        _take_author(article)
        after = _skip_picture(article, i + 1)
    elif block.text in article.slugs:
        after = _read_slug(article, i + 1)
    elif is_box(block) and not _is_caption_twice(article, i) and not _is_verse(article.blocks, i):
        after = _read_boxes(article, i)
    elif block.form in (Form.TEXT, Form.SLUG):
        after = _read_text(article, i)
    return after


def _read_below(article: _Article, i: int) -> None:
    """Read what stands below the article, from `i`: headlines, each with the blurb below it, and the site's foot."""
    blocks = article.blocks
    article.end()
    while i < len(blocks) and blocks[i].form is not Form.END:
        block, after = blocks[i], at(blocks, i + 1)
        if block.form is Form.HEAD or block.form in _BELOW_ARTICLE:
            i = max(i + 1, _read_block(article, i))
            continue
        i += 1
        headline = linked_headline(block.text) or undated(block.text)
        if is_below(blocks, i - 1, article.title) and (block.form is Form.LINK or is_lone_headline(headline)):
            blurb = after.text if after and is_blurb(after) and is_prose(after.text) else ""
            article.related.add(headline, blurb)
            i += bool(blurb)


def _read_list(article: _Article, i: int) -> int:
    """Read the list of related headlines below a head."""
    ended = article.has_ended()
    if ended:
        article.end()
    return read_section(article.blocks, i, article.related, article.slugs, len(article.paragraphs), ended=ended)


def _read_foot(article: _Article, i: int) -> int:
    """Read what stands below an article: its source, tags, what readers wrote, the imprint."""
    blocks, form = article.blocks, article.blocks[i].form
    if form in (Form.COMMENTS, Form.IMPRINT):
        if not article.paragraphs or (form is Form.COMMENTS and not comments_at(blocks, i)):
            return i + 1
        article.end()
        return skip_foot(blocks, i + 1, comments=form is Form.COMMENTS)
    article.end()
    if form is Form.TAGS:
        return _read_list(article, i + 1) if heads_headlines(blocks, i) else skip_tags(blocks, i + 1)
    return i + 1


def _take_author(article: _Article) -> None:
    """Take a name below the lead out of the paragraphs."""
    if len(article.paragraphs) > 1 and byline_of(article.paragraphs[-1]):
        name = byline_of(article.paragraphs.pop())
        article.byline = article.byline or name


def _read_boxes(article: _Article, i: int) -> int:
    """Read the boxes that begin at `i`; if the page ends with them, a short line above them was their head."""
    blocks, above = article.blocks, article.blocks[i - 1]
    after = read_boxes(blocks, i, article.related)
    at_end = after == len(blocks) or blocks[after].form is Form.END
    short = len(above.text) <= _HEAD_MOST and is_headline(above.text) and not byline_of(above.text)
    if at_end and after - i > 2 and short and len(article.paragraphs) > 1 and article.paragraphs[-1] == above.text:
        article.paragraphs.pop()
    return after


def _is_verse(blocks: Sequence[Block], i: int) -> bool:
    """Whether the line at `i` goes on right below with a small letter, as no blurb begins."""
    after = at(blocks, i + 1)
    return after is not None and is_plain(after) and not after.gap and after.text[0].islower()


def _read_text(article: _Article, i: int) -> int:
    """Take a line of text: a headline behind the page's slug, a picture's description, or a paragraph."""
    block, follower = article.blocks[i], at(article.blocks, i + 1)
    headline = behind_slug(block.text, article.slugs)
    if headline:
        blurb = follower.text if follower and is_blurb(follower) else ""
        article.related.add(headline, blurb)
        return i + 1 + bool(blurb)
    if block.key in article.furniture or (len(article.paragraphs) == 1 and is_stamp(block.text)):
        return i + 1
    lead_again = len(article.paragraphs) == 1 and key_of(article.paragraphs[0]) == block.key
    if not lead_again and not _describes_picture(article, i):
        said = not article.spaced or (block.loose and is_sentence(block.text)) or _is_verse(article.blocks, i)
        copies = block.copies if article.paragraphs and said else 1
        for _ in range(copies):
            article.add(block.text)
    return i + 1


def _describes_picture(article: _Article, i: int) -> bool:
    """Whether the line at `i` belongs to a picture: its description, which stands right before the caption."""
    block, after = article.blocks[i], at(article.blocks, i + 1)
    if block.key == article.title_key or (block.twice and _is_caption_twice(article, i)):
        return True
    if after is None or after.form is not Form.CAPTION or len(block.text) > HEADLINE_MAX:
        return False
    if is_sentence(block.text) or (byline_of(block.text) and is_caption_alone(after.text)):
        return after.key.startswith(block.key)
    below = article.blocks[i - 1].form if i else Form.TEXT
    if below in (Form.FOLLOW, Form.SLUG) or after.key.startswith(block.key) or is_date(block.text):  # or "2/5"
        return True
    if article.spaced:
        return not after.gap and (block.gap or below is Form.CAPTION)
    prose = block.text.rstrip("\"'”’ ").endswith(("?", "!", ":", ";", ",", "...", "…"))
    return not prose and (similar(block.text, after.text) or similar(block.text, article.blocks[0].text))


def _is_caption_twice(article: _Article, i: int) -> bool:
    """Whether a line twice in a row, without a credit, is a picture's caption: printed tightly among spaced lines."""
    block, after = article.blocks[i], at(article.blocks, i + 1)
    if not article.paragraphs and block.key == article.title_key:
        return True
    if not article.spaced:
        return article.bare and is_headline(block.text) and not is_blurb(after)
    if block.loose or not article.paragraphs:
        return False
    if article.captions_twice or is_sentence(block.text) or (is_plain(after) and not is_blurb(after)):
        return True
    # Set off from the text below, and no other box next to it: the article goes on.
    box_before = i > 1 and (is_box(article.blocks[i - 1]) or is_box(article.blocks[i - 2]))
    box_after = is_box(at(article.blocks, i + 1)) or is_box(at(article.blocks, i + 2))
    set_off = block.gap and after is not None and after.gap and not (is_cut(after.text) or has_dateline(after.text))
    return set_off and not (box_before or box_after)


def _skip_picture(article: _Article, i: int) -> int:
    """Skip the picture that stands right below "Theo dõi … trên": its description, and its caption even uncredited."""
    first, second, third = (at(article.blocks, i + step) for step in range(3))
    if first is None or first.gap or not is_plain(first) or is_sentence(first.text):
        return i
    if not article.spaced and third is not None:
        return i
    if second is None or second.gap:
        return i + 1
    uncredited = is_plain(second) and len(second.text) <= _UNCREDITED_MAX and (third is None or third.gap)
    return i + 2 if uncredited else i


def _read_slug(article: _Article, i: int) -> int:
    """Read what stands below a slug on a line of its own: a box (headline once, blurb) or a picture's caption."""
    block, after = at(article.blocks, i), at(article.blocks, i + 1)
    if block is None or not is_plain(block):
        return i
    if article.spaced and not block.gap:
        return i + (len(block.text) <= _UNCREDITED_MAX)
    above_body = not article.spaced and len(article.paragraphs) < 2
    if above_body or is_sentence(block.text) or byline_of(block.text):
        return i
    blurb = after.text if after and is_blurb(after) else ""
    article.related.add(block.text, blurb)
    return i + 1 + bool(blurb)
