"""Guards how the program starts: nothing heavy comes with a module, help is instant, and no code runs from data."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache

import pytest
from conftest import PROJECT

from classifier.cli import COMMANDS

HEAVY = {
    "dask",
    "distributed",
    "fsspec",
    "joblib",
    "lxml",
    "matplotlib",
    "pyarrow",
    "pyvi",
    "rich",
    "scipy",
    "sklearn",
    "threadpoolctl",
    "trafilatura",
}
MODULES = sorted(path for folder in ("classifier", "training", "eval") for path in (PROJECT / folder).rglob("*.py"))
PROGRAM = [path for path in MODULES if PROJECT / "bench" not in path.parents]  # benches measure peers


@cache
def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _imports(path):
    """(package, when: "at once", "later" inside a function, or for "types" alone) of every import in a file."""
    return list(_all_imports(path))


def _all_imports(path):
    tree = _tree(path)
    when = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            when.update((id(inner), "later") for inner in ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            when.update((id(inner), "types") for inner in ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], when.get(id(node), "at once")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0], when.get(id(node), "at once")


def test_nothing_heavy_is_imported_with_a_module():
    """Heavy libraries are imported inside the function that needs them; a class of scikit-learn's needs it at once."""
    assert [
        f"{path.relative_to(PROJECT)}: {package}"
        for path in PROGRAM
        for package, when in _imports(path)
        if package in HEAVY and when == "at once"
    ] == ["training/estimators.py: sklearn"] * 2


def test_one_file_runs_matplotlib():
    """Numbers are computed in one place and drawn in another."""
    drawing = {
        path.name
        for path in PROGRAM
        for found in _imports(path)
        if found in {("matplotlib", "later"), ("matplotlib", "at once")}
    }
    assert drawing == {"figures.py"}


def test_scikit_learn_stays_in_training_and_clustering():
    """The rest of the core is numpy."""
    using = {
        path.relative_to(PROJECT).parts[:2] for path in PROGRAM for package, _ in _imports(path) if package == "sklearn"
    }
    assert {parts for parts in using if parts[0] != "training"} <= {("classifier", "clustering")}


def test_no_module_catches_everything_or_runs_pickles():
    """No `except Exception` that swallows, no pickle, no array loaded with pickling on."""
    for path in PROGRAM:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ExceptHandler):
                caught = {ast.unparse(one) for one in ast.walk(node.type)} if node.type else {"Exception"}
                raised_again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
                assert raised_again or not caught & {"Exception", "BaseException"}, path
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert ast.unparse(node.value) == "False", path
        assert not {"pickle", "dill", "cloudpickle", "marshal"} & {package for package, _ in _imports(path)}, path


def test_one_module_replaces_files():
    """Outputs are put in place whole by disk/atomic; what a killed run goes on from is disk/resume's; nobody else opens
    a file to write.
    """
    writing = []
    for path in MODULES:
        name = path.relative_to(PROJECT).as_posix()
        for node in ast.walk(_tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = (*node.args, *(keyword.value for keyword in node.keywords))
            modes = [one.value for one in given if isinstance(one, ast.Constant)]
            opens = called == "open" and any(isinstance(mode, str) and set("wax+") & set(mode) for mode in modes)
            if opens or called in {"write_text", "write_bytes", "NamedFile", "savefig", "tofile"}:
                writing.append(name)
    copies = "classifier/engines/store.py"  # in a scratch folder, of what comes from a remote store or goes there
    assert set(writing) <= {"classifier/disk/atomic.py", "classifier/disk/resume.py", "eval/plots/figures.py", copies}


def _loaded(code, *arguments):
    """The modules that a new Python has loaded after running some code, and what it printed."""
    code += "\nimport sys, json; json.dump(sorted(sys.modules), sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return set(json.loads(done.stderr.splitlines()[-1])), done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_needs_no_numpy(command):
    """Neither numpy nor anything heavier is loaded to print a page of help."""
    code = "from classifier.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass"
    loaded, printed = _loaded(code, command, "--help")
    assert "$ " in printed
    assert not loaded & (HEAVY | {"numpy"})


def test_the_package_itself_costs_nothing():
    """`import classifier` loads none of it."""
    loaded, _ = _loaded("import classifier")
    assert not loaded & (HEAVY | {"numpy", "click"})


def test_the_library_labels_and_explains_with_numpy_alone(small_artifact):
    """The Python interface loads neither scikit-learn, pyvi, click nor the like."""
    code = (
        "import sys; from classifier import load; from classifier.types import Page\n"
        "model = load(sys.argv[1]); page = Page('x', 'Nga và Mỹ đàm phán')\n"
        "print(model.predict([page])[0].topic, model.explain(page)[:2])"
    )
    loaded, printed = _loaded(code, small_artifact)
    assert printed.strip()
    assert not loaded & (HEAVY | {"click"})


def test_labelling_unpickles_nothing_and_loading_stays_in_its_folder(small_artifact):
    """Python's own audit of a run: no class is looked up by a pickle, no code made or run, no connection; what loading
    a model opens lies in the model's folder.
    """
    code = """
import sys
from classifier import load
from classifier.types import Page
load(sys.argv[1])  # once before, so that all modules are there
seen, opened = [], []
WATCHED = ("pickle.", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "exec", "compile", "marshal.")
def watch(event, arguments):
    if event == "open" and not isinstance(arguments[0], int):
        opened.append(str(arguments[0]))
    elif event.startswith(WATCHED):
        seen.append(event)
sys.addaudithook(watch)
model = load(sys.argv[1])
print(sorted(set(opened)), seen)
del seen[:]
model.predict([Page("x", "Nga và Mỹ đàm phán")])  # imports what segments, which runs code of ours
print([event for event in seen if event not in ("exec", "compile", "marshal.loads")])
"""
    loaded, printed = _loaded(code, small_artifact)
    loading, labelling = printed.splitlines()
    opened, _, events = loading.partition("] [")
    paths = ast.literal_eval(f"{opened}]")
    assert {path.rpartition("/")[0] for path in paths} == {str(small_artifact)}
    assert len(paths) == 5
    assert (events, labelling) == ("]", "[]")
    assert "pyvi" not in loaded
