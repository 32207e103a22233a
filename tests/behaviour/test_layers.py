"""Imports point down only, and starting costs no more than it must."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from conftest import PROJECT

FORBIDDEN = {
    "classifier": ("click", "rich", "matplotlib", "training", "eval", "classifier.cli"),
    "eval": ("training", "classifier.model", "classifier.cli", "sklearn"),
    "training": ("classifier.cli", "matplotlib", "click"),
}
EXEMPT = ("classifier/cli/", "classifier/__main__.py")


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, True) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, False


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_no_import_points_up(layer):
    """The core knows nothing above it, eval never sees a model, training no command; nobody imports `eval` bare."""
    for path in sorted((PROJECT / layer).rglob("*.py")):
        name = path.relative_to(PROJECT).as_posix()
        if name.startswith(EXEMPT):
            continue
        for module, bare in _imported(path):
            upward = [bad for bad in FORBIDDEN[layer] if module == bad or module.startswith(f"{bad}.")]
            assert not upward, f"{name} imports {module}"
            assert not (bare and module == "eval"), f"{name}: `import eval` hides the builtin"


def _modules_after(*arguments):
    code = (
        "import sys\nfrom classifier.cli import cli\n"
        "try:\n    cli.main(sys.argv[1:], prog_name='chude', standalone_mode=False)\n"
        "except SystemExit:\n    pass\n"
        "print('\\n'.join(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_imports_no_numpy():
    """`chude --help` starts without numpy."""
    assert "numpy" not in _modules_after("--help")


def test_predicting_imports_numpy_alone():
    """Labelling a text page needs neither scikit-learn, scipy, matplotlib, joblib, HTML libraries nor pyvi's code."""
    page = PROJECT / "classifier" / "samples" / "05-khong-kich-syria.txt"
    loaded = _modules_after("predict", str(page), "--format", "jsonl")
    assert "numpy" in loaded
    heavy = {"sklearn", "scipy", "matplotlib", "joblib", "pyvi", "lxml", "trafilatura", "pickle5", "rich"}
    assert not loaded & heavy
