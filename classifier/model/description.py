"""What model.json may say: the kind and size of every field, looked at before any of them is believed."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from classifier.features.kinds import TERM_KINDS
from classifier.types import MAX_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[Any], bool]

SCHEMA = 1
FILES = ("vocabulary.txt", "weights.npz", "fingerprints.npz", "card.md")
MAX_TERMS = 5_000_000
MAX_LABELS = 10_000
MAX_TEXT = 1 << 16
"""Characters of a text about the making of the model."""
MAX_LISTED = 1_000
"""Entries of a list about it, such as a label's top terms."""
MAX_WEIGHTS = 500_000_000
"""Terms times labels: 2 GB, ten times what a corpus of a million articles gives."""
MAX_TEXTS = 20_000_000
MAX_COUNT = 10**9
MAX_SCHEMA = 10**6
MAX_THRESHOLD = 2.0
"""Above 1 a threshold is never reached."""
_SHA256 = re.compile("[0-9a-f]{64}")


def parse(data: bytes) -> Any:
    """The JSON value. Raises ValueError or RecursionError for what is none: NaN, one key twice, nested without end."""
    return json.loads(data, object_pairs_hook=_once, parse_constant=_no_constant)


def digest(description: dict[str, Any]) -> str:
    """The sha256 of everything in model.json but the digest itself. Raises ValueError for text that is no Unicode."""
    text = json.dumps(
        {key: value for key, value in description.items() if key != "sha256"},
        ensure_ascii=False,
        sort_keys=True,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def is_schema(value: Any) -> bool:
    """Whether it can be a schema number."""
    return _is_count(value, MAX_SCHEMA)


def wrong_field(description: dict[str, Any]) -> str:
    """The first field that is missing or has not the kind or size that `save` gives it; "" where all have."""
    for name, good in _FIELDS.items():
        if not good(description.get(name)):
            return name
    labels, terms, info = description["labels"], description["terms"], description["info"]
    if terms * len(labels) > MAX_WEIGHTS:
        return "terms"
    # What was recorded of the training may be missing, but is used where it is there.
    return next((f"info.{name}" for name, good in _INFO.items() if name in info and not good(info[name])), "")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same key twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _is_count(value: Any, most: int = MAX_COUNT) -> bool:
    return type(value) is int and 0 <= value <= most  # not isinstance: True is an int there


def _is_number(value: Any, least: float, most: float) -> bool:
    return type(value) in (int, float) and least <= value <= most


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _is_label(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_LABEL


def _is_share(value: Any) -> bool:
    return _is_number(value, 0, 1)


def _each(good: Check) -> Check:
    """Whether it is an object with no more keys than labels can be, all of whose values are good."""
    return lambda value: (
        isinstance(value, dict)
        and len(value) <= MAX_LABELS
        and all(map(_is_text, value))
        and all(map(good, value.values()))
    )


def _list_of(good: Check) -> Check:
    return lambda value: isinstance(value, list) and len(value) <= MAX_LISTED and all(map(good, value))


def _is_threshold(value: Any) -> bool:
    return _is_number(value, 0, MAX_THRESHOLD)


def _are_labels(value: Any) -> bool:
    listed = isinstance(value, list) and 0 < len(value) <= MAX_LABELS and all(map(_is_label, value))
    return listed and len(set(value)) == len(value)


def _are_features(value: Any) -> bool:
    """`FeatureSpec.from_json` looks at the values; here it is that they are what they seem."""
    return (
        isinstance(value, dict)
        and _list_of(lambda kind: isinstance(kind, str) and kind in TERM_KINDS)(value.get("terms"))
        and len(set(value["terms"])) == len(value["terms"])
        and _list_of(lambda weight: _is_number(weight, 0, float("inf")))(value.get("zone_weights"))
        and _is_count(value.get("body_characters"))
        and isinstance(value.get("sublinear"), bool)
    )


def _are_digests(value: Any) -> bool:
    """One for each of FILES: a name of anything else, inside the folder or out of it, has no place there."""
    return (
        isinstance(value, dict)
        and set(value) == set(FILES)
        and all(isinstance(one, str) and _SHA256.fullmatch(one) for one in value.values())
    )


def _are_scores(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_share(value.get("accuracy"))
        and _is_share(value.get("macro_f1"))
        and _each(_each(_is_share))(value.get("per_topic"))
        and ("conformal" not in value or _is_conformal(value["conformal"]))
    )


def _is_conformal(value: Any) -> bool:
    """No more shares than articles, ascending: see `classifier.model.conformal`."""
    return (
        isinstance(value, dict)
        and _is_count(value.get("articles"))
        and _list_of(_is_share)(value.get("shares"))
        and 0 < len(value["shares"]) <= value["articles"]
        and value["shares"] == sorted(value["shares"])
    )


def _is_tuning(value: Any) -> bool:
    """What was tried, and what it won over the default: plain values of plain names, no deeper than that."""
    plain = _each(lambda one: one is None or isinstance(one, bool | int | float) or _is_text(one))
    return (
        isinstance(value, dict)
        and all(map(_list_of(plain), (value.get("trials"), value.get("chosen_in_outer_folds"))))
        and all(map(plain, (value.get("chosen"), value.get("default"))))
        and _is_count(value.get("outer_folds"))
        and isinstance(value.get("budget_cut"), bool)
    )


_FIELDS: dict[str, Check] = {
    "labels": _are_labels,
    "display_names": _each(_is_text),
    "features": _are_features,
    "terms": lambda value: _is_count(value, MAX_TERMS),
    "texts": lambda value: _is_count(value, MAX_TEXTS),
    "threshold": _is_threshold,
    "secondary_threshold": _is_threshold,
    "files": _are_digests,
    "info": lambda value: isinstance(value, dict),
}
_INFO: dict[str, Check] = {
    "name": _is_text,
    "articles": _is_count,
    "articles_by_topic": _each(_is_count),
    "skipped": _is_count,
    "near_duplicates": _is_count,
    "usual_known": _is_threshold,
    "built_in": lambda value: isinstance(value, bool),
    "command": _is_text,
    "multi_topic": lambda value: isinstance(value, bool),
    "corpus_fingerprint": _is_text,
    "training": _each(lambda value: isinstance(value, bool | int | float) or _is_text(value)),
    "cross_validated": _are_scores,
    "real_news": _are_scores,
    "tuning": _is_tuning,
    "top_terms": _each(_list_of(_is_text)),
    "segmenter": _each(lambda value: isinstance(value, int) or _is_text(value)),
    "made_with": _each(_is_text),
}
