# Every target does its own set-up; a second run finds it done. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
RETRY := tools/retry.sh
SOURCES := pyproject.toml src/dcs/__init__.py

.PHONY: help run test check services test-services bench bench-quick soak docs assets clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-15s %s\n", $$1, $$2}'

run: $(VENV)/installed assets ## Show the journey of a file, then serve the studio (ARGS="--port 9000")
	@$(BIN)/dcs demo $(ARGS)

test: $(VENV)/tests assets ## Run the tests; absent services are skipped and counted
	@$(BIN)/pytest -n 2 -q $(ARGS)

check: $(VENV)/checks ## Format, lint, types, import rules, spelling, docs
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/python tools/write_reference.py --check
	$(BIN)/python -m tools.write_numbering --check
	$(BIN)/python tools/check_notes.py
	$(BIN)/pytest -q -n 0 tests/test_layout.py tests/docs

services: ## Install and start the real services (Debian, root), on loopback only
	@for script in tools/services/*.sh tools/peers/datacontract.sh tools/peers/spacy.sh; do $$script start; done

test-services: $(VENV)/tests assets services ## Run everything with the real services
	@set -a; source .services/env; STUDIO_TEST_SERVICES=required $(BIN)/pytest -n 2 -q $(ARGS)

bench: $(VENV)/bench assets ## Measure speed and size against peers; minutes
	@$(BIN)/python benchmarks/run.py $(ARGS)

bench-quick: $(VENV)/bench assets ## The same on small inputs
	@$(BIN)/python benchmarks/run.py --quick $(ARGS)

soak: $(VENV)/tests ## The crash tests with the full number of kills; properties on inputs not tried before
	@[ ! -f .services/env ] || { set -a; source .services/env; }; STUDIO_TEST_SCALE=soak $(BIN)/pytest -n 0 -q tests/faults $(ARGS)
	@STUDIO_TEST_SCALE=soak $(BIN)/pytest -n 2 -q -m hypothesis $(ARGS)

docs: $(VENV)/checks ## Write the generated reference pages
	@$(BIN)/python tools/write_reference.py

assets: $(if $(shell command -v npm),node_modules/.built) ## Fetch and place the browser libraries
	@command -v npm >/dev/null || echo "npm is not installed: the pages work without the browser libraries"

node_modules/.built: package-lock.json tools/build_assets.py
	@$(RETRY) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(PYTHON) tools/build_assets.py
	@touch $@

$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(RETRY) $(BIN)/python -m pip install -q --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/installed: $(VENV)/pip $(SOURCES)
	@echo "installing…"
	@$(RETRY) $(BIN)/python -m pip install -q -e .
	@$(BIN)/python -m dcs.validation.kernels
	@touch $@

$(VENV)/tests: $(VENV)/installed
	@$(RETRY) $(BIN)/python -m pip install -q --group test
	@touch $@

$(VENV)/bench: $(VENV)/tests
	@$(RETRY) $(BIN)/python -m pip install -q --group bench
	@touch $@

$(VENV)/checks: $(VENV)/tests
	@$(RETRY) $(BIN)/python -m pip install -q --group check
	@touch $@

clean: ## Remove what the targets made; your data folder stays
	rm -rf $(VENV) node_modules src/dcs/web/static/vendor build dist .mypy_cache .ruff_cache .pytest_cache
