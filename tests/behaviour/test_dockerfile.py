"""Guards the Dockerfile where there is no Docker: its instructions, and its steps in a clean environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from conftest import PROJECT

TEXT = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
STEPS = [line.split(None, 1) for line in re.sub(r"\\\n", " ", TEXT).splitlines() if line and not line.startswith("#")]


def test_it_runs_as_somebody_and_writes_nowhere():
    """The last user is a number that is not root's; nothing is kept; what is run is the command."""
    users = [value for name, value in STEPS if name == "USER"]
    assert int(users[-1]) > 1000
    assert ("ENTRYPOINT", '["chude"]') in map(tuple, STEPS)
    environment = next(value for name, value in STEPS if name == "ENV")
    assert {"CHUDE_CACHE=off", "PYTHONDONTWRITEBYTECODE=1"} <= set(environment.split())
    assert all(" ADD " not in f" {name} " for name, _ in STEPS)


def test_its_base_is_a_python_that_chude_takes():
    """A tag with a version, 3.11 to 3.14; no `latest`."""
    for version in re.findall(r"FROM python:(\S+)", TEXT):
        assert re.fullmatch(r"3\.1[1-4]-slim", version)


@pytest.mark.slow
def test_its_steps_make_a_chude_that_works(tmp_path):
    """As it says: an environment of its own, the folder installed with all extras, run without a cache."""
    (install,) = [value for name, value in STEPS if name == "RUN" and "pip install" in value]
    assert '".[all]"' in install
    made = tmp_path / "opt"
    subprocess.run([sys.executable, "-m", "venv", made], check=True)
    subprocess.run([made / "bin" / "pip", "install", "-q", f"{PROJECT}[all]"], check=True)
    page = PROJECT / "classifier" / "samples" / "05-khong-kich-syria.txt"
    environment = {
        "PATH": os.environ["PATH"],
        "CHUDE_CACHE": "off",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent",
    }
    done = subprocess.run(
        [made / "bin" / "chude", "predict", page, "--format", "csv"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "syria" in done.stdout
