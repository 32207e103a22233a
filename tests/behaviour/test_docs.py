"""Guards what README and docs say: their commands and their Python are run, and what comes out is what stands there."""

from __future__ import annotations

import re

import pytest
from conftest import PROJECT
from documented import Block, Folder, agrees, blocks, checked_program, commands, failures, pages, unmarked

PAGES = {str(page.relative_to(PROJECT)): page.read_text(encoding="utf-8") for page in pages()}


def _failures(name, tmp_path, *, slow):
    folder = Folder(tmp_path)
    return [
        f"{name}, {one}"
        for block in blocks(PAGES[name])
        if block.runs and (slow or not block.slow)
        for one in failures(block, folder)
    ]


FAST = [name for name, text in PAGES.items() if any(one.runs and not one.slow for one in blocks(text))]
SLOW = [name for name, text in PAGES.items() if any(one.slow for one in blocks(text))]


@pytest.mark.parametrize("name", FAST)
def test_what_a_page_shows_is_what_happens(name, tmp_path):
    """From top to bottom, in one folder; `python tests/documented.py PAGE` writes the outputs anew."""
    found = _failures(name, tmp_path, slow=False)
    assert not found, "\n\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_what_a_page_shows_of_long_work_is_what_happens(name, tmp_path):
    """The blocks marked slow, after those before them."""
    found = _failures(name, tmp_path, slow=True)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_a_page_is_run_or_says_why_not(name):
    """A block without a language, or one that is merely indented, would be neither."""
    assert unmarked(PAGES[name]) == []
    assert [note for block in blocks(PAGES[name]) for note in block.wrong] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_between_pages_lead_somewhere(name):
    """To a file that is there, from where the page lies."""
    page = PROJECT / name
    linked = [one.partition("#")[0] for one in re.findall(r"\]\(([^)\s]+)\)", PAGES[name]) if "://" not in one]
    assert [one for one in linked if one and not (page.parent / one).exists()] == []


@pytest.mark.parametrize(
    ("documented", "real", "same"),
    [
        ("a 1.5\nb", "a 1.5  \nb\n\n", True),
        ("a …\nb", "a 1.5\nb", True),
        ("a …\nb", "a 1.5\nc\nb", False),
        ("a\n…\nz", "a\nb\nc\nz", True),
        ("a\n…\nz", "a\nz", True),
        ("a\n…", "b\nc", False),
        ("a", "a\nb", False),
        ("0.98…", "0.977", False),
    ],
)
def test_an_ellipsis_stands_for_anything_and_nothing_else_does(documented, real, same):
    """In a line for a part of it, alone for lines."""
    assert agrees(documented, real) == same


def test_a_false_output_a_failing_command_and_a_false_value_are_found(tmp_path):
    """So that the tests of the pages can fail."""
    folder = Folder(tmp_path)
    false = Block("console", "$ echo 1\n2\n$ false\n$ echo 3\n3\n", 1, 0)
    assert [one.splitlines()[0] for one in failures(false, folder)] == [
        "line 1: `echo 1` says",
        "line 1: `false` ends with 1:",
    ]
    assert commands(false)[0] == ("echo 1", ["2"])
    python = Block("python", 'a = 1\na + 1  # → 3\nprint("x")  # → x\n[\n    a,\n]  # → [1]\n', 10, 0)
    assert "_checked(2, '3', 'a + 1')" in checked_program(python.text)
    assert failures(python, folder) == ["line 12: says\n3\nbut gives\n2"]
    (error,) = failures(Block("python", "1 / 0\n", 1, 0), folder)
    assert "ZeroDivisionError" in error


def test_a_reason_before_a_block_in_a_list_counts():
    """However far the list indents both."""
    (block,) = blocks("1. x\n\n    <!-- not run: it would do harm -->\n    ```console\n    $ rm x\n    ```\n")
    assert (block.not_run, block.text, block.runs) == ("it would do harm", "$ rm x\n", False)


@pytest.mark.parametrize("name", PAGES)
def test_files_of_the_project_that_a_page_names_are_there(name):
    """`NAME` stands for one that is to come."""
    named = re.findall(r"`((?:classifier|training|eval|tests|bench)/[\w./*-]+\.\w+)`", PAGES[name])
    assert [one for one in named if "NAME" not in one and not list(PROJECT.glob(one))] == []
