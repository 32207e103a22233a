"""What an HTML page says of itself beside its text: date, address, site, section, key words, picture."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classifier.reading.html.tree import class_words, text_of
from classifier.reading.page_lines.blocks import clean, key_of, squeeze
from classifier.vietnamese.dates import day_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from classifier.reading.html.tree import Element

_DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "published_time", "datepublished",
    "pubdate", "publishdate", "publish-date", "publish_date", "date.published", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "dc.date.issued", "dc.date", "dcterms.date", "date",
)  # fmt: skip
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher")
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "cxenseparse:category")
_KEYWORDS = ("news_keywords", "keywords", "article:tag")
_PICTURES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "thumbnail")
_CRUMBS = frozenset(("breadcrumb", "breadcrumbs", "bread", "crumb", "crumbs"))
_HOME = frozenset(("trang chủ", "trang nhất", "home", "trangchu", ""))
_STAMPS = frozenset(("date", "time", "datetime", "pubdate", "publish", "published", "timestamp", "posted"))
_WORDS_MOST, _MOST = 12, 30
"""Words of a section, and how many key words a page has at most."""
_STAMP_MOST = 120
_ADDRESSES = ("url", "image")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """A page's own statements, "" or () where it makes none. date: YYYY-MM-DD; url and image: http addresses."""

    date: str = ""
    url: str = ""
    site: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    image: str = ""

    def fields(self) -> dict[str, Any]:
        """All but the date as the fields of these names that a `Page` has: texts cleaned, addresses as they are."""
        found = {name: getattr(self, name) for name in self.__slots__ if name != "date"}
        return {name: one if name in _ADDRESSES else _cleaned(one) for name, one in found.items()}


def read_about(
    tree: Element, meta: Mapping[str, str], stated: Mapping[str, Any], crumbs: list[str], title: str
) -> About:
    """The statements of a parsed page. meta: its meta elements by name; stated: the JSON-LD of its article; crumbs: the
    names in its JSON-LD list of sections, from the top; title: the article's.
    """
    link = next((node for node in tree.iter("link") if (node.get("rel") or "").strip().lower() == "canonical"), None)
    addresses = (
        link.get("href") if link is not None else "",
        meta.get("og:url"),
        *(_strings(stated.get("mainEntityOfPage"), "@id")),
        *(_strings(stated.get("url"), "@id")),
    )
    return About(
        date=_date(tree, meta, stated),
        url=_first_address(addresses),
        site=_first((*_named(meta, _SITES), *_strings(stated.get("publisher"), "name"))),
        section=_section(tree, meta, stated, crumbs, title),
        keywords=_keywords(meta, stated),
        image=_first_address((*_named(meta, _PICTURES), *_strings(stated.get("image"), "url"))),
    )


def _cleaned(said: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return tuple(map(clean, said)) if isinstance(said, tuple) else squeeze(clean(said))


def _date(tree: Element, meta: Mapping[str, str], stated: Mapping[str, Any]) -> str:
    """The day of publication that the page states to machines, or in an element of that name above its text."""
    said = [*_strings(stated.get("datePublished"), ""), *_named(meta, _DATES), *_strings(stated.get("dateCreated"), "")]
    for text in said:
        if day := day_of(text):
            return day.isoformat()
    for node in tree.iter("time"):
        if "published" in (node.get("itemprop") or "").lower() or node.get("pubdate") is not None:
            for text in (node.get("datetime") or "", text_of(node)):
                if day := day_of(text[:_STAMP_MOST]):
                    return day.isoformat()
    return ""


def stamp_of(tree: Element, heading: Element | None, elsewhere: Collection[Element]) -> str:
    """The day of the first element behind the headline that its tag or class calls a date; "" if there is none.

    elsewhere: what belongs to menus and to other articles.
    """
    below = heading is None
    for node in tree.iter():
        below = below or node is heading
        if not below or node is heading or node in elsewhere or not isinstance(node.tag, str):
            continue
        if node.tag == "time" or class_words(node) & _STAMPS:
            for text in (node.get("datetime") or "", text_of(node)):
                if len(text) <= _STAMP_MOST and (day := day_of(text)):
                    return day.isoformat()
    return ""


def _section(tree: Element, meta: Mapping[str, str], stated: Mapping[str, Any], crumbs: list[str], title: str) -> str:
    """The narrowest section that the page gives for itself: stated, else the last of its path that is not the title."""
    known = [*_strings(stated.get("articleSection"), ""), *_named(meta, _SECTIONS)]
    key = key_of(title)
    for path in (crumbs, _path_shown(tree)):
        known += [name for name in reversed(path) if name.casefold() not in _HOME and key_of(name) != key]
    return next((name for name in known if len(name.split()) <= _WORDS_MOST and not _ADDRESS.match(name)), "")


def _path_shown(tree: Element) -> list[str]:
    """The links of the first element whose class calls it a path of sections."""
    for node in tree.iter("ul", "ol", "div", "nav", "p", "span"):
        label = (node.get("aria-label") or "").lower()
        if class_words(node) & _CRUMBS or "breadcrumb" in label:
            links = [text_of(anchor) for anchor in node.iter("a")]
            if links:
                return links
    return []


def _keywords(meta: Mapping[str, str], stated: Mapping[str, Any]) -> tuple[str, ...]:
    texts = [*_named(meta, _KEYWORDS[:1]), *_strings(stated.get("keywords"), ""), *_named(meta, _KEYWORDS[1:])]
    for text in (", ".join(_strings(stated.get("keywords"), "")), *texts):
        words = [word.strip() for word in re.split(r"[,;]", text)]
        if found := tuple(dict.fromkeys(word for word in words if word))[:_MOST]:
            return found
    return ()


def _named(meta: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    return (meta[name] for name in names if meta.get(name))


def _strings(value: Any, key: str) -> list[str]:
    """The texts in a JSON-LD value: itself, those of a list, or of `key` in an object."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        text = item.get(key) if isinstance(item, dict) and key else item
        if isinstance(text, str) and text.strip():
            found.append(" ".join(html.unescape(text).split()))
    return found[:_MOST]


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _first_address(texts: Iterable[str | None]) -> str:
    return next((text.strip() for text in texts if text and _ADDRESS.fullmatch(text.strip())), "")
