"""Proper names in headlines: runs of capitals, whole, and without what a sentence or a title puts before them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from classifier.clustering.naming.known_words import KNOWN, dictionary, frequency, is_word
from classifier.clustering.naming.tokens import Token, is_capital, key_of, key_of_tokens, runs
from classifier.clustering.naming.word_lists import (
    BEFORE_NAMES,
    BEFORE_SENTENCE_NAMES,
    BEHIND_COUNTRIES,
    COUNTRIES,
    COUNTRIES_IN_SHORT,
    HEADS,
    OFFICES,
    PERSONS,
    SHORT_NAMES,
    SHOUTS,
    SURNAMES,
)
from classifier.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

_ALSO_IN_NAMES = ("anh", "hàn", "nhật", "việt")
"""Countries that other names begin with: Anh Sơn, Hàn Mặc Tử, Nhật Kim Anh."""


_NUMERAL = re.compile("[IVXLC]+|[A-Z]")
_LONGEST_CODE = 5
"""Characters of U.23, COP30, F-35; a longer word with digits is the number of a thing: SM3026."""


class Name(NamedTuple):
    """A name: its key (normalised syllables joined by `_`), how it is written, the place of its first and behind its
    last token; `short`: it is of one syllable, which may be a part of something.
    """

    key: str
    written: str
    begin: int
    end: int
    short: bool


class Word(NamedTuple):
    """A word of a headline: its first token, that behind its last, and its part of speech."""

    begin: int
    end: int
    tag: str


def names_of(tokens: Sequence[Token], words: Sequence[Word], seen: Counter[str]) -> list[Name]:
    """The names of a headline. seen: how often each run of capitals stands anywhere in the midst of a sentence."""
    reader = _Reader(tokens, words, seen)
    found = []
    for begin, end in _pairs(tokens, runs(tokens)):
        for first, behind in _parted(tokens, begin, end):
            name = reader.name(first, behind)
            if name is not None:
                found.append(name)
    return found


def is_office(key: str) -> bool:
    """Whether it is a short form that a name may stand behind."""
    return key in OFFICES


def is_country(key: str) -> bool:
    """Whether a name is a country's."""
    return key.replace("_", " ") in COUNTRIES


