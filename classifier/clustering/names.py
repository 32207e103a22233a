"""Words that tell a cluster from the others, written as people write them."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from classifier.background import background
from classifier.features import word_hashes
from classifier.normalise import NUMBER, normalise
from classifier.segmentation import Segmenter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST, MOST = 3, 6
SINGLE = 0.4
COMMON = 0.04
"""Words that stand in a larger share of real news than this name nothing."""


def keywords(clusters: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """3-6 keywords for each cluster of headlines, by class-based TF-IDF (Grootendorst 2022, BERTopic, eq. 2):
    tf(term, cluster) * ln(1 + mean cluster length / tf(term)), times the term's idf in real news; tf counts headlines, squared,
    since a name should hold for more than one of them.
    """
    flat = [headline for cluster in clusters for headline in cluster]
    segmented = iter(Segmenter().segment(flat))
    words = [[list(_words(next(segmented))) for _ in cluster] for cluster in clusters]
    written = _written_forms(word for cluster in words for headline in cluster for word in headline)
    counts = [Counter(key for headline in cluster for key in {k for k, _ in headline}) for cluster in words]
    overall: Counter[str] = Counter()
    for counted in counts:
        overall.update(counted)
    rarity = _rarity(list(overall))
    mean_length = sum(overall.values()) / max(len(counts), 1)
    named = []
    for counted in counts:
        scores = {
            key: number**2 * math.log(1 + mean_length / overall[key]) * rarity[key] * _telling(key, written[key])
            for key, number in counted.items()
            if rarity[key]
        }
        named.append(_pick(scores, written))
    return named


def _words(segmented: str) -> Iterator[tuple[str, str]]:
    """(key, as written) of each word that could name something."""
    for word in segmented.split(" "):
        parts = [normalise(part) for part in word.split("_") if part]
        if not parts or any(part in ("", NUMBER) for part in parts):
            continue
        if len(parts) == 1 and len(parts[0]) < 2:
            continue
        yield "_".join(parts), word.replace("_", " ").rstrip(".")


def _written_forms(words: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The commonest spelling of each key; of equally common ones the one in small letters, which is not a sentence's first word."""
    forms: dict[str, Counter[str]] = {}
    for key, written in words:
        forms.setdefault(key, Counter())[written] += 1
    return {key: min(found, key=lambda form: (-found[form], form.swapcase())) for key, found in forms.items()}


def _rarity(keys: list[str]) -> dict[str, float]:
    """The idf of each word in real news, 0 for words too common to name anything."""
    if not keys:
        return {}
    hashes = word_hashes(keys)
    figures = background()
    share = figures.document_frequency(hashes) / figures.documents
    idf = np.where(share > COMMON, 0.0, figures.idf(hashes))
    return dict(zip(keys, idf.tolist(), strict=True))


def _telling(key: str, written: str) -> float:
    """A single syllable in small letters says little by itself: rẽ, phao, tầm."""
    return 1.0 if "_" in key or written[0].isupper() else SINGLE


def _pick(scores: dict[str, float], written: dict[str, str]) -> tuple[str, ...]:
    """The best terms; one that only repeats syllables of a better one is left out, and a long tail too."""
    ranked = sorted(scores, key=lambda key: (-scores[key], key))
    chosen: list[str] = []
    for key in ranked:
        if len(chosen) >= MOST or (len(chosen) >= LEAST and scores[key] < 0.25 * scores[ranked[0]]):
            break
        if not any(set(key.split("_")) <= set(other.split("_")) for other in chosen):
            chosen.append(key)
    return tuple(written[key] for key in chosen)
