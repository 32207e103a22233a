"""Reads the related headlines below a head like "Đọc thêm", printed once or twice, with or without blurbs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classifier.reading.page_lines.foot import comments_at
from classifier.reading.page_lines.line_forms import (
    BLURB_MAX,
    LONG_HEADLINE,
    Form,
    after_any_slug,
    has_dateline,
    is_cut,
    is_headline,
    is_lone_headline,
    is_prose,
    is_sentence,
    linked_headline,
    similar,
    undated,
)
from classifier.reading.page_lines.names import byline_of, is_date, is_site_or_category
from classifier.reading.page_lines.related import Related, at, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifier.reading.page_lines.blocks import Block

_ENDS_SECTION = frozenset((Form.HEAD, Form.TAGS, Form.FOLLOW, Form.END, Form.IMPRINT))
_PICTURE = frozenset((Form.CAPTION, Form.SLUG, Form.SOURCE))
_HEADLINES = frozenset((Form.TEXT, Form.MEDIA, Form.LINK))
_LOOK_AHEAD = 8
_SLUG_CUT_LEAST = 8
_SHORT = 60
"""Characters; blurbs are cut far behind that."""
_BULLET = re.compile(r"[^\w\"'“”„‘’«(\[<&$#@…]+")
_RANK = re.compile(r"(\d{1,2})[.)] +(?=\w|[\"'“‘«])")


@dataclass(slots=True)
class _Item:
    """A headline on the way: its block, what it says, and its blurb as far as it is read."""

    block: Block
    headline: str
    blurb: str = ""


@dataclass(slots=True)
class _Section:
    """A list of related headlines while it is read."""

    blocks: Sequence[Block]
    slugs: Sequence[str]
    paragraphs: int
    ended: bool
    items: list[_Item] = field(default_factory=list)
    blurbs: int = 0

    @property
    def open_item(self) -> _Item | None:
        """The last headline as long as it has no blurb."""
        return self.items[-1] if self.items and not self.items[-1].blurb else None

    @property
    def regular(self) -> bool:
        """Whether all headlines before the last have a blurb."""
        return len(self.items) > 1 and self.blurbs >= len(self.items) - 1

    def add_blurb(self, text: str) -> None:
        """Give the last headline its blurb, or more of it."""
        last = self.items[-1]
        self.blurbs += not last.blurb
        if len(last.blurb) < BLURB_MAX:
            last.blurb = f"{last.blurb} {text}".strip()


def read_section(
    blocks: Sequence[Block], i: int, related: Related, slugs: Sequence[str], paragraphs: int, *, ended: bool
) -> int:
    """Read the list of related headlines that begins at `i`, below its head; returns where it stops.

    A list among the paragraphs of an article stops at a picture, or at text that no headline of the list can own:
    there the article goes on. `paragraphs` says how many it has had, `ended` that no more can come. `slugs` are the
    page's own headline without accents, which may stand before each headline.
    """
    section = _Section(blocks, slugs, paragraphs, ended)
    while (block := at(blocks, i)) is not None and block.form not in _ENDS_SECTION:
        if comments_at(blocks, i):
            break
        if not ended and block.form in _PICTURE and not _list_goes_on(blocks, i + 1):
            _drop_description(section.items, blocks, i)
            break
        if not _take(section, i):
            break
        i += 1
    for item in section.items:
        related.add(item.headline, item.blurb)
    return i


def _take(section: _Section, i: int) -> bool:
    """Take the block at `i` as a headline, as a blurb or as nothing; False where the article goes on with it."""
    block, open_item = section.blocks[i], section.open_item
    if block.form is Form.CAPTION and open_item:
        section.add_blurb(block.text)  # a blurb that ends in a credit
        return True
    if block.form not in _HEADLINES or _is_furniture(block, section.slugs):
        return True
    if is_plain(block) and len(block.text) <= 40 and byline_of(block.text):
        after = at(section.blocks, i + 1)
        return section.ended or not (after is None or after.form is Form.SOURCE or after.form in _ENDS_SECTION)
    headline = _headline_at(section, i)
    if headline:
        section.items.append(_Item(block, headline))
    elif not section.ended and _article_goes_on(section, i):
        return False
    elif open_item or (section.items and is_sentence(block.text)):
        section.add_blurb(block.text)
    return bool(section.items) or section.ended


def _is_furniture(block: Block, slugs: Iterable[str]) -> bool:
    text = block.text
    cut_slug = len(text) >= _SLUG_CUT_LEAST and any(slug.startswith(text) for slug in slugs)
    return cut_slug or (not block.twice and (is_date(text) or is_site_or_category(text) or text.isdecimal()))


def _headline_at(section: _Section, i: int) -> str:
    """Return the headline that the block at `i` holds, by its form and by the list so far, or ""."""
    block = section.blocks[i]
    if block.form is Form.LINK:
        return linked_headline(block.text)
    behind = behind_slug(block.text, section.slugs) or after_any_slug(block.text)
    if behind or block.twice:
        return behind or block.text
    text = undated(_unranked(section, block.text))
    if section.open_item:
        return text if is_lone_headline(text) and not _is_open_blurb(section, i, text) else ""
    # It is not the blurb of the headline before: a longer line may be a headline too, and so may the cut last one.
    long = len(text.split()) > 2 and len(text) <= LONG_HEADLINE
    last = bool(section.items) and i == len(section.blocks) - 1
    return text if is_lone_headline(text) or ((long or last) and is_headline(text) and not is_prose(text)) else ""


def _unranked(section: _Section, text: str) -> str:
    """Return a line of a list without its bullet or the rank before it."""
    if not text[0].isalnum():
        bullet = _BULLET.match(text)
        return text[bullet.end() :] if bullet else text
    rank = _RANK.match(text)
    return text[rank.end() :] if rank and int(rank[1]) == len(section.items) + 1 else text


def _is_open_blurb(section: _Section, i: int, text: str) -> bool:
    """Whether a line in the form of a headline is the blurb of the one before, judged by the rest of the list."""
    items, after = section.items, at(section.blocks, i + 1)
    twice = items[-1].block.twice
    owns_blurb = after is not None and is_plain(after) and is_prose(after.text)
    if is_cut(text):
        blurbless = not section.blurbs and (len(items) > 1 or _list_of_headlines(section, i))
        return twice or not (blurbless or owns_blurb)
    long = len(text) > 90 and len(items) > 2 and section.regular
    return (twice or long) and not owns_blurb


def _list_of_headlines(section: _Section, i: int) -> bool:
    """Whether the line at `i` is as short as a headline and what follows it are headlines only."""
    rest = section.blocks[i + 1 : i + 3]
    bare = all(is_plain(block) and is_lone_headline(block.text) and not is_cut(block.text) for block in rest)
    return len(section.blocks[i].text) <= _SHORT and len(rest) == 2 and bare


def behind_slug(text: str, slugs: Iterable[str]) -> str:
    """Return the headline behind one of the page's slugs, or "" where the line opens with none."""
    return next((text[len(slug) + 1 :].strip() for slug in slugs if text.startswith(slug + " ")), "")


