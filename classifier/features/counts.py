"""Term occurrences to rows of tf-idf: the table of a vocabulary, counts by zone, weights."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.features.spec import FeatureSpec
    from classifier.features.tokens import Lexicon, Tokens

from classifier.core import native
from classifier.features.kinds import terms_of, units_of
from classifier.features.terms import POWERS
from classifier.features.zones import ZONES

MOST_COLUMNS, MOST_KINDS = 1 << 29, 9
"""What the native core can count; past either numpy does it."""
MOST_CONTRIBUTIONS = 50_000_000
"""Terms of some rows times labels whose weights numpy looks up together."""


class TermTable:
    """A vocabulary's hashes with their columns, as an open-addressing table (Knuth TAOCP 3, 6.4) probed for whole
    arrays.

    hashes: (V,) distinct; column i is the i-th, `size` is V. Raises ValueError where two are the same.
    multiplier: an odd number that spreads them, another for each table unless given: with a random one no set of hashes
    can be chosen so that all want one place (Dietzfelbinger et al. 1997). What is found never depends on it.
    """

    def __init__(self, hashes: NDArray[np.uint64], multiplier: int | None = None) -> None:
        self._multiplier = np.uint64(secrets.randbits(64) | 1 if multiplier is None else multiplier)
        if np.unique(hashes).size != hashes.size:
            raise ValueError("two terms of the vocabulary have the same hash")
        self.size = int(hashes.size)
        bits = max(4, int(hashes.size * 3).bit_length())
        self._shift = np.uint64(64 - bits)
        self._mask = (1 << bits) - 1
        self._keys = np.zeros(1 << bits, dtype=np.uint64)
        self._columns = np.full(1 << bits, -1, dtype=np.int32)
        todo = np.arange(hashes.size)
        slots = self._slots(hashes)
        while todo.size:
            free = self._columns[slots] < 0
            chosen, which = np.unique(slots[free], return_index=True)  # the first comer of each free slot
            winners = todo[free][which]
            self._keys[chosen], self._columns[chosen] = hashes[winners], winners
            left = ~np.isin(todo, winners, assume_unique=True)
            todo, slots = todo[left], (slots[left] + 1) & self._mask

    def _slots(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        return ((hashes * self._multiplier) >> self._shift).astype(np.int64)

    def arrays(self) -> tuple[int, NDArray[np.uint64], NDArray[np.int32]]:
        """The multiplier, keys and columns of all places, for the native core."""
        return int(self._multiplier), self._keys, self._columns

    def columns(self, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        """The column of each hash, -1 where the vocabulary does not have it."""
        core = native()
        if core is not None:
            found = np.empty(hashes.size, dtype=np.int32)
            core.columns(np.ascontiguousarray(hashes), *self.arrays(), found)
            return found
        slots = self._slots(hashes)
        columns = self._columns[slots]
        (open_,) = np.nonzero((columns >= 0) & (self._keys[slots] != hashes))
        at = slots[open_]
        while open_.size:
            at = (at + 1) & self._mask
            columns[open_] = self._columns[at]
            again = (columns[open_] >= 0) & (self._keys[at] != hashes[open_])
            open_, at = open_[again], at[again]
        return columns


@dataclass(frozen=True, slots=True)
class Counts:
    """Weighted term counts as a sparse matrix in CSR form: row r has columns[indptr[r]:indptr[r + 1]], ascending, with
    values.
    """

    indptr: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: NDArray[np.float32]


def count_terms(tokens: Tokens, lexicon: Lexicon, table: TermTable, spec: FeatureSpec) -> Counts:
    """The zone-weighted count of each vocabulary term in each page."""
    core = native()
    if core is not None and table.size < MOST_COLUMNS and len(spec.terms) <= MOST_KINDS:
        return _counted_by(core, tokens, lexicon, table, spec)
    keys = []
    for terms in terms_of(tokens, lexicon, spec.terms):
        columns = table.columns(terms.hashes)
        known = columns >= 0
        page, zone = np.divmod(terms.zones()[known], len(ZONES))
        keys.append((page * table.size + columns[known]) * len(ZONES) + zone)
    key = np.concatenate([np.zeros(0, dtype=np.int64), *keys])
    key.sort()
    return _runs(key, tokens.pages, table.size, np.array(spec.zone_weights))


def _counted_by(core: Any, tokens: Tokens, lexicon: Lexicon, table: TermTable, spec: FeatureSpec) -> Counts:
    """`count_terms` by the native core: cells (column x 4 + zone) of each kind, sorted and added up page by page."""
    cells, ends = [], []
    for kind, units in units_of(tokens, lexicon, spec.terms):
        out, page_ends = np.empty(units.hashes.size, dtype=np.uint32), np.zeros(tokens.pages, dtype=np.int64)
        stream = np.ascontiguousarray(units.hashes), np.ascontiguousarray(units.broken), units.ends
        found = core.cells(*stream, kind.size, int(kind.salt), POWERS, *table.arrays(), out, page_ends)
        cells.append(out[:found])
        ends.append(page_ends)
    total = sum(found.size for found in cells)
    of_pages = np.sum([np.diff(each, prepend=0) for each in ends], axis=0)
    scratch = np.empty(2 * int(np.max(of_pages, initial=0)), dtype=np.uint32)
    indptr = np.zeros(tokens.pages + 1, dtype=np.int64)
    columns, values = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.float32)
    weights = np.array(spec.zone_weights, dtype=np.float64)
    found = core.add_up(tuple(cells), tuple(ends), weights, scratch, indptr, columns, values)
    return Counts(indptr, columns[:found], values[:found])


def _runs(key: NDArray[np.int64], pages: int, terms: int, zone_weights: NDArray[np.float64]) -> Counts:
    """Adds up sorted keys, (page x terms + column) x 4 + zone, by page and column."""
    cell, zone = np.divmod(key, len(ZONES))
    begins = np.diff(cell, prepend=-1) != 0
    starts = np.flatnonzero(begins)
    values = np.bincount(np.cumsum(begins) - 1, weights=zone_weights[zone], minlength=starts.size)  # from left to right
    page, column = np.divmod(cell[starts], max(terms, 1))
    indptr = np.searchsorted(page, np.arange(pages + 1, dtype=np.int64))
    return Counts(indptr, column.astype(np.int32), values.astype(np.float32))


def tf_idf(counts: Counts, idf: NDArray[np.float32], spec: FeatureSpec) -> Counts:
    """Counts to unit-length tf-idf rows (Salton & Buckley 1988, "ltc" when sublinear)."""
    tf = counts.values
    if spec.sublinear:
        # ln(1 + tf) rather than 1 + ln(tf): zone weights below 1 must not turn negative.
        tf = np.log1p(tf)
    core = native()
    if core is not None and idf.dtype == np.float32:
        values = np.array(tf, dtype=np.float32)  # a copy
        core.weigh(counts.indptr, counts.columns, values, np.ascontiguousarray(idf))
        return Counts(counts.indptr, counts.columns, values)
    values = tf * idf[counts.columns]
    lengths = np.sqrt(row_sums(values * values, counts.indptr))
    rows = np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(counts.indptr))
    return Counts(counts.indptr, counts.columns, (values / rows).astype(np.float32))


def row_sums(values: NDArray[Any], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums of the slices values[indptr[r]:indptr[r + 1]] along axis 0, each from left to right; empty slices give 0."""
    rows = indptr.size - 1
    row = np.repeat(np.arange(rows), np.diff(indptr))
    if values.ndim == 1:
        return np.bincount(row, weights=values, minlength=rows).astype(np.float64, copy=False)  # as it is anyway
    columns = [np.bincount(row, weights=column, minlength=rows) for column in values.T]
    return np.stack(columns, axis=1) if columns else np.zeros((rows, 0))


def row_products(rows: Counts, weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """(rows, L) the rows times weights (V, L): products in single precision, their sums in double, left to right."""
    core, count = native(), rows.indptr.size - 1
    if core is None or not count or not weights.shape[1] or weights.dtype != np.float32:
        at_once = max(1, MOST_CONTRIBUTIONS // max(1, rows.columns.size))
        some = [weights[:, first : first + at_once] for first in range(0, max(1, weights.shape[1]), at_once)]
        parts = [row_sums(rows.values[:, None] * part[rows.columns], rows.indptr) for part in some]
        return np.concatenate(parts, axis=1)
    out = np.empty((count, weights.shape[1]))
    core.score(rows.indptr, rows.columns, rows.values, np.ascontiguousarray(weights), out)
    return out
