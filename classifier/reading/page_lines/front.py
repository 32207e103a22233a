"""Reads the top of a saved page: title, byline, and the lead where it stands above a second title."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from classifier.reading.page_lines.blocks import Block, key_of
from classifier.reading.page_lines.line_forms import (
    HEADLINE_MAX,
    Form,
    is_cut,
    is_lone_headline,
    is_sentence,
    similar,
    slug_of,
)
from classifier.reading.page_lines.names import byline_of, has_stamp, is_date, is_paper, is_site_or_category, is_stamp
from classifier.reading.page_lines.related import at, is_box

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_OF_AN_ARTICLE = frozenset((Form.HEAD, Form.TAGS, Form.FOLLOW, Form.END))
"""The forms of lines that stand around an article; text without any is bare."""
_BUTTONS = frozenset((Form.FURNITURE, Form.COMMENTS, Form.IMPRINT))
_TITLE_AGAIN_WITHIN = 8
_SITE = re.compile(r"\s+[|–-]\s+(?:[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org)|(?<=\|\s)(?:Báo|Tạp chí|Đài) .{2,30})$")
_SITE_LONGEST = 40
_SLUGS_AT_MOST = 10


def read_front(blocks: Sequence[Block]) -> tuple[str, str, str, int]:
    """Return title, byline, the lead if it stands only above a repeated title, and where the article begins."""
    i = 0
    while (block := at(blocks, i)) and (block.form in _BUTTONS or _is_furniture(block) or _is_paper_above(blocks, i)):
        i += 1
    if block is None or block.form in NOT_OF_AN_ARTICLE or len(block.text) > HEADLINE_MAX:
        return "", "", "", i
    title, byline, summary = block.text, "", ""
    i += 1
    again = _title_again(blocks, i, title)
    if again:
        between = [block.text for block in blocks[i:again] if not _is_furniture(block)]
        summary = next((text for text in between if _ends_as_prose(text)), "")
        byline = next((name for text in between if (name := byline_of(text))), "")
        title, i = blocks[again].text, again + 1
    while (block := at(blocks, i)) and (block.form is Form.TEXT or block.form in _BUTTONS):
        furniture = _is_furniture(block) or is_paper(block.text) or ("|" in block.text and has_stamp(block.text))
        dated = i + 1 < len(blocks) and is_stamp(blocks[i + 1].text)  # a picture of the author, and the name
        boxed = is_box(block) and not dated
        name = "" if boxed or furniture or block.form in _BUTTONS else byline_of(block.text)
        if not (name or block.form in _BUTTONS or furniture):
            break
        byline = byline or name
        i += 1
    return _SITE.sub("", title), byline, summary, i


def _is_paper_above(blocks: Sequence[Block], i: int) -> bool:
    """Whether the paper's name stands at `i`, above dates and a title that has more words."""
    if not is_paper(blocks[i].text):
        return False
    below = next((block for block in blocks[i + 1 : i + 4] if not _is_furniture(block)), None)
    more = below is not None and len(below.text.split()) > len(blocks[i].text.split())
    return more and below is not None and is_lone_headline(below.text)


def _title_again(blocks: Sequence[Block], start: int, title: str) -> int | None:
    """Return where the title stands again as the article's headline, not as the description of a picture.

    The first line may be the window's title, which ends in the site's name.
    """
    key, prose = key_of(title), 0
    for i in range(start, min(start + _TITLE_AGAIN_WITHIN, len(blocks))):
        block, after = blocks[i], at(blocks, i + 1)
        prose += _ends_as_prose(block.text)
        if not (block.form is Form.TEXT or block.form in _BUTTONS) or prose > 1:
            return None
        rest = key.removeprefix(block.key)
        with_site = len(rest) < len(key) and rest[:1] in ("-", "|") and len(rest) <= _SITE_LONGEST
        if (block.key == key or with_site) and not (after and after.form is Form.CAPTION):
            return i
    return None


def _ends_as_prose(text: str) -> bool:
    return is_sentence(text) or is_cut(text)


def _is_furniture(block: Block) -> bool:
    return is_date(block.text) or is_site_or_category(block.text)


def slugs_of(blocks: Sequence[Block], title: str) -> list[str]:
    """Return the slugs that stand for pictures on this page: the title's, and others that are used as one."""
    counts: Counter[str] = Counter()
    for block in blocks:
        if block.form is Form.SLUG:
            counts[block.text] += block.copies
    frequent = counts.most_common(_SLUGS_AT_MOST)
    found = [text for text, count in frequent if count > 1 or similar(text, title)]
    found += [text for text, _ in frequent[:3] if any(block.text.startswith(text + " ") for block in blocks)]
    return [slug for slug in dict.fromkeys([slug_of(title), *found]) if slug]
