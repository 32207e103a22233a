"""Keeps two runs from writing into one folder at a time."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.disk.atomic import locked, naming
from classifier.disk.own import NotOurs, open_own
from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "_lock"


@contextmanager
def held(folder: str) -> Iterator[None]:
    """Holds the lock beside a folder while the block runs. Raises UsageError where another run has it."""
    path = Path(folder)
    lock = path.with_name(f".{path.name}{NAME}")
    with naming(lock):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = open_own(lock, os.O_RDWR | os.O_CREAT)
        except NotOurs as error:
            raise UsageError(str(lock), f"{error.strerror}", "remove it, or write to another place") from error
    try:
        locked(handle)
        yield
        lock.unlink(missing_ok=True)
    except BlockingIOError:
        raise UsageError(folder, "is being written by another run", "wait for its end") from None
    finally:
        os.close(handle)
