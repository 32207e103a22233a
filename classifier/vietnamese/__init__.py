"""Vietnamese word segmentation: pyvi's answers, character for character, from a few numpy arrays."""

from __future__ import annotations

from classifier.vietnamese.segmenter import Segmented, Segmenter, segment

__all__ = ["Segmented", "Segmenter", "segment"]
