"""Finds the headlines of other articles that an HTML page shows, with their blurbs, and the boxes they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from classifier.reading.html.tree import (
    BLOCKS,
    HEADINGS,
    brief_text,
    class_words,
    lines_of,
    text_lines,
    text_of,
    upwards,
)
from classifier.reading.page_lines.blocks import key_of
from classifier.reading.page_lines.line_forms import Form, form_of, is_cut, linked_headline
from classifier.reading.page_lines.names import is_date
from classifier.reading.page_lines.related import Related

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from classifier.reading.html.tree import Element, TextLine
    from classifier.types import Headline

_WORDS_LEAST, _WORDS_MOST = 4, 50
_BLURB_LEAST = 5
_CARD_LEVELS = 6
_CARD_LINKS = 6
"""Links to the same article that a card may have: picture, headline, blurb, comments."""
_OTHERS = 3
"""Other articles that an element leads to which is no card of one."""
_PREFIX_MOST = 8
"""Words that "Xem thêm:" and the like may have before the link they announce."""
_LONG_LINE = 8
"""Words of a line that cannot be a card's date or section; a card has one such line beside its headline, the blurb."""

_TITLE_WORDS = frozenset(("title", "headline", "titles", "tit", "heading"))
_BLURB_WORDS = frozenset((
    "excerpt", "sapo", "desc", "description", "summary", "lead", "intro", "blurb", "brief", "teaser", "standfirst",
))  # fmt: skip
_SIDE_WORDS = frozenset((
    "category", "categories", "cate", "cat", "tag", "tags", "time", "date", "meta", "author", "source", "comment",
    "count", "more", "viewmore",
))  # fmt: skip
_OTHER_PLACES = ("mailto:", "tel:", "sms:", "zalo:")
_OTHER_SITES = (
    "facebook.com", "twitter.com", "//x.com/", "youtube.com", "zalo.me", "tiktok.com", "instagram.com",
    "play.google.com", "apps.apple.com", "linkedin.com", "//t.me/",
)  # fmt: skip
_ADDRESSED_LEAST, _MOST_OF = 4, 0.75
"""Headlines with an address, in number and as a share, from which addresses tell something of the others."""
_DIGITS_LEAST, _DASHES_LEAST = 4, 4
_NEVER = frozenset(("comment", "count", "more", "viewmore"))
_HEADLINE_CLEAR = 7
"""Words of a link that is no section's name."""
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp")
_SERVICE = (
    "liên hệ", "đăng ký", "đăng nhập", "điều khoản", "chính sách bảo mật", "chính sách quyền", "tải ứng dụng",
    "xem tất cả", "xem thêm", "đọc thêm", "quay lại", "theo dõi", "giới thiệu", "bản quyền", "gửi bài", "đặt báo",
    "trang chủ",
)  # fmt: skip
"""How links to the site's services begin."""


@dataclass(slots=True)
class Found:
    """The related headlines of a page, and the elements that hold them and nothing of the article."""

    headlines: tuple[Headline, ...] = ()
    boxes: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Link:
    """A link that reads like a headline: `spot` is the element with its text, `sure` that its place says headline.
    url: where it leads, as the page writes it; "" where it leads nowhere. `inline`: text of the article stands beside.
    """

    spot: Element
    text: str
    sure: bool
    url: str = ""
    inline: bool = False


def find_related(tree: Element, frame: Collection[Element], own: Iterable[str]) -> Found:
    """Return the headlines that link to other articles: in boxes, in lists and in paragraphs that are one link.

    `frame` are the elements in menus and the like, `own` the texts that name the page's own article. Time is linear in
    the page.
    """
    known = {key_of(text) for text in own}
    _spell_out(tree)
    _, lines = text_lines(tree)
    links = _links(lines, frame, known)
    cards = _cards([link for link in links if link.sure], tree, _led_to(links))
    in_cards = {node for card in cards.values() for node in card.iter()}
    loose = [link for link in links if link.spot not in in_cards]
    cards |= _cards(loose, tree, {})
    found = Related()
    for link in links:
        if link.spot in cards:
            found.add(link.text, _blurb(cards[link.spot], link), link.url)
    return Found(found.all(), list(cards.values()))


