"""Guards that shells complete chude's commands and options."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from classifier.cli import COMMANDS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_chude(chude, shell):
    """The script names the variable by which chude is asked, and nothing goes to stderr."""
    done = chude("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert f"_CHUDE_COMPLETE={shell}_complete" in done.out
    program = shutil.which(shell)
    if program:
        assert subprocess.run([program, "-n"], input=done.out, text=True, check=False).returncode == 0


def test_another_shell_is_wrong_usage(chude):
    """With the ones that there are."""
    done = chude("completion", "tcsh")
    assert done.code == 2
    assert "bash" in done.err


def test_what_the_script_asks_is_answered(chude_process):
    """As bash asks: commands by their beginning, options of a command, choices of an option."""

    def asked(words):
        of_bash = {"_CHUDE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        done = chude_process(env=of_bash)
        return {line.partition(",")[2] for line in done.out.splitlines()}

    assert asked("chude co") == {name for name in COMMANDS if name.startswith("co")}
    assert "--threshold" in asked("chude predict --")
    assert {"jsonl", "csv"} <= asked("chude predict --format ")
