# The entry to everything: `make demo` shows the city, `make test` proves it. `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo "$$python" && break; done)
# Faces and everything that computes are checked strictly; pages and tests are not forced.
PURE := kangcheng/kernel kangcheng/policy kangcheng/lake kangcheng/base kangcheng/config kangcheng/funds/engine
STRICT = $(PURE) $(shell find kangcheng $(foreach folder,$(PURE),-path $(folder) -prune -o) \
	\( -name services.py -o -name selectors.py -o -name types.py -o -name rules.py \) -print)

.DEFAULT_GOAL := help
.PHONY: help setup demo test fast slow check fix bench faults lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## make the environment in .venv (every package pinned by hash)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 至 3.13 (Python 3.11 to 3.13 needed): make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $(READY)

demo: setup ## start the demonstration city on http://127.0.0.1:8000
	@$(BIN)/kangcheng demo $(ARGS)

test: setup ## all tests: the fast ones, then the slow ones
	$(BIN)/pytest -q -n auto --dist loadfile -m "not slow and not browser"
	$(BIN)/pytest -q -n auto --dist loadfile -m "slow or browser"

fast: setup ## only the fast tests
	$(BIN)/pytest -q -n auto --dist loadfile -m "not slow and not browser"

slow: setup ## only the slow and the browser tests
	$(BIN)/pytest -q -n auto --dist loadfile -m "slow or browser"

check: setup ## style, types, layers, architecture, packs (changes nothing)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(STRICT)
	$(BIN)/lint-imports
	$(BIN)/pytest -q -m "not slow" tests/architecture
	$(BIN)/kangcheng packs check --mutate

fix: setup ## let ruff repair what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## timings of engine, lake and settlement
	$(BIN)/python -m bench $(ARGS)

faults: setup ## kill server, worker and database again and again under load; nothing may be lost
	$(BIN)/python -m bench.faults $(ARGS)

lock: ## write requirements.lock again from pyproject.toml (needs uv)
	uv pip compile pyproject.toml requirements-build.in --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock

clean: ## remove the environment and caches, keep the data
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info
