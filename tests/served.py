"""Starts a server of chude's in a process of its own, for tests of what it does over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager

from conftest import PROJECT


@contextmanager
def served(*arguments, cwd=None, environment=None):
    """`chude ARGUMENTS…` as a process, and the address that it prints."""
    command = [sys.executable, "-m", "classifier", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)} | (environment or {})
    with subprocess.Popen(command, cwd=cwd, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            said = ""
            for line in process.stderr:
                said += line
                if found := re.search(r"http://\S+", line):
                    break
            else:
                raise AssertionError(said)
            yield process, found[0]
        finally:
            process.kill()
