"""Vietnamese: word segmentation with pyvi's answers, character for character, from a few numpy arrays; dates.

The segmenter's names are imported on first use: who reads a date needs no numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classifier.vietnamese.segmenter import Segmented, Segmenter, segment

__all__ = ["Segmented", "Segmenter", "segment"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'classifier.vietnamese' has no attribute {name!r}")
    from classifier.vietnamese import segmenter

    return getattr(segmenter, name)
