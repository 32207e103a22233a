"""Finds where an HTML page's article stands: the element that holds most of its prose, in one box or in several."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from classifier.reading.html.tree import upwards
from classifier.reading.page_lines.line_forms import is_imprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from classifier.reading.html.tree import Element, TextLine

_PROSE_LEAST = 8
"""Words of a line that count towards finding the article's element."""
_WEIGHTS = (0.5, 1.0, 0.7, 0.4, 0.2)
"""What a line counts for its own block, its parent and so on: paragraphs lie side by side, captions in figures."""

_SENTENCE_LEAST = 15
"""Words of a line that shows that an element holds more of the article."""
_ALIKE_LEAST, _OTHER_LEAST = 0.15, 0.5
"""The share of the prose found that an element around has to have besides: in boxes of the same make, in any."""
_MORE_THAN_REST = 3.0
"""How many times its links and scraps that further prose has to be, in boxes of another make."""
_NUMBERS = re.compile(r"\d+")


def main_prose(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines of prose below the element that has most of them.

    It is first the one that stands nearest to most of them; then any around it that holds a good part as much again,
    in boxes of the same make (an interview's answers, the sections of a long read), or clearly more prose than else.
    """
    prose = [line for line in lines if line.words and line.is_prose]
    long = [line for line in prose if line.words >= _PROSE_LEAST and not is_imprint(line.text)]
    scores: dict[Element, float] = {}
    for line in long or prose:
        for element, weight in zip(upwards(line.block), _WEIGHTS, strict=False):
            scores[element] = scores.get(element, 0) + weight * line.words
    if not scores:
        return []
    best = _widened(max(scores, key=lambda element: scores[element]), lines)  # the first of equals, in page order
    inside = set(best.iter())
    return [line for line in prose if line.block in inside]


def sentences(lines: Iterable[TextLine]) -> list[TextLine]:
    """Return the lines that are long enough to be an article's."""
    return [line for line in lines if line.is_prose and line.words >= _SENTENCE_LEAST]


def count(lines: Iterable[TextLine]) -> int:
    """Return the words in lines."""
    return sum(line.words for line in lines)


def _widened(best: Element, lines: Sequence[TextLine]) -> Element:
    """Return the outermost element around the best with enough further prose; the page as a whole is none."""
    above = [node for node in upwards(best) if node.tag not in ("html", "body")] or [best]
    places = {node: number for number, node in enumerate(above)}
    known: dict[Element, int] = {}
    prose, alike, rest = ([0] * (len(above) + 1) for _ in range(3))
    makes: Counter[tuple[str, ...]] = Counter()
    placed = [(_place(line.block, places, known), line) for line in lines if line.words]
    for at, line in placed:
        if at == 0 and line.is_prose and line.words >= _PROSE_LEAST:
            makes[_make(line.block)] += line.words
    usual = {make for make, words in makes.items() if words >= 0.2 * makes.total()}
    for at, line in placed:
        if line.is_prose and line.words >= _SENTENCE_LEAST:
            prose[at] += line.words
            alike[at] += line.words if at and _make(line.block) in usual else 0
        else:
            rest[at] += line.words
    found, held, more, same, other = 0, prose[0], 0, 0, 0
    for number in range(1, len(above)):
        more, same, other = more + prose[number], same + alike[number], other + rest[number]
        enough = same >= _ALIKE_LEAST * held or more >= max(_OTHER_LEAST * held, _MORE_THAN_REST * other)
        if more and enough:
            found, held, more, same, other = number, held + more, 0, 0, 0
    return above[found]


def _place(block: Element, places: Mapping[Element, int], known: dict[Element, int]) -> int:
    """Return which of the elements in `places`, numbered from the inside out, holds a block: the number behind the
    last if none does. known: what was found before.
    """
    passed, at = [], len(places)
    for node in upwards(block):
        found = places.get(node, known.get(node))
        if found is not None:
            at = found
            break
        passed.append(node)
    known.update(dict.fromkeys(passed, at))
    return at


def _make(block: Element) -> tuple[str, ...]:
    """Return what boxes of the same make share: tag and class of a block and of what holds it, without numbers."""
    parent = block.getparent()
    around = () if parent is None else (parent.tag, _NUMBERS.sub("", parent.get("class") or ""))
    return (block.tag, _NUMBERS.sub("", block.get("class") or ""), *around)
