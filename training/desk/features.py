"""All articles of a desk as one sparse matrix, made once; every model of the desk is fitted on its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.counts import TermTable, count_terms, tf_idf
from classifier.features.spec import FeatureSpec
from classifier.features.tokens import Tokeniser
from classifier.types import Page
from training.fit.cache import tokenise_cached
from training.fit.defaults import spec_for
from training.fit.fitting import Design, design
from training.fit.linear import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from training.fit.matrix import TokenisedCorpus
    from training.fit.spec import TrainingSpec

SHORT = 60
"""Words of an article, in the middle, up to which syllables and their pairs are worth their time (docs/model.md)."""


@dataclass(frozen=True)
class Features:
    """The articles' numbers (n,), ascending, and what each row of the design stands for. `spec`: how a model on them is
    fitted.
    """

    numbers: NDArray[np.int64]
    made: Design
    spec: TrainingSpec

    @property
    def matrix(self) -> csr_matrix:
        """(n, V + d) tf-idf rows with their latent coordinates."""
        return self.made.features

    @property
    def terms(self) -> int:
        """V."""
        return len(self.made.vocabulary.terms)

    @cached_property
    def latent(self) -> NDArray[np.float32]:
        """(n, d) unit vectors of the articles among the word vectors of real news; zeros where no word has one."""
        found = self.matrix[:, self.terms :].toarray().astype(np.float32)
        found -= found.mean(axis=0)  # what all articles share says nothing
        return unit(found)

    @cached_property
    def row_of(self) -> dict[int, int]:
        """The row of each article."""
        return {number: row for row, number in enumerate(self.numbers.tolist())}

    @cached_property
    def _reader(self) -> tuple[Tokeniser, TermTable]:
        return Tokeniser(), TermTable(self.made.vocabulary.hashes)

    def of_texts(self, texts: Sequence[str]) -> csr_matrix:
        """(m, V) unit tf-idf rows of a few words or phrases, without latent coordinates."""
        tokeniser, table = self._reader
        tokens = tokeniser.tokenise([Page("", title=text) for text in texts], marks=self.spec.features.marks)
        counts = count_terms(tokens, tokeniser.lexicon, table, self.spec.features)
        return sparse(tf_idf(counts, self.made.idf, self.spec.features), self.terms)


def features_of(numbers: Sequence[int], pages: Sequence[Page]) -> Features:
    """The features of these articles. Segmented texts are kept in the user's cache for the next time."""
    spec = desk_spec(())
    tokens = tokenise_cached(pages, spec.features.body_characters)
    spec = desk_spec(("w1",) if usual_length(tokens) > SHORT else ("w1", "s1", "s2"))
    return Features(np.array(numbers, dtype=np.int64), design(tokens, spec), spec)


def usual_length(tokens: TokenisedCorpus) -> float:
    """The median number of syllables of an article."""
    lengths = [np.diff(batch.zone_ends[3::4], prepend=0) for batch in tokens.batches]
    return float(np.median(np.concatenate(lengths))) if lengths else 0.0


def desk_spec(terms: tuple[str, ...]) -> TrainingSpec:
    """What `chude train` takes for anybody's corpus, without what it asks the corpus for: that takes too long here, and
    how many articles will be labelled is not known yet.
    """
    from training.corpus import Corpus

    usual = spec_for(Corpus([]))
    return replace(usual, features=FeatureSpec(terms=terms or ("w1",)), C=1.0, open_choice=False, min_df=2)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows at length 1; rows of almost nothing as zeros."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: NDArray[np.float32] = np.where(lengths > 1e-6, rows / np.maximum(lengths, 1e-6), 0.0).astype(np.float32)
    return found
