"""Tells and skips what stands below an article: tags, what readers wrote, the site's imprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.reading.page_lines.front import NOT_OF_AN_ARTICLE
from classifier.reading.page_lines.line_forms import Form, is_lone_headline, is_sentence
from classifier.reading.page_lines.names import is_reply
from classifier.reading.page_lines.related import at, is_box, is_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.reading.page_lines.blocks import Block

_COMMENT_MOST = 8
"""Blocks from the head of the comments to the buttons of the first."""
_NO_TAG = 7
"""Words of a line that is no tag."""
_IMPRINT_LINE = 200
"""Characters of the longest line of an imprint."""


def comments_at(blocks: Sequence[Block], i: int) -> bool:
    """Whether what readers wrote begins at `i`: a head for it, with the buttons of a comment soon below."""
    return blocks[i].form is Form.COMMENTS and any(
        is_reply(block.text) for block in blocks[i + 1 : i + 1 + _COMMENT_MOST]
    )


def skip_foot(blocks: Sequence[Block], i: int, *, comments: bool) -> int:
    """Skip the lines of the imprint, or what readers wrote, up to the next list of headlines or a long paragraph.

    What readers wrote may be long; the imprint is not.
    """
    while (block := at(blocks, i)) and block.form not in NOT_OF_AN_ARTICLE and not (is_box(block) and block.loose):
        if not comments and len(block.text) > _IMPRINT_LINE and is_sentence(block.text):
            break
        i += 1
    return i


def heads_headlines(blocks: Sequence[Block], i: int) -> bool:
    """Whether the lines below the head of a list of tags are too long for tags."""
    lines = blocks[i + 1 : i + 3]
    return len(lines) == 2 and all(
        is_plain(block) and len(block.text.split()) >= _NO_TAG and is_lone_headline(block.text) for block in lines
    )


def skip_tags(blocks: Sequence[Block], i: int) -> int:
    """Skip a list of tags; returns where it stops."""
    while (block := at(blocks, i)) and is_plain(block) and not is_sentence(block.text):
        i += 1
    return i
