"""Pages to tokens: zones segmented and normalised, as integers over one lexicon."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.core import native
from classifier.features.marks import is_mark
from classifier.features.zones import ZONES, zones
from classifier.vietnamese.normalise import NUMBER, normalise
from classifier.vietnamese.respelling import respelled
from classifier.vietnamese.segmenter import Segmenter, batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from classifier.types import Page
    from classifier.vietnamese.segmenter import Segmented

MAX_SYLLABLES = 40_000
"""Past this many distinct normalised syllables a lexicon is emptied between batches, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Punctuation, symbols and numbers of some zones: `ids` (m,) of the lexicon, `broken` (m,) whether a word stood
    before it, `ends` (4 x pages,) where each zone ends.
    """

    ids: NDArray[np.int32]
    broken: NDArray[np.bool_]
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Segmented zones as integers: `syllables` (n,) lexicon ids without punctuation and numbers, `joined` (n,) whether
    a syllable continues a word, `broken` (n,) whether a term may not reach over to it from the left, `zone_ends` (4 x
    pages,) where each zone ends. `marks`: what is left out of these, where it was asked for.
    """

    syllables: NDArray[np.int32]
    joined: NDArray[np.bool_]
    broken: NDArray[np.bool_]
    zone_ends: NDArray[np.int64]
    marks: Marks | None = None

    @property
    def pages(self) -> int:
        """How many pages these are."""
        return self.zone_ends.size // len(ZONES)

    def page(self, number: int) -> Tokens:
        """One page alone."""
        (begin, end), ends = _cut(self.zone_ends, number)
        found = self.syllables[begin:end], self.joined[begin:end], self.broken[begin:end], ends
        if self.marks is None:
            return Tokens(*found)
        (begin, end), ends = _cut(self.marks.ends, number)
        return Tokens(*found, Marks(self.marks.ids[begin:end], self.marks.broken[begin:end], ends))


def _cut(ends: NDArray[np.int64], page: int) -> tuple[tuple[int, int], NDArray[np.int64]]:
    """Where a page begins and ends in a stream with these zone ends, and its own zone ends."""
    first, last = len(ZONES) * page, len(ZONES) * (page + 1)
    begin = int(ends[first - 1]) if page else 0
    return (begin, int(ends[last - 1])), ends[first:last] - begin


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
        self._to_lexicon = np.zeros((2, 1), dtype=np.int32)

    def tokenise(self, pages: Sequence[Page], body_characters: int = 0, *, marks: bool = False) -> Tokens:
        """Segments the zones of each page; `marks`: keep punctuation, emoticons and the places of numbers too."""
        texts = [text for page in pages for text in respelled(zones(page, body_characters))]
        batch = self.segmenter.encode(texts)
        of_syllables, of_marks = self._lexicon_ids()
        found = _marks(batch, of_marks) if marks else None
        core = native()
        if core is not None:
            return _kept_by(core, batch, np.ascontiguousarray(of_syllables), found)
        lexical = of_syllables[batch.ids]
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
        return Tokens(lexical[kept], joined, broken, zone_ends, found)

    def forget_if_full(self) -> None:
        """Empties the lexicon past its limit; only where no ids of it are in use."""
        if len(self.lexicon.strings) > MAX_SYLLABLES:
            self.lexicon = Lexicon()
            self._to_lexicon = np.zeros((2, 1), dtype=np.int32)

    def _lexicon_ids(self) -> NDArray[np.int32]:
        """(2, syllables of the segmenter) lexicon ids: as a syllable (0: left out), and as a mark (0: is none)."""
        table = self.segmenter.table
        if table.generation != self._generation:
            kept = table.kept[table.kept < self._to_lexicon.shape[1]]
            again = table.generation == self._generation + 1
            self._generation, self._to_lexicon = table.generation, self._to_lexicon[:, kept if again else kept[:1]]
        known = self._to_lexicon.shape[1]
        if known < len(table.syllables):
            new = np.array([self._ids_of(syllable) for syllable in table.syllables[known:]], dtype=np.int32)
            self._to_lexicon = np.concatenate((self._to_lexicon, new.T), axis=1)
        return self._to_lexicon

    def _ids_of(self, syllable: str) -> tuple[int, int]:
        form = normalise(syllable)
        if form == NUMBER:  # left out like punctuation: a count or a year is no reason for a topic
            return 0, self.lexicon.id_of(NUMBER)
        return self.lexicon.id_of(form), self.lexicon.id_of(syllable) if not form and is_mark(syllable) else 0


def _kept_by(core: Any, batch: Segmented, of_syllables: NDArray[np.int32], marks: Marks | None) -> Tokens:
    """What `Tokeniser.tokenise` keeps of a batch, by the native core."""
    size, zone_ends = batch.ids.size, np.zeros(batch.pads.size - 1, dtype=np.int64)
    syllables, joined, broken = np.empty(size, np.int32), np.empty(size, bool), np.empty(size, bool)
    kept = core.keep(batch.ids, batch.joined, batch.pads, of_syllables, syllables, joined, broken, zone_ends)
    return Tokens(syllables[:kept], joined[:kept], broken[:kept], zone_ends, marks)


def _marks(batch: Segmented, of_marks: NDArray[np.int32]) -> Marks:
    ids = of_marks[batch.ids]
    (at,) = np.nonzero(ids)
    broken = np.diff(at, prepend=-2) != 1
    return Marks(ids[at], broken, np.cumsum(ids != 0)[batch.pads[1:]])


def page_batches(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Cuts a stream of pages into lists of about BATCH_CHARACTERS (of `segmentation`)."""
    yield from batches(pages, size=lambda page: len(page.title) + len(page.lead) + len(page.body))
