"""Finds the article in the text of a whole page: its title below the menus, and where its last paragraph ends."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classifier.reading.page_lines.blocks import key_of
from classifier.reading.page_lines.line_forms import (
    HEADLINE_MAX,
    Form,
    is_imprint,
    is_lone_headline,
    is_sentence,
    slug_of,
)
from classifier.reading.page_lines.names import byline_of, has_stamp, is_comment, is_date, is_site_or_category
from classifier.reading.page_lines.related import at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.reading.page_lines.blocks import Block

_LONG, _SENTENCE = 30, 8
"""Words from which a line is prose: any, and one that ends in a full stop."""
_PROSE_MOST = 80
_SHORT_COST, _IMPRINT_COST = 8, 60
_ARTICLE_LEAST = 40
"""What lines weigh when the stretch with most prose is looked for: a paragraph its words, any other takes some off."""

_ABOVE, _INTO = 60, 6
"""How far above the first paragraph a title is looked for, and how far below: a summary may stand over it."""
_NEAR = 4
_MENU_LEAST = 3
_PAIRS_LEAST = 5
_BETTER = 0.5
_MENU_WORDS, _MENU_RUN = 5, 6
"""Words of a menu's longest line, and lines that one has below an article."""
_TITLE_MOST = 60
"""Words."""
_REPEATED_LEAST = 4
_HEADLINE_LEAST = 5
_TAIL_LEAST = 4
_COMMENTS_LEAST, _COMMENT_PARAGRAPHS = 2, 8
"""Lines that tell who wrote a comment, and paragraphs that one has at most."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where an article stands among the blocks of a page: title at `start` (0: nothing above it), end before `end`.

    `end` is the number of blocks where nothing tells of the end; `whole`: menus stand above the article.
    """

    start: int
    end: int
    whole: bool = False


def find_article(blocks: Sequence[Block]) -> Span:
    """Return where the article of a page stands.

    The first line is its title unless another one below a menu, a run of short lines, is clearly more like one: the
    page says it again, a date or a name stands below it, its words are the article's, and prose follows. Time is
    linear in the text.
    """
    written = _comments(blocks)
    first, last = _most_prose(blocks[:written])
    if last <= first:
        return Span(0, len(blocks))
    start = _title(blocks, first, last)
    return Span(start, min(written, _end(blocks, first, last, whole=start > 0)), start > 0)


def _comments(blocks: Sequence[Block]) -> int:
    """Return where what readers wrote begins, if two lines or more tell who did: above the prose before the first."""
    rows = [number for number, block in enumerate(blocks) if is_comment(block.text)]
    if len(rows) < _COMMENTS_LEAST:
        return len(blocks)
    first = rows[0]
    while first > 0 and rows[0] - first < _COMMENT_PARAGRAPHS and is_paragraph(blocks[first - 1]):
        first -= 1
    return first if rows[0] - first < _COMMENT_PARAGRAPHS else rows[0]


def is_paragraph(block: Block) -> bool:
    """Whether a block is a paragraph of prose by its length or its end."""
    if block.form is not Form.TEXT or block.item or is_imprint(block.text):
        return False
    words = len(block.text.split())
    return words >= _LONG or (words >= _SENTENCE and is_sentence(block.text))


def _most_prose(blocks: Sequence[Block]) -> tuple[int, int]:
    """Return the stretch with most prose (Kadane's largest sum), as its first block and the one behind its last."""
    best = total = 0
    first = last = start = 0
    for i, block in enumerate(blocks):
        if total <= 0:
            start, total = i, 0
        if is_paragraph(block):
            total += min(len(block.text.split()), _PROSE_MOST)
        elif block.form is Form.IMPRINT or is_imprint(block.text):
            total -= _IMPRINT_COST
        else:
            total -= 2 if block.form is Form.CAPTION else _SHORT_COST
        if total > best:
            best, first, last = total, start, i + 1
    return (first, last) if best >= _ARTICLE_LEAST else (0, 0)


def _title(blocks: Sequence[Block], first: int, last: int) -> int:
    """Return the block of the title, or 0 where the first line of the page is as good."""
    top = next((i for i, block in enumerate(blocks) if not _is_small(block)), 0)
    if first - top < _MENU_LEAST or _opens_article(blocks, top):
        return 0
    said = _pairs(" ".join(block.text for block in blocks[first:last] if is_paragraph(block)))
    printed: dict[str, int] = {}
    for block in blocks:
        printed[block.key] = printed.get(block.key, 0) + 1
    window = " ".join(block.text for block in blocks[:3])
    scores = {
        i: _score(blocks, i, first, said, printed, window)
        for i in range(max(0, first - _ABOVE), min(first + _INTO, last))
        if _can_be_title(blocks[i])
    }
    if not scores:
        return 0
    best = max(scores, key=lambda i: (scores[i], -i))
    own = scores.get(top, _score(blocks, top, first, said, printed, "") if _can_be_title(blocks[top]) else -_ABOVE)
    if best == top or blocks[best].key == blocks[top].key or scores[best] < own + _BETTER:
        return 0
    above = sum(is_paragraph(block) for block in blocks[:best])
    return best if best >= _MENU_LEAST and above <= 0.3 * best else 0


def _opens_article(blocks: Sequence[Block], top: int) -> bool:
    """Whether a headline with prose soon below stands at the very top, where a whole page has its menu."""
    title = _can_be_title(blocks[top]) and len(blocks[top].text.split()) > _NEAR
    return title and any(map(is_paragraph, blocks[top + 1 : top + 1 + _NEAR]))


def _can_be_title(block: Block) -> bool:
    words = len(block.text.split())
    if block.form not in (Form.TEXT, Form.MEDIA) or not 2 <= words <= _TITLE_MOST or len(block.text) > HEADLINE_MAX:
        return False
    return not (is_paragraph(block) or _is_small(block) or is_imprint(block.text) or "|" in block.text)


