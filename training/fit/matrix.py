"""A corpus as a sparse matrix: which terms are its vocabulary, and how often each page has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.counts import Counts, TermTable, count_terms
from classifier.features.kinds import terms_of, word_hashes
from classifier.features.tokens import Lexicon, Tokeniser, Tokens, page_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from classifier.features.spec import FeatureSpec
    from classifier.types import Page


@dataclass(frozen=True, slots=True)
class TokenisedCorpus:
    """Every page of a corpus as integers over one lexicon."""

    batches: list[Tokens]
    lexicon: Lexicon

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return sum(batch.pages for batch in self.batches)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms in alphabetical order with their hashes and document frequencies, all of length V."""

    terms: list[str]
    hashes: NDArray[np.uint64]
    document_frequency: NDArray[np.int64]


def tokenise(pages: Iterable[Page], body_characters: int = 0) -> TokenisedCorpus:
    """Segments a corpus once, with its marks; everything after works on the integers."""
    tokeniser = Tokeniser()
    batches = [tokeniser.tokenise(batch, body_characters, marks=True) for batch in page_batches(pages)]
    return TokenisedCorpus(batches, tokeniser.lexicon)


def build_vocabulary(
    corpus: TokenisedCorpus, spec: FeatureSpec, min_df: int = 2, max_terms: int = 0
) -> tuple[Vocabulary, Counts]:
    """The terms that stand in at least `min_df` pages (at most `max_terms` of them, the most frequent), and their
    counts.

    Terms are first cut by occurrences, which takes no more than a sort of hashes, and only the survivors are counted by
    page.
    """
    candidates = frequent(corpus, spec, min_df)
    table = TermTable(candidates)
    counts = stack([count_terms(batch, corpus.lexicon, table, spec) for batch in corpus.batches])
    frequency = np.bincount(counts.columns, minlength=candidates.size)
    (kept,) = np.nonzero(frequency >= min_df)
    if max_terms and kept.size > max_terms:
        kept = np.sort(kept[np.lexsort((candidates[kept], -frequency[kept]))[:max_terms]])
    strings = term_strings(corpus, candidates[kept], spec.terms)
    order = sorted(range(kept.size), key=strings.__getitem__)
    kept = kept[order]
    vocabulary = Vocabulary([strings[i] for i in order], candidates[kept], frequency[kept])
    return vocabulary, _reindexed(counts, kept, candidates.size)


def with_words(vocabulary: Vocabulary, words: Sequence[str]) -> Vocabulary:
    """The vocabulary with further words (as `vocabulary.txt` writes them), which no page of the corpus need hold."""
    found = word_hashes(words)
    new = ~np.isin(found, vocabulary.hashes)  # by hash: a term of another kind may be written like a word
    terms = [*vocabulary.terms, *(word for word, is_new in zip(words, new.tolist(), strict=True) if is_new)]
    hashes = np.concatenate((vocabulary.hashes, found[new]))
    frequency = np.concatenate((vocabulary.document_frequency, np.zeros(int(new.sum()), dtype=np.int64)))
    order = sorted(range(len(terms)), key=terms.__getitem__)
    return Vocabulary([terms[i] for i in order], hashes[order], frequency[order])


def count(corpus: TokenisedCorpus, vocabulary_hashes: NDArray[np.uint64], spec: FeatureSpec) -> Counts:
    """The counts of a given vocabulary in a corpus."""
    table = TermTable(vocabulary_hashes)
    return stack([count_terms(batch, corpus.lexicon, table, spec) for batch in corpus.batches])


def stack(parts: Sequence[Counts]) -> Counts:
    """Several matrices, one under the other."""
    sizes = np.cumsum([0, *(part.columns.size for part in parts)])
    indptr = [np.zeros(1, dtype=np.int64), *(part.indptr[1:] + at for part, at in zip(parts, sizes, strict=False))]
    columns = [np.zeros(0, dtype=np.int32), *(part.columns for part in parts)]
    values = [np.zeros(0, dtype=np.float32), *(part.values for part in parts)]
    return Counts(np.concatenate(indptr), np.concatenate(columns), np.concatenate(values))


def frequent(corpus: TokenisedCorpus, spec: FeatureSpec, least: int) -> NDArray[np.uint64]:
    """The hashes of all terms with at least `least` occurrences, ascending."""
    keys, occurrences = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    for batch in corpus.batches:
        found, number = np.unique(
            np.concatenate([terms.hashes for terms in terms_of(batch, corpus.lexicon, spec.terms)]), return_counts=True
        )
        keys, occurrences = add_up(np.concatenate((keys, found)), np.concatenate((occurrences, number)))
    return keys[occurrences >= least]


def add_up(keys: NDArray[np.uint64], numbers: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Distinct keys, ascending, with the sums of their numbers."""
    if keys.size == 0:
        return keys, numbers
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.add.reduceat(numbers[order], starts)


def term_strings(corpus: TokenisedCorpus, wanted: NDArray[np.uint64], kinds: Sequence[str]) -> list[str]:
    """The string of each wanted hash, written where it first occurs."""
    table = TermTable(wanted)
    strings: list[str] = [""] * wanted.size
    missing = np.ones(wanted.size + 1, dtype=bool)
    missing[-1] = False  # where -1, "not in the table", points
    first_place = np.full(wanted.size, -1, dtype=np.int64)
    for batch in corpus.batches:
        for terms in terms_of(batch, corpus.lexicon, kinds):
            columns = table.columns(terms.hashes)
            places = np.flatnonzero(missing[columns])
            first_place[columns[places][::-1]] = places[::-1]  # of several places the first is written last
            new = np.flatnonzero(first_place >= 0)
            for column, place in zip(new.tolist(), first_place[new].tolist(), strict=True):
                strings[column] = terms.string(place)
            first_place[new] = -1
            missing[new] = False
    return strings


def _reindexed(counts: Counts, kept: NDArray[np.int64], size: int) -> Counts:
    """Only the columns `kept`, in that order."""
    place = np.full(size, -1, dtype=np.int32)
    place[kept] = np.arange(kept.size, dtype=np.int32)
    columns = place[counts.columns]
    stays = columns >= 0
    indptr = np.concatenate(([0], np.cumsum(stays)))[counts.indptr]
    rows = np.repeat(np.arange(indptr.size - 1), np.diff(indptr))
    columns, values = columns[stays], counts.values[stays]
    order = np.argsort(rows * kept.size + columns)
    return Counts(indptr, columns[order], values[order])
