"""Scores to probabilities: of the primary label, and of each label on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores to probabilities, fitted on out-of-fold scores.

    scale (L, L), offset (L,): softmax(scores @ scale + offset) is the distribution of the primary label (matrix
    scaling, Guo et al. 2017; Platt 1999 for two). secondary (L, 2): sigmoid(a * score + b) is the probability that a
    label applies at all (Platt 1999); where labels are sets, moved so that the best threshold is the same for all.
    threshold: least probability at which a topic is named rather than "other"; secondary_threshold: likewise for
    further topics.
    """

    scale: NDArray[np.float32]
    offset: NDArray[np.float32]
    secondary: NDArray[np.float32]
    threshold: float
    secondary_threshold: float

    def primary(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, L) probabilities that sum to 1 a row."""
        logits = scores @ self.scale.astype(np.float64) + self.offset
        logits -= logits.max(axis=1, keepdims=True)
        exponentials: NDArray[np.float64] = np.exp(logits)
        exponentials /= exponentials.sum(axis=1, keepdims=True)
        return exponentials

    def applies(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, L) probabilities that each label applies, each on its own."""
        logits = scores * self.secondary[:, 0] + self.secondary[:, 1]
        return 1.0 / (1.0 + np.exp(-np.clip(logits, -500, 500)))