def _spell_out(tree: Element) -> None:
    """Give links whose text is cut off ("Tàu chở dầu mắc cạn...") the whole headline, where their title has it."""
    for anchor in tree.iter("a"):
        text, whole = (anchor.text or "").strip(), " ".join((anchor.get("title") or "").split())
        start = text.rstrip(".… ")
        if len(anchor) == 0 and is_cut(text) and len(start) < len(whole) and whole.startswith(start):
            anchor.text = whole


def _links(lines: Mapping[Element, TextLine], frame: Collection[Element], known: Collection[str]) -> list[_Link]:
    links: list[_Link] = []
    lists: dict[Element, bool] = {}
    heads: dict[Element, bool] = {}
    blurbs: dict[Element, bool] = {}
    shown = {anchor.get("href") for anchor, line in lines.items() if line.words and text_of(anchor)}
    for anchor, line in lines.items():
        link = None if anchor in frame or not _leads_on(anchor) else _read_link(anchor, line, blurbs)
        if link is None and anchor not in frame and anchor.get("href") not in shown:
            link = _read_picture(anchor, heads)
        if link and key_of(link.text) not in known and not _in_menu(anchor, lists):
            links.append(link)
    return _to_articles(links)


def _to_articles(links: list[_Link]) -> list[_Link]:
    """Return the links without those to services and sections, where the addresses of the others tell them apart."""
    addressed = [link for link in links if link.url]
    if len(addressed) < max(_ADDRESSED_LEAST, _MOST_OF * len(links)):
        return links  # in a page saved without addresses they say nothing
    articles = sum(map(_is_article_address, (link.url for link in addressed)))
    if articles < max(_ADDRESSED_LEAST, _MOST_OF * len(addressed)):
        return addressed
    return [link for link in addressed if len(link.text.split()) >= _HEADLINE_CLEAR or _is_article_address(link.url)]


def _is_article_address(url: str) -> bool:
    """Whether the last part of an address has a number or the words of a headline, as those of articles do."""
    last = url.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return sum(map(str.isdecimal, url)) >= _DIGITS_LEAST or last.count("-") >= _DASHES_LEAST or "." in last


def _leads_on(anchor: Element) -> bool:
    """Whether a link can lead to an article; where it leads is often "#" in saved pages, so that says nothing."""
    href = (anchor.get("href") or "").strip().lower()
    return not href.startswith(_OTHER_PLACES) and not any(site in href for site in _OTHER_SITES)


def _read_link(anchor: Element, line: TextLine, blurbs: dict[Element, bool]) -> _Link | None:
    """Return the headline that a link shows, if its place and length allow one."""
    inner = next((node for node in anchor.iter() if node is not anchor and _is_title(node)), None)
    around = _around(anchor)
    sure = inner is not None or any(map(_is_title, around))
    text = _without_stamps(anchor) if inner is None else text_of(inner)
    arrow = inner is None and _behind_arrow(anchor)
    if inner is None and not arrow:
        text = _alone(anchor, text, line)
    count = len(text.split())
    if not (sure or arrow) and any(_tells_against(node, count, blurbs) for node in around):
        return None
    if not (_WORDS_LEAST if sure else _WORDS_LEAST + 1) <= count <= _WORDS_MOST:
        return None
    if form_of(text) in (Form.HEAD, Form.FURNITURE) or (count <= 8 and not sure and _is_service(text.casefold())):
        return None
    if " - " in text and (count < _HEADLINE_CLEAR - 1 or text.isupper()):  # Giáo dục - du học, XÃ HỘI - PHÓNG SỰ ẢNH
        return None
    return _Link(anchor if inner is None else inner, text, sure, _url(anchor), inline=arrow)


