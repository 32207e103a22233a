"""Finds the paragraphs of the article in an HTML page whose title, lead and related boxes are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.reading.html.tree import brief_text, class_words, text_lines, text_of, upwards
from classifier.reading.limits import MAX_TRAFILATURA, MAX_TRAFILATURA_NODES
from classifier.reading.page_lines.line_forms import Form, form_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classifier.reading.html.tree import Element, TextLine

_CAPTION_WORDS = frozenset(("caption", "captions", "figcaption", "chuthich"))
_ASIDE_WORDS = frozenset(("source", "sources", "nguon", "author", "authors", "byline", "tacgia"))
_ASIDE_MOST = 250
"""Characters of a source line or of a box about the author; a longer element with such a class is something else."""

_PROSE_LEAST = 8
"""Words of a line that count towards finding the article's element."""

_WEIGHTS = (0.5, 1.0, 0.5, 0.25)
"""What a line counts for its own block, its parent and so on: paragraphs lie side by side, captions in figures."""

_STORY_WORDS = 120
"""An article of fewer words beside captions of more than twice as many is a photo story."""

_NO_BODY = frozenset(Form) - {Form.TEXT, Form.SLUG}
"""Forms of lines that are no part of an article, wherever they stand."""


def read_body(tree: Element, size: int) -> list[str]:
    """Return the article's paragraphs, out of a tree from which title, lead, menus and related boxes have been taken.

    Captions and source lines are left out, except where captions are most of a short text: there they are a photo
    story's text. `size` is the page's in bytes: trafilatura reads pages up to MAX_TRAFILATURA, the plain way the others
    and those in which trafilatura finds nothing. The tree is used up.
    """
    for head in tree.findall("head"):
        take_out(head)
    asides = [node for node in tree.iter() if class_words(node) & _ASIDE_WORDS and brief_text(node, _ASIDE_MOST)]
    for aside in asides:
        take_out(aside)
    captions = [node for node in tree.iter() if node.tag == "figcaption" or class_words(node) & _CAPTION_WORDS]
    said = sum(_words(text_of(caption)) for caption in captions)
    story = _main_prose(text_lines(tree)[0]) if captions else []
    for caption in captions:
        take_out(caption)
    found = _paragraphs(tree, size)
    body = [line for line in found if form_of(line) not in _NO_BODY]
    if _count(body) < _count(found) / 2:  # pictures with their text between them, each line with a credit
        body = found
    return story if _count(body) < min(_STORY_WORDS, said / 2) else body


def take_out(element: Element) -> None:
    """Take an element out of its tree, and leave the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()


def _paragraphs(tree: Element, size: int) -> list[str]:
    """Return what trafilatura finds, unless it is far less or far more than the page's main block of prose.

    It then has missed the article (layouts in tables) or has taken the whole page for it.
    """
    lines, _ = text_lines(tree)
    plain = _main_prose(lines)
    if not plain or size > MAX_TRAFILATURA or sum(1 for _ in tree.iter()) > MAX_TRAFILATURA_NODES:
        return plain
    import trafilatura

    # `fast`: without its rescue by other extractors, which take whole pages for the article. Tables it would draw.
    text = trafilatura.extract(tree, fast=True, include_comments=False, include_tables=False)
    links = {line.text for line in lines if not line.is_prose}
    shown = {line.text for line in lines}
    found = [line for part in (text or "").split("\n") if (line := part.strip()) and line not in links]
    found = [line if line in shown else line.removeprefix("- ") for line in found]  # trafilatura's mark of a list
    return found if 0.5 <= _count(found) / _count(plain) <= 2 else plain


def _main_prose(lines: list[TextLine]) -> list[str]:
    """Return the lines of prose below the element that has most of them, weighed by how near it stands to each line."""
    prose = [line for line in lines if line.words and line.is_prose]
    long = [line for line in prose if line.words >= _PROSE_LEAST]
    scores: dict[Element, float] = {}
    for line in long or prose:
        for element, weight in zip(upwards(line.block), _WEIGHTS, strict=False):
            scores[element] = scores.get(element, 0) + weight * line.words
    if not scores:
        return []
    best = max(scores, key=lambda element: scores[element])  # the first of equals, in the page's order
    inside = set(best.iter())
    return [line.text for line in prose if line.block in inside]


def _words(text: str) -> int:
    return len(text.split())


def _count(lines: Iterable[str]) -> int:
    return sum(map(_words, lines))