def _pairs(tokens: Sequence[Token], found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs of capitals, two of which are one where a lone dash joins countries or names: Mỹ - Trung."""
    joined: list[tuple[int, int]] = []
    for begin, end in found:
        if joined and joined[-1][1] == begin and tokens[begin].dash and _of_a_kind(tokens, joined[-1][0], begin, end):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _of_a_kind(tokens: Sequence[Token], first: int, begin: int, end: int) -> bool:
    sides = [key_of_tokens(tokens[first:begin]), key_of_tokens(tokens[begin:end])]
    if all(is_country(side) or side.replace("_", " ") in COUNTRIES_IN_SHORT for side in sides):
        return True
    return begin - first > 1 and end - begin > 1 and not tokens[first].first


def _is_pair(tokens: Sequence[Token], begin: int, end: int) -> bool:
    return any(token.dash for token in tokens[begin + 1 : end])


def _parted(tokens: Sequence[Token], begin: int, end: int) -> list[tuple[int, int]]:
    """A run of capitals, cut before a noun that goes on in small letters, behind an office and behind a country that
    something else is named after.
    """
    if end - begin == 1 or _is_pair(tokens, begin, end):
        return [(begin, end)]
    if tokens[end - 1].text.lower() in HEADS and any(not token.after for token in tokens[end : end + 1]):
        return [*_parted(tokens, begin, end - 1), (end - 1, end)]
    small = tokens[begin].text.lower()
    if small in OFFICES:
        return [(begin, begin + 1), *_parted(tokens, begin + 1, end)]
    if end - begin > 2 and small in BEFORE_SENTENCE_NAMES and len(_parted(tokens, begin + 1, end)) > 1:
        begin += 1
    for at in range(begin + 2, end - 1):
        ends = tokens[at - 1].text.isupper() or (small not in SURNAMES and is_word(key_of_tokens(tokens[begin:at])))
        if ends and tokens[at].text.lower() in SURNAMES:
            return [(begin, at), (at, end)]  # Bộ GD-ĐT | Lê Văn Thử, Bạc Liêu | Dương Văn Thử
    for size in (3, 2, 1):
        country = end - begin > size and is_country(key_of_tokens(tokens[begin : begin + size]))
        if country and _is_another(tokens, begin, begin + size, end):
            return [(begin, begin + size), (begin + size, end)]
    return [(begin, end)]


def _is_another(tokens: Sequence[Token], begin: int, at: int, end: int) -> bool:
    """Whether another name begins behind a country's."""
    text = tokens[at].text
    if text.lower() in BEHIND_COUNTRIES:
        return False
    if not is_syllable(text) and len(text) > 2:
        return True
    key = key_of_tokens(tokens[begin:at])
    return end - at > 1 and key not in _ALSO_IN_NAMES and not is_word(key_of_tokens(tokens[begin : at + 1]))


class _Reader:
    """Makes names of one headline's runs of capitals."""

    def __init__(self, tokens: Sequence[Token], words: Sequence[Word], seen: Counter[str]) -> None:
        self._tokens, self._seen = tokens, seen
        self._verbs = frozenset(word.begin for word in words if word.tag == "V" and word.end - word.begin == 1)
        self._spans = frozenset((word.begin, word.end) for word in words)
        self._begins = frozenset(word.begin for word in words)
        self._ends = frozenset(word.end for word in words)

    def name(self, begin: int, end: int) -> Name | None:
        """The name in a run of capitals, of which the first may only be a sentence's."""
        tokens = self._tokens
        if end - begin > 1 and len(tokens[begin].text) == 1 and not tokens[begin].first:
            begin += 1  # (bảng) F World Cup
        first = tokens[begin].first
        if first and end - begin == 1 and not self._alone_a_name(tokens[begin].text):
            return None
        if first and end - begin > 1 and not _is_pair(tokens, begin, end) and self._is_sentences(begin, end):
            begin += 1
        until = self._whole_word(begin, end)
        if until > end and tokens[begin].first and end - begin == 1:
            return None  # a word that a sentence begins with
        end = until
        before = begin - 1
        if before in self._begins and tokens[before].text.lower() in BEFORE_NAMES and not tokens[begin].after:
            begin = before
        return _made(tokens[begin:end], begin, end)

    def _is_sentences(self, begin: int, end: int) -> bool:
        """Whether the first capital of a run is only that of the sentence."""
        tokens = self._tokens
        small = tokens[begin].text.lower()
        whole, rest = key_of_tokens(tokens[begin:end]), key_of_tokens(tokens[begin + 1 : end])
        longer = key_of_tokens(tokens[begin : self._whole_word(begin, end)])
        if small in PERSONS or small in SHOUTS:
            return True
        if self._seen[whole] or not is_syllable(small) or (small in SURNAMES and is_syllable(tokens[begin + 1].text)):
            return False
        if small in BEFORE_SENTENCE_NAMES or (begin in self._verbs and is_syllable(tokens[begin].text)):
            return True
        known = is_word(whole) or is_word(longer) or frequency(longer) >= KNOWN
        return bool(self._seen[rest] or is_word(rest)) and not known

    def _whole_word(self, begin: int, end: int) -> int:
        """Where a name ends whose last word goes on in small letters: Nobel Hòa bình, Liên hợp quốc."""
        tokens = self._tokens
        last_two = key_of_tokens(tokens[end - 2 : end]) if end - begin > 1 else ""
        whole = bool(last_two) and is_word(last_two)  # Hà Nội, not Hà Nội tiết
        for size in (2, 1):
            more = tokens[end : end + size]
            small = not any(token.after or is_capital(token.text) for token in more)
            if len(more) == size and end + size in self._ends and small:
                key = key_of_tokens(tokens[end - 1 - whole : end + size])
                common = (end - 1, end + size) in self._spans and frequency(key) >= KNOWN
                if key and (key in dictionary() or common):
                    return end + size
        return end

    def _alone_a_name(self, text: str) -> bool:
        """Whether a word that a sentence begins with is a name."""
        if text.lower() in SHORT_NAMES or (text.isupper() and len(text) > 1):
            return True
        if any(map(str.isdigit, text)) or not is_syllable(text):
            return True
        return self._seen[key_of([text])] > 0 and len(text) > 1


def _made(chosen: Sequence[Token], begin: int, end: int) -> Name | None:
    key = key_of_tokens(chosen)
    single = len(chosen) == 1
    if not key or key.replace("_", " ") in SHOUTS or (single and len(key) < 2):
        return None
    text = chosen[0].text
    if single and (_NUMERAL.fullmatch(text) or (any(map(str.isdigit, text)) and len(text) > _LONGEST_CODE)):
        return None
    short = single and is_syllable(text) and not text.isupper() and key not in SHORT_NAMES
    written = "".join(f"{' - ' if token.dash else ' '}{token.text}" for token in chosen)
    return Name(key, written.strip(" -"), begin, end, short)
