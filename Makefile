# `make demo` and `make test` are all that a fresh machine with Python 3.11+ and make needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# One BLAS thread: on small matrices more threads only get in each other's way.
export OMP_NUM_THREADS ?= 1

.PHONY: demo test check-slow check-dependencies check-wheel docs train floor bench clean help

demo: $(INSTALLED)  ## the main job on what ships with chude, into artifacts/demo/
	$(BIN)/chude demo

test: $(INSTALLED)  ## linters, types and the test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 $(CHECKS)

check-slow: $(INSTALLED)  ## the long checks: simulations, fuzzing, all of pyvi's answers
	$(BIN)/python -m pytest -n 2 -m slow

check-dependencies:  ## the fast suite with the lowest and with the newest versions that pyproject.toml allows
	$(PYTHON) tests/dependencies.py

check-wheel: $(INSTALLED)  ## the built wheel in a clean environment outside the source tree
	$(BIN)/python tests/wheel.py

docs: $(INSTALLED)  ## the documentation site into site/, without a network; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

train: $(INSTALLED)  ## make artifacts/world-news again
	$(BIN)/chude train -o artifacts/world-news

floor: $(INSTALLED)  ## set the score floor that the tests hold for a changed corpus; refuses to lower it
	$(BIN)/python -m training.floor --update

bench: $(INSTALLED)  ## speed against pyvi and the obvious pipeline
	$(BIN)/python -m bench.segmentation

clean:  ## remove what make made
	rm -rf $(VENV) artifacts/demo .mypy_cache .ruff_cache .pytest_cache site

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

$(INSTALLED): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("chude needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs]'
	touch $@
