"""Pages to tokens: zones segmented and normalised, as integers over one lexicon."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.vietnamese.normalise import NUMBER, normalise
from classifier.vietnamese.segmenter import Segmenter, batches, nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from classifier.types import Page

from classifier.features.spec import ZONES

MAX_SYLLABLES = 40_000
"""Past this many distinct normalised syllables a lexicon is emptied between batches, so that memory stays flat."""


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
