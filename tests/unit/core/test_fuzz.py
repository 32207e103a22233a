"""Guards the native core against arrays that lie: random lengths, ids and offsets end in an error, not in a crash."""

from __future__ import annotations

import random

import numpy as np
import pytest

from classifier import core
from classifier.vietnamese.segmenter import _FACTS

TYPES = (np.uint8, np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64, bool)
TEXTS = ["Việt Nam, “TP.HCM”", "", "\x00\ud800 a@b.vn", "x" * 50, "\n\n"]


def _array(rng, kind):
    size = rng.choice([0, 1, 2, 3, 4, 8, 16, 33, 64])
    values = np.array([rng.choice([-(2**31), -2, -1, 0, 0, 1, 2, 3, 7, 40, 2**31 - 1]) for _ in range(size)])
    return values.astype(np.int64).astype(kind)


def _list(rng):
    return [rng.choice(TEXTS) for _ in range(rng.choice([0, 1, 3]))]


# The arguments of each function: array types, l a list, s a text, F facts of syllables, t a tuple of arrays of a type,
# n a number.
SHAPES = {
    "clear": ["s", "B"],
    "find": ["l", "B", "i", "Q", "q", "i", "B", "I", "q", "i", "q", "l"],
    "enter": ["Q", "i"],
    "spread": ["i", "q", "i", "i", "i", "q"],
    "join": ["i", "F", "B", "q", "?", "n", "d", "d", "?"],
    "write": ["l", "i", "?", "q", "l", "l", "l"],
    "keep": ["i", "?", "q", "i", "i", "?", "?", "q"],
    "tally": ["?", "i", "q", "q"],
    "columns": ["Q", "n", "Q", "i", "i"],
    "words": ["Q", "i", "?", "?", "q", "Q", "Q", "?", "q"],
    "cells": ["Q", "?", "q", "n", "n", "Q", "n", "Q", "i", "I", "q"],
    "add_up": ["tI", "tq", "d", "I", "q", "i", "f"],
    "weigh": ["q", "i", "f", "f"],
    "score": ["q", "i", "f", "f", "d"],
    "shares": ["d", "q", "l", "s", "s"],
}


def _argument(rng, shape):
    if shape == "l":
        return _list(rng)
    if shape == "F":
        facts = np.zeros(rng.choice([0, 1, 3, 40]), dtype=_FACTS)
        facts["listed"] = [rng.choice([-1, 0, 1, 2, 5, 2**31 - 1]) for _ in facts]
        return facts
    if shape == "s":
        return rng.choice(TEXTS)
    if shape == "n":
        return rng.choice([0, 1, 2, 3, 5, 70])
    if shape[0] == "t":
        return tuple(_array(rng, np.dtype(shape[1])) for _ in range(rng.choice([0, 1, 2, 12])))
    kind = rng.choice(TYPES) if rng.random() < 0.02 else np.dtype(shape)
    return _array(rng, kind)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("trials", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_random_arrays_crash_nothing(name, trials):
    """Each function of the core, with arrays of the right and of wrong types that hold anything."""
    compiled = core._built()
    if compiled is None:
        pytest.skip("the native core was not built here")
    rng = random.Random(name)  # noqa: S311 (not for secrets)
    refused = 0
    for _ in range(trials):
        arguments = [_argument(rng, shape) for shape in SHAPES[name]]
        try:
            getattr(compiled, name)(*arguments)
        except (ValueError, TypeError, IndexError, OverflowError, BufferError):
            refused += 1
    assert refused > 0
