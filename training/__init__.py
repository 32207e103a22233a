"""Corpus in, calibrated model out; and what judges models and corpora, as the commands do.

>>> from training import read_corpus, train, evaluate, compare, check

Names are imported on first use, so that `import training` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from training.checks import check
    from training.comparison import compare
    from training.corpus import read_corpus
    from training.judge import evaluate
    from training.learn import train

__all__ = ["check", "compare", "evaluate", "read_corpus", "train"]

_HOMES = {
    "check": "training.checks",
    "SegmentedTfidf": "training.estimators",
    "TopicClassifier": "training.estimators",
    "compare": "training.comparison",
    "evaluate": "training.judge",
    "read_corpus": "training.corpus",
    "train": "training.learn",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'training' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
