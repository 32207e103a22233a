"""Reads RSS and Atom feeds: each entry is an article, with the title, text, day, address and names that it states."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from classifier.budget import limited
from classifier.errors import UnreadableError
from classifier.reading.limits import MAX_PAGE, MAX_TAGS, MIB
from classifier.reading.saved.kind import Kind
from classifier.types import Skipped
from classifier.vietnamese.dates import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.reading.saved.kind import Saved
    from classifier.types import Page

_START = re.compile(rb"<(?:rss\b|rdf:RDF\b|feed\b[^>]{0,1000}w3\.org/2005/Atom)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TEXTS = ("encoded", "content", "description", "summary")
_DATES = ("pubDate", "published", "date", "issued", "updated")


def _begins(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf:RDF")) and _START.search(head) is not None


def _read(saved: Saved) -> Iterator[Page | Skipped]:
    """Yield a page an entry, named by its number in the feed."""
    data = saved.stream.read(MAX_PAGE + 1)
    if len(data) > MAX_PAGE:
        raise UnreadableError(saved.source, f"is larger than {MAX_PAGE // MIB} MiB, too large for a feed")
    with limited(len(data)):
        entries = _entries(data, saved.source)
    for number, fields in enumerate(entries, start=1):
        title = html.escape(" ".join(fields["title"].split()))
        text = next((fields[name] for name in _TEXTS if fields[name].strip()), "")
        content = (
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div><p>{text}</p></div></body></html>"
        )
        try:
            page = saved.page(content, "html", inside=str(number))
        except UnreadableError as error:
            yield Skipped(error.where, error.what, error.remedy)
            continue
        day = next((day for name in _DATES if (day := day_of(fields[name]))), None)
        author = " ".join((fields["creator"] or fields["author"]).split())
        url = fields["link"].strip()
        yield replace(
            page,
            date=day.isoformat() if day else page.date,
            url=url if _ADDRESS.fullmatch(url) else page.url,
            byline=author or page.byline,
            authors=(author,) if author else page.authors,
        )


def _entries(data: bytes, source: str) -> list[dict[str, str]]:
    from lxml import etree

    tags = data.count(b"<")
    if tags > MAX_TAGS:
        raise UnreadableError(source, f"has {tags:,} tags, of which at most {MAX_TAGS:,} are read")
    if b"<!ENTITY" in data:
        raise UnreadableError(source, "defines entities of its own, which no feed needs", "is it a feed?")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(source, f"is a broken feed ({str(error).partition(', line')[0]})") from error
    found = [_fields(node) for node in tree.iter() if _local(node) in ("item", "entry")]
    if not found:
        raise UnreadableError(source, "is a feed without entries")
    return found


def _fields(entry: Any) -> dict[str, str]:
    fields = dict.fromkeys(("title", "link", "creator", "author", *_TEXTS, *_DATES), "")
    for child in entry:
        name = _local(child)
        if name not in fields or fields[name]:
            continue
        if name == "link" and child.get("href"):
            fields[name] = child.get("href") if child.get("rel", "alternate") == "alternate" else ""
        elif name == "author" and len(child):
            fields[name] = next((one.text or "" for one in child if _local(one) == "name"), "")
        else:
            text = "".join(child.itertext())
            fields[name] = html.escape(text) if name in _TEXTS and child.get("type") == "text" else text
    return fields


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


KIND = Kind("a feed", (".rss", ".atom"), _begins, _read)
