"""A skip is a failure where `CHUDE_NO_SKIPS` is set, as CI sets it, unless its reason is on this list."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ALLOWED = {
    r"no \.\./shared|needs \.\./shared|shared data is not here|real pages lie beside the project": (
        "the real news belongs to others and is not in the project"
    ),
    r"root may read everything|permissions do not bind root": "CI may run as root, whom no permission binds",
    r"only root can give a file to another user": "CI may run as somebody else than root",
    r"this user may not mount a disk|no file system can be mounted": "containers may not mount",
    r"could not import 'huggingface_hub'": "one look at the card with a hub's own reader; YAML is read without it",
    r"without its own blank lines the page says something else": "a form that this one page cannot take",
}
"""What may be skipped in CI (a pattern of the reason), and why."""


def allowed(reason: str) -> bool:
    """Whether a test may be skipped for this reason in CI."""
    return any(re.search(pattern, reason) for pattern in ALLOWED)


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Makes a failure of a skip that is not on the list; of tests and of whole files alike."""
    if os.environ.get("CHUDE_NO_SKIPS") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not allowed(reason):
            report.outcome = "failed"
            report.longrepr = f"{reason}: a skip that tests/skips.py does not allow in CI; install what is missing"
