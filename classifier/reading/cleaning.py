"""Cleans text for pages and rows alike: what cannot be seen, markup, and letters that only look like others."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from classifier.core import native
from classifier.reading.raw.encoding import tidy
from classifier.reading.raw.mojibake import SIGNS, undo_mojibake
from classifier.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from typing import Any

    from classifier.types import Page

INVISIBLE, MARKUP, MOJIBAKE, LOOK_ALIKE = "invisible", "markup", "mojibake", "look-alike"
"""What was put right in a text, as `Page.repairs` names it."""

_ZERO_WIDTH = "\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
_SPACES = "\xa0\u2000-\u200a\u202f\u205f\u3000"
_BREAKS = "\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_FOREIGN = "\u0370-\u03ff\u0400-\u052f"
_WIDE = "\uff01-\uff5e"
# The one search that a clean text costs. What is no letter of Vietnamese, or only in some texts one, is looked at.
_ODD = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f\x85\xad\xd0\xf0\u0189\u0256\u0300-\u036f{SIGNS}{_ZERO_WIDTH}{_SPACES}\u2028\u2029"
    f"{_FOREIGN}{_WIDE}\ud800-\udfff\ufb00-\ufb06\U0001d400-\U0001d7ff]"
)
_HIDDEN = re.compile(f"[\x00-\x08\x0e-\x1b\x7f\xad{_ZERO_WIDTH}]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\xad]")
_INVISIBLE = re.compile(f"[{_ZERO_WIDTH}]+")
_PIECES = re.compile(f"[^\\W\\d_]+(?:[{_ZERO_WIDTH}]+[^\\W\\d_]+)+")
_SPACE = re.compile(f"[{_SPACES}]")
_BREAK = re.compile(f"\r\n|[\r{_BREAKS}]")
_PRETTY = re.compile(f"[{_WIDE}\ufb00-\ufb06\U0001d400-\U0001d7ff]+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_ESCAPED_AT_MOST = 3
_CLASSED = 0x2100
"""Past this character the core leaves it to Python to look."""
_SHORT = 100
"""Characters up to which a text is looked at by patterns as fast as by the core."""

_BLOCKS = frozenset(
    """address article aside blockquote body br center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 head
    header hr html li main nav ol p pre section table tbody tfoot thead title tr ul""".split()  # noqa: SIM905  a list of words
)
_INLINE = frozenset(
    """a abbr b big button cite code em embed font i iframe img input label link meta option picture q s select small
    source span strike strong sub sup svg td th u video audio""".split()  # noqa: SIM905  as above
)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,11})(?:\s[^<>]{0,4000})?/?>")
_UNREAD = re.compile(r"<(script|style)\b|<!--", re.IGNORECASE)

_STROKE = str.maketrans("Ðð\u0189\u0256", "ĐđĐđ")
_STROKE_LETTER = re.compile("[Ðð\u0189\u0256]")
# Words in which a letter of another script may stand for a Latin one; marks that did not compose belong to them.
_MIXED = re.compile(f"(?:[^\\W\\d_]|[\u0300-\u036f])*[{_FOREIGN}](?:[^\\W\\d_]|[\u0300-\u036f])*")
_OTHER_SCRIPT = re.compile(f"[{_FOREIGN}]")
_LATIN = re.compile("[A-Za-z\xc0-\u024f\u1e00-\u1eff]")
_ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝАВЕІЈКМНОРСТУХЅҮԚԜοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijshdqwABEIJKMHOPCTYXSYQWoABEZHIKMNOPTYX"
)
_HAS_ALIKE = frozenset(map(chr, _ALIKE))


def clean(text: str, repairs: set[str] | None = None) -> str:
    """Return a text as a reader sees it, in NFC, with line feeds alone between lines.

    Soft hyphens, zero-width and direction marks, byte order marks and control characters are left out (a zero-width
    mark between two syllables is the space it stands for), no-break and other spaces are spaces; tags, comments and
    entities are resolved; full-width and mathematical letters, Ð and ð that begin a word, and Cyrillic or Greek letters
    within Latin words are the letters they look like; UTF-8 that was read as Windows-1252 is undone. What of this was
    found is added to `repairs`. Real words in other scripts stay.
    """
    core = native() if len(text) > _SHORT else None
    if core is not None and core.clear(text, _odd_classes()):
        return text
    if not (_ODD.search(text) or "&" in text or "<" in text):
        return unicodedata.normalize("NFC", text)
    found = repairs if repairs is not None else set()
    if any(sign in text for sign in SIGNS) and (undone := undo_mojibake(text)) != text:
        text = undone
        found.add(MOJIBAKE)
    text = tidy(text)
    if ("<" in text or "&" in text) and (shown := without_markup(text)) != text:
        text = shown
        found.add(MARKUP)
    if not _ODD.search(text):
        return unicodedata.normalize("NFC", text)
    if _HIDDEN.search(text):
        text = _CONTROL.sub("", text)
        text = _INVISIBLE.sub("", _PIECES.sub(_joined, text))
        found.add(INVISIBLE)
    text = _BREAK.sub("\n", _SPACE.sub(" ", text))
    alike = _PRETTY.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    alike = _vietnamese_letters(alike)
    if alike != text:
        found.add(LOOK_ALIKE)
    return unicodedata.normalize("NFC", alike)


@lru_cache(maxsize=1)
def _odd_classes() -> bytes:
    """For the native core: 1 for each character that `clean` must look at, or that may not be composed."""
    characters = "".join(map(chr, range(_CLASSED)))
    odd = {*_ODD.findall(characters), "&", "<", "\x00"}
    usual = [*range(0x300), *range(0x1EA0, 0x1EFA), *range(0x2010, 0x2028)]
    found = bytearray(b"\1" * _CLASSED)
    for character in usual:
        found[character] = chr(character) in odd
    return bytes(found)


def clean_page(page: Page) -> Page:
    """Return the page with its texts cleaned, and what was put right in `repairs`."""
    repairs = set(page.repairs)
    names = ("title", "byline", "lead", "body")
    changed: dict[str, Any] = {name: clean(getattr(page, name), repairs) for name in names}
    related = tuple(
        replace(item, headline=clean(item.headline, repairs), blurb=clean(item.blurb, repairs)) for item in page.related
    )
    return replace(page, **changed, related=related, repairs=tuple(sorted(repairs)))


def without_markup(text: str) -> str:
    """Return the text without the tags of HTML, comments, scripts and entities; blocks become lines.

    Only names of HTML are tags, so that `<` in a text stays. Escaped markup (`&lt;p&gt;`) is resolved too.
    """
    for _ in range(_ESCAPED_AT_MOST):
        before = text
        if "<" in text:
            text = _TAG.sub(_tag, _without_unread(text))
        if "&" in text:
            text = _ENTITY.sub(_entity, text)
        if text == before:
            break
    return text


def _tag(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name in _BLOCKS:
        return "\n"
    if name in ("td", "th"):
        return " "
    return "" if name in _INLINE else match[0]


def _entity(match: re.Match[str]) -> str:
    return " ".join(html.unescape(match[0]).splitlines() or [" "])


def _without_unread(text: str) -> str:
    """Without comments and the insides of scripts; one that is not closed stays as it is."""
    parts, at = [], 0
    while found := _UNREAD.search(text, at):
        closing = f"</{found[1]}" if found[1] else "-->"
        end = _find(text, closing, found.end())
        end = text.find(">", end) + 1 if end >= 0 else 0
        if not end:
            break
        parts.append(text[at : found.start()])
        at = end
    return "".join([*parts, text[at:]])


def _find(text: str, closing: str, start: int) -> int:
    """Where `closing` stands next, in any case of letters."""
    found = re.compile(re.escape(closing), re.IGNORECASE).search(text, start)
    return found.start() if found else -1


def _joined(match: re.Match[str]) -> str:
    """Pieces of words between which something invisible stands: one word, unless each piece is a syllable by itself."""
    pieces = _INVISIBLE.split(match[0])
    whole = "".join(pieces)
    if whole.isascii() or is_syllable(unicodedata.normalize("NFC", whole)):
        return whole
    return " ".join(pieces) if all(is_syllable(unicodedata.normalize("NFC", piece)) for piece in pieces) else whole


def _vietnamese_letters(text: str) -> str:
    if _STROKE_LETTER.search(text):
        text = re.sub(r"[^\W\d_]+", _with_stroke, text)
    if _OTHER_SCRIPT.search(text):
        pure = any(sign not in _HAS_ALIKE for sign in _OTHER_SCRIPT.findall(text))
        text = _MIXED.sub(lambda match: _latin(match[0], other_language=pure), text)
    return text


def _with_stroke(match: re.Match[str]) -> str:
    """Ðối, HÐND and ði have the letter of Icelandic where Đ is meant; Sigurður has it rightly."""
    word = match[0]
    if word.isupper():
        return word.translate(_STROKE)
    return word[0].translate(_STROKE) + word[1:]


def _latin(word: str, *, other_language: bool) -> str:
    """A word with Cyrillic or Greek letters, in Latin ones if it is no word of such a language."""
    if any(sign not in _HAS_ALIKE for sign in _OTHER_SCRIPT.findall(word)):
        return word
    latin = unicodedata.normalize("NFC", word.translate(_ALIKE))
    if _LATIN.search(word):
        return latin
    return latin if not other_language and latin.islower() and is_syllable(latin) else word
