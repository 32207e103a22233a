"""Guards the documentation site: it is built without a warning and a network, has every command, and loads nothing."""

from __future__ import annotations

import html
import inspect
import os
import re
import subprocess
import sys

import pytest
from conftest import PROJECT

import classifier
import training
from classifier.cli import COMMANDS

pytest.importorskip("mkdocs")
pytest.importorskip("material")
pytest.importorskip("mkdocstrings_handlers.python")

NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody answers at: what would load something from the network fails."""


def _words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", folder],
        cwd=PROJECT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "http_proxy": NOWHERE, "https_proxy": NOWHERE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


def test_its_pages_load_nothing_from_elsewhere(site):
    """No script, style, font or picture has an address; links that a reader follows may."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]* src=\"?(https?:[^\s\">]+)", text)
        loaded += re.findall(
            r"<link[^>]* rel=\"?(?:stylesheet|preconnect|icon)\"?[^>]* href=\"?(https?:[^\s\">]+)", text
        )
        assert loaded == [], page


def test_every_command_is_on_it_as_the_program_tells_it(site, chude):
    """Out of the program itself, so that no option is forgotten."""
    text = _words((site / "commands.html").read_text(encoding="utf-8"))
    for name in COMMANDS:
        for option in re.findall(r"--[a-z][a-z-]+", chude(name, "-h").out):
            assert option in text
        assert f"chude {name}" in text


def test_what_python_code_imports_is_on_it_with_its_docstring(site):
    """Every name that the packages promise, and the first words said of it."""
    text = _words((site / "api.html").read_text(encoding="utf-8"))
    for package in (classifier, training):
        for name in package.__all__:
            said = inspect.getdoc(getattr(package, name)).split("\n")[0]
            assert name in text
            assert _words(said.replace("`", ""))[:40] in text
