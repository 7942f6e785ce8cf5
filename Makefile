# What people and the CI do with the product. Needs Python 3.11 or newer and make; everything else comes by itself.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input
PACKAGES := $(patsubst %/__init__.py,%,$(wildcard core/__init__.py data/__init__.py web/__init__.py api/__init__.py \
	cli/__init__.py jobs/__init__.py components/__init__.py callbacks/__init__.py pages/__init__.py))
SOURCES := $(PACKAGES) app.py $(wildcard deploy/*.py) deploy/validation deploy/rolling
TESTS ?= tests
CONTAINERS ?= tests/containers/environments.py tests/containers/rollouts.py
PEOPLE ?= 100
SIZES ?= 10000 1000000
DATA ?= $(wildcard ../shared/data)
COVERED := $(addprefix tests/,core data web api commands figures imports jobs cli)

.PHONY: help run test test-containers coverage check lint types security secrets audit docs format lock assets messages bench drill capacity previous broker browser nginx peers screenshots clean
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/installed ## start the product at http://127.0.0.1:8000 (PORT, DATABASE_URL, CACHE_URL, VAR_DIR)
	@exec $(PYTHON) -m flask serve

test: $(VENV)/installed-dev browser nginx peers broker ## run all tests (TESTS=tests/core for some)
	$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)
	@$(if $(filter tests,$(TESTS)),sh deploy/dash_testing.sh $(PYTHON))

test-containers: $(VENV)/installed-dev ## build the images, run the four environments and rollouts in Docker, and take all down (15 minutes)
	$(PYTHON) -m pytest -rA --tb=short $(CONTAINERS)

coverage: $(VENV)/installed-dev broker ## branches of core, data, web and api that the tests take; fails below what pyproject.toml asks for
	$(PYTHON) -m coverage erase
	$(PYTHON) -m coverage run -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(COVERED)
	$(PYTHON) -m coverage combine --quiet
	$(PYTHON) -m coverage report

check: lint types security secrets audit docs test ## everything that the CI asks for

lint: $(VENV)/installed-dev ## format, lint and import rules
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(VENV)/bin/lint-imports

types: $(VENV)/installed-dev ## mypy, strict
	$(PYTHON) -m mypy $(PACKAGES) bench app.py
	$(PYTHON) -m mypy --explicit-package-bases deploy/validation deploy/rolling

security: $(VENV)/installed-dev ## bandit
	$(PYTHON) -m bandit --quiet --recursive --configfile pyproject.toml $(SOURCES)

secrets: $(VENV)/installed-dev ## look for keys and passwords in the files, besides those known to be none
	@$(PYTHON) deploy/secret_scan.py

audit: $(VENV)/installed-dev ## known vulnerabilities of what is installed, when their database can be reached
	@sh deploy/audit.sh $(PYTHON)

docs: $(VENV)/installed-dev ## the documentation as a site in var/site; a link that leads nowhere fails
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet

format: $(VENV)/installed-dev ## format the code and mend what ruff can mend
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lock: ## compile requirements*.in anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 tests/peers/requirements.in -o tests/peers/requirements.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 tests/dash/requirements.in -o tests/dash/requirements.txt

assets: $(VENV)/installed ## build assets/vendor and assets/suites anew (needs Node.js with npm)
	work=$$(mktemp -d) && cp -R deploy/assets/. "$$work" && npm --prefix "$$work" ci --ignore-scripts \
		&& node "$$work/build.mjs" assets && rm -rf "$$work"
	$(PYTHON) deploy/suites.py

messages: $(VENV)/installed ## write the catalogues of words in core/locale anew; what is empty is to be translated
	$(PYTHON) deploy/messages.py

bench: $(VENV)/installed-dev ## measure the product beside its floors into bench/report.md (SIZES="10000 1000000", PARTS, DATA)
	$(PYTHON) -m bench --sizes $(SIZES) $(if $(PARTS),--parts $(PARTS)) $(if $(DATA),--data $(DATA)) $(BENCH)

drill: $(VENV)/installed-dev nginx ## do harm to a running installation under load; writes docs/reliability.md (PEOPLE=100)
	$(PYTHON) -m bench.drill --people $(PEOPLE)

capacity: $(VENV)/installed-dev ## measure what a request and a tenant cost; writes docs/capacity.md
	$(PYTHON) -m bench.capacity

previous: $(VENV)/installed-dev ## whether the release before (REF) works on the schema of this one
	$(PYTHON) -m bench.previous $(REF)

screenshots: $(VENV)/installed-dev browser ## draw every page in four variants into screenshots/
	$(PYTHON) deploy/screenshots.py

browser:
	@sh deploy/browser.sh

nginx:
	@sh deploy/nginx.sh

broker: # RabbitMQ, which events are published to
	@sh deploy/broker.sh

peers: $(VENV)/installed # the accounting programs that the figures are compared with
	@sh deploy/peers.sh $(PYTHON)

clean: ## remove the virtual environment and all caches; data under var/ stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	rm -f .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON):
	@sh deploy/venv.sh $(VENV)

$(VENV)/installed: requirements.txt | $(PYTHON)
	@echo "Installing requirements.txt ..."
	@$(PIP) install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing requirements-dev.txt ..."
	@$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