def _article_goes_on(section: _Section, i: int) -> bool:
    """Whether the prose at `i`, in a list among paragraphs, is the article again and not a blurb."""
    blocks, items, text = section.blocks, section.items, section.blocks[i].text
    if not items or len(text) > 2 * BLURB_MAX:
        return True
    if items[-1].blurb:
        return not _list_goes_on(blocks, i + 1)
    if is_cut(text) or has_dateline(text):
        return False
    twice, after = items[-1].block.twice, at(blocks, i + 1)
    if after is not None and is_plain(after) and not is_lone_headline(after.text):
        return not (section.regular or (twice and len(items) == 1 and len(text) <= BLURB_MAX))
    above_article = section.paragraphs <= 1 and after is not None and not is_plain(after)
    return above_article and not section.regular and not twice


def _list_goes_on(blocks: Sequence[Block], i: int) -> bool:
    """Whether headlines, each with one line of prose at most, go on at `i`, below prose that none of them owns."""
    headlines, prose = 0, True
    for block in blocks[i : i + _LOOK_AHEAD]:
        if block.form in _PICTURE:
            return False
        if block.form in _ENDS_SECTION:
            break
        if block.twice or is_lone_headline(block.text):
            headlines, prose = headlines + 1, False
        elif prose:
            return False
        else:
            prose = True
    return headlines > 0


def _drop_description(items: list[_Item], blocks: Sequence[Block], i: int) -> None:
    """Take back a line read as a headline that describes the picture whose caption stands at `i`."""
    line, caption = blocks[i - 1], blocks[i]
    if not items or items[-1].block is not line or line.twice or caption.form is not Form.CAPTION:
        return
    set_off = line.gap and not caption.gap
    if set_off or similar(line.text, caption.text) or similar(line.text, blocks[0].text):
        items.pop()
