"""Chooses what runs the loops of segmentation and features: the native core where it was built, or numpy alone.

Both give the same results to the last bit. `CHUDE_CORE=pure` or `CHUDE_CORE=native` takes one by name.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from classifier.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType

PURE, NATIVE = "pure", "native"
CORES = (PURE, NATIVE)
INTERFACE = 5
"""What Python and the library expect of each other: one that an earlier checkout built is as good as none."""
_WISH = "CHUDE_CORE"


def native() -> Any:
    """The compiled module that is to be used, or None for numpy alone.

    Raises UsageError where CHUDE_CORE names no core, or the native one where it was not built.
    """
    wish = os.environ.get(_WISH) or None
    if wish not in (None, *CORES):
        raise UsageError("", f"{_WISH}={wish!r} is no core of chude", f"use {' or '.join(CORES)}, or unset it")
    built = None if wish == PURE else _built()
    if wish == NATIVE and built is None:
        what = f"{_WISH}=native, but the native core was not built for this Python and this version"
        raise UsageError("", what, "install a C compiler and chude again, or unset it")
    return built


def chosen() -> str:
    """The name of the core that is to be used, one of CORES; raises as `native`."""
    return PURE if native() is None else NATIVE


@lru_cache(maxsize=1)
def _built() -> ModuleType | None:
    try:
        module = import_module("classifier.core._native")
    except ImportError:
        return None
    return module if getattr(module, "INTERFACE", 0) == INTERFACE else None
