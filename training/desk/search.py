"""Finds articles of a desk by words, over the matrix it has anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.desk.features import Features


class Search:
    """Articles that have all words of a query, those with the most weight on them first; the last query is kept."""

    def __init__(self, features: Features) -> None:
        self._features = features
        self._last: tuple[str, NDArray[np.int64]] | None = None

    def rows(self, text: str) -> NDArray[np.int64]:
        """The rows found; none for a text without a word that at least two articles have."""
        if self._last is None or self._last[0] != text:
            self._last = text, self._found(text)
        return self._last[1]

    def _found(self, text: str) -> NDArray[np.int64]:
        query = self._features.of_texts([text])
        if not query.nnz:
            return np.zeros(0, dtype=np.int64)
        theirs = self._features.matrix[:, query.indices]
        all_words = np.flatnonzero(np.diff(theirs.tocsr().indptr) == query.nnz)
        weight = np.asarray(theirs[all_words] @ query.data).ravel()
        found: NDArray[np.int64] = all_words[np.argsort(-weight, kind="stable")]
        return found
