"""Guards the choice of the core, and that the native one looks at every array before it touches it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from classifier import core
from classifier.errors import UsageError


@pytest.fixture
def compiled():
    """The native core; without it there is nothing to check."""
    found = core._built()
    if found is None:
        pytest.skip("the native core was not built here")
    return found


def test_a_core_is_taken_by_name(monkeypatch, compiled):
    """CHUDE_CORE names one of the two; unset or empty, the native one is taken where it was built."""
    for wish, name in (("pure", core.PURE), ("native", core.NATIVE), ("", core.NATIVE)):
        monkeypatch.setenv("CHUDE_CORE", wish)
        assert core.chosen() == name
    monkeypatch.delenv("CHUDE_CORE")
    assert core.native() is compiled


def test_a_core_of_another_checkout_is_as_good_as_none(monkeypatch):
    """A library that was built from other code is not called with arguments that it does not know."""
    core._built.cache_clear()
    monkeypatch.setattr(core, "import_module", lambda _name: object())
    try:
        assert core._built() is None
    finally:
        core._built.cache_clear()


def test_an_unknown_core_is_refused(monkeypatch):
    """A misspelt name is no silent default."""
    monkeypatch.setenv("CHUDE_CORE", "fast")
    with pytest.raises(UsageError, match="no core of chude; use pure or native"):
        core.native()


def test_without_the_compiled_module_numpy_does_it(monkeypatch):
    """What was not built is not missed, unless it was asked for by name."""
    monkeypatch.setitem(sys.modules, "classifier.core._native", None)
    monkeypatch.delenv("CHUDE_CORE", raising=False)
    core._built.cache_clear()
    try:
        assert core.chosen() == core.PURE
        monkeypatch.setenv("CHUDE_CORE", "native")
        with pytest.raises(UsageError, match="was not built"):
            core.native()
    finally:
        core._built.cache_clear()


def _table(places):
    return np.zeros(places, dtype=np.uint64), np.full(places, -1, dtype=np.int32)


def test_columns_refuses_arrays_that_do_not_fit(compiled):
    """Too short, of other items, read-only, no power of two, full: an error, never a look beyond the end."""
    hashes = np.arange(10, dtype=np.uint64)
    keys, numbers = _table(16)
    out = np.zeros(10, dtype=np.int32)
    frozen = out.copy()
    frozen.flags.writeable = False
    full = np.zeros(16, dtype=np.int32)
    for wrong in (
        (hashes, 1, keys, numbers, out[:9]),
        (hashes, 1, keys, numbers, out.astype(np.int64)),
        (hashes, 1, keys, numbers, out[::2]),
        (hashes, 1, keys[:15], numbers[:15], out),
        (hashes, 1, keys, numbers[:15], out),
        (hashes, 1, keys[:0], numbers[:0], out),
        (hashes, 1, keys, full, out),
        (hashes.astype(np.uint32), 1, keys, numbers, out),
    ):
        with pytest.raises((ValueError, BufferError)):
            compiled.columns(*wrong)
    with pytest.raises((ValueError, BufferError)):
        compiled.columns(hashes, 1, keys, numbers, frozen)
    with pytest.raises(TypeError):
        compiled.columns(hashes, 1, keys, numbers, None)
    compiled.columns(hashes, 1, keys, numbers, out)
    assert out.tolist() == [-1] * 10
