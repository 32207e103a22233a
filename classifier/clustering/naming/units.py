"""The units of headlines: names, and words with their parts of speech."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from classifier.clustering.english import STOP_WORDS, TITLES, is_foreign, is_possessive, is_titled, plain
from classifier.clustering.naming.known_words import (
    KNOWN,
    dictionary,
    frequency,
    is_commoner,
    is_word,
    joined,
    tie,
)
from classifier.clustering.naming.proper_names import Name, Word, names_of
from classifier.clustering.naming.tokens import (
    PARTICLES,
    Token,
    in_capitals,
    is_capital,
    key_of,
    key_of_tokens,
    runs,
    tokens_of,
)
from classifier.clustering.naming.word_lists import NO_CONTENT, NUMBERED
from classifier.vietnamese import Segmenter
from classifier.vietnamese.parts_of_speech import Tagger
from classifier.vietnamese.segmenter import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME, NOUN, VERB, QUALITY, WORD = "name", "noun", "verb", "quality", "word"
_KINDS = {"N": NOUN, "Nc": NOUN, "Np": NOUN, "Ny": NAME, "V": VERB, "A": QUALITY}
_LONGEST_NUMBER = 3
"""Digits of a number that belongs to a noun: a year does not."""
_LONGEST_NAME = 5
_AT_ONCE = 4_000
_NO_NAMES = TITLES | STOP_WORDS
_INSIDE = PARTICLES | {"of"}
_LATIN = re.compile("[a-z]{2}")


class Unit(NamedTuple):
    """A name or word of a headline.

    key: normalised syllables joined by `_`; written: as there; kind: NAME, NOUN, VERB, QUALITY, WORD for one of another
    language, or "" for what no phrase goes across; begin, end: its tokens; apart: punctuation stands before it; short:
    a name of one syllable, or a noun that looks like one.
    """

    key: str
    written: str
    kind: str
    begin: int
    end: int
    apart: bool
    short: bool = False

    @property
    def syllables(self) -> int:
        """How many syllables it has."""
        return self.key.count("_") + 1

    @property
    def small(self) -> str:
        """As it is written, in small letters."""
        return self.written.lower()


def units_of(clusters: Sequence[Sequence[str]]) -> Iterator[list[list[list[Unit]]]]:
    """The units of each headline of each cluster, some thousands of headlines at a time."""
    foreign = {headline for cluster in clusters for headline in cluster if is_foreign(headline)}
    seen, small = _capitals(clusters, foreign)
    segmenter, tagger = Segmenter(), Tagger()
    for some in _some(clusters):
        flat = [headline for cluster in some for headline in cluster]
        segmented = [text.split(" ") for text in segmenter.segment(one for one in flat if one not in foreign)]
        read = iter(zip(segmented, tagger.tag(segmented), strict=True))
        tokens = [tokens_of(nfc(headline)) for headline in flat]
        one_word = joined(
            {(key_of([a.text]), key_of([b.text])) for one in tokens for a, b in pairwise(one) if not _stands_apart(b)}
        )
        units = iter(
            [
                _english(one, seen, small) if headline in foreign else _vietnamese(one, *next(read), seen, one_word)
                for one, headline in zip(tokens, flat, strict=True)
            ]
        )
        yield [[next(units) for _ in cluster] for cluster in some]


def _some(clusters: Sequence[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    some: list[Sequence[str]] = []
    size = 0
    for cluster in clusters:
        some.append(cluster)
        size += len(cluster)
        if size >= _AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _capitals(clusters: Sequence[Sequence[str]], foreign: set[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each run of capitals stands where no sentence begins: those are names. And how often each word stands
    in small letters, where there are headlines in English.
    """
    seen: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for cluster in clusters:
        for headline in cluster:
            tokens = tokens_of(nfc(headline))
            if foreign:
                small.update(token.text for token in tokens if token.text.islower())
            if not (headline in foreign and is_titled(tokens)):
                seen.update(
                    key_of(plain(token.text) for token in tokens[begin:end])
                    for begin, end in runs(tokens)
                    if not tokens[begin].first
                )
    return seen, small


def _vietnamese(
    tokens: Sequence[Token],
    segmented: Sequence[str],
    tags: Sequence[str],
    seen: Counter[str],
    one_word: frozenset[tuple[str, str]],
) -> list[Unit]:
    """The names and words of a headline. one_word: pairs of syllables that are one word in real news."""
    words = _words(tokens, segmented, tags, one_word)
    names = names_of(tokens, words, seen)
    found = [_of_name(one, tokens) for one in names]
    taken = {at for name in names for at in range(name.begin, name.end)}
    for word in words:
        places = range(word.begin, word.end)
        if taken.isdisjoint(places) and not _is_unknown(tokens[word.begin : word.end]):
            found.append(_of_word(tokens, word))
        else:
            found += [_loose(tokens, at) for at in places if at not in taken]
    return _digital(_numbered(tokens, sorted(found, key=lambda unit: unit.begin)))


