"""Pages to weighted terms: words, word pairs and syllable n-grams as 64-bit hashes, counted by zone, without making a
string.

A term is an n-gram of words (`w1`, `w2`) or of syllables (`s1` ... `s3`). Its hash is computed from its syllables'
hashes by array operations; a vocabulary is a table from hashes to columns. Strings exist only for explanations and when
a vocabulary is written.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.normalise import NUMBER, normalise
from classifier.segmentation.segmenter import Segmenter, batches, nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from classifier.types import Page

ZONES = ("title", "lead", "opening", "rest")
TERM_KINDS = ("w1", "w2", "w3", "s1", "s2", "s3")
MAX_ZONE_WEIGHT = 1_000.0
MAX_SYLLABLES = 40_000
"""Past this many distinct normalised syllables a lexicon is emptied between batches, so that memory stays flat."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_POWERS = np.array([pow(0xD1342543DE82EF95, n, 1 << 64) for n in range(1, 65)], dtype=np.uint64)
_SALTS = {
    kind: np.uint64(int.from_bytes(hashlib.blake2b(kind.encode(), digest_size=8).digest(), "little") | 1)
    for kind in TERM_KINDS
}


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """What a page is turned into.

    terms: kinds of terms, of TERM_KINDS. zone_weights: how often a word of each of ZONES counts (0: not at all).
    body_characters: how many of the body's characters are its opening (0: all of them). sublinear: tf becomes 1 +
    ln(tf).
    """

    terms: tuple[str, ...] = ("w1", "w2")
    zone_weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    body_characters: int = 0
    sublinear: bool = True

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> FeatureSpec:
        """From `to_json`'s values; raises ValueError, KeyError or TypeError where they are not of that form."""
        terms = tuple(str(kind) for kind in values["terms"])
        if not terms or not set(terms) <= set(TERM_KINDS):
            raise ValueError(f"unknown kinds of terms: {terms}")
        title, lead, opening, rest = (float(weight) for weight in values["zone_weights"])
        characters = int(values["body_characters"])
        # Others would make the logarithm of a count, or the sum of squares, no number.
        if not all(0 <= weight <= MAX_ZONE_WEIGHT for weight in (title, lead, opening, rest)) or characters < 0:
            raise ValueError(f"impossible zones: weights {values['zone_weights']}, {characters} characters")
        return cls(terms, (title, lead, opening, rest), characters, bool(values["sublinear"]))


