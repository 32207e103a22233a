"""Reads the top of an HTML article: the element of its title, that of its lead, those of its byline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classifier.reading.html.facts import without_site
from classifier.reading.html.tree import HEADINGS, brief_text, class_words, lines_of, text_of
from classifier.reading.page_lines.blocks import key_of
from classifier.reading.page_lines.line_forms import Form, alike, form_of, is_cut, slug_words
from classifier.reading.page_lines.names import byline_of, is_notice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from classifier.reading.html.facts import Facts
    from classifier.reading.html.tree import Element

_TITLE_WORDS = frozenset(("title", "headline", "tit", "heading"))
_TITLE_LEAST, _TITLE_MOST = 4, 300
"""Words of a title at least, and characters at most of an element that is looked at for one."""
_HEADINGS = HEADINGS - {"h1"}
_SITE_MOST = 5
_LOGO_WORDS = frozenset(("logo", "brand", "sitename"))
_PARTS = re.compile(r"\s+[|–—-]\s+")

_LEAD_WORDS = frozenset(("sapo", "summary", "lead", "description", "desc", "excerpt", "standfirst", "chapeau"))
_PICTURE_WORDS = frozenset((
    "image", "images", "img", "photo", "photos", "picture", "pic", "slide", "caption", "legend", "figure", "video",
))  # fmt: skip
_LEAD_LEAST, _LEAD_MOST = 6, 1000
"""Words that a lead has at least, and characters at most."""
_LEAD_AMONG, _SAME, _SAME_LEAST = 4, 60, 30
"""Paragraphs in which a stated lead is looked for, and letters, without spaces, by which it is known."""
_BOLD_LEAST = 12
"""Words of a paragraph in bold letters that is a lead."""
_PARAGRAPH_LEAST = 15

_AUTHOR_WORDS = frozenset(("author", "authors", "byline", "tacgia", "writer"))
_AUTHOR_PLACES = re.compile(r"/(?:tac-gia|tacgia|author|authors|phong-vien|profile)s?[/-]", re.IGNORECASE)
_BUTTON_WORDS = frozenset(("like", "share", "button", "btn", "report", "vote", "print", "tools", "toolbar"))
_NAMES_MOST, _SIGNATURES_MOST = 100, 2
"""Characters of an element with names, and elements with a signature."""
_RIGHT = re.compile(r"text-align\s*:\s*right", re.IGNORECASE)


def find_heading(tree: Element, frame: Collection[Element], facts: Facts) -> Element:
    """Return the element of the article's title, or None: what the page calls its headline elsewhere decides.

    It is an h1 unless that is the site's name or a section's; else any heading, or element called title, that says
    what the page states of itself, or the first parts of its <title>.
    """
    stated = [text for text in (facts.headline, without_site(facts.page_title, facts.site)) if text]
    keys = set(map(key_of, stated))
    shown = [h1 for h1 in tree.iter("h1") if h1 not in frame and text_of(h1)]
    for h1 in shown:
        if key_of(text_of(h1)) in keys:
            return h1
    parts = _first_parts(facts.page_title)
    called = next((node for node in _called_titles(tree, frame) if key_of(text_of(node)) in keys | parts), None)
    if called is not None:
        return called
    long = [h1 for h1 in shown if len(text_of(h1).split()) >= _TITLE_LEAST and not _is_logo(h1)]
    words = list(map(slug_words, stated))
    for h1 in long:
        own = slug_words(text_of(h1))
        if any(alike(own, other) for other in words):
            return h1
    for h1 in long:
        if not facts.is_article or class_words(h1) & {"title", "headline", "detail"}:
            return h1
    return None


def _called_titles(tree: Element, frame: Collection[Element]) -> Iterator[Element]:
    """Yield the headings and the elements called titles that hold one text and are no link to another page."""
    for node in tree.iter():
        if node in frame or not isinstance(node.tag, str) or node.tag in ("html", "body", "a"):
            continue
        if node.tag not in _HEADINGS and not class_words(node) & _TITLE_WORDS:
            continue
        if len(brief_text(node, _TITLE_MOST).split()) >= _TITLE_LEAST and next(node.iter("a"), None) is None:
            yield node


def _first_parts(page_title: str) -> set[str]:
    """Return the keys of what a page's <title> may begin with: its parts, one or more, without the last."""
    parts = _PARTS.split(page_title)
    ends = [page_title.find(part) + len(part) for part in parts[:4]]
    return {key_of(page_title[:end]) for end in ends if len(page_title[:end].split()) >= _TITLE_LEAST}


def _is_logo(h1: Element) -> bool:
    """Whether a heading is the site's name: called a logo, or a link to the front page."""
    if class_words(h1) & _LOGO_WORDS:
        return True
    places = [(anchor.get("href") or "").strip() for anchor in h1.iter("a")]
    return any(re.fullmatch(r"(?:https?://[^/]+)?/?", place) for place in places)


def title_in_text(tree: Element, facts: Facts) -> str:
    """Return the page's <title> without the paper's name, or without what follows the line that the page shows."""
    title = without_site(facts.page_title, facts.site)
    whole, _, rest = title.rpartition(" - ")
    if len(whole.split()) < _TITLE_LEAST or len(rest.split()) > _SITE_MOST:
        return title
    body = tree.find("body")
    shown = set(map(key_of, lines_of(body if body is not None else tree)))
    return whole if key_of(whole) in shown and key_of(title) not in shown else title


