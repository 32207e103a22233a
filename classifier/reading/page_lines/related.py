"""Collects the related headlines of a page, and reads the boxes between its paragraphs: headline twice, then blurb."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from classifier.reading.page_lines.blocks import Block, key_of, squeeze
from classifier.reading.page_lines.line_forms import (
    BLURB_MAX,
    Form,
    has_address,
    has_dateline,
    is_cut,
    is_headline,
    is_lone_headline,
    is_service,
    undated,
)
from classifier.reading.page_lines.names import byline_of
from classifier.types import Headline

if TYPE_CHECKING:
    from collections.abc import Sequence


_RANK = re.compile(r"(\d{1,2})[.)]? +(?=[^\W\d_]|[\"“‘'])")


@dataclass(slots=True)
class Related:
    """The headlines of a page, each once, whatever quotes and spaces its printings have."""

    _by_key: dict[str, Headline] = field(default_factory=dict)

    def add(self, headline: str, blurb: str = "", url: str = "") -> None:
        """Add a headline, without its date; if the page has it already, its blurb is taken where none was.

        What names a service of the site or who publishes it is no headline, wherever it stands.
        """
        headline = undated(headline)
        if is_service(headline) or has_address(headline):
            return
        key, blurb = key_of(headline), squeeze(blurb)
        known = self._by_key.get(key)
        if known is None:
            self._by_key[key] = Headline(squeeze(headline), blurb, url)
        elif blurb and not known.blurb:
            self._by_key[key] = Headline(known.headline, blurb, known.url or url)

    def all(self) -> tuple[Headline, ...]:
        """Return the headlines in the order in which the page shows them, without the ranks of a list that counts."""
        found = list(self._by_key.values())
        ranks = [_RANK.match(one.headline) for one in found]
        numbers = [int(rank[1]) if rank else 0 for rank in ranks]
        seen: dict[str, Headline] = {}
        for i, (one, rank) in enumerate(zip(found, ranks, strict=True)):
            beside = (numbers[i - 1 : i] == [numbers[i] - 1] and i > 0) or numbers[i + 1 : i + 2] == [numbers[i] + 1]
            headline = one.headline[rank.end() :] if rank and beside else one.headline
            seen.setdefault(key_of(headline), replace(one, headline=headline))
        return tuple(seen.values())


def at(blocks: Sequence[Block], i: int) -> Block | None:
    """Return the block at `i`, or None behind the end of the page."""
    return blocks[i] if i < len(blocks) else None


def is_plain(block: Block | None) -> bool:
    """Whether a block is text that stands once: a paragraph, a blurb, or a headline without its picture."""
    return block is not None and block.form is Form.TEXT and not block.twice


def is_box(block: Block | None) -> bool:
    """Whether a block is a headline printed twice in a row, the sign of a recommended article."""
    if block is None or not block.twice or not is_headline(block.text):
        return False
    if len(block.text.split()) <= 4 and byline_of(block.text):
        return False
    return block.form is Form.TEXT or (block.form is Form.MEDIA and block.loose)


def is_blurb(block: Block | None, *, certain: bool = True) -> bool:
    """Whether a block below a headline is its blurb rather than the article's next paragraph.

    With `certain` false, when headlines nearby go without blurbs, only what no paragraph looks like is one.
    """
    if block is None or not is_plain(block):
        return False
    if is_cut(block.text) or has_dateline(block.text):
        return True
    return certain and len(block.text) <= BLURB_MAX and not byline_of(block.text)


def read_boxes(blocks: Sequence[Block], i: int, related: Related) -> int:
    """Read the boxes that begin at `i`, one behind the other, each a headline twice and a blurb or none.

    What follows the last one is its blurb only if it looks like one and no box before went without. Returns where the
    article goes on.
    """
    all_have_blurbs = True
    while is_box(at(blocks, i)):
        follower = at(blocks, i + 1)
        if follower and is_blurb(follower, certain=all_have_blurbs):
            related.add(blocks[i].text, follower.text)
            i += 2
        else:
            related.add(blocks[i].text)
            all_have_blurbs = False
            i += 1
    last = at(blocks, i)
    if last and i == len(blocks) - 1 and is_plain(last) and is_lone_headline(last.text) and not byline_of(last.text):
        related.add(last.text)  # the page is cut inside the next box: a paragraph would have ended otherwise
        i += 1
    return i
