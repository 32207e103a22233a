"""Scores what a tool read from a page against gold: one number in [0, 1] for each field."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIELDS = ("title", "lead", "byline", "date", "text", "body")
"""What is scored. `text` is lead and body together, for tools that do not part them."""

_WORD = re.compile(r"\w+")
_ALIKE = str.maketrans(dict.fromkeys("“”„‟‘’‚‛«»‹›\"'`´", "'") | dict.fromkeys("‐‑‒–—−", "-"))
_ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Read:
    """What a tool read from a page: texts with a line for a paragraph, `date` an ISO day, "" where it says nothing."""

    title: str = ""
    lead: str = ""
    byline: str = ""
    date: str = ""
    body: str = ""


def score(read: Read, gold: Mapping[str, Any]) -> dict[str, float | None]:
    """Return a page's score for each field, None where gold has no such field.

    Title, lead and date are right (1) or wrong (0), whatever the kind of quotes and spaces; a byline is right where it
    holds one of gold's. `text` and `body` are the F1 of their words, as bags; lines that gold calls neutral (captions)
    do not count.
    """
    neutral = {_flat(line) for line in gold["neutral"]}
    body = _words(read.body.split("\n"), neutral)
    lead = _words([read.lead], neutral)
    want_lead, want_body = _words([gold["lead"]], set()), _words(gold["body"], neutral)
    byline = _flat(read.byline).casefold()
    return {
        "title": float(_flat(read.title) == _flat(gold["title"])),
        "lead": float(_flat(read.lead) == _flat(gold["lead"])) if gold["lead"] else None,
        "byline": float(any(_flat(name).casefold() in byline for name in gold["byline"])) if gold["byline"] else None,
        "date": float(read.date[:10] == gold["date"]) if gold["date"] else None,
        "text": f1(lead + body, want_lead + want_body),
        "body": f1(body, want_body),
    }


def f1(found: Counter[str], wanted: Counter[str]) -> float:
    """Return the F1 of two bags of words: the harmonic mean of precision and recall, 0 where they share none."""
    shared = (found & wanted).total()
    return 2 * shared / (found.total() + wanted.total()) if shared else 0.0


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float, float]:
    """Return mean, and the ends of its 95 % percentile bootstrap interval over pages (Efron 1979)."""
    sample = np.asarray(values, dtype=float)
    rng = np.random.default_rng(seed)
    means = rng.choice(sample, size=(_ROUNDS, sample.size)).mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(sample.mean()), float(low), float(high)


def _words(lines: Sequence[str], neutral: set[str]) -> Counter[str]:
    return Counter(
        word for line in lines if _flat(line) not in neutral for word in _WORD.findall(_flat(line).casefold())
    )


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").translate(_ALIKE).split())