def find_lead(tree: Element, heading: Element, elsewhere: Collection[Element]) -> Element:
    """Return the element between headline and text that is a summary by its class, or in bold letters, or None.

    elsewhere: what belongs to menus and to other articles.
    """
    paragraphs, bold = 0, None
    for node in _below(tree, heading, elsewhere):
        if node.tag == "main":
            continue
        words = class_words(node)
        if words & _LEAD_WORDS and next(node.iter("h1"), None) is None:
            text = brief_text(node, _LEAD_MOST)
            if len(text.split()) >= _LEAD_LEAST and not _is_picture(node, words, text) and not _repeats(text, heading):
                return node
        if node.tag == "p" and len(text_of(node).split()) >= _PARAGRAPH_LEAST:
            if not paragraphs and _is_bold(node):
                bold = node
            paragraphs += 1
        if paragraphs > 2:
            break
    return bold


def _below(tree: Element, heading: Element | None, elsewhere: Collection[Element]) -> Iterator[Element]:
    """Yield the elements behind the headline, or all where there is none, that are not `elsewhere`."""
    below = heading is None
    for node in tree.iter():
        below = below or node is heading
        if below and node is not heading and node not in elsewhere and node.tag not in ("html", "body"):
            yield node


def _is_picture(node: Element, words: set[str], text: str) -> bool:
    """Whether an element is a picture with its caption, though a word of its class is one for leads."""
    if words & _PICTURE_WORDS or form_of(text) is Form.CAPTION:
        return True
    return any(class_words(inner) & {"caption", "legend"} for inner in node.iter() if inner is not node)


def _repeats(text: str, heading: Element | None) -> bool:
    return heading is not None and key_of(text) == key_of(text_of(heading))


def _is_bold(paragraph: Element) -> bool:
    """Whether a paragraph stands in bold letters as a whole, and others do not."""
    bold = next(paragraph.iter("strong", "b"), None)
    if bold is None or len(text_of(bold).split()) < _BOLD_LEAST or key_of(text_of(bold)) != key_of(text_of(paragraph)):
        return False
    after = [node for node in paragraph.itersiblings("p") if len(text_of(node).split()) >= _PARAGRAPH_LEAST]
    return not after or next(after[0].iter("strong", "b"), None) is None


def split_lead(body: list[str], description: str, title: str) -> tuple[str, list[str]]:
    """Lead and body of an article that shows no summary: the one it states to machines, else its first paragraph.

    A statement that begins as one of the first paragraphs does, or holds it, is that paragraph cut off or the article
    over again; one that says the title says nothing.
    """
    stated = key_of(description.rstrip(". …") if is_cut(description) else description)
    if stated == key_of(title):
        stated = description = ""
    for number, line in enumerate(body[:_LEAD_AMONG]):
        key = key_of(line)
        if stated and (stated[:_SAME] in key or (len(key) >= _SAME and key in stated)):
            return line, body[:number] + body[number + 1 :]
    if len(description.split()) >= _LEAD_LEAST and len(description) <= _LEAD_MOST:
        return description, body
    return (body[0], body[1:]) if len(body) > 1 else ("", body)


def whole_description(description: str, lines: Iterable[str]) -> str:
    """Return a page's description, or the line that it shows of which the description is the beginning, cut off."""
    slug, _, behind = description.partition(" - ")
    start = key_of((behind if form_of(slug or "-") is Form.SLUG else description).rstrip(". …"))[:_SAME]
    if len(start) < _SAME_LEAST or (description.endswith((".", "!", "?")) and not is_cut(description)):
        return description
    return next((line for line in lines if len(line) <= _LEAD_MOST and start in key_of(line)), description)


def find_bylines(
    tree: Element, heading: Element, elsewhere: Collection[Element], around: Collection[Element]
) -> list[Element]:
    """Return the elements that hold a name by their class or their link, or as a signature: right or in bold letters.

    Names may stand in a bar of buttons (`elsewhere`) right above the text; a signature in bold letters has no prose
    below it. around: what holds other articles, where no name is the author's.
    """
    found: list[Element] = []
    bold: list[Element] = []
    prose = 0
    below = heading is None
    for node in tree.iter():
        below = below or node is heading
        if node.tag in ("html", "body") or node in around:
            continue
        words = class_words(node)
        named = bool(words & _AUTHOR_WORDS) or (node.tag == "a" and _AUTHOR_PLACES.search(node.get("href") or ""))
        if node in elsewhere and not (named and below and not prose):
            continue
        if below and node.tag == "p" and _is_prose(node):
            prose += 1
            bold = []
        right = not named and _RIGHT.search(node.get("style") or "") and not _is_button(node, words)
        if (named or right) and byline_of(brief_text(node, _NAMES_MOST)):
            found.append(node)
        elif prose and node.tag == "p" and byline_of(_bold_text(node)):
            bold.append(node)
    return found + [node for node in bold if len(bold) <= _SIGNATURES_MOST and node not in found]


def _is_prose(paragraph: Element) -> bool:
    text = text_of(paragraph)
    return len(text.split()) >= _PARAGRAPH_LEAST and not is_notice(text)


def _bold_text(paragraph: Element) -> str:
    """Return the text of a short paragraph in bold letters; "" for others."""
    bold = next(paragraph.iter("strong", "b"), None)
    text = "" if bold is None else brief_text(paragraph, _NAMES_MOST)
    return text if text and text == text_of(bold) else ""


def _is_button(node: Element, words: set[str]) -> bool:
    """Whether an element set to the right is something to press: so its class says, or it is a link to nowhere."""
    links = [(anchor.get("href") or "#").strip() for anchor in node.iter("a")]
    return bool(words & _BUTTON_WORDS) or any(place.startswith(("#", "javascript:")) for place in links)