def _is_small(block: Block) -> bool:
    return is_date(block.text) or is_site_or_category(block.text) or block.form in (Form.FURNITURE, Form.COMMENTS)


def _score(
    blocks: Sequence[Block], i: int, first: int, said: set[tuple[str, str]], printed: dict[str, int], window: str
) -> float:
    """Return how much speaks for a line as the title of the article whose first paragraph stands at `first`."""
    block = blocks[i]
    score = 3.0 * _share(_pairs(block.text), said)
    below = blocks[i + 1 : i + 1 + _NEAR]
    above_prose = []
    for other in below:
        if is_paragraph(other):
            break
        above_prose.append(other)
    if any(has_stamp(other.text) for other in above_prose):
        score += 1.5
    if any(0 < len(other.text.split()) <= 6 and byline_of(other.text) for other in above_prose[:2]):
        score += 0.5
    if i and any(has_stamp(other.text) for other in blocks[max(0, i - 2) : i]):
        score += 0.75
    score += 1.0 if printed[block.key] > 1 or block.twice else 0.0
    score += 1.5 if i > 2 and block.text in window and len(block.text.split()) > 3 else 0.0
    score -= 0.3 * sum(not _is_small(other) for other in blocks[i + 1 : first])  # what stands in between
    score -= 0.5 * sum(map(is_paragraph, blocks[first:i]))
    score -= 2.0 if block.item else 0.0
    score -= 1.0 if is_sentence(block.text) else 0.0
    score -= 1.0 if len(block.text.split()) < 4 or byline_of(block.text) else 0.0
    return score


def _pairs(text: str) -> set[tuple[str, str]]:
    """Return the pairs of neighbouring syllables of a text, without accents and case."""
    syllables = slug_of(text).split()
    return set(itertools.pairwise(syllables))


def _share(pairs: set[tuple[str, str]], said: set[tuple[str, str]]) -> float:
    """Return how many of a line's pairs are said; of a line with few of them it says little."""
    return len(pairs & said) / max(len(pairs), _PAIRS_LEAST)


def _without_boxes(blocks: Sequence[Block], first: int, last: int) -> int:
    """Return where an article ends whose last lines are headlines with blurbs: pairs set off from each other.

    Only where its paragraphs are set off too, so that a sub-heading would be.
    """
    gaps = sum(block.gap for block in blocks[first + 1 : last])
    if 2 * gaps < last - first - 1:
        return last
    end = last
    while end - 2 > first and _is_pair(blocks[end - 2], blocks[end - 1]):
        end -= 2
    earlier = any(
        _is_pair(above, below) for above, below in zip(blocks[first:end], blocks[first + 1 : end], strict=False)
    )
    return last if earlier and last - end == 2 else end


def _is_pair(headline: Block, blurb: Block) -> bool:
    plain = headline.form is Form.TEXT and headline.gap and is_lone_headline(headline.text)
    return plain and len(headline.text.split()) >= 6 and not blurb.gap and is_paragraph(blurb)


def _end(blocks: Sequence[Block], first: int, last: int, *, whole: bool) -> int:
    """Return where the article has ended: behind its last paragraph and the signature, if much else follows."""
    i = last = _without_boxes(blocks, first, last)
    while i < min(last + 2, len(blocks)):
        block = blocks[i]
        short = (
            is_sentence(block.text) and len(block.text.split()) > 2 and not is_imprint(block.text) and not block.item
        )
        if short or block.form is Form.SOURCE or (len(block.text.split()) <= 9 and byline_of(block.text)):
            last = i + 1
        elif not (block.form in (Form.CAPTION, Form.SLUG, Form.FURNITURE) or is_date(block.text)):
            break
        i += 1
    tail = blocks[last:]
    # Where a line tells that nothing follows, the reader stops there by itself.
    foot = any(block.form is Form.IMPRINT or is_imprint(block.text) for block in tail)
    return last if len(tail) >= _TAIL_LEAST and (whole or foot) else len(blocks)


def is_below(blocks: Sequence[Block], i: int, title: str) -> bool:
    """Whether the block at `i`, below an article, is a headline that the page recommends, not its foot or a menu."""
    block = at(blocks, i)
    if block is None or block.form not in (Form.TEXT, Form.LINK):
        return False
    text = block.text
    count = len(text.split())
    own = key_of(title)
    return count >= 5 and not (
        "|" in text or text.endswith("(*)") or is_imprint(text) or (own and block.key.startswith(own))
    )


def without_menus(blocks: Sequence[Block], span: Span) -> list[Block]:
    """Return the blocks with the menus below the article as furniture: runs of short lines, and lines of the menu above
    it that stand there again.
    """
    found = list(blocks)
    menu = {block.key for block in blocks[: span.start] if len(block.text.split()) <= _MENU_WORDS + 1}
    run: list[int] = []
    for i in range(span.end, len(blocks) + 1):
        block = at(blocks, i)
        if block and key_of(block.text.lstrip("|•·–- \xa0")) in menu and not block.twice:
            found[i] = replace(block, form=Form.FURNITURE)
        if block and block.form is Form.TEXT and not block.twice and len(block.text.split()) <= _MENU_WORDS:
            run.append(i)
            continue
        if len(run) >= _MENU_RUN:
            for number in run:
                found[number] = replace(blocks[number], form=Form.FURNITURE)
        run = []
    return found


def repeated(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the keys of the lines that a page prints at several places: descriptions of pictures, buttons."""
    counts = Counter(block.key for block in blocks)
    return frozenset(key for key, count in counts.items() if count >= _REPEATED_LEAST)