@dataclass(frozen=True, slots=True)
class Tokens:
    """Segmented zones as integers: `syllables` (n,) lexicon ids without punctuation and numbers, `joined` (n,) whether
    a syllable continues a word, `broken` (n,) whether a term may not reach over to it from the left, `zone_ends` (4 x
    pages,) where each zone ends.
    """

    syllables: NDArray[np.int32]
    joined: NDArray[np.bool_]
    broken: NDArray[np.bool_]
    zone_ends: NDArray[np.int64]

    @property
    def pages(self) -> int:
        """How many pages these are."""
        return self.zone_ends.size // len(ZONES)

    def span(self, page: int) -> tuple[int, int]:
        """Where the syllables of a page begin and end."""
        first = len(ZONES) * page
        return int(self.zone_ends[first - 1]) if page else 0, int(self.zone_ends[first + len(ZONES) - 1])

    def page(self, number: int) -> Tokens:
        """One page alone."""
        begin, end = self.span(number)
        first = len(ZONES) * number
        ends = self.zone_ends[first : first + len(ZONES)] - begin
        return Tokens(self.syllables[begin:end], self.joined[begin:end], self.broken[begin:end], ends)

    def pages_of(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which page each syllable position is in."""
        page: NDArray[np.int64] = np.searchsorted(self.zone_ends, positions, side="right") // len(ZONES)
        return page


class Lexicon:
    """Normalised syllables, their ids (0 is "nothing") and their hashes."""

    def __init__(self, syllables: Iterable[str] = ()) -> None:
        self.strings: list[str] = [""]
        self._ids: dict[str, int] = {"": 0}
        self._hashes = np.zeros(1024, dtype=np.uint64)
        self._hashed = 1
        for syllable in syllables:
            self.id_of(syllable)

    def id_of(self, normalised: str) -> int:
        """The id of a normalised syllable, new ones numbered as they come."""
        number = self._ids.get(normalised)
        if number is None:
            number = self._ids[normalised] = len(self.strings)
            self.strings.append(normalised)
        return number

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """(len(strings),) a 64-bit hash of each; stable across runs and machines."""
        total = len(self.strings)
        if total > self._hashes.size:
            self._hashes = np.pad(self._hashes, (0, max(total, 2 * self._hashes.size) - self._hashes.size))
        for number in range(self._hashed, total):
            digest = hashlib.blake2b(self.strings[number].encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self._hashes[number] = int.from_bytes(digest, "little")
        self._hashed = total
        return self._hashes[:total]


class Tokeniser:
    """Turns pages into `Tokens` over one `Lexicon`."""

    def __init__(self, segmenter: Segmenter | None = None) -> None:
        self.segmenter = segmenter or Segmenter()
        self.lexicon = Lexicon()
        self._generation = 0
        self._to_lexicon = np.zeros(1, dtype=np.int32)

    def tokenise(self, pages: Sequence[Page], body_characters: int = 0) -> Tokens:
        """Segments the zones of each page."""
        texts = [zone for page in pages for zone in zones(page, body_characters)]
        batch = self.segmenter.encode(texts)
        lexical = self._lexicon_ids()[batch.ids]
        is_pad = np.zeros(lexical.size, dtype=bool)
        is_pad[batch.pads] = True
        kept = lexical != 0
        # A term reaches over commas and quotes, never from one zone into the next.
        zone_number = np.cumsum(is_pad)[kept]
        broken = np.concatenate(([True], zone_number[1:] != zone_number[:-1])) if zone_number.size else zone_number == 0
        # Of one word, not just "joined": what it is joined to may have been left out.
        word_number = np.cumsum(~batch.joined)[kept]
        joined = np.concatenate(([False], word_number[1:] == word_number[:-1]))[: word_number.size] & ~broken
        zone_ends = np.cumsum(kept)[batch.pads[1:]]
        return Tokens(lexical[kept], joined, broken, zone_ends)

    def forget_if_full(self) -> None:
        """Empties the lexicon past its limit; only where no ids of it are in use."""
        if len(self.lexicon.strings) > MAX_SYLLABLES:
            self.lexicon = Lexicon()
            self._to_lexicon = np.zeros(1, dtype=np.int32)

    def _lexicon_ids(self) -> NDArray[np.int32]:
        table = self.segmenter.table
        if table.generation != self._generation:
            kept = table.kept[table.kept < self._to_lexicon.size]
            again = table.generation == self._generation + 1
            self._generation, self._to_lexicon = table.generation, self._to_lexicon[kept if again else kept[:1]]
        known = self._to_lexicon.size
        if known < len(table.syllables):
            forms = (normalise(syllable) for syllable in table.syllables[known:])
            # Numbers are left out like punctuation: a count or a year is no reason for a topic.
            new = [self.lexicon.id_of("" if form == NUMBER else form) for form in forms]
            self._to_lexicon = np.concatenate((self._to_lexicon, np.array(new, dtype=np.int32)))
        return self._to_lexicon


def zones(page: Page, body_characters: int = 0) -> tuple[str, str, str, str]:
    """Title, lead, opening and rest; the opening ends with the last word of the body's first `body_characters`."""
    opening, rest = page.body, ""
    if body_characters and len(opening) > body_characters:
        opening = nfc(opening)  # the same cut however the accents are written
    if body_characters and len(opening) > body_characters:
        cut = opening.rfind(" ", 0, body_characters + 1)
        cut = cut if cut > 0 else body_characters
        opening, rest = opening[:cut], opening[cut:].lstrip(" ")
    return page.title, page.lead, opening, rest


def page_batches(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Cuts a stream of pages into lists of about BATCH_CHARACTERS (of `segmentation`)."""
    yield from batches(pages, size=lambda page: len(page.title) + len(page.lead) + len(page.body))


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): spreads close sums over all 64 bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of some pages, one entry an occurrence: `hashes` (m,), where each begins and ends in the units below it
    (`first`, `last`: syllable positions), and the kind they share.
    """

    kind: str
    hashes: NDArray[np.uint64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def terms_of(tokens: Tokens, hashes: NDArray[np.uint64], kinds: Iterable[str]) -> Iterator[Terms]:
    """All term occurrences of each kind; `hashes` are the lexicon's."""
    syllable_hashes = hashes[tokens.syllables]
    word_starts = np.flatnonzero(~tokens.joined)
    word_lasts = np.concatenate((word_starts[1:], [tokens.syllables.size])) - 1 if word_starts.size else word_starts
    of_words: NDArray[np.uint64] | None = None
    positions = np.arange(tokens.syllables.size)
    for kind in kinds:
        if kind[0] == "w":
            if of_words is None:
                of_words = _word_hashes(syllable_hashes, word_starts)
            units, firsts, lasts, broken = of_words, word_starts, word_lasts, tokens.broken[word_starts]
        else:
            units, firsts, lasts, broken = syllable_hashes, positions, positions, tokens.broken
        yield _ngrams(kind, units, firsts, lasts, broken)


def _word_hashes(syllable_hashes: NDArray[np.uint64], word_starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    if word_starts.size == 0:
        return np.zeros(0, dtype=np.uint64)
    lengths = np.diff(np.concatenate((word_starts, [syllable_hashes.size])))
    within = np.arange(syllable_hashes.size) - np.repeat(word_starts, lengths)
    return _mixed(np.add.reduceat(syllable_hashes * _POWERS[within % _POWERS.size], word_starts))


def _ngrams(
    kind: str,
    units: NDArray[np.uint64],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    broken: NDArray[np.bool_],
) -> Terms:
    size = int(kind[1])
    count = max(units.size - size + 1, 0)
    total = units[:count] * _POWERS[0]
    whole = np.ones(count, dtype=bool)
    for offset in range(1, size):
        total = total + units[offset : offset + count] * _POWERS[offset]
        whole &= ~broken[offset : offset + count]
    (at,) = np.nonzero(whole)
    return Terms(kind, _mixed(total[at] * _SALTS[kind]), firsts[at], lasts[at + size - 1])


def word_hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    """The `w1` hashes of words written as `term_string` writes them."""
    lexicon = Lexicon()
    parts = [word.split("_") for word in words]
    ids = np.array([lexicon.id_of(part) for word in parts for part in word], dtype=np.int32)
    starts = np.zeros(ids.size, dtype=bool)
    starts[np.cumsum([0, *(len(word) for word in parts)])[:-1]] = True
    (terms,) = terms_of(Tokens(ids, ~starts, starts, np.zeros(0, dtype=np.int64)), lexicon.hashes, ("w1",))
    return terms.hashes


class TermTable:
    """A vocabulary's hashes with their columns, as an open-addressing table (Knuth TAOCP 3, 6.4) probed for whole
    arrays.

    hashes: (V,) distinct; column i is the i-th. Raises ValueError where two are the same.
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        if np.unique(hashes).size != hashes.size:
            raise ValueError("two terms of the vocabulary have the same hash")
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
        return ((hashes * _MULTIPLIER) >> self._shift).astype(np.int64)

    def columns(self, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        """The column of each hash, -1 where the vocabulary does not have it."""
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


def count_terms(tokens: Tokens, hashes: NDArray[np.uint64], table: TermTable, spec: FeatureSpec) -> Counts:
    """The zone-weighted count of each vocabulary term in each page."""
    keys = []
    for terms in terms_of(tokens, hashes, spec.terms):
        columns = table.columns(terms.hashes)
        known = columns >= 0
        zone = np.searchsorted(tokens.zone_ends, terms.first[known], side="right")
        page, which = np.divmod(zone, len(ZONES))
        keys.append((page << 40) | (columns[known].astype(np.int64) << 2) | which)
    key = np.sort(np.concatenate(keys)) if keys else np.zeros(0, dtype=np.int64)
    return _runs(key, tokens.pages, np.array(spec.zone_weights))


def _runs(key: NDArray[np.int64], pages: int, zone_weights: NDArray[np.float64]) -> Counts:
    """Adds up sorted keys (page, column, zone) by page and column."""
    cell = key >> 2
    starts = (
        np.flatnonzero(np.concatenate(([True], cell[1:] != cell[:-1]))) if key.size else np.zeros(0, dtype=np.int64)
    )
    values = np.add.reduceat(zone_weights[key & 3], starts) if key.size else np.zeros(0)
    cells = cell[starts]
    indptr = np.searchsorted(cells, np.arange(pages + 1, dtype=np.int64) << 38)
    return Counts(indptr, (cells & ((1 << 38) - 1)).astype(np.int32), values.astype(np.float32))


def tf_idf(counts: Counts, idf: NDArray[np.float32], spec: FeatureSpec) -> Counts:
    """Counts to unit-length tf-idf rows (Salton & Buckley 1988, "ltc" when sublinear)."""
    tf = counts.values
    if spec.sublinear:
        # ln(1 + tf) rather than 1 + ln(tf): zone weights below 1 must not turn negative.
        tf = np.log1p(tf)
    values = tf * idf[counts.columns]
    lengths = np.sqrt(row_sums(values * values, counts.indptr))
    rows = np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(counts.indptr))
    return Counts(counts.indptr, counts.columns, (values / rows).astype(np.float32))


def row_sums(values: NDArray[Any], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums of the slices values[indptr[r]:indptr[r + 1]] along axis 0; empty slices give 0."""
    rows = indptr.size - 1
    out = np.zeros((rows, *values.shape[1:]))
    (filled,) = np.nonzero(np.diff(indptr))
    if filled.size:
        out[filled] = np.add.reduceat(values, indptr[filled], axis=0, dtype=np.float64)
    return out


def term_string(tokens: Tokens, lexicon: Lexicon, kind: str, first: int, last: int) -> str:
    """A term as the vocabulary writes it: syllables of a word joined by `_`, words by a space, syllable n-grams with
    `+`.
    """
    out: str = lexicon.strings[tokens.syllables[first]]
    for position in range(first + 1, last + 1):
        glue = "+" if kind[0] == "s" else ("_" if tokens.joined[position] else " ")
        out += glue + lexicon.strings[tokens.syllables[position]]
    return out
