# The verbs of this project. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/ready
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench lock clean

help: ## List the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv with everything locked in requirements.lock

run: setup ## Start everything, load the published history, open the dashboards (ARGS="--port 9000")
	@exec $(BIN)/waterbed run $(ARGS)

test: setup lint ## Check style and types, then run every test (ARGS="-k name" for some)
	$(BIN)/pytest $(ARGS)

lint: setup ## Check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: setup ## Rewrite the code in the agreed format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup ## Measure throughput and latency on this machine
	$(BIN)/waterbed bench ingest --events 2000000 --peer faust --json
	$(BIN)/waterbed bench latency --rate 5000 --json

lock: $(STAMP) ## Resolve pyproject.toml again into requirements.lock
	$(BIN)/pip install --quiet uv==0.13.9
	$(BIN)/uv pip compile pyproject.toml --group dev --group build --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --quiet --output-file requirements.lock

clean: ## Stop the local stack; delete its data, .venv and caches
	@if [ -x $(BIN)/waterbed ]; then $(BIN)/waterbed local reset; fi
	rm -rf $(VENV) .waterbed .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
	  "Waterbed needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] \
	  + ". Name another one: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "$(PYTHON) lacks venv; on Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)
