"""Waits for what a desk works out beside the clicks."""

from __future__ import annotations

import time


def settle(session):
    """Waits until nothing is left to be worked out."""
    end = time.monotonic() + 60
    while session.poll():
        assert time.monotonic() < end
        time.sleep(0.005)