def _is_service(text: str) -> bool:
    return text.startswith(_SERVICE) or text.endswith("làm trang chủ")


def _around(anchor: Element) -> list[Element]:
    """Return a link and what stands around it, up to the block it stands in or two levels."""
    found = []
    for level, node in enumerate(upwards(anchor)):
        found.append(node)
        if level == 2 or node.tag in BLOCKS:
            break
    return found


def _tells_against(node: Element, count: int, blurbs: dict[Element, bool]) -> bool:
    """Whether the class of a link's surroundings says that it is a section, a date or a blurb, and nothing else denies.

    Few words are a section's name or a number of comments; what is called a blurb is one if it holds one text.
    """
    words = class_words(node)
    if words & _SIDE_WORDS and (count < _HEADLINE_CLEAR or words & _NEVER):
        return True
    if not words & _BLURB_WORDS:
        return False
    if node not in blurbs:  # thousands of links can stand in the same
        blurbs[node] = len(lines_of(node)) < 2
    return blurbs[node]


def _without_stamps(anchor: Element) -> str:
    """Return a link's text without the elements at its end that hold nothing but a date, a time or a number."""
    dropped = ""
    for node in reversed(anchor):
        if (node.tail or "").strip() or not isinstance(node.tag, str):
            break
        text = text_of(node)
        if text and not (is_date(text) and (not text.isdecimal() or class_words(node) & _SIDE_WORDS)):
            break
        dropped = f"{text} {dropped}".strip()
    whole = text_of(anchor)
    return whole.removesuffix(dropped).strip() if dropped and dropped != whole else whole


def _behind_arrow(anchor: Element) -> bool:
    """Whether ">>" stands right before a link: below a lead or a paragraph such links lead to other articles."""
    before = anchor.getprevious()
    text = (before.tail if before is not None else getattr(anchor.getparent(), "text", "")) or ""
    return text.rstrip().endswith((">>", "»", "▶", "►"))


def _read_picture(anchor: Element, heads: dict[Element, bool]) -> _Link | None:
    """Return the headline that a link shows only as its picture's description, in a list below a head.

    heads: which elements were found to be one, since thousands of links can stand below the same.
    """
    picture = None if text_of(anchor) or not _leads_on(anchor) else next(anchor.iter("img", "amp-img"), None)
    if picture is None or (anchor.get("href") or "").lower().endswith(_PICTURES):
        return None
    text = " ".join((anchor.get("title") or picture.get("alt") or picture.get("title") or "").split())
    if text.isascii() or not _WORDS_LEAST <= len(text.split()) <= _WORDS_MOST:  # without accents it is an address
        return None
    around = list(islice(upwards(anchor), 1, _CARD_LEVELS))
    below_head = any(_is_head(child, heads) for node in around for child in node[:2])
    return _Link(anchor, text, sure=True, url=_url(anchor)) if below_head else None


def _is_head(node: Element, known: dict[Element, bool]) -> bool:
    if node not in known:
        known[node] = form_of(brief_text(node, 40) or "-") is Form.HEAD
    return known[node]


def _url(anchor: Element) -> str:
    """Where a link leads; "" for "#" and scripts."""
    href = (anchor.get("href") or "").strip()
    return "" if href.startswith("#") or href.lower().startswith("javascript:") else href


def _is_title(node: Element) -> bool:
    return node.tag in HEADINGS or bool(class_words(node) & _TITLE_WORDS)


