"""Guards the check of the dependencies' ranges, and that the docs tell the same ranges as pyproject.toml."""

from __future__ import annotations

import re
import tomllib

import pytest
from conftest import PROJECT
from dependencies import lowest, requirements


def test_every_requirement_has_a_lowest_version_to_try():
    """A range without a lower bound could not be checked from below."""
    assert {line.split("==")[0] for line in map(lowest, requirements())} >= {"numpy", "pyvi", "scikit-learn", "pyarrow"}
    assert lowest("numpy>=1.26,<3") == "numpy==1.26"
    assert lowest("pyarrow>=15") == "pyarrow==15"
    for wrong in ("numpy", "numpy<3", "numpy==2"):
        with pytest.raises(ValueError, match="no lower bound"):
            lowest(wrong)


def test_the_docs_have_every_range_as_it_is():
    """A row for each dependency in docs/dependencies.md, with the range of pyproject.toml."""
    text = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = {
        re.sub(r" \(.*", "", cells[0].strip()): cells[1].strip()
        for cells in (line.strip("|").split("|") for line in text.splitlines() if line.startswith("|"))
        if len(cells) == 4
    }
    development = {"httpx", "hypothesis", "mypy", "pandas", "polars", "pytest", "pytest-cov", "pytest-xdist", "ruff"}
    development |= {"axe-core-python", "schemathesis", "selenium", "setuptools"}
    for requirement in requirements():
        name, span = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", requirement).groups()
        if name not in development:
            assert rows[name] == span


def test_the_extra_all_is_every_extra_that_a_command_may_ask_for():
    """All but those for work on chude itself."""
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    (one,) = extras["all"]
    assert set(re.fullmatch(r"chude\[(.*)\]", one)[1].split(",")) == set(extras) - {"all", "bench", "dev", "docs"}
