"""Phrases of headlines that a reader would say: names, and nouns with what belongs to them, never cut inside a word."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from classifier.clustering.english import STOP_WORDS
from classifier.clustering.naming.known_words import dictionary, is_bound, is_word, tie
from classifier.clustering.naming.proper_names import is_country, is_office
from classifier.clustering.naming.tokens import is_capital
from classifier.clustering.naming.units import NAME, NOUN, QUALITY, VERB, WORD, Unit
from classifier.clustering.naming.word_lists import END_WHERE_TIED, INNER, NO_BEGIN, NO_CONTENT, NO_END, WALKS, WAYS
from classifier.features.kinds import pair_hashes
from classifier.vietnamese.collocations import collocations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_UNITS, MOST_SYLLABLES = 5, 10
"""Units and syllables that a phrase has at most."""
TIED = 0.3
"""A verb and what stands beside it are a phrase if they are so closely tied in real news."""
WHOLE = 0.6
"""Two words that stand side by side in so large a share of a cluster's headlines with either are shown together."""

LEAST_FREE = 3
"""Headlines, and neighbours on either side, that show a word of one syllable to be whole."""
_EMPTY = NO_CONTENT | STOP_WORDS


class Phrase(NamedTuple):
    """A run of units that may name a cluster. key: of all its syllables, with a `+` where a name of one syllable may
    also be a word (Áo); units: their keys; kinds: what they are.
    """

    key: str
    written: str
    units: tuple[str, ...]
    kinds: tuple[str, ...]


class Ties:
    """How closely neighbouring words are tied in real news, looked up once for many headlines."""

    def __init__(self, headlines: Iterable[Sequence[Unit]]) -> None:
        pairs = sorted({(a.key, b.key) for units in headlines for a, b in pairwise(units) if a.key and b.key})
        found: list[float] = collocations().tie(pair_hashes(pairs)).tolist() if pairs else []
        self._ties = {pair: value for pair, value in zip(pairs, found, strict=True) if value >= TIED}

    def between(self, one: Unit, other: Unit) -> bool:
        """Whether two words belong together."""
        return (one.key, other.key) in self._ties


def phrases(cluster: Sequence[Sequence[Unit]], ties: Ties) -> list[list[Phrase]]:
    """The phrases of each headline of a cluster, each once."""
    reader = _Reader(ties, _recurring(cluster), _free(cluster))
    return [reader.phrases(units) for units in cluster]


def _recurring(cluster: Sequence[Sequence[Unit]]) -> set[tuple[str, str]]:
    """Pairs of units that nearly always stand side by side in two headlines or more."""
    if len(cluster) < 2:
        return set()
    alone = Counter(key for units in cluster for key in {unit.key for unit in units})
    pairs = Counter(
        pair
        for units in cluster
        for pair in {(a.key, b.key) for a, b in pairwise(units) if not b.apart and a.end == b.begin}
    )
    return {pair for pair, number in pairs.items() if number >= max(2, WHOLE * max(alone[key] for key in pair))}


def _free(cluster: Sequence[Sequence[Unit]]) -> set[str]:
    """Words of one syllable that stand in most headlines, beside different words each time: they are whole."""
    beside: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    often: Counter[str] = Counter()
    for units in cluster:
        keys = ["", *(unit.key for unit in units), ""]
        for at, unit in enumerate(units, start=1):
            if unit.kind in (NOUN, VERB) and unit.syllables == 1 and not _is_part(unit) and _stands_alone(unit):
                beside[unit.key].add((keys[at - 1], keys[at + 1]))
        often.update({unit.key for unit in units})
    return {
        key
        for key, pairs in beside.items()
        if often[key] >= max(LEAST_FREE, WHOLE * len(cluster))
        and min(len({one for one, _ in pairs}), len({other for _, other in pairs})) >= LEAST_FREE
    }


