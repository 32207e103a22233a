"""pyvi's word segmentation evaluated over many texts at once: the same CRF, the same labels, a tenth of the time or
less.

A two-label linear-chain CRF needs one number per syllable: d[t], the best score of a path that ends in I_W less that of
one that ends in B_W. With the transition weights T and the state gain g,

    d[t] = g[t] + max(T[B,I], d[t-1] + T[I,I]) - max(T[B,B], d[t-1] + T[I,B])

The two maxima saturate: outside a narrow band of d[t-1] their difference is one of two constants. Nearly every d[t]
therefore follows without knowing d[t-1] exactly, and the Viterbi recursion (Forney 1973) becomes a few array
operations; the rest is settled in short runs.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from classifier.core import native
from classifier.given import several
from classifier.given import texts as as_texts
from classifier.vietnamese.native_table import NativeTable
from classifier.vietnamese.pyvi_model import PyviModel, load_pyvi_model
from classifier.vietnamese.syllables import PAD, SyllableTable, is_punctuation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

T = TypeVar("T")

BATCH_CHARACTERS = 300_000
"""Texts are taken in batches of about this many characters: enough to make array operations cheap, small enough for
the cache.
"""
_BATCH_ITEMS = 4_096
_SIDES = ("", "-1:", "+1:")
"""The places that an attribute of the CRF may tell of: the syllable itself, the one before it, the one behind it."""
_NO_GAINS = (0.0, 0.0, 0.0)
_ARRAY_ROUNDS = 24
_TRIGRAM_FILTER_BITS = 18
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: Fibonacci hashing, Knuth TAOCP 3, 6.4


@dataclass(frozen=True, slots=True)
class Segmented:
    """A batch of segmented texts as arrays over syllables.

    `ids` (n,): syllable ids of `table`, with PAD before each text and at the end; `joined` (n,): whether a syllable
    continues the word of the one before it; `pads` (texts + 1,): where the pads stand, so text i is `ids[pads[i] + 1 :
    pads[i + 1]]`.
    """

    ids: NDArray[np.int32]
    joined: NDArray[np.bool_]
    pads: NDArray[np.int64]
    table: SyllableTable | NativeTable


_FACTS = np.dtype([("gains", "f8", 3), ("listed", "i4"), ("can_join", "?"), ("titled", "?"), ("unused", "u1", 2)])
"""Of a syllable: its gains at offsets 0, -1, +1, its number in pyvi's word list, and what joining asks about it."""


class _SyllableFacts:
    """The facts of each syllable id: `table` (syllables or more,), together so that one look at memory brings all."""

    def __init__(self, model: PyviModel, listed: dict[str, int]) -> None:
        self._gain = model.gain
        self._attributes = _by_syllable(model.gain)
        self.listed = listed
        self.generation, self.count = 0, 0
        self.table = np.zeros(1024, dtype=_FACTS)

    def update(self, table: SyllableTable | NativeTable) -> None:
        """Works out the facts of the syllables that are new in the table."""
        if table.generation != self.generation:
            self._renumber(table)
        total = len(table.syllables)
        if total == self.count:
            return
        self._grow(total)
        if self.count == 0:
            self.count = 1  # the pad: all zero
        get, attributes, listed = self._gain.get, self._attributes, self.listed.get
        bias, upper_here, title_here = self._gain["bias"], get("word.isupper()", 0.0), get("word.istitle()", 0.0)
        digit_here = get("word.isdigit()", 0.0)
        beside = [(get(f"{side}:word.istitle()", 0.0), get(f"{side}:word.isupper()", 0.0)) for side in ("-1", "+1")]
        (title_left, upper_left), (title_right, upper_right) = beside
        facts = []
        for syllable in table.syllables[self.count :]:
            lower = syllable.lower()
            # CRFsuite reads attribute names as C strings.
            here, left, right = attributes.get(lower.split("\0", 1)[0] if "\0" in lower else lower, _NO_GAINS)
            title, upper, first = syllable.istitle(), syllable.isupper(), syllable[0]
            sum_here = bias + here
            sum_here += upper * upper_here + title * title_here
            sum_here += syllable.isdigit() * digit_here
            left = left + title * title_left + upper * upper_left
            right = right + title * title_right + upper * upper_right
            can_join = not is_punctuation(syllable) and not first.isdigit()
            facts.append(((sum_here, left, right), listed(lower, 0), can_join, first.istitle(), (0, 0)))
        self.table[self.count : total] = facts
        self.count = total

    def _renumber(self, table: SyllableTable | NativeTable) -> None:
        """Takes over the facts of the syllables that a table which forgot has kept."""
        kept = table.kept[table.kept < self.count] if table.generation == self.generation + 1 else table.kept[:0]
        self.generation, self.count = table.generation, kept.size
        self.table = self.table[kept]

    def _grow(self, total: int) -> None:
        size = self.table.size
        if total > size:
            self.table = np.concatenate((self.table, np.zeros(max(total, 2 * size) - size, dtype=_FACTS)))


