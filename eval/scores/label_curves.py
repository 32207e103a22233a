"""Each label's probability on its own: precision against recall, and how far it can be trusted.

A model names the most probable label; who wants all articles of one label, or none that is not of it, sets a threshold
on that label's probability instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from eval.scores.calibration import expected_calibration_error
from eval.scores.intervals import LEVEL, Score, wilson
from eval.scores.metrics import NAN

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LabelCurve:
    """Of one label: at each different probability, highest first, precision and recall of the articles from there on.

    threshold, precision, recall: (points,). average_precision: their area. support: articles with the label; expected:
    the sum of its probabilities, which calibration makes equal to support. calibration_error: of the probability that
    an article has the label (ten equal bins).
    """

    threshold: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    average_precision: Score
    support: int
    expected: float
    calibration_error: float


def label_curve(probability: NDArray[np.float64], has: NDArray[np.bool_]) -> LabelCurve:
    """The curve of probabilities (n,) against whether articles have the label (n,).

    Average precision is the sum of precision times the step of recall, without interpolation (scikit-learn's); its
    interval is the logit one of Boyd, Eng and Page (2013), from the number of articles with the label.
    """
    order = np.argsort(-probability, kind="stable")
    p, right = probability[order], has[order]
    last = np.flatnonzero(np.append(np.diff(p) != 0, len(p) > 0))  # equal probabilities are kept or left together
    hits = np.cumsum(right)[last]
    support = int(has.sum())
    precision = hits / (last + 1)
    recall = hits / support if support else np.full(len(last), NAN)
    area = float((np.diff(recall, prepend=0.0) * precision).sum()) if support else NAN
    error = expected_calibration_error(probability, has) if len(p) else NAN
    return LabelCurve(p[last], precision, recall, _interval(area, support), support, float(probability.sum()), error)


def _interval(area: float, support: int) -> Score:
    if not support:
        return Score(NAN, NAN, NAN, "undefined")
    area = round(area, 12)  # a sum of steps that is 1 but for its last digit is 1
    if not 0 < area < 1:
        stand_in = wilson(round(area) * support, support)
        return Score(area, stand_in.low, stand_in.high, "wilson (no article out of place)")
    middle = math.log(area / (1 - area))
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) / math.sqrt(support * area * (1 - area))
    low, high = ((1 + math.tanh(end / 2)) / 2 for end in (middle - reach, middle + reach))
    return Score(area, low, high, "logit")
