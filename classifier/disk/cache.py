"""Where chude keeps what can be made again, safe to delete at any time: the user's own cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return where entries are kept; None where the user wants none or has no home.

    It is CHUDE_CACHE, else `chude` in XDG_CACHE_HOME or ~/.cache; CHUDE_CACHE="" or "off" keeps nothing.
    """
    named = environment.get("CHUDE_CACHE")
    if named is not None:
        return None if named.strip().lower() in ("", "off") else Path(named)
    base = environment.get("XDG_CACHE_HOME")
    try:
        folder = (Path(base) if base else Path.home() / ".cache") / "chude"
    except RuntimeError:  # no home directory
        return None
    return folder if folder.is_absolute() else None  # never in the folder somebody happens to work in