class _Reader:
    """Finds the phrases of a cluster's headlines. recur: pairs of units that nearly always stand side by side there;
    free: words of one syllable that stand beside many others there.
    """

    def __init__(self, ties: Ties, recur: set[tuple[str, str]], free: set[str]) -> None:
        self._ties, self._recur, self._free = ties, recur, free

    def phrases(self, units: Sequence[Unit]) -> list[Phrase]:
        """The phrases of a headline, each once."""
        found: dict[str, Phrase] = {}
        for begin, end in self._chains(units):
            for first in range(begin, end):
                for behind in range(first + 1, min(end, first + MOST_UNITS) + 1):
                    chosen = units[first:behind]
                    if self._sayable(chosen) and self._uncut(units, first, behind - 1):
                        phrase = _made(chosen)
                        if len(chosen) == 1 or phrase.key.count("_") < MOST_SYLLABLES:
                            found.setdefault(phrase.key, phrase)
        return list(found.values())

    def _chains(self, units: Sequence[Unit]) -> Iterable[tuple[int, int]]:
        """Where runs of units that belong together begin and end."""
        begin = 0
        while begin < len(units):
            end = begin + 1
            opens = units[begin].kind or _is_content(units[begin])
            while opens and end < len(units) and self._linked(units[end - 1], units[end]):
                end += 1
            if opens:
                yield begin, end
            begin = end

    def _linked(self, one: Unit, other: Unit) -> bool:
        """Whether two neighbours are of one phrase."""
        if other.apart or one.end != other.begin:
            return False
        if not other.kind and not ((one.key, other.key) in self._recur and _goes_inside(one, other)):
            return False
        kinds = one.kind, other.kind
        if kinds in ((NOUN, NOUN), (NOUN, NAME)):
            return True
        if WORD in kinds or "" in kinds:
            way = one.kind == NAME and other.written in WAYS
            return not way and (one.key, other.key) in self._recur
        if NAME in kinds:
            return _goes_on(one, other) or (_goes_with(one, other) and self._bound(one, other))
        return (kinds == (NOUN, QUALITY) and min(one.syllables, other.syllables) > 1) or self._bound(one, other)

    def _bound(self, one: Unit, other: Unit) -> bool:
        """Whether real news or the cluster has two words together."""
        return self._ties.between(one, other) or (one.key, other.key) in self._recur

    def _sayable(self, chosen: Sequence[Unit]) -> bool:
        """Whether a reader would say it by itself."""
        first, last = chosen[0], chosen[-1]
        if len(chosen) == 1:
            return _stands_alone(first)
        if not (first.kind or _is_content(first)) or not (last.kind or _is_content(last)) or first.small in NO_BEGIN:
            return False
        if first.kind == QUALITY and first.syllables == 1:
            return False
        if first.kind == NOUN and first.small == "nhà" and chosen[1].kind == NAME:
            return False
        return self._closes(chosen[-2], last) and not self._holds_a_part(chosen)

    def _closes(self, before: Unit, last: Unit) -> bool:
        """Whether a phrase may end there."""
        if last.short:
            return last.kind == NAME and (before.key, last.key) in self._recur
        if last.kind == NAME:
            return True
        if last.small in NO_END:
            return last.small in END_WHERE_TIED and self._bound(before, last)
        if last.kind != VERB or last.syllables > 1:
            return True
        return self._ties.between(before, last) or (not before.kind and self._bound(before, last))

    def _holds_a_part(self, chosen: Sequence[Unit]) -> bool:
        """Whether a syllable in it is no word, and is tied to no neighbour."""
        tied = [False, *(self._bound(one, other) for one, other in pairwise(chosen)), False]
        return any(_is_part(unit) and not (tied[at] or tied[at + 1]) for at, unit in enumerate(chosen))

    def _uncut(self, units: Sequence[Unit], first: int, last: int) -> bool:
        """Whether nothing that belongs to it is left outside: no part of a word that the segmentation has cut."""
        if first == last and units[first].key in self._free:
            return True
        before, behind = units[first - 1 : first] if first else (), units[last + 1 : last + 2]
        short = first == last and units[last].kind == VERB and units[last].syllables == 1
        if short and any(self._ties.between(units[last], unit) for unit in behind):
            return False  # xảy | ra
        if any(self._belongs_before(unit, units[first : last + 1]) for unit in before if _beside(unit, units[first])):
            return False
        return not any(self._belongs_behind(units[last], unit) for unit in behind if _beside(units[last], unit))

    def _belongs_before(self, outer: Unit, chosen: Sequence[Unit]) -> bool:
        inner = chosen[0]
        if inner.kind == NAME and not inner.short:
            short = max(outer.syllables, inner.syllables) == 1 and _goes_with(outer, inner)
            return short and (outer.key, inner.key) in self._recur  # xuyên | Việt
        if inner.kind == QUALITY and outer.kind in (NAME, NOUN):
            return True
        if min(outer.syllables, inner.syllables) > 1:
            return False
        return _leans(outer, inner) or _leads(outer, chosen) or self._cuts(outer, inner, outer, inner)

    def _belongs_behind(self, inner: Unit, outer: Unit) -> bool:
        if inner.kind == NAME and not inner.short:
            more = outer.kind in (NOUN, QUALITY) and _goes_on(inner, outer)  # Khoa học | tự nhiên
            return more or (_is_part(outer) and not is_word(inner.key))  # Tết Nguyên | đán
        if inner.kind == VERB and outer.kind and inner.syllables == 1:
            return True  # trận gặp | Malaysia
        if (inner.key, outer.key) in self._recur and outer.kind and outer.small not in NO_CONTENT:
            return True  # xây dựng | Đảng
        return min(outer.syllables, inner.syllables) == 1 and self._cuts(inner, outer, outer, inner)

    def _cuts(self, one: Unit, other: Unit, outer: Unit, inner: Unit) -> bool:
        """Whether a cut between two neighbours, one of them of one syllable, goes through a word."""
        if _is_part(outer):
            return True  # (sĩ) tử thi
        if inner.syllables == 1:
            if inner.kind == outer.kind == NOUN and outer.syllables == 1:
                return True  # vụ lớp | trưởng
            if (outer.small not in NO_CONTENT or outer.small in WALKS) and self._bound(one, other):
                return True
        return outer.kind != NAME and f"{one.key}_{other.key}" in dictionary()