def _digital(units: list[Unit]) -> list[Unit]:
    """The units, of which the word for numbers is a noun where it stands for what is digital: chuyển đổi số."""
    found = units[:1]
    for before, unit in pairwise(units):
        digital = unit.small == "số" and before.kind != NAME and not unit.apart and tie(before.key, unit.key) > 0
        found.append(unit._replace(kind=NOUN) if digital else unit)
    return found


def _is_unknown(chosen: Sequence[Token]) -> bool:
    """Whether several syllables are no word that anybody knows."""
    if len(chosen) == 1:
        return False
    key = key_of_tokens(chosen)
    if key in dictionary():
        return False
    return not is_word(key) or any(token.text.lower() in NO_CONTENT for token in chosen)


def _of_word(tokens: Sequence[Token], word: Word) -> Unit:
    chosen = tokens[word.begin : word.end]
    key, first = key_of_tokens(chosen), chosen[0]
    written = " ".join(token.text for token in chosen)
    kind = _KINDS.get(word.tag, "")
    small = written.lower()
    capital = any(is_capital(token.text) for token in chosen if not token.first)
    inside = any(token.after for token in chosen[1:])
    if not key or inside or capital or all(part in NO_CONTENT for part in (small, *small.split())[-len(chosen) :]):
        kind = ""
    if small in NO_CONTENT:
        kind = ""
    if first.first and written[1:].islower():
        written = written[:1].lower() + written[1:]
    return Unit(key, written, kind, word.begin, word.end, first.after)


def _loose(tokens: Sequence[Token], at: int) -> Unit:
    """A syllable that is of no word that is known."""
    token = tokens[at]
    return Unit(key_of([token.text]), token.text, "", at, at + 1, token.after)


def _of_name(name: Name, tokens: Sequence[Token]) -> Unit:
    """A name; one of one syllable before a word in small letters is no more than a noun with a capital: Cúp bóng đá."""
    behind = tokens[name.end : name.end + 1]
    noun = name.short and any(not token.after and not is_capital(token.text) for token in behind)
    written = name.written.lower() if noun and tokens[name.begin].first else name.written
    after = tokens[name.begin].after
    return Unit(name.key, written, NOUN if noun else NAME, name.begin, name.end, after, name.short)


def _numbered(tokens: Sequence[Token], units: list[Unit]) -> list[Unit]:
    """The units with numbers drawn to what they belong to: lớp 10, bão số 4, Nghị quyết 57."""
    found: list[Unit] = []
    for unit in units:
        if found and unit.begin < found[-1].end:
            continue
        at, word = unit.end, unit.small
        if at + 1 < len(tokens) and tokens[at].text == "số" and not tokens[at].after and unit.kind in (NOUN, NAME):
            at, word = at + 1, "số"
        if unit.kind and word in NUMBERED and at < len(tokens) and _is_number(tokens[at]):
            more = [token.text for token in tokens[unit.end : at + 1]]
            key, written = "_".join([unit.key, *more]), " ".join([unit.written, *more])
            found.append(Unit(key, written, unit.kind, unit.begin, at + 1, unit.apart))
        else:
            found.append(unit)
    return found


def _is_number(token: Token) -> bool:
    return token.text.isdigit() and len(token.text) <= _LONGEST_NUMBER and not token.after


def _words(
    tokens: Sequence[Token], segmented: Sequence[str], tags: Sequence[str], one_word: frozenset[tuple[str, str]]
) -> list[Word]:
    """The words of a headline; one that cuts through a token is left out."""
    begins = {token.begin: at for at, token in enumerate(tokens)}
    ends = {token.end: at + 1 for at, token in enumerate(tokens)}
    found: list[Word] = []
    place = 0
    for form, tag in zip(segmented, tags, strict=True):
        size = len(form) - form.count("_")
        begin, end = begins.get(place), ends.get(place + size)
        if begin is not None and end is not None:
            for word in _known(tokens, Word(begin, end, tag)):
                _add_mended(found, word, tokens, one_word)
        place += size
    return found


