"""Guards that CI cannot pass over a test in silence: a skip fails there, unless tests/skips.py allows its reason."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import PROJECT

FILES = {
    "conftest.py": (PROJECT / "tests" / "conftest.py").read_text(encoding="utf-8"),
    "test_whole.py": 'import pytest\npytest.importorskip("a_module_that_is_not_there")\n',
    "test_one.py": 'import pytest\ndef test_a():\n    pytest.skip("no gcc here")\n',
    "test_may.py": 'import pytest\ndef test_a():\n    pytest.skip("this user may not mount a disk")\n',
}
UNSAID = "a skip that tests/skips.py does not allow"


@pytest.mark.parametrize(("switch", "counts", "said"), [("1", "1 failed, 1 skipped, 1 error", 2), ("", "3 skipped", 0)])
def test_a_skip_fails_in_ci_unless_it_is_on_the_list(tmp_path, switch, counts, said):
    """Of a test and of a file; elsewhere it is a skip."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    # -rN: whether a summary repeats the reason depends on CI= in the environment.
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rN",
            "-p",
            "no:cacheprovider",
            "--continue-on-collection-errors",
            tmp_path,
        ],
        cwd=tmp_path,
        env={**os.environ, "CHUDE_NO_SKIPS": switch, "PYTHONPATH": f"{PROJECT}{os.pathsep}{PROJECT / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (not said)
    assert counts in done.stdout
    assert done.stdout.count(UNSAID) == said
