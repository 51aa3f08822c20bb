# Liangzheng: `make run` and `make test` do all their set-up themselves; `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8000
T ?= tests
BIN := .venv/bin

TEST_PACKAGES := chromium curl fonts-noto-cjk libzbar0 openssl poppler-utils postgresql redis-server
# Wheels only: no package's own code runs while it is being installed.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

# Where this is set, as in many containers, each process that a test starts would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.PHONY: help run test lint install faces bench drill bench-peers lock clean libzbar test-packages

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' Makefile

run: install libzbar ## Serve a demonstration at 127.0.0.1:8000 (PORT=9000 for another port)
	$(BIN)/portal demo --port $(PORT)

test: test-packages .venv/.dev node_modules/.installed lint ## Run every check and test (T=tests/web for some of them)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(T)

lint: .venv/.dev ## Format check, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: .venv/.installed ## Make .venv and nothing else

faces: test-packages .venv/.dev ## Picture a licence of every type, for phone and print, in build/faces
	$(BIN)/python -m tests.end_to_end.faces

bench: test-packages .venv/.dev bench-peers ## Run the measurements
	@deploy/install-debian-packages wrk
	@set -e; for measurement in $$(grep -l __main__ bench/*.py); do echo "== $$measurement"; $(BIN)/python "$$measurement"; done

drill: test-packages .venv/.dev ## Rehearse the failures: a promise a line, and whether it was kept
	$(BIN)/python -m tests.drills

bench-peers: .venv-peers/.installed ## Make .venv-peers: cwt, which cannot live beside our cbor2

lock: .venv/bin/python ## Make the lock files anew, of releases at least 7 days old
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(UV_COMPILE) --group pyproject.toml:build pyproject.toml -o requirements.lock
	$(UV_COMPILE) --group pyproject.toml:build --group pyproject.toml:dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	$(UV_COMPILE) --group pyproject.toml:peers -o requirements-peers.lock
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean: ## Remove what set-up and tools have made
	rm -rf .venv .venv-peers node_modules *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Universal: one lock for every Python from 3.11 on and for Intel and Arm. No index address: any mirror may serve it.
UV_COMPILE := $(BIN)/uv pip compile --no-config --quiet --upgrade --universal --python-version 3.11 --exclude-newer "7 days" \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

# Debian keeps the module that makes a .venv in a package of its own.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || deploy/install-debian-packages python3-venv
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python $(PIP_INSTALL) -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: requirements-dev.lock .venv/.installed
	$(BIN)/python $(PIP_INSTALL) -r requirements-dev.lock
	touch $@

.venv-peers/.installed: requirements-peers.lock | .venv/bin/python
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python $(PIP_INSTALL) -r requirements-peers.lock
	touch $@

node_modules/.installed: package-lock.json package.json
	npm ci --ignore-scripts --no-audit --no-fund
	touch $@

test-packages:
	@deploy/install-debian-packages $(TEST_PACKAGES)

# A second reader of codes; the portal runs without it.
libzbar:
	@CI= deploy/install-debian-packages libzbar0 || echo "libzbar0 could not be installed; hard photos may not be read" >&2
