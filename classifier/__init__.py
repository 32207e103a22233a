"""chude: topics of Vietnamese world-news pages, with reasons; related headlines in clusters.

>>> from classifier import load, read_pages, segment, cluster_headlines

Names are imported on first use, so that `import classifier` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classifier.clustering import cluster_headlines
    from classifier.engines.callables import Extractor, Labeller, Segmenter
    from classifier.model.artifact import load
    from classifier.reading import read_pages
    from classifier.vietnamese import segment

__all__ = ["Extractor", "Labeller", "Segmenter", "cluster_headlines", "load", "read_pages", "segment"]
__version__ = "0.1.0"

_HOMES = {
    "Extractor": "classifier.engines.callables",
    "Labeller": "classifier.engines.callables",
    "Segmenter": "classifier.engines.callables",
    "load": "classifier.model.artifact",
    "cluster_headlines": "classifier.clustering",
    "read_pages": "classifier.reading",
    "segment": "classifier.vietnamese",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'classifier' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
