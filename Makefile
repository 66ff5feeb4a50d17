# Everything a developer or an engagement officer runs. `make help` says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The first that runs and is new enough: a version manager's shim may be there and not work.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Database, keys and the trained coder; all of them go with it where it is moved.
INSTANCE := $(or $(HEARD_INSTANCE),instance)
PUBLIC_PORT ?= 8000
STAFF_PORT ?= 8001
# Two test processes on two cores: numpy's threads would only wait for each other. And a coder
# trained by one thread is the same to the last digit on every machine.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
SOURCES := app surveys nlp tests migrations deploy wsgi.py
ASSETS := $(shell find assets -type f 2>/dev/null)
CODER := $(shell find nlp -name '*.py' -o -path 'nlp/corpora/*' -type f -o -path 'nlp/codebooks/*' -type f 2>/dev/null)

.PHONY: help setup run test test-browser check audit bench faults migration seed freeze dev tools clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

tools:
	@command -v $(or $(PYTHON),python3) >/dev/null || { echo "Heard needs Python 3.11 or newer, and there is none. Install it and try again." >&2; exit 1; }
	@$(or $(PYTHON),python3) deploy/doctor.py

$(VENV)/.ready: requirements.txt requirements-vectors.txt | tools
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --require-hashes --no-deps -r requirements-vectors.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.ready: package.json package-lock.json | tools
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

app/static/build/manifest.json: node_modules/.ready $(ASSETS)
	npm run --silent build

$(sort instance/coder/.ready $(INSTANCE)/coder/.ready): $(VENV)/.ready $(CODER)
	$(ONE_THREAD) $(BIN)/python -m nlp train --shipped --out $(@D)
	@touch $@

setup: $(VENV)/.ready app/static/build/manifest.json $(INSTANCE)/coder/.ready ## Install, build and train everything that `make run` needs

run: setup ## Start Heard: public face, staff face and worker (Ctrl-C stops all of it)
	@PUBLIC_PORT=$(PUBLIC_PORT) STAFF_PORT=$(STAFF_PORT) exec $(BIN)/python -m deploy.serve

seed: setup ## Put the demonstration into an empty database
	@DEMO=1 $(BIN)/python -m flask --app wsgi upgrade
	@DEMO=1 $(BIN)/python -m flask --app wsgi seed

dev: $(VENV)/.ready-dev app/static/build/manifest.json

check: dev ## Lint, types, import contracts, questionnaires, migrations; no tests, no network
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/djlint app/templates --lint --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m deploy.check_questionnaires
	$(BIN)/python -m flask --app wsgi check-migrations

test: dev instance/coder/.ready ## Everything: unit, integration on SQLite and PostgreSQL, migrations, browser
	@bash deploy/browsers.sh
	$(ONE_THREAD) $(BIN)/pytest -n 2 --dist loadgroup

test-browser: dev ## Only the tests that drive a browser
	@bash deploy/browsers.sh
	$(BIN)/pytest -m browser

audit: dev ## Known holes in what we depend on (needs the network)
	$(BIN)/pip-audit --requirement requirements.txt --require-hashes --disable-pip
	npm audit --omit=dev

bench: dev instance/coder/.ready ## Speed and quality, as ratios to a yardstick of the same run
	@for script in tests/bench/bench_*.py tests/bench/*_speed.py tests/bench/surveys_versions.py; do echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script; done

faults: dev ## Kill and disturb a running Heard for a long time
	@for script in tests/faults/fault_*.py; do echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script; done

migration: dev ## Write the next migration: make migration name=short_name
	@$(BIN)/python -m flask --app wsgi migration "$(name)"

freeze: dev ## Pin and hash what requirements*.in ask for
	for set in requirements requirements-dev; do \
	  $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	    --no-emit-index-url --no-emit-find-links -o $$set.txt $$set.in; \
	done
	$(BIN)/python -m deploy.pin_vectors

clean: ## Remove what can be built again (never instance/)
	rm -rf $(VENV) node_modules app/static/build
