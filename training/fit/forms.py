"""Forms of calibration, from one number to a whole matrix, and the choice among them by articles left out.

All are a softmax over `scores @ scale + offset` (Guo et al. 2017). Each form costs parameters, and what many parameters
learn of few articles is noise that turns labels around; so a form is chosen by what it says of articles that it was not
fitted on, and only among those with enough articles behind each parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FORMS = ("temperature", "offsets", "vector", "matrix")
"""One factor for all scores; the same and an offset a label; a factor and an offset a label; a full matrix."""
ENOUGH = 10
"""Articles that must stand behind each parameter of a form, but the first, which has one."""
ENTRIES = 400_000
"""Articles times labels that are enough to choose a form by."""
NEVER = -30.0
"""The offset of a label that is nobody's primary topic."""
RIDGE = 0.1
"""Penalty on the squares of factors and offsets, times a half: scikit-learn's C = 10."""


def parameters(form: str, labels: int) -> int:
    """How many numbers a form has to learn."""
    return {"temperature": 1, "offsets": labels + 1, "vector": 2 * labels, "matrix": labels * (labels + 1)}[form]


def fit_form(form: str, scores: Numbers, targets: Numbers) -> tuple[Numbers, Numbers]:
    """The scale (L, L) and offset (L,) of a form that make `targets` (n, L), rows that sum to 1, likeliest."""
    from scipy.optimize import minimize

    labels = scores.shape[1]
    base = np.where(targets.any(axis=0), 0.0, NEVER)
    expand, collect = _SHAPES[form]
    # A label a row: numpy adds up and compares whole rows many times as fast as the few labels of each article.
    by_label, gold = np.ascontiguousarray(scores.T), np.ascontiguousarray(targets.T, dtype=np.float64)

    def loss(theta: Numbers) -> tuple[float, Numbers]:
        factors, offset = expand(theta, labels)
        logits = factors.T @ by_label if factors.ndim == 2 else by_label * factors[:, None]
        logits += (offset + base)[:, None]
        logits -= logits.max(axis=0)
        found = np.exp(logits)
        sums = found.sum(axis=0)
        value = float(np.log(sums).sum()) - float(np.vdot(gold, logits))
        found /= sums
        found -= gold
        by_factor = by_label @ found.T if factors.ndim == 2 else np.einsum("ln,ln->l", by_label, found)
        gradient = collect(by_factor + RIDGE * factors, found.sum(axis=1) + RIDGE * offset)
        return value + RIDGE / 2 * float((factors**2).sum() + (offset**2).sum()), gradient

    start = collect(np.eye(labels) if form == "matrix" else np.ones(labels), np.zeros(labels))
    if form in ("temperature", "offsets"):
        start[0] = 1.0
    # Not below 0: a factor that turns scores around has learned from articles whose models lacked just them.
    bounds: list[tuple[float | None, None]] = [(1e-3, None)] * {"matrix": 0, "vector": labels}.get(form, 1)
    bounds += [(None, None)] * (start.size - len(bounds))
    found: Numbers = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}).x
    factors, offset = expand(found, labels)
    return (factors if factors.ndim == 2 else np.diag(factors)), offset + base


def probabilities(scores: Numbers, scale: Numbers, offset: Numbers) -> Numbers:
    """(n, L) softmax(scores @ scale + offset)."""
    diagonal = np.diagonal(scale)
    whole = np.count_nonzero(scale) > np.count_nonzero(diagonal)
    logits = (scores @ scale if whole else scores * diagonal) + offset
    logits -= logits.max(axis=1, keepdims=True)
    found: Numbers = np.exp(logits)
    found /= found.sum(axis=1, keepdims=True)
    return found


def left_out(form: str, scores: Numbers, targets: Numbers, fold_of: NDArray[np.int64]) -> Numbers:
    """(n, L) probabilities of the articles of each fold by the form fitted on the others."""
    found = np.zeros(scores.shape)
    for fold in np.unique(fold_of).tolist():
        inside = fold_of == fold
        found[inside] = probabilities(scores[inside], *fit_form(form, scores[~inside], targets[~inside]))
    return found


def choose_form(scores: Numbers, targets: Numbers, fold_of: NDArray[np.int64]) -> str:
    """The form with the least loss on articles left out; judged on every so-manieth article where they are many.

    A form that there names clearly fewer labels right than the largest score does is no candidate (by more than one
    standard error of the difference: a sign test on the articles that only one of them has right).
    """
    articles, labels = scores.shape
    step = max(1, articles * labels // ENTRIES)
    scores, targets, fold_of = scores[::step], targets[::step], fold_of[::step]
    hits = _hits(scores + np.where(targets.any(axis=0), 0.0, NEVER), targets)
    best: tuple[float, str] | None = None
    for form in FORMS:
        if form != FORMS[0] and articles < ENOUGH * parameters(form, labels):
            continue
        found = left_out(form, scores, targets, fold_of)
        now = _hits(found, targets)
        lost, won = int((hits & ~now).sum()), int((now & ~hits).sum())
        if form != FORMS[0] and lost - won > np.sqrt(lost + won):
            continue
        loss = -float((targets * np.log(np.maximum(found, 1e-15))).sum())
        if best is None or loss < best[0]:
            best = loss, form
    if best is None:
        raise AssertionError("the first form is always a candidate")
    return best[1]


def _hits(values: Numbers, targets: Numbers) -> NDArray[np.bool_]:
    hit: NDArray[np.bool_] = targets[np.arange(len(values)), values.argmax(axis=1)] > 0
    return hit


def _one_factor(theta: Numbers, labels: int) -> tuple[Numbers, Numbers]:
    return np.full(labels, theta[0]), np.zeros(labels)


_SHAPES: dict[str, tuple[Callable[[Numbers, int], tuple[Numbers, Numbers]], Callable[[Numbers, Numbers], Numbers]]] = {
    "temperature": (_one_factor, lambda factors, _: factors.sum(keepdims=True)),
    "offsets": (
        lambda theta, labels: (np.full(labels, theta[0]), theta[1:]),
        lambda factors, offset: np.concatenate((factors.sum(keepdims=True), offset)),
    ),
    "vector": (
        lambda theta, labels: (theta[:labels], theta[labels:]),
        lambda factors, offset: np.concatenate((factors, offset)),
    ),
    "matrix": (
        lambda theta, labels: (theta[: labels * labels].reshape(labels, labels), theta[labels * labels :]),
        lambda factors, offset: np.concatenate((factors.ravel(), offset)),
    ),
}
"""For each form: its numbers to factors and offset, and gradients by these to gradients by its numbers."""
