# What people and the CI do with the product. Needs Python 3.11 or newer and make; everything else comes by itself.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input
PACKAGES := $(patsubst %/__init__.py,%,$(wildcard core/__init__.py data/__init__.py web/__init__.py api/__init__.py \
	cli/__init__.py jobs/__init__.py components/__init__.py callbacks/__init__.py pages/__init__.py))
SOURCES := $(PACKAGES) app.py $(wildcard deploy/*.py) deploy/validation
TESTS ?= tests

.PHONY: help run test check lint types security audit docs format lock assets browser peers screenshots clean
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/installed ## start the product at http://127.0.0.1:8000 (PORT, DATABASE_URL, CACHE_URL, VAR_DIR)
	@exec $(PYTHON) -m flask serve

test: $(VENV)/installed-dev browser peers ## run all tests (TESTS=tests/core for some)
	$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

check: lint types security audit docs test ## everything that the CI asks for

lint: $(VENV)/installed-dev ## format, lint and import rules
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(VENV)/bin/lint-imports

types: $(VENV)/installed-dev ## mypy, strict
	$(PYTHON) -m mypy $(PACKAGES) app.py
	$(PYTHON) -m mypy --explicit-package-bases deploy/validation

security: $(VENV)/installed-dev ## bandit
	$(PYTHON) -m bandit --quiet --recursive --configfile pyproject.toml $(SOURCES)

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

assets: ## build assets/vendor anew (needs Node.js with npm)
	work=$$(mktemp -d) && cp -R deploy/assets/. "$$work" && npm --prefix "$$work" ci --ignore-scripts \
		&& node "$$work/build.mjs" assets && rm -rf "$$work"

screenshots: $(VENV)/installed-dev browser ## draw every page in four variants into screenshots/
	$(PYTHON) deploy/screenshots.py

browser:
	@sh deploy/browser.sh

peers: $(VENV)/installed # the accounting programs that the figures are compared with
	@sh deploy/peers.sh $(PYTHON)

clean: ## remove the virtual environment and all caches; data under var/ stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
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
