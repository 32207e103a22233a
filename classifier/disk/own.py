"""Opens files that only this user can have made: what a run left to go on from, and what is kept in a cache."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class NotOurs(OSError):  # noqa: N818 (it is a finding, which callers put into words)
    """A file or folder that somebody else made or could have changed; its text says why."""


def open_own(path: Path, flags: int) -> int:
    """A handle of a plain file of this user's, under one name alone, that nobody else may write.

    Neither follows a link nor waits for a pipe; a new file (O_CREAT) is for this user only. Raises NotOurs, and OSError
    where there is no such file or it cannot be opened.
    """
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EMLINK, errno.EISDIR):
            raise NotOurs(error.errno, "is a link or a special file", str(path)) from error
        raise
    if why := _foreign(os.fstat(handle)):
        os.close(handle)
        raise NotOurs(errno.EPERM, why, str(path))
    return handle


def is_own_folder(path: Path) -> bool:
    """Whether nobody but this user (and the system's administrator) can put something at this path or into it.

    Every folder above it is looked at too: whoever can rename one of them can put another in its place. A folder in
    which all may write but each may remove only his own (as /tmp) is as good.
    """
    if not hasattr(os, "getuid"):
        return True
    try:
        facts = path.stat()
        if facts.st_uid != os.geteuid() or facts.st_mode & _OTHERS_WRITE:
            return False
        real = path.resolve(strict=True)
        # Of the links on the way each lies in a folder of its own, which counts as much.
        return all(_safe_above(folder.stat()) for folder in {*real.parents, *path.absolute().parents})
    except (OSError, RuntimeError):
        return False


def _foreign(facts: os.stat_result) -> str:
    """Why a file may be somebody else's work; "" where it is not."""
    if not stat.S_ISREG(facts.st_mode):
        return "is a link or a special file"
    if facts.st_nlink > 1:
        return "has a second name somewhere (a hard link)"
    if hasattr(os, "geteuid") and facts.st_uid != os.geteuid():
        return "belongs to another user"
    if os.name != "nt" and facts.st_mode & _OTHERS_WRITE:
        return "can be written by other users"
    return ""


def _safe_above(facts: os.stat_result) -> bool:
    if facts.st_uid not in (0, os.geteuid()):
        return False
    return not facts.st_mode & _OTHERS_WRITE or bool(facts.st_mode & stat.S_ISVTX)
