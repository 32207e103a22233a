"""Ways to cluster, a file each: points in, cluster numbers out.

A way is a module of its name, and in it a function of that name: `way(points, k, *, scattered, progress)` gives (n,)
cluster numbers 0 … of unit vectors (n, d), -1 for what fits nowhere. k is None where it shall find their number itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from classifier.errors import UsageError
from classifier.types import CLUSTER_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


class Method(Protocol):
    """A way to cluster, as this module's docstring says."""

    def __call__(  # noqa: D102 (said above)
        self,
        points: NDArray[np.float32],
        k: int | None,
        *,
        scattered: bool = False,
        progress: Callable[[float], None] | None = None,
    ) -> NDArray[np.int64]: ...


def method_named(name: str) -> Method:
    """The way to cluster of that name, one of CLUSTER_METHODS. Raises UsageError for another name."""
    if name not in CLUSTER_METHODS:
        raise UsageError("method", f"{name!r} is no way to cluster", f"take one of {', '.join(CLUSTER_METHODS)}")
    return cast("Method", getattr(import_module(f"{__name__}.{name}"), name))
