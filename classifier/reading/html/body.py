"""Finds the paragraphs of the article in an HTML page whose title, lead and related boxes are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.reading.html.prose import count, main_prose, sentences
from classifier.reading.html.tree import brief_text, class_words, parse_tree, text_lines, text_of
from classifier.reading.limits import MAX_TRAFILATURA, MAX_TRAFILATURA_NODES
from classifier.reading.page_lines.line_forms import Form, form_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classifier.reading.html.tree import Element

_CAPTION_WORDS = frozenset(("caption", "captions", "figcaption", "chuthich"))
_CAPTION_MOST = 1000
"""Characters of a caption; a longer element with such a class holds more than one."""
_ASIDE_WORDS = frozenset(("source", "sources", "nguon", "author", "authors", "byline", "tacgia"))
_ASIDE_MOST = 250
"""Characters of a source line or of a box about the author; a longer element with such a class is something else."""

_MORE_LEAST = 0.5
"""The share of its main prose that a page must have besides, and trafilatura find, for its answer to be taken."""
_LONG = 12
"""Words of a line that is counted for it."""

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
    captions = [node for node in tree.iter() if _is_caption(node)]
    said = sum(_words(text_of(caption)) for caption in captions)
    story = [line.text for line in main_prose(text_lines(tree)[0])] if captions else []
    for caption in captions:
        take_out(caption)
    found = _paragraphs(tree, size)
    body = [line for line in found if form_of(line) not in _NO_BODY]
    if _count(body) < _count(found) / 2:  # pictures with their text between them, each line with a credit
        body = found
    return story if _count(body) < min(_STORY_WORDS, said / 2) else body


def read_whole(markup: str, size: int) -> list[str]:
    """Return what trafilatura takes for the article's paragraphs in a page of which nothing has been taken out."""
    tree = parse_tree(markup, "")
    if size > MAX_TRAFILATURA or sum(1 for _ in tree.iter()) > MAX_TRAFILATURA_NODES:
        return []
    import trafilatura

    text = trafilatura.extract(tree, fast=True, include_comments=False, include_tables=False) or ""
    return [line for part in text.split("\n") if (line := part.strip().removeprefix("- "))]


def take_out(element: Element) -> None:
    """Take an element out of its tree, and leave the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()


def _paragraphs(tree: Element, size: int) -> list[str]:
    """Return the page's main prose; what trafilatura finds where that has clearly more of the page's prose."""
    lines, _ = text_lines(tree)
    main = main_prose(lines)
    plain = [line.text for line in main]
    held = set(map(id, main))
    left = count(line for line in sentences(lines) if id(line) not in held)
    may_ask = size <= MAX_TRAFILATURA and sum(1 for _ in tree.iter()) <= MAX_TRAFILATURA_NODES
    if not plain or left < _MORE_LEAST * count(main) or not may_ask:
        return plain
    import trafilatura

    # `fast`: without its rescue by other extractors, which take whole pages for the article. Tables it would draw.
    text = trafilatura.extract(tree, fast=True, include_comments=False, include_tables=False)
    links = {line.text for line in lines if not line.is_prose}
    shown = {line.text for line in lines}
    found = [line for part in (text or "").split("\n") if (line := part.strip()) and line not in links]
    found = [line if line in shown else line.removeprefix("- ") for line in found]  # trafilatura's mark of a list
    more = _count(line for line in found if _words(line) >= _LONG and line not in set(plain))
    less = _count(line for line in plain if _words(line) >= _LONG and line not in set(found))
    return found if more >= max(less, _MORE_LEAST * _count(plain)) else plain


def _is_caption(node: Element) -> bool:
    return node.tag == "figcaption" or bool(class_words(node) & _CAPTION_WORDS and brief_text(node, _CAPTION_MOST))


def _words(text: str) -> int:
    return len(text.split())


def _count(lines: Iterable[str]) -> int:
    return sum(map(_words, lines))
