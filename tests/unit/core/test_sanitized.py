"""Guards the native core against memory errors: its suite once more, compiled with AddressSanitizer and UBSan."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig

import pytest
from conftest import PROJECT

FLAGS = (
    *("-g", "-O1", "-std=c11", "-ffp-contract=off", "-fno-omit-frame-pointer"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"),
)
TESTS = ("tests/unit/core/test_equality.py", "tests/unit/core/test_core.py", "tests/unit/core/test_fuzz.py")


def _runtime(compiler):
    """The library of AddressSanitizer that has to be loaded first, or skip."""
    found = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    if not os.path.isabs(found.stdout.strip()):  # noqa: PTH117 (the compiler's answer, not a path of ours)
        pytest.skip("gcc has no AddressSanitizer here")
    return found.stdout.strip()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="libasan is loaded first as Linux does it")
def test_the_core_makes_no_memory_error(tmp_path):
    """Every array is read and written within its bounds, whatever the text; nothing undefined is relied upon."""
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no gcc here")
    runtime = _runtime(compiler)
    package = tmp_path / "classifier"
    shutil.copytree(PROJECT / "classifier", package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    source, include = package / "core" / "native.c", sysconfig.get_path("include")
    library = package / "core" / "_native.abi3.so"
    command = [compiler, *FLAGS, "-shared", "-fPIC", "-Wall", "-Werror", f"-I{include}"]
    subprocess.run([*command, str(source), "-o", str(library)], check=True)
    for name in ("tests", "training", "eval", "artifacts", "pyproject.toml"):
        (tmp_path / name).symlink_to(PROJECT / name)
    environment = {
        **os.environ,
        "LD_PRELOAD": runtime,
        "ASAN_OPTIONS": "detect_leaks=0",  # Python itself leaves memory behind when it ends
        "PYTHONMALLOC": "malloc",  # else Python's own arenas hide where a buffer ends
        "PYTHONPATH": str(tmp_path),
        "CHUDE_CORE": "native",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), *TESTS],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1_500,
        check=False,
    )
    assert "AddressSanitizer" not in done.stderr + done.stdout
    assert "runtime error" not in done.stderr + done.stdout
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout
