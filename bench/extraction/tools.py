"""The tools that are measured, each a function from a page's bytes to what it reads there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bench.extraction.scores import Read

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = re.compile(r"<[^>]+>")
_BLOCK_END = re.compile(r"</(?:p|div|li|h\d|tr|blockquote)>|<br[^>]*>", re.IGNORECASE)


def chude(data: bytes, *, html: bool) -> Read:
    """Chude itself, for HTML and for text copied from a page."""
    if html:
        from classifier.reading.html.page import parse_html

        page = parse_html(data, id="page", source="page")
    else:
        from classifier.reading.dump.saved_page import parse_saved_page

        page = parse_saved_page(data.decode("utf-8"), id="page", source="page")
    return Read(page.title, page.lead, page.byline, str(getattr(page, "date", "") or ""), page.body)


def trafilatura(data: bytes) -> Read:
    """Adrien Barbaresi's trafilatura with its metadata, as its documentation recommends for news."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(data, with_metadata=True, include_comments=False)
    if found is None:
        return Read()
    return Read(found.title or "", "", found.author or "", found.date or "", found.text or "")


def readability(data: bytes) -> Read:
    """readability-lxml, the port of Arc90's script: a title and the article's HTML."""
    from readability import Document

    document = Document(data.decode("utf-8", "replace"))
    text = _TAG.sub("", _BLOCK_END.sub("\n", document.summary()))
    return Read(document.short_title(), body=text)


def newspaper(data: bytes) -> Read:
    """newspaper4k, set to Vietnamese."""
    from newspaper import Article

    article: Any = Article("https://page.example/", language="vi")
    article.download(input_html=data.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date.isoformat() if article.publish_date else ""
    return Read(article.title or "", "", ", ".join(article.authors), date, article.text or "")


def goose(data: bytes) -> Read:
    """goose3; it has no list of Vietnamese words, so it takes the language that it finds."""
    from goose3 import Goose

    with Goose({"enable_image_fetching": False}) as reader:
        article: Any = reader.extract(raw_html=data.decode("utf-8", "replace"))
    date = str(article.publish_date or "")
    return Read(article.title or "", "", ", ".join(article.authors or ()), date, article.cleaned_text or "")


PEERS: dict[str, tuple[str, Callable[[bytes], Read]]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "readability": ("readability-lxml", readability),
    "newspaper": ("newspaper4k", newspaper),
    "goose3": ("goose3", goose),
}
"""The name of each peer's module, that of its package, and how it reads a page."""
