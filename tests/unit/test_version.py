"""Guards that there is one version number, and that the change log knows it."""

from __future__ import annotations

import re
import tomllib

from conftest import PROJECT

from classifier import __version__


def test_the_version_stands_in_one_place():
    """pyproject.toml takes it from the package."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "classifier.__version__"}


def test_the_change_log_has_a_dated_section_of_every_release_and_the_newest_is_this_one():
    """In the order of their dates, the newest first, below what is unreleased."""
    heads = re.findall(r"^## (.*)$", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] == "Unreleased"
    releases = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)", head).groups() for head in heads[1:]]
    assert releases[0][0] == __version__
    assert [day for _, day in releases] == sorted((day for _, day in releases), reverse=True)
