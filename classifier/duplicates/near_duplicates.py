"""Finds texts that are the same, or nearly, by their fingerprints: in linear time, without looking at all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from classifier.duplicates.fingerprints import Fingerprints

    Candidates = Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]

NEAR = 0.7
"""Shingles in common, as a share of all, from which two texts count as versions of one article.

On VNTC every pair looked at from 0.3 on was one article edited twice; below 0.7 candidates begin to be missed.
"""

_BAND = 4
"""Bins a band: texts become candidates where a whole band is equal, at similarity s with probability 1 - (1 - s^4)^16.

That is 0.99 at 0.7, 0.64 at 0.5, 0.025 at 0.2 (Leskovec, Rajaraman, Ullman 2020, "Mining of Massive Datasets", 3.4).
"""
_WINDOW = 8
"""How many neighbours each text of a bucket is compared with, so that a bucket of any size costs linear time."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of texts by their numbers, `first` (p,) and `second` (p,), and their estimated `similarity` (p,)."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    similarity: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """For each of n new texts the known one it repeats: its number or -1 (n,), how similar (n,), whether equal (n,)."""

    known: NDArray[np.int64]
    similarity: NDArray[np.float64]
    exact: NDArray[np.bool_]


def similarity(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n,) estimated Jaccard similarity of texts, from two (n, 64) arrays of sketches; standard error at most 0.063."""
    equal = (a == b).mean(axis=1)
    chance = 1 / 256  # two different hashes share a byte that often
    estimate: NDArray[np.float64] = np.maximum((equal - chance) / (1 - chance), 0.0)
    return estimate


def near_pairs(sketches: NDArray[np.uint8], others: NDArray[np.uint8] | None = None, threshold: float = NEAR) -> Pairs:
    """Pairs at least `threshold` similar: within `sketches` (first < second), or between `sketches` and `others`.

    Time grows with the number of texts even where thousands are alike: identical sketches are paired with the first of
    them only, and in a crowd of similar ones each is compared with its neighbours in sorted order. So not every pair is
    listed, but a text that has a near-duplicate is in a pair, and `groups` finds who belongs together. Texts without
    words are in no pair.
    """
    rows, row_of = _distinct(sketches)
    known = sketches[rows]
    if others is None:
        first, second, near = _verified(_neighbours(known), known, known, threshold)
        (wordful,) = np.nonzero(row_of >= 0)
        copies = wordful[rows[row_of[wordful]] != wordful]
        first = np.concatenate((rows[first], rows[row_of[copies]]))
        second = np.concatenate((rows[second], copies))
        near = np.concatenate((near, np.ones(copies.size)))
        return _in_order(first, second, near)
    other_rows, other_row_of = _distinct(others)
    new = others[other_rows]
    first, second, near = _verified(_neighbours_between(known, new), known, new, threshold)
    pair, other = _members(second, other_row_of)
    return _in_order(rows[first[pair]], other, near[pair])


def _distinct(sketches: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each distinct sketch first stands, and for each text which of these it has (-1: a text without words)."""
    (wordful,) = np.nonzero(sketches.any(axis=1))
    words = np.ascontiguousarray(sketches[wordful]).view("<u8")
    order = np.lexsort(words.T)
    new = np.ones(order.size, dtype=bool)
    new[1:] = (words[order[1:]] != words[order[:-1]]).any(axis=1)
    first = wordful[order[new]]  # lexsort is stable, so of equal sketches the first text comes first
    row_of = np.full(len(sketches), -1, dtype=np.int64)
    row_of[wordful[order]] = np.argsort(np.argsort(first))[np.cumsum(new) - 1]
    return np.sort(first), row_of


