# Two commands matter: `make demo` shows the node at work, `make test` checks it.
# Both set up all they need in .venv; nothing is installed twice.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint types kill-test bench-node bench-air bench-recovery lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo        watch people text a node and get bulletins, without hardware"
	@echo "make test        tests, lint and types"
	@echo "make kill-test   200 SIGKILLs of a running node under load on both media"
	@echo "make bench-node  what a node costs: rows, replies, idle CPU, memory"
	@echo "make bench-air   ten minutes of a lossy mesh, against what is promised"
	@echo "make bench-recovery  how soon it is on air again after each fault of a radio"
	@echo "make lock        resolve the dependencies afresh (needs uv)"

demo: $(READY)
	@$(BIN)/jarshy demo

test: $(READY)
	@echo "== tests"
	@$(BIN)/python -m pytest -n auto
	@echo "== lint"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== types"
	@$(BIN)/mypy

kill-test: $(READY)
	@$(BIN)/python -m tests.kill.run --kills 200

bench-node: $(READY)
	@$(BIN)/python -m tests.bench.node

bench-air: $(READY)
	@$(BIN)/python -m tests.bench.air

bench-recovery: $(READY)
	@$(BIN)/python -m tests.bench.recovery

lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --extra dev setup.cfg -o requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache

$(READY): requirements.lock setup.cfg pyproject.toml
	@echo "== setting up $(VENV) (once; a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
