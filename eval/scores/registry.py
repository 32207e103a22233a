"""The scores of one label an article, each an entry: name, function, interval, where it is shown.

Report, comparison, repeats, learning curve and terminal read this list. A new score is one entry here, a line in
docs/report-fields.md and a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eval.scores.metrics import (
    accuracy_of,
    balanced_accuracy_of,
    confusion,
    macro_f1_of,
    micro_f1_of,
    weighted_f1_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Counts = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Metric:
    """A score in [0, 1] made of each label's counts.

    key: its name in JSON; name: as people read it. of_counts: hits, support and predictions by label, shapes (..., L)
    -> (...), NaN without articles. interval: "wilson" for a proportion of the articles, else "bootstrap". over_labels:
    whether it is a mean over labels, so that its certainty hangs on the rare ones. shown: "brief" everywhere, also on
    the terminal and for parts of the articles; "page" on the report's page too; "file" in report.json alone. set_name,
    shown_of_sets: likewise where labels are sets (`eval.scores.label_sets`), if that differs.
    """

    key: str
    name: str
    of_counts: Callable[[Counts, Counts, Counts], NDArray[np.float64]]
    interval: Literal["wilson", "bootstrap"] = "bootstrap"
    over_labels: bool = False
    shown: Literal["brief", "page", "file"] = "page"
    set_name: str = ""
    shown_of_sets: Literal["brief", "page", "file"] | None = None

    def called(self, *, sets: bool = False) -> str:
        """What people call the score of single labels, or of sets."""
        return (sets and self.set_name) or self.name

    def of(self, gold: Sequence[str], predicted: Sequence[str]) -> float:
        """The score of predicted labels against gold ones."""
        counts = confusion(gold, predicted).counts
        return float(self.of_counts(np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)))


METRICS = (
    Metric("accuracy", "accuracy", accuracy_of, "wilson", shown="brief", set_name="subset accuracy"),
    Metric("balanced_accuracy", "balanced accuracy", balanced_accuracy_of, over_labels=True),
    Metric("macro_f1", "macro-F1", macro_f1_of, over_labels=True, shown="brief"),
    Metric("weighted_f1", "weighted F1", weighted_f1_of),
    # Of one label an article it is the accuracy; of sets what is mostly published.
    Metric("micro_f1", "micro-F1", micro_f1_of, "wilson", shown="file", shown_of_sets="brief"),
)
BRIEF = tuple(metric for metric in METRICS if metric.shown == "brief")
ON_PAGES = tuple(metric for metric in METRICS if metric.shown != "file")


def brief(*, sets: bool = False) -> tuple[Metric, ...]:
    """The scores that are shown everywhere, of single labels or of sets."""
    if not sets:
        return BRIEF
    return tuple(metric for metric in METRICS if (metric.shown_of_sets or metric.shown) == "brief")


def on_pages(*, sets: bool = False) -> tuple[Metric, ...]:
    """The scores on a report's page."""
    return tuple(metric for metric in METRICS if ((sets and metric.shown_of_sets) or metric.shown) != "file")


PARTS = tuple(metric for metric in METRICS if metric in BRIEF or metric in brief(sets=True))
"""The scores that report.json has for parts of the articles."""


def name_of(key: str, *, sets: bool = False) -> str:
    """What people call the score that JSON calls `key`."""
    return next((metric.called(sets=sets) for metric in METRICS if metric.key == key), key)
