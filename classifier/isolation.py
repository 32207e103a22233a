"""Keeps what lies in the folder somebody works in out of the processes that chude starts."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SAFE_PATH = "PYTHONSAFEPATH"
"""Where it is set, `python -m` and `python -c` leave the current folder out of `sys.path` (Python 3.11)."""


@contextmanager
def strangers_modules_out() -> Iterator[None]:
    """Python processes that start in the block, workers and their trackers, import nothing from the current folder.

    They start as `python -m …` or `python -c …`, which look there first: a stranger's json.py beside the pages to be
    labelled would be run.
    """
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before


@contextmanager
def strangers_programs_out() -> Iterator[None]:
    """Programs that libraries start by their name in the block (lscpu, fc-list) are never found in the current folder.

    It is searched where PATH is empty, or an entry of it is empty or relative; an accident more often than a wish.
    """
    before = os.environ.get("PATH")
    entries = [entry for entry in (before or "").split(os.pathsep) if Path(entry).is_absolute()]
    os.environ["PATH"] = os.pathsep.join(entries) or os.defpath
    try:
        yield
    finally:
        if before is None:
            del os.environ["PATH"]
        else:
            os.environ["PATH"] = before


def leave_current_folder(package: Path) -> None:
    """Takes the current folder off the path that `python -m classifier` put it on, unless the program lies in it.

    `package` is the folder of the package that was started.
    """
    if getattr(sys.flags, "safe_path", False) or not sys.path:
        return
    try:
        here = Path.cwd()
    except FileNotFoundError:  # the folder was removed: nothing can be imported from it
        return
    if here != package.resolve().parent and Path(sys.path[0] or ".").resolve() == here.resolve():
        del sys.path[0]