def _members(distinct: NDArray[np.int64], row_of: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For pairs whose second side is a distinct sketch: each pair's number beside each text that has that sketch."""
    order = np.argsort(distinct, kind="stable")
    (texts,) = np.nonzero(row_of >= 0)
    starts = np.searchsorted(distinct[order], row_of[texts], side="left")
    counts = np.searchsorted(distinct[order], row_of[texts], side="right") - starts
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[np.repeat(starts, counts) + within], np.repeat(texts, counts)


def _buckets(sketches: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
    """For each band: a sort key (n,), which is the band and the one after it, and the band alone."""
    bands = np.ascontiguousarray(sketches).view(f"<u{_BAND}").astype(np.uint64)
    for band in range(bands.shape[1]):
        after = bands[:, (band + 1) % bands.shape[1]]
        yield bands[:, band] << np.uint64(8 * _BAND) | after, bands[:, band]


def _neighbours(sketches: NDArray[np.uint8]) -> Candidates:
    """Candidate pairs: of each bucket of each band the texts that stand at most _WINDOW apart when it is sorted."""
    for key, bucket in _buckets(sketches):
        order = np.argsort(key, kind="stable")
        ordered = bucket[order]
        for offset in range(1, _WINDOW + 1):
            (at,) = np.nonzero(ordered[offset:] == ordered[:-offset])
            if at.size == 0:
                break
            one, other = order[at], order[at + offset]
            yield np.minimum(one, other), np.maximum(one, other)


def _neighbours_between(sketches: NDArray[np.uint8], others: NDArray[np.uint8]) -> Candidates:
    """Candidate pairs of a text of each side: the _WINDOW texts around where the other's would stand in its bucket."""
    for (key, bucket), (other_key, other_bucket) in zip(_buckets(sketches), _buckets(others), strict=True):
        order = np.argsort(key, kind="stable")
        ordered = bucket[order]
        place = np.searchsorted(key[order], other_key)
        for offset in range(-_WINDOW // 2, _WINDOW // 2):
            at = place + offset
            (inside,) = np.nonzero((at >= 0) & (at < order.size))
            inside = inside[ordered[at[inside]] == other_bucket[inside]]
            yield order[at[inside]], inside


def _verified(
    candidates: Candidates,
    sketches: NDArray[np.uint8],
    others: NDArray[np.uint8],
    threshold: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The candidates that are similar enough, each once."""
    keys, near = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for first, second in candidates:
        for start in range(0, first.size, _CHUNK):
            a, b = first[start : start + _CHUNK], second[start : start + _CHUNK]
            estimate = similarity(sketches[a], others[b])
            enough = estimate >= threshold
            keys.append(a[enough] * len(others) + b[enough])
            near.append(estimate[enough])
    key, which = np.unique(np.concatenate(keys), return_index=True)
    return key // max(len(others), 1), key % max(len(others), 1), np.concatenate(near)[which]


def _in_order(first: NDArray[np.int64], second: NDArray[np.int64], near: NDArray[np.float64]) -> Pairs:
    order = np.lexsort((second, first))
    return Pairs(first[order], second[order], near[order])


def groups(pairs: Pairs, texts: int) -> NDArray[np.int64]:
    """(texts,) the number of each text's group: pairs link texts, groups are numbered as they first occur.

    Connected components by hooking and pointer jumping (Shiloach, Vishkin 1982): few rounds of array operations.
    """
    root = np.arange(texts)
    first, second = pairs.first, pairs.second
    while first.size:
        a, b = root[first], root[second]
        apart = a != b
        first, second = first[apart], second[apart]
        np.minimum.at(root, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while (root != root[root]).any():
            root = root[root]
    return np.unique(root, return_inverse=True)[1]


def duplicate_pairs(fingerprints: Fingerprints, threshold: float = NEAR) -> Pairs:
    """Each text that occurs again with its first occurrence, and the near pairs among the first occurrences."""
    first = first_occurrences(fingerprints.keys)
    (copies,) = np.nonzero(first != np.arange(first.size))
    (kept,) = np.nonzero(first == np.arange(first.size))
    near = near_pairs(fingerprints.sketches[kept], threshold=threshold)
    return _in_order(
        np.concatenate((first[copies], kept[near.first])),
        np.concatenate((copies, kept[near.second])),
        np.concatenate((np.ones(copies.size), near.similarity)),
    )


def first_occurrences(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(n,) where each key first stands; a text without words (key 0) is nobody's copy."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return np.where(keys == 0, np.arange(keys.size), first[inverse])


def duplicate_groups(fingerprints: Fingerprints, threshold: float = NEAR) -> NDArray[np.int64]:
    """(n,) group numbers that keep copies and near-copies together, for folds that must not be parted by them."""
    return groups(duplicate_pairs(fingerprints, threshold), len(fingerprints))


def find_copies(known: Fingerprints, new: Fingerprints, threshold: float = NEAR) -> Copies:
    """Which of the new texts stand among the known ones: the first exact copy, else the most similar near one."""
    keys, where = np.unique(known.keys, return_index=True)
    place = np.minimum(np.searchsorted(keys, new.keys), max(keys.size - 1, 0))
    exact = (new.keys != 0) & (keys[place] == new.keys) if keys.size else np.zeros(len(new), dtype=bool)
    match = np.full(len(new), -1, dtype=np.int64)
    match[exact] = where[place[exact]]
    score = exact.astype(np.float64)
    (rest,) = np.nonzero(~exact)
    pairs = near_pairs(known.sketches, new.sketches[rest], threshold)
    order = np.lexsort((-pairs.first, pairs.similarity))  # the last one written stays: the most similar, the earliest
    match[rest[pairs.second[order]]] = pairs.first[order]
    score[rest[pairs.second[order]]] = pairs.similarity[order]
    return Copies(match, score, exact)