def _alone(anchor: Element, text: str, line: TextLine) -> str:
    """Return the text of a link that has its line for itself (but for "Xem thêm:" or a date); "" inside a sentence."""
    if any(node.tag in BLOCKS for node in anchor.iterdescendants()):
        return next((part for part in lines_of(anchor) if len(part.split()) >= _WORDS_LEAST), "")
    count = len(text.split())
    after = anchor.getnext()
    blurb = after is not None and count >= _WORDS_LEAST and class_words(after) & (_BLURB_WORDS | _SIDE_WORDS)
    # Alone, or side by side with other links, or with what its class calls a blurb or a date.
    if blurb or count >= 0.6 * line.words or line.linked >= 0.8 * line.words:
        return linked_headline(text) or text
    if count + _PREFIX_MOST < line.words:  # a long line is not even put together
        return ""
    bare = linked_headline(line.text)
    return text if bare and text in bare else ""


def _in_menu(anchor: Element, lists: dict[Element, bool]) -> bool:
    """Whether a link stands in a list of mostly short links, as menus are."""
    around = next((node for node in upwards(anchor) if node.tag in ("ul", "ol")), None)
    if around is None:
        return False
    if around not in lists:
        counts = [count for link in around.iter("a") if (count := len(text_of(link).split()))]
        lists[around] = sum(count < _WORDS_LEAST for count in counts) > len(counts) / 2
    return lists[around]


def _led_to(links: list[_Link]) -> dict[Element, set[str]]:
    """The addresses, four of them at most, that the headlines below each element lead to, some levels up."""
    found: dict[Element, set[str]] = {}
    for link in links:
        for above in islice(upwards(link.spot), _CARD_LEVELS + 2) if link.url else ():
            urls = found.setdefault(above, set())
            if len(urls) <= _OTHERS:
                urls.add(link.url)
    return found


def _cards(links: list[_Link], tree: Element, led_to: Mapping[Element, set[str]]) -> dict[Element, Element]:
    """For each headline the largest element around it that holds it, its blurb and small things, and nothing else.

    led_to: see `_led_to`; what leads to several other articles is no card, though they be named in few words.
    """
    holders = {above for h1 in tree.iter("h1") for above in upwards(h1)}
    texts: dict[Element, int] = {}
    every: dict[Element, int] = {}
    last = ""
    for link in links:
        for above in upwards(link.spot):
            every[above] = every.get(above, 0) + 1
            texts[above] = texts.get(above, 0) + (link.text != last)
        last = link.text
    cards: dict[Element, Element] = {}
    for link in links:
        card = link.spot
        for level, above in enumerate(upwards(link.spot)):
            crowded = texts.get(above, 0) > 1 or every.get(above, 0) > _CARD_LINKS or above in holders
            crowded |= len(led_to.get(above, set()) - {link.url}) >= _OTHERS
            if level > _CARD_LEVELS or (level and link.inline) or crowded or not _is_card(above, link):
                break
            card = above
        cards[link.spot] = card
    return cards


def _is_card(node: Element, link: _Link) -> bool:
    """Whether an element shows the headline first, and at most one long line, its blurb, below it.

    A link that nothing but its place in a list shows to be a headline has its list item for a card, else its own line.
    """
    if node.tag in ("body", "main", "ul", "ol"):
        return False
    if not link.sure and node.tag in BLOCKS and not any(above.tag in ("li", "td", "dd") for above in upwards(node)):
        return len(lines_of(node)) == 1
    lines = lines_of(node)
    long = [number for number, line in enumerate(lines) if len(line.split()) >= _LONG_LINE and link.text not in line]
    shown = next((number for number, line in enumerate(lines) if link.text in line), 0)
    return not long or (len(long) == 1 and long[0] > shown)


def _blurb(card: Element, link: _Link) -> str:
    """Return the text below the headline in its card, a paragraph or what its class calls a summary, or ""."""
    before = True
    for node in card.iter():
        if node is link.spot:
            before = False
            continue
        words = class_words(node)
        tells = words & _BLURB_WORDS or (node.tag == "p" and not words & _SIDE_WORDS)
        if before or not tells or words & _TITLE_WORDS:
            continue
        text = text_of(node)
        if len(text.split()) >= _BLURB_LEAST and key_of(text) != key_of(link.text) and link.text not in text:
            return text
    return ""
