"""The linear machines that a label can be learned with, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from training.fit.spec import TrainingSpec

    Weights = NDArray[np.float64] | None
    Learn = Callable[[csr_matrix, NDArray[np.bool_], TrainingSpec, Weights], NDArray[np.float64]]

MOST_ROUNDS = 5_000


@dataclass(frozen=True, slots=True)
class Solver:
    """A linear machine: its name in a model card, what learns with it, and the values of C that are tried first."""

    name: str
    learn: Learn
    strengths: tuple[float, ...]


def svm(
    matrix: csr_matrix, target: NDArray[np.bool_], spec: TrainingSpec, weights: Weights = None
) -> NDArray[np.float64]:
    """A linear SVM with squared hinge loss (Fan et al. 2008, LIBLINEAR, dual)."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(
        C=spec.C, dual=True, max_iter=MOST_ROUNDS, random_state=spec.seed, class_weight=class_weight(target, spec)
    )
    return _weights(machine.fit(matrix, target, weights))


def logistic(
    matrix: csr_matrix, target: NDArray[np.bool_], spec: TrainingSpec, weights: Weights = None
) -> NDArray[np.float64]:
    """Logistic regression with L2 (LIBLINEAR's dual, on wide rows ten times as fast as its primal): log-odds."""
    from sklearn.linear_model import LogisticRegression

    machine = LogisticRegression(
        C=spec.C,
        solver="liblinear",
        dual=True,
        max_iter=MOST_ROUNDS,
        random_state=spec.seed,
        class_weight=class_weight(target, spec),
    )
    return _weights(machine.fit(matrix, target, weights))


SOLVERS = {
    "svm": Solver("SVM", svm, (0.3, 1.0)),
    "logistic": Solver("logistic regression", logistic, (3.0, 10.0)),
}
"""By name. `learn` gives the weights (V + 1,) of one label against the rest, the intercept last; `target` (n,) is true
where an article has the label, `weights` (n,) are the articles' own, if they have any. Other values of C were no better
first ones on any of the corpora."""


def class_weight(target: NDArray[np.bool_], spec: TrainingSpec) -> dict[bool, float] | None:
    """What a mistake on either side costs: with `balance` b the rarer side's (n / 2 n_side)^b, 1 on both without.

    b = 1 is scikit-learn's "balanced".
    """
    if not spec.balance:
        return None
    share = float(target.mean())
    return {True: (0.5 / share) ** spec.balance, False: (0.5 / (1 - share)) ** spec.balance}


def _weights(machine: object) -> NDArray[np.float64]:
    import numpy as np

    weights: NDArray[np.float64] = np.append(machine.coef_[0], machine.intercept_[0])  # type: ignore[attr-defined]  # scikit-learn has no types
    return weights