def _made(chosen: Sequence[Unit]) -> Phrase:
    key = "_".join(unit.key for unit in chosen)
    if len(chosen) == 1 and chosen[0].kind == NAME and chosen[0].syllables == 1:
        key += "+"
    written = " ".join(unit.written for unit in chosen)
    return Phrase(key, written, tuple(unit.key for unit in chosen), tuple(unit.kind for unit in chosen))


def _beside(one: Unit, other: Unit) -> bool:
    return not other.apart and one.end == other.begin and bool(one.key and other.key)


def _is_content(unit: Unit) -> bool:
    """Whether it may be the end of a name that goes on in small letters, where the cluster says so: Tây du ký."""
    return bool(unit.key) and unit.small not in _EMPTY and not is_capital(unit.written)


def _goes_inside(one: Unit, other: Unit) -> bool:
    """Whether a word that is no content elsewhere may go on a phrase, where the cluster has the two together."""
    if other.written in INNER:
        return True
    half = one.short or not one.kind or tie(one.key.rpartition("_")[2], other.key) >= TIED
    return _is_content(other) and half


def _goes_on(name: Unit, other: Unit) -> bool:
    """Whether a name goes on: an office (HLV, Bộ Ngoại giao, Tòa án Tối cao) with whose it is, or what it is for."""
    if name.kind != NAME:
        return False
    in_small = name.written.rpartition(" ")[2].islower()
    if other.kind == NAME:
        return is_office(name.key) or (in_small and not is_country(name.key))
    return other.kind in (NOUN, QUALITY) and in_small


def _stands_alone(unit: Unit) -> bool:
    if not unit.kind or unit.short or (unit.kind != NAME and unit.small in NO_END | NO_BEGIN):
        return False
    return unit.syllables > 1 or (unit.kind != QUALITY and not _is_part(unit))


def _goes_with(verb: Unit, name: Unit) -> bool:
    """Whether a verb and a name may be said together: xuyên Việt, kiện Malaysia Airlines."""
    return verb.kind == VERB and name.kind == NAME


def _leans(outer: Unit, inner: Unit) -> bool:
    """Whether a noun of one syllable may be the end of a word that the segmentation does not know: lưỡng hội."""
    if max(outer.syllables, inner.syllables) > 1 or inner.kind != NOUN:
        return False
    return outer.kind in (NOUN, QUALITY) or (not outer.kind and outer.small not in NO_CONTENT)


def _leads(outer: Unit, chosen: Sequence[Unit]) -> bool:
    """Whether a noun of one syllable before a name belongs to what stands before it: (hút) mùi Bosch."""
    if len(chosen) < 2 or chosen[0].kind != NOUN or chosen[0].syllables > 1 or chosen[1].kind != NAME:
        return False
    return bool(outer.kind) and outer.syllables == 1


def _is_part(unit: Unit) -> bool:
    """Whether it is a syllable that is no word."""
    if unit.kind == NAME or unit.syllables > 1 or not unit.key or unit.small in NO_CONTENT:
        return False
    return is_bound(unit.key)