def _by_syllable(gain: Mapping[str, float]) -> dict[str, tuple[float, float, float]]:
    """The gains of each lower-cased syllable for itself, its right and its left neighbour."""
    found: dict[str, list[float]] = {}
    for attribute, value in gain.items():
        side, _, name = attribute.partition("word.lower():")
        if side in _SIDES and attribute.startswith(f"{side}word.lower():"):
            found.setdefault(name, [0.0, 0.0, 0.0])[_SIDES.index(side)] = value
    return {name: (here, left, right) for name, (here, left, right) in found.items()}


class _WordList:
    """Whether neighbouring syllables stand in pyvi's list of words of two or three syllables, for arrays.

    listed: the number of each syllable of the list, from 1 (0: not listed).
    """

    def __init__(self, model: PyviModel) -> None:
        words = sorted({s for entry in (*model.bigrams, *model.trigrams) for s in entry})
        self.listed = listed = {word: number for number, word in enumerate(words, start=1)}
        self._size = len(listed) + 1
        pairs = np.array([[listed[a], listed[b]] for a, b in model.bigrams], dtype=np.int64).reshape(-1, 2)
        bits = np.zeros(self._size * self._size // 8 + 1, dtype=np.uint8)
        keys = self._pair_keys(pairs[:, 0], pairs[:, 1])
        np.bitwise_or.at(bits, keys >> 3, (1 << (keys & 7)).astype(np.uint8))
        self._bits = bits
        triples = np.array([[listed[s] for s in entry] for entry in model.trigrams], dtype=np.int64).reshape(-1, 3)
        self._triples = np.sort(self._pair_keys(self._pair_keys(triples[:, 0], triples[:, 1]), triples[:, 2]))
        self._filter = np.zeros(1 << _TRIGRAM_FILTER_BITS, dtype=bool)
        self._filter[self._slot(self._triples)] = True

    def _pair_keys(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
        return first * self._size + second

    @staticmethod
    def _slot(keys: NDArray[np.int64]) -> NDArray[np.int64]:
        mixed: NDArray[np.uint64] = keys.astype(np.uint64) * _MIX
        return (mixed >> np.uint64(64 - _TRIGRAM_FILTER_BITS)).astype(np.int64)

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_], int]:
        """Bits of the pairs, keys of the triples, their filter, and one more than the largest number, for the core."""
        return self._bits, self._triples, self._filter, self._size

    def pairs(self, listed: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """For each i, whether syllables i and i + 1 are a listed word; and their joint keys, for `triples`."""
        keys = self._pair_keys(listed[:-1], listed[1:])
        return (self._bits[keys >> 3] >> (keys & 7).astype(np.uint8)) & 1 == 1, keys

    def triples(self, pair_keys: NDArray[np.int64], listed: NDArray[np.int64]) -> NDArray[np.int64]:
        """The indices i for which syllables i, i + 1, i + 2 are a listed word."""
        keys = self._pair_keys(pair_keys[:-1], listed[2:])
        (maybe,) = np.nonzero(self._filter[self._slot(keys)])
        at = np.searchsorted(self._triples, keys[maybe])
        found: NDArray[np.int64] = maybe[self._triples[np.minimum(at, self._triples.size - 1)] == keys[maybe]]
        return found


@lru_cache(maxsize=1)
def shipped_words() -> _WordList:
    """Pyvi's own word list, made once for all segmenters."""
    return _WordList(load_pyvi_model())


class Segmenter:
    """Segments texts exactly as `pyvi.ViTokenizer.tokenize` does.

    Loads pyvi's model once (about 40 ms) and keeps a bounded table of the runs it has seen. Not thread-safe: one per
    thread.
    """

    def __init__(self, model: PyviModel | None = None) -> None:
        self._words = shipped_words() if model is None else _WordList(model)
        model = model or load_pyvi_model()
        self.version = model.version
        self._core = native()
        self.table: SyllableTable | NativeTable = SyllableTable() if self._core is None else NativeTable(self._core)
        self._facts = _SyllableFacts(model, self._words.listed)
        gain = model.gain
        self._pair_gain = gain.get("+1:word.bi_gram()", 0.0), gain.get("-1:word.bi_gram()", 0.0)
        self._triple_gain = gain.get("+2:word.tri_gram()", 0.0), gain.get("-2:word.tri_gram()", 0.0)
        (bb, bi), (ib, ii) = model.transition
        self._bb, self._bi, self._ib, self._ii = float(bb), float(bi), float(ib), float(ii)
        self._weights = np.array([bb, bi, ib, ii, *self._pair_gain, *self._triple_gain], dtype=np.float64)
        self._written: tuple[int, list[str], list[str]] = 0, [], []  # the table's generation, " x" and "_x" for each x

    def segment(self, texts: Iterable[str]) -> Iterator[str]:
        """Each text with its words' syllables joined by `_`, in order, a batch at a time.

        A text without any syllable comes back as it is, as pyvi does it. Raises TypeError for one text by itself, and
        for what is no text.
        """
        given = several(texts, "segment", "text")
        for batch in batches(as_texts(given, "segment"), size=len):
            yield from self._write(batch, self.encode(batch))

    def encode(self, texts: Sequence[str]) -> Segmented:
        """Segments one batch of texts into arrays; see `batches` for cutting a stream into batches."""
        self.table.forget_if_full()
        ids, pads = self.table.encode(self._composed(texts))
        self._facts.update(self.table)
        joined = self._joined(ids, self._labels(ids)) if self._core is None else self._joined_by_core(ids)
        return Segmented(ids, joined, pads, self.table)

    def _composed(self, texts: Sequence[str]) -> list[str]:
        if self._core is None:
            return [nfc(text) for text in texts]
        plain = self._core.plain
        return [text if plain(text) else nfc(text) for text in texts]

    def _joined_by_core(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """What `_joined` makes of `_labels`."""
        facts, words = self._facts, self._words
        joined, scratch = np.empty(ids.size, dtype=bool), np.empty(ids.size)
        self._core.join(ids, facts.table, *words.arrays(), self._weights, scratch, joined)
        return joined

    def _labels(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """The Viterbi path: True where a syllable is labelled I_W. Pads cut the chain."""
        facts = self._facts.table[ids]
        gain = facts["gains"][:, 0].copy()
        gain[1:] += facts["gains"][:-1, 1]
        gain[:-1] += facts["gains"][1:, 2]
        listed = facts["listed"].astype(np.int64)
        pair, keys = self._words.pairs(listed)
        gain[:-1] += pair * self._pair_gain[0]
        gain[1:] += pair * self._pair_gain[1]
        if ids.size > 2:
            triple = self._words.triples(keys, listed)
            gain[triple] += self._triple_gain[0]  # the indices are distinct, so this adds each once
            gain[triple + 2] += self._triple_gain[1]
        return self._viterbi(gain, ids == PAD)

    def _step(self, before: NDArray[np.float64]) -> NDArray[np.float64]:
        """max(T[B,I], d + T[I,I]) - max(T[B,B], d + T[I,B]) for each d in `before`."""
        stepped: NDArray[np.float64] = np.maximum(self._bi, before + self._ii)
        stepped -= np.maximum(self._bb, before + self._ib)
        return stepped

    def _viterbi(self, gain: NDArray[np.float64], pad: NDArray[np.bool_]) -> NDArray[np.bool_]:
        # After I_W comes from I_W where d > to_inside, after B_W from I_W where d > to_begin.
        to_inside, to_begin = self._bi - self._ii, self._bb - self._ib
        low, high = sorted((to_inside, to_begin))
        ends = self._bi - self._bb, self._ii - self._ib
        smallest, largest = min(ends), max(ends)  # between its two plateaus the step is monotone
        # d lies in [gain + smallest, gain + largest] (a text's first is gain itself); where all of that is above
        # `high`, or none of it above `low`, the next step is a plateau.
        after_pad = np.concatenate(([True], pad[:-1]))
        above, below = gain + np.where(after_pad, 0.0, smallest) > high, gain + np.where(after_pad, 0.0, largest) <= low
        score = gain + np.where(above, ends[1], ends[0])  # wrong where d is open or the one before is; settled below
        score[1:] = gain[1:] + np.where(above[:-1], ends[1], ends[0])
        score[after_pad] = gain[after_pad]
        open_before = np.concatenate(([False], ~(above | below)[:-1])) & ~after_pad
        self._settle(score, gain, open_before)
        # Backwards: each syllable's label follows from the next one's, except that outside (low, high] it does not
        # matter.
        last = np.concatenate((pad[1:], [True])) & ~pad
        known = (score > high) | (score <= low) | last | pad
        label = np.where(last, score > 0, score > high)
        if known.all():
            return label
        return _fill_back(label, known, keep=to_begin >= to_inside)

    def _settle(self, score: NDArray[np.float64], gain: NDArray[np.float64], unsettled: NDArray[np.bool_]) -> None:
        """Works out, in place, the scores that depend on the exact score before them, from the left end of each run."""
        (todo,) = np.nonzero(unsettled)
        if todo.size == 0:
            return
        breaks = np.concatenate(([True], np.diff(todo) != 1))
        run = np.cumsum(breaks) - 1
        depth = np.arange(todo.size) - np.flatnonzero(breaks)[run]
        order = np.argsort(depth, kind="stable")
        bounds = np.searchsorted(depth[order], np.arange(_ARRAY_ROUNDS + 1))
        for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            if start == end:
                break
            at = todo[order[start:end]]
            score[at] = gain[at] + self._step(score[at - 1])
        for at in np.sort(todo[order[bounds[-1] :]]).tolist():  # the tails of very long runs, one by one
            before = float(score[at - 1])
            score[at] = gain[at] + (max(self._bi, before + self._ii) - max(self._bb, before + self._ib))

    def _joined(self, ids: NDArray[np.int32], inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Pyvi's own conditions on top of the label: no punctuation, no digit in front, no capital after a small
        letter.
        """
        facts = self._facts.table[ids]
        can_join, titled = facts["can_join"], facts["titled"]
        joined: NDArray[np.bool_] = inside & can_join
        joined[1:] &= can_join[:-1] & ~(titled[1:] & ~titled[:-1])
        joined[0] = False
        return joined  # next to a pad nothing joins: it can not be joined to

    def _write(self, texts: Sequence[str], batch: Segmented) -> Iterator[str]:
        syllables = self.table.syllables
        spaced, glued = self._pieces_to_write(syllables)
        if self._core is not None:
            yield from self._core.write(list(texts), batch.ids, batch.joined, batch.pads, syllables, spaced, glued)
            return
        pieces = np.array([spaced, glued], dtype=object)[batch.joined.astype(np.int8), batch.ids].tolist()
        for number, text in enumerate(texts):
            start, end = int(batch.pads[number]) + 1, int(batch.pads[number + 1])
            yield "".join(pieces[start:end])[1:] if start < end else text

    def _pieces_to_write(self, syllables: list[str]) -> tuple[list[str], list[str]]:
        """Each syllable behind a space, and behind `_`; what was made for an earlier batch is kept."""
        generation, spaced, glued = self._written
        if generation != self.table.generation:
            spaced, glued = [], []
        new = syllables[len(spaced) :]
        spaced += [f" {syllable}" for syllable in new]
        glued += [f"_{syllable}" for syllable in new]
        self._written = self.table.generation, spaced, glued
        return spaced, glued


def _fill_back(label: NDArray[np.bool_], known: NDArray[np.bool_], *, keep: bool) -> NDArray[np.bool_]:
    """Gives each unknown label the next known one (`keep`) or, at odd distances, its opposite."""
    positions = np.where(known, np.arange(label.size), label.size - 1)
    following = np.minimum.accumulate(positions[::-1])[::-1]
    filled: NDArray[np.bool_] = label[following]
    if not keep:
        filled = filled ^ ((following - np.arange(label.size)) % 2 == 1)
    return filled


def nfc(text: str) -> str:
    """The text in composed form (Unicode normalisation form C)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def composed(text: str) -> str:
    """As `nfc`, faster on long texts: the native core tells those that are composed already."""
    core = native()
    return text if core is not None and core.plain(text) else nfc(text)


def batches(items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Cuts a stream into lists of about BATCH_CHARACTERS by the `size` of each item."""
    batch: list[T] = []
    total = 0
    for item in items:
        batch.append(item)
        total += size(item)
        if total >= BATCH_CHARACTERS or len(batch) >= _BATCH_ITEMS:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


def segment(texts: Iterable[str]) -> list[str]:
    """Word-segments each text as `pyvi.ViTokenizer.tokenize` would: `["Việt Nam hôm nay"]` gives `["Việt_Nam
    hôm_nay"]`. Raises TypeError for one text by itself, and for what is no text.
    """
    return list(Segmenter().segment(texts))