def _known(tokens: Sequence[Token], word: Word) -> list[Word]:
    """A word; one that nobody knows as the known word of two syllables inside it, and what is left: dạy | học sinh."""
    begin, end, tag = word
    inside = tokens[begin + 1 : end]
    if end - begin != 3 or any(map(_stands_apart, inside)) or is_word(key_of_tokens(tokens[begin:end])):
        return [word]
    often = [_often(tokens[begin : end - 1]), _often(inside)]
    if max(often) < KNOWN:
        return [word]
    if often[0] > often[1]:
        return [Word(begin, end - 1, tag), Word(end - 1, end, "")]
    return [Word(begin, begin + 1, ""), Word(begin + 1, end, tag)]


def _often(chosen: Sequence[Token]) -> float:
    key = key_of_tokens(chosen)
    return frequency(key) if key in dictionary() else 0.0


def _stands_apart(token: Token) -> bool:
    return token.after or is_capital(token.text)


def _add_mended(found: list[Word], word: Word, tokens: Sequence[Token], one_word: frozenset[tuple[str, str]]) -> None:
    """Adds a word, cut in another place where real news knows better: chiêu | mộ, dạy học | sinh, sĩ | tử thi."""
    begin, end, tag = word
    if not found or found[-1].end != begin or any(_stands_apart(token) for token in tokens[begin:end]):
        found.append(word)
        return
    first, _, before = found[-1]
    keys = [key_of([token.text]) for token in tokens[first:end]]
    sizes = begin - first, end - begin
    if sizes == (1, 1) and (tokens[first].first or not is_capital(tokens[first].text)):
        empty = tokens[begin].text in NO_CONTENT or (tokens[first].text in NO_CONTENT and "_".join(keys) in NO_CONTENT)
        if not empty and (keys[0], keys[1]) in one_word:
            found[-1] = Word(first, end, before if before in ("N", "Nc", "V") else tag)
            return
    elif sizes == (2, 1) and is_commoner("_".join(keys[1:]), "_".join(keys[:2])):
        found[-1:] = [Word(first, first + 1, before), Word(first + 1, end, "N")]
        return
    elif sizes == (1, 2) and is_commoner("_".join(keys[:2]), "_".join(keys[1:])):
        found[-1:] = [Word(first, begin + 1, "N"), Word(begin + 1, end, tag)]
        return
    found.append(word)


def _english(tokens: Sequence[Token], seen: Counter[str], small: Counter[str]) -> list[Unit]:
    """The names and words of a headline in English. small: how often each word stands in small letters anywhere."""
    titled = in_capitals(tokens) or is_titled(tokens)
    found: list[Unit] = []
    at = 0
    while at < len(tokens):
        end, name = _known_name(tokens, at, seen) if titled else _english_name(tokens, at, seen, small)
        texts = [plain(token.text) for token in tokens[at:end]]
        key, written = key_of(texts), " ".join(texts)
        kind = NAME if name else WORD
        if not _LATIN.search(key) or (not name and written.lower() in STOP_WORDS):
            kind = ""
        if kind == WORD and (small[written.lower()] or not (titled or tokens[at].first)):
            written = written.lower()
        found.append(Unit(key, written, kind, at, end, tokens[at].after))
        at = end
    return found


def _english_name(tokens: Sequence[Token], at: int, seen: Counter[str], small: Counter[str]) -> tuple[int, bool]:
    """Where a run of capitals from a token on ends, and whether it is a name."""
    first = tokens[at].text
    shown = len(first) > 1 and first.isupper()  # US, not us or A
    if not is_capital(first) or (first.lower() in _NO_NAMES and not shown):
        return at + 1, False
    end = at + 1
    while end < len(tokens) and not tokens[end].after and not is_possessive(tokens[end - 1].text):
        if tokens[end].text.lower() in TITLES:
            break  # Indian | Prime Minister
        inside = tokens[end].text in _INSIDE  # Strait of Hormuz, Osama bin Laden
        if not is_capital(tokens[min(end + inside, len(tokens) - 1)].text):
            break
        end += 1 + inside
    known = seen[key_of(plain(token.text) for token in tokens[at:end])] or seen[key_of([plain(first)])]
    if tokens[at].first and not shown and not known and (end - at == 1 or small[plain(first).lower()]):
        return at + 1, False
    return end, True


def _known_name(tokens: Sequence[Token], at: int, seen: Counter[str]) -> tuple[int, bool]:
    """Of a headline set in capitals: the longest run from a token on that is a name where capitals tell."""
    for end in range(min(at + _LONGEST_NAME, len(tokens)), at, -1):
        apart = any(token.after for token in tokens[at + 1 : end])
        if not apart and seen[key_of(plain(token.text) for token in tokens[at:end])]:
            return end, tokens[at].text.lower() not in STOP_WORDS
    return at + 1, False
