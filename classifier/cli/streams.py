"""Gives the run the three streams that every library counts on, whatever it was started with."""

from __future__ import annotations

import os
import sys

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_streams() -> None:
    """Opens what is closed of 0, 1 and 2 on the null device, and sets those of Python's streams that it lacks.

    A run that was started with `>&-` has no `sys.stdout`, and the next file that it opens would get the number 1:
    whatever a library prints would be written into it.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        if _is_closed(number):
            # The lowest free number is taken, which is this one: those below it are open by now.
            os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            # It lives as long as the process does.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


def _is_closed(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return True
    return False
