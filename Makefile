# `make help` lists what can be done. Everything happens in .venv; only make, Python 3.11 or later and its venv module
# are assumed, and uv is used where it is there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
WORKERS ?= 2
CHROMIUM := $(or $(SENDEPLAN_TEST_CHROMIUM),$(firstword $(foreach name,chromium chromium-browser google-chrome google-chrome-stable,$(shell command -v $(name) 2>/dev/null))))

# Many companies look into what goes in and out; the machine's own certificates know theirs.
export UV_SYSTEM_CERTS ?= 1
export UV_NATIVE_TLS ?= 1

# What Python compiles is kept, whatever the environment says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

ifdef UV
INSTALL := uv pip install --quiet --python $(BIN)/python
AGAIN := --reinstall-package sendeplan
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
AGAIN := --force-reinstall
endif

.DEFAULT_GOAL := help
.PHONY: help setup assets demo test lint style types unit simulate soak crash browser mutants tables bench messages lock screenshots clean distclean

help: ## What can be done
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | expand -t 14

setup: $(VENV)/ready assets $(VENV)/translations ## Make the environment, install everything into it, build the front end

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; PYTHON=/path/to/python3 names another." >&2; exit 1; }
ifdef UV
	uv venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
else
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
endif

$(VENV)/ready: requirements-dev.lock pyproject.toml hatch_build.py | $(VENV)/bin/python
	$(INSTALL) -r requirements-dev.lock
	$(INSTALL) --no-deps -e .
	@touch $@

# Where Node is missing, building the package brings its own.
assets: $(VENV)/ready
	@$(BIN)/python frontend/assets.py --packages || { echo "Building them with the Node that comes as a Python package."; $(INSTALL) --no-deps $(AGAIN) -e .; }

$(VENV)/translations: $(wildcard planner/translations/*/LC_MESSAGES/*.po) | $(VENV)/ready
	@test -z "$^" || $(BIN)/pybabel --quiet compile --directory planner/translations
	@touch $@

demo: setup ## A sample company with sandbox networks, and the address to open
	$(BIN)/sendeplan demo $(ARGS)

test: setup browser ## Everything that is checked before a change is taken; DATABASE=postgresql: on PostgreSQL also what runs on SQLite else
	$(MAKE) --no-print-directory style
	@mkdir -p build
	@# One process checks the types while the tests leave processors waiting; what it says comes when they have ended.
	@$(MAKE) --no-print-directory types >build/types.txt 2>&1 & types=$$!; \
	$(MAKE) --no-print-directory unit; unit=$$?; \
	wait $$types; types=$$?; cat build/types.txt; exit $$((unit || types))
	$(MAKE) --no-print-directory simulate
	$(MAKE) --no-print-directory crash

lint: style types ## Style, layers, templates, types

types: setup
	$(BIN)/mypy

style: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

# DATABASE=postgresql: also those tests run on PostgreSQL that run on SQLite else, as the kind does not matter to them.
# It holds for `unit` and `crash`, and so for `test`; the simulator divides its histories between the two by itself.
DATABASE ?= sqlite
unit: setup browser
	SENDEPLAN_TEST_DATABASE=$(DATABASE) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not crash and not simulator" $(ARGS)

# Thousands of seeded histories of a small world; it keeps all processors busy by itself.
simulate: setup
	$(BIN)/python -m pytest -m simulator $(ARGS) tests/simulator

SCHEDULES ?= 100000
SEED ?= 1
soak: setup ## Play SCHEDULES seeded histories of publishing from SEED on, with progress, counts and rate
	$(BIN)/python -m tests.simulator --schedules $(SCHEDULES) --seed $(SEED) $(ARGS)

# They start and kill processes of their own and wait for them most of the time, so they run beside each other but apart
# from the rest.
crash: setup ## Processes killed at every step, frozen, cut off and stopped; DATABASE=postgresql as for `test`
	SENDEPLAN_TEST_DATABASE=$(DATABASE) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m crash $(ARGS) tests/crash

browser:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
	  echo "The tests need a browser. On Debian: apt-get install chromium" >&2; exit 1; \
	fi
endif

# Not part of `test`: it takes minutes. What is part of it is that every mutant still fits the code.
mutants: setup ## Take each guard of publishing away in turn, see that a test notices, and write docs/dev/guards.md
	$(BIN)/python -m tests.mutants --jobs $(WORKERS) $(ARGS)

tables: setup ## Write what the adapters say of answers, permissions and features into docs
	$(BIN)/python -m tests.publishers.tables

bench: setup ## Measure, and write docs/performance.md
	$(BIN)/python -m bench $(ARGS)

messages: setup ## Collect the texts of the interface, update and compile the catalogues
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords "_l lazy_gettext" --add-location file --sort-by-file \
	  --project Sendeplan --copyright-holder "The Sendeplan authors" --output-file build/messages.pot .
	@test -f planner/translations/de/LC_MESSAGES/messages.po || $(BIN)/pybabel --quiet init --locale de --input-file build/messages.pot --output-dir planner/translations
	$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-dir planner/translations --no-fuzzy-matching \
	  --ignore-obsolete --ignore-pot-creation-date --width 120
	$(BIN)/pybabel compile --directory planner/translations

lock: ## Renew requirements.lock and requirements-dev.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-emit-index-url --no-header $(ARGS) \
	  --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-emit-index-url --no-header $(ARGS) \
	  --constraint requirements.lock --group dev --output-file requirements-dev.lock pyproject.toml

screenshots: setup browser ## Pictures of PAGES at BASE, signed in as EMAIL with PASSWORD
	$(BIN)/python -m tests.support.shots --base $(BASE) --email "$(EMAIL)" --password "$(PASSWORD)" $(PAGES)

clean: ## Remove what was built or cached
	rm -rf build dist planner/static/dist planner/static/dist.new planner/static/dist.old .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f planner/translations/*/LC_MESSAGES/*.mo $(VENV)/translations
	find planner publishers tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## The same, and the environment and packages
	rm -rf $(VENV) frontend/node_modules
