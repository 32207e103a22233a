"""Reads the end of an article's paragraphs: the signature, and lists of headlines that no head announces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.reading.page_lines.line_forms import LONG_HEADLINE, is_lone_headline, is_prose, undated
from classifier.reading.page_lines.names import byline_of, split_signature

if TYPE_CHECKING:
    from classifier.reading.page_lines.related import Related

_HEADLINE_LEAST = 5
"""Words of a line that is rather a headline than a tag."""


def without_tail(paragraphs: list[str], byline: str, related: Related) -> tuple[list[str], str]:
    """Return an article's paragraphs without signature, lists and leftovers behind them, and its byline.

    A signature is the byline where `byline` is "", as is a name below the lead. Headlines go to `related`.
    """
    paragraphs = _up_to_signature(_without_dated_list(paragraphs, related), related)
    paragraphs, name = split_signature(paragraphs)
    byline = byline or name
    if len(paragraphs) > 2 and not byline and not any(map(byline_of, paragraphs[2:])):
        byline = byline_of(paragraphs[1])  # several names in the text would be sub-headlines
        if byline:
            paragraphs = [paragraphs[0], *paragraphs[2:]]
    return paragraphs, byline


def _without_dated_list(paragraphs: list[str], related: Related) -> list[str]:
    """Return the paragraphs without the headlines at their end that have each its date in brackets behind it."""
    first = len(paragraphs)
    while first > 1 and undated(paragraphs[first - 1]) != paragraphs[first - 1] and not is_prose(paragraphs[first - 1]):
        first -= 1
    if len(paragraphs) - first < 2:
        return paragraphs
    for line in paragraphs[first:]:
        related.add(line)
    return paragraphs[:first]


def _up_to_signature(paragraphs: list[str], related: Related) -> list[str]:
    """Return the paragraphs up to the name behind the last prose, if only short lines that are none follow the name.

    Those are tags, an address, a head and headlines below it; two headlines or more are related ones. Many lines that
    are mostly no headlines may be a table.
    """
    first = len(paragraphs)
    while first > 2 and _is_leftover(paragraphs[first - 1]):
        first -= 1
    names = [number for number in range(first, len(paragraphs)) if byline_of(paragraphs[number])]
    if not names or names != list(range(first, first + len(names))) or len(names) > 2:
        return paragraphs
    behind = paragraphs[names[-1] + 1 :]
    headlines = [
        line for line in map(undated, behind) if len(line.split()) >= _HEADLINE_LEAST and is_lone_headline(line)
    ]
    if len(headlines) < 2:
        headlines = []
    if len(behind) > max(2, 2 * len(headlines)):  # a table, an address
        return paragraphs
    for line in headlines:
        related.add(line)
    return paragraphs[: names[-1] + 1]


def _is_leftover(line: str) -> bool:
    if "@" in line and " " not in line:
        return True
    return not (is_prose(line) or line[0].islower() or line.endswith((":", ";", ",")) or len(line) > LONG_HEADLINE)
