# Postern. `make` lists what can be done. Needs Python 3.11 or newer with its venv module; everything else is fetched.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help python preflight env demo test lint check build bench clean

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/postern.stamp
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# The first Python that is new enough; PYTHON=… names another.
PYTHON := $(or $(PYTHON),$(shell for one in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$one -c '$(IS_NEW_ENOUGH)' 2>/dev/null && echo $$one && exit; done; echo python3))
WHICH := import sys; print(sys.base_prefix, sys.version)
# The environment is brought up to date when this changes: what is asked for, by which Python, and in which folder.
FINGERPRINT = { cat pyproject.toml; $(PYTHON) -c '$(WHICH)'; pwd; } | cksum

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "ARGS='…' hands options on, as in: make demo ARGS=--keep"

python:
	@$(PYTHON) -c '$(IS_NEW_ENOUGH)' 2>/dev/null || { \
		echo "Postern needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing)."; \
		echo "-> Install one (Debian: apt-get install --yes python3 python3-venv), or name it: make PYTHON=/path/to/python3"; \
		exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) lacks its venv module."; \
		echo "-> Install it; on Debian: apt-get install --yes $$($(PYTHON) -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"; \
		exit 1; } >&2

preflight: python
	@PYTHONPATH=generators $(PYTHON) -m postern.engine --install-java

env: python ## make the Python environment, or bring it up to date
	@if [ "$$(cat $(STAMP) 2>/dev/null)" = "$$($(FINGERPRINT))" ]; then \
		echo "Environment: $(VENV), as pyproject.toml asks."; \
	else \
		[ -d $(VENV) ] || fresh=yes; rm -f $(STAMP); \
		[ "$$($(BIN)/python -c '$(WHICH)' 2>/dev/null)" = "$$($(PYTHON) -c '$(WHICH)')" ] || other=--clear; \
		echo "Environment: installing the project and its packages into $(VENV), about a minute."; \
		{ $(PYTHON) -m venv $$other $(VENV) \
			&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[engine,test,dev]' \
			&& $(BIN)/python -m compileall -q generators \
			&& $(FINGERPRINT) > $(STAMP); } || { \
			[ -z "$$fresh" ] || rm -rf $(VENV); \
			echo "The environment could not be made, see above; nothing of it was left half made."; \
			echo "-> Look at the network, the proxy (HTTPS_PROXY) or the package index (PIP_INDEX_URL), then run it again."; \
			exit 1; } >&2; \
	fi

demo: preflight env ## show it all on a real Elasticsearch, then stop it (ARGS=--keep leaves it running)
	@$(BIN)/postern demo --no-preflight $(ARGS)

test: preflight env ## check the catalog and what is generated from it, then run all tests, the engine's included
	@$(BIN)/postern check
	@$(BIN)/postern build --check
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup $(ARGS)

lint: env ## style, format and types
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check
	@$(BIN)/python -m mypy

check: env ## check the catalog
	@$(BIN)/postern check $(ARGS)

build: env ## generate everything below out/
	@$(BIN)/postern build $(ARGS)

bench: preflight env ## measure the figures that the project promises (ARGS=--json for programs)
	@$(BIN)/python benchmarks $(ARGS)

clean: ## remove the environment and all caches of the checkout (the server stays in the user's cache folder)
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find catalog generators tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
