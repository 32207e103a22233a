"""Parses HTML safely, and tells of an element its text and the words of its class."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from classifier.errors import UnreadableError
from classifier.reading.limits import MAX_ATTRIBUTES, MAX_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

Element = Any
"""An lxml element."""

BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
))  # fmt: skip
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NO_TEXT = (
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "button", "textarea",
    "canvas",
)  # fmt: skip

_HIDDEN_MOST = 1000
"""Characters of a hidden note."""
_COPIED_LEAST = 60
"""Characters of a paragraph that tells by itself that a text is a copy."""

# Control characters and non-characters go with the spaces: pages have them, raw or as entities, and lxml writes none.
_SPACE = re.compile("[\\s\x00-\x1f\x7f\ufffe\uffff]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Quantifiers that give nothing back: a quote left open is looked for once, not from each tag on.
_TAG = re.compile(rb"<[a-zA-Z](?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+")
_SERVER_TAG = re.compile(rb"<%[^%<>]{0,2000}%>")


def parse_tree(text: str, source: str) -> Element:
    """Return the tree of an HTML page, without comments, scripts' effects, network or entities of its own.

    Raises UnreadableError for what is nested or sized beyond libxml2's safe limits: it would be cut off there.
    """
    from lxml import etree, html

    tags = text.count("<")
    if tags > MAX_TAGS:
        what = f"has {tags:,} tags, of which at most {MAX_TAGS:,} are read"
        raise UnreadableError(source, what, "save the article's own page")
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False
    )
    # NUL ends a C string; templates saved raw (JSP, ASP) begin with a tag that would end the page's head.
    data = _SERVER_TAG.sub(b" ", text.encode("utf-8", "replace").replace(b"\0", b" "))
    if len(data.split()) > MAX_ATTRIBUTES and any(len(tag.split()) > MAX_ATTRIBUTES for tag in _TAG.findall(data)):
        what = f"has a tag of more than {MAX_ATTRIBUTES:,} attributes"
        raise UnreadableError(source, what, "save the article's own page")
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        if getattr(error, "code", 0) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error  # lxml calls it "unknown error"
        raise UnreadableError(source, f"holds no HTML ({error})") from error
    for entry in parser.error_log:
        if entry.type == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError
        if entry.level == etree.ErrorLevels.FATAL:
            limit = entry.message.strip().partition(",")[0]
            raise UnreadableError(source, f"is too deeply nested or too large to parse safely ({limit})")
    return tree


def drop_unseen(tree: Element) -> None:
    """Take out what no reader sees as text, and put each block's text on lines of its own.

    Line feeds inside a text are spaces in HTML, so after this a line feed always stands for the border of a block.
    """
    from lxml import etree

    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    hidden = [node for node in tree.iter() if "hidden" in node.attrib or _HIDDEN.search(node.get("style") or "")]
    for element in hidden:
        if element.getparent() is not None and _is_note(element):
            element.drop_tree()
    _drop_second_copies([element for element in hidden if element.getroottree().getroot() is tree], tree)
    for element in tree.iter():
        block = element.tag in BLOCKS
        text, tail = element.text, element.tail
        if text or (block and element.tag not in ("br", "hr")):
            element.text = ("\n" if block else "") + _SPACE.sub(" ", text or "")
        if tail or block:
            element.tail = ("\n" if block else "") + _SPACE.sub(" ", tail or "")


def _is_note(element: Element) -> bool:
    """Whether an element that is not drawn has text but no link: lists of links stand in tabs that scripts open.

    What holds more text than a hidden note is left too: some sites draw their article only when a script has run.
    """
    return brief_text(element, _HIDDEN_MOST) != "" and next(element.iter("a", "h1"), None) is None


def _drop_second_copies(hidden: list[Element], tree: Element) -> None:
    """Take out long elements that are not drawn and whose paragraphs the page shows too, as those for machines do."""
    long = [element for element in hidden if len("".join(element.itertext())) > _HIDDEN_MOST]
    if not long:
        return
    inside = {node for element in long for node in element.iter()}
    shown = {line for node in tree.iter("p") if node not in inside and len(line := text_of(node)) >= _COPIED_LEAST}
    for element in long:
        own = [line for node in element.iter("p") if len(line := text_of(node)) >= _COPIED_LEAST]
        whole = text_of(element)
        copied = sum(map(shown.__contains__, own)) if own else sum(line in whole for line in shown)
        if copied and copied >= 0.5 * (len(own) or len(shown)) and element.getparent() is not None:
            element.drop_tree()


def upwards(element: Element) -> Iterator[Element]:
    """Return the element and all around it, from the inside out."""
    while element is not None:
        yield element
        element = element.getparent()


def text_of(element: Element) -> str:
    """All text below an element on one line."""
    return " ".join("".join(element.itertext()).split())


def brief_text(element: Element, most: int) -> str:
    """Return the text below an element on one line, or "" if it has none or more than `most` characters."""
    pieces: list[str] = []
    for piece in element.itertext():
        pieces.append(piece)
        most -= len(piece.strip())
        if most < 0:  # without a look at the rest, which for a wrapper is the whole page
            return ""
    return " ".join("".join(pieces).split())


def lines_of(element: Element) -> list[str]:
    """Return the text below an element, a line for each block that has some."""
    lines = (" ".join(line.split()) for line in "".join(element.itertext()).split("\n"))
    return [line for line in lines if line]


@dataclass(slots=True)
class TextLine:
    """A line of a page's text as a reader sees it: its block, its words, and how many of them are links."""

    block: Element
    pieces: list[str] = field(default_factory=list)
    words: int = 0
    linked: int = 0

    @property
    def text(self) -> str:
        """The line's text with single spaces."""
        return " ".join("".join(self.pieces).split())

    @property
    def is_prose(self) -> bool:
        """Whether most of the line is no link."""
        return self.linked < 0.5 * self.words


def text_lines(tree: Element) -> tuple[list[TextLine], dict[Element, TextLine]]:
    """Return the lines of a tree after `drop_unseen`, in order, and for each link the line in which it begins."""
    from lxml import etree

    lines = [TextLine(tree)]
    links: dict[Element, TextLine] = {}
    open_blocks, open_links = [tree], 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        starts = event == "start"
        if node.tag in BLOCKS:
            if starts:
                open_blocks.append(node)
            else:
                open_blocks.pop()
        elif node.tag == "a":
            open_links += 1 if starts else -1
            if starts:
                links[node] = lines[-1]
        pieces = ((node.text if starts else node.tail) or "").split("\n")
        for number, piece in enumerate(pieces):
            if number:
                lines.append(TextLine(open_blocks[-1]))
            line, count = lines[-1], len(piece.split())
            line.pieces.append(piece)
            line.words += count
            line.linked += count if open_links else 0
    return lines, links


def names_of(element: Element) -> set[str]:
    """Return an element's class names and id in lower case."""
    return {name.lower() for name in f"{element.get('class') or ''} {element.get('id') or ''}".split()}


def class_words(element: Element) -> set[str]:
    """Return the lower-case words in an element's class, id and itemprop: {"article", "title"} for "article-title"."""
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}".split()
    told = (name for name in names if not name.startswith(("has-", "is-", "no-")))
    return {word.lower() for word in _WORD.findall(" ".join(told))}
