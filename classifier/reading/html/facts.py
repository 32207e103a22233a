"""Reads what an HTML page says of itself to machines: JSON-LD of a news article, Open Graph, meta and title."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classifier.reading.html.about import About, read_about
from classifier.reading.raw.encoding import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from classifier.reading.html.tree import Element

_SUFFIX = re.compile(r"\s+[|–—-]\s+")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_SPACES = re.compile(r"\s+")
_SITE_NAMES = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "copyright",
    "twitter:site",
    "dc.publisher",
)
_WALKED_AT_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Facts:
    """A page's own statements, "" where it makes none; `is_article`: it says in JSON-LD that it is a news article.

    `meta_author`, of a meta element, is often who made the site: it tells less than what the page shows.
    """

    headline: str = ""
    description: str = ""
    author: str = ""
    meta_author: str = ""
    page_title: str = ""
    site: str = ""
    is_article: bool = False
    about: About = field(default_factory=About)


def read_facts(tree: Element) -> Facts:
    """Return the statements of a parsed page, before its scripts are dropped; never raises."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        if content := _plain(element.get("content")):
            meta.setdefault(name, content)
    article, names, crumbs = _news_article(tree)
    title_element = next(tree.iter("title"), None)
    page_title = _plain("".join(title_element.itertext())) if title_element is not None else ""
    site = meta.get("og:site_name", "") or meta.get("application-name", "")
    names |= {meta[name].casefold() for name in _SITE_NAMES if name in meta}
    headline = _plain(article.get("headline")) or meta.get("og:title", "") or meta.get("twitter:title", "")
    return Facts(
        headline=headline,
        description=_plain(article.get("description")) or meta.get("og:description", "") or meta.get("description", ""),
        author=_authors(article.get("author"), names),
        meta_author=_person(meta.get("author") or meta.get("article:author"), names),
        page_title=page_title,
        site=site,
        is_article=bool(article),
        about=read_about(tree, meta, article, crumbs, headline),
    )


_LONGEST_SITE = 1_000
"""Characters of a site's name that are compared: each part of a title is looked for in them."""


def without_site(title: str, site: str) -> str:
    """Return a page's <title> without the paper's name behind it ("… | Báo Dân trí", "… - VnExpress")."""
    parts, end, site = _SUFFIX.split(title), len(title), site[:_LONGEST_SITE].casefold()
    while len(parts) > 1:
        last = parts[-1].casefold()
        is_site = last in site or (bool(site) and site in last)
        if not is_site and not re.search(r"^(?:báo|tạp chí|tin tức)\b|\.(?:vn|com|net)$", last) and len(parts) < 3:
            break
        end = title.rindex(parts.pop(), 0, end)
        while end and title[end - 1] in " |–—-":
            end -= 1  # not cut off here: a title can have hundreds of thousands of parts
    return title[:end]


def _news_article(tree: Element) -> tuple[dict[str, Any], set[str], list[str]]:
    """Return the JSON-LD object of the article ({} if none), the case-folded names of organisations in it, and the
    names of its path of sections, from the top.
    """
    found: dict[str, Any] = {}
    crumbs: list[str] = []
    names: set[str] = set()
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data):
            kinds = item.get("@type")
            kinds = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
            if not found and any(kind.endswith(("Article", "BlogPosting")) for kind in kinds):
                found = item
            if any(kind.endswith("Organization") for kind in kinds):
                names.add(_plain(item.get("name")).casefold())
            if "BreadcrumbList" in kinds and not crumbs:
                crumbs = [name for part in _list(item.get("itemListElement")) if (name := _crumb(part))]
    return found, names, crumbs


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _crumb(part: Any) -> str:
    """Return the name of one step of a path, which stands in it or in what it points to."""
    if not isinstance(part, dict):
        return ""
    inner = part.get("item")
    return _plain(part.get("name")) or (_plain(inner.get("name")) if isinstance(inner, dict) else "")


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Return the objects in a JSON value, outer ones first."""
    waiting, walked = [data], 0
    while waiting and walked < _WALKED_AT_MOST:
        item = waiting.pop(0)
        walked += 1
        if isinstance(item, dict):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _authors(value: Any, organisations: set[str]) -> str:
    """Return the persons of a JSON-LD "author": a name, an object with one, or a list of them."""
    people: dict[str, None] = {}
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        for part in name if isinstance(name, list) else [name]:
            if person := _person(part, organisations):
                people[person] = None
    return ", ".join(people)


def _person(name: Any, organisations: set[str]) -> str:
    """Return the name if it is not the paper's own, an address or a whole sentence; else ""."""
    text = _plain(name)
    folded = text.casefold()
    is_paper = any(folded in other or other in folded for other in organisations if other)
    bare = _IN_BRACKETS.sub("", text)  # "Theo Mai Anh (Reuters/AFP)"
    is_name = 0 < len(text) <= 80 and len(text.split()) <= 10 and "/" not in bare and "@" not in text
    return text if is_name and not is_paper and not re.search(r"\.(?:vn|com|net)$", folded) else ""


def _plain(value: Any) -> str:
    """Return a text without the entities that templates leave in it, on one line; "" for anything else."""
    return _SPACES.sub(" ", tidy(html.unescape(value))).strip() if isinstance(value, str) else ""
