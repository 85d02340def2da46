# Two commands matter: `make demo` sets up and runs the main job, `make test` sets up and passes the tests.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# numba and torch take what the machine has; tokenizers would warn about our own worker threads.
export TOKENIZERS_PARALLELISM := false

.PHONY: demo test test-slow check format clean

demo: .venv/.ready-demo
	$(BIN)/gristmill run examples/recipe.yaml -o demo

# Two files at a time, each on a core of its own.
test: .venv/.ready-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: .venv/.ready-dev
	$(BIN)/python -m pytest -m slow --timeout 1800

check: .venv/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Gristmill needs Python 3.11 or later; name one with make PYTHON=...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade -c constraints.txt pip

# torch goes first: with the pinned one in place, nothing that follows fetches another build of it.
.venv/.ready-demo: pyproject.toml constraints.txt .venv/bin/python
	$(BIN)/python -m pip install -c constraints.txt torch
	$(BIN)/python -m pip install -c constraints.txt -e '.[train,docs]'
	@touch $@

.venv/.ready-dev: .venv/.ready-demo
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@
