# Every verb of the project. Nothing needs to be installed beforehand but Python 3.11+ and Node 20.19+.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: help
help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F '\t' '{printf "  make %-15s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements.txt requirements-saml.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say which with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json
	@node -e 'const [a,b]=process.versions.node.split(".").map(Number); if (a<20||(a===20&&b<19)) {console.error("Node 20.19 or newer is needed, this is "+process.version); process.exit(1)}'
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

WEB_SOURCES := $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/vite.config.ts web/openapi.json
web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

.PHONY: install
install: $(VENV)/.installed ## Install what development needs into .venv

.PHONY: web
web: web/dist/index.html ## Build the web page

.PHONY: run
run: $(VENV)/.installed web/dist/index.html ## Start the laptop cloud (PORT, CONFIG, PEOPLE, PLUGINS, AWS_ENDPOINT, STEP_FUNCTIONS, DEMO)
	@exec $(BIN)/python -m infra.local --port "$(PORT)" --config "$(CONFIG)" --people "$(PEOPLE)" --plugins "$(PLUGINS)" --aws-endpoint "$(AWS_ENDPOINT)" \
	  --step-functions "$(STEP_FUNCTIONS)" --demo "$(DEMO)"

.PHONY: test
test: $(VENV)/.installed web/node_modules/.installed ## Every test that needs no browser
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder
	cd web && npm test --silent

.PHONY: test-long
test-long: $(VENV)/.installed ## The long property and model tests
	$(BIN)/python -m pytest -q -m long

.PHONY: test-browser
test-browser: $(VENV)/.installed web/dist/index.html ## The journeys in Chromium
	@infra/chromium.sh
	$(BIN)/python -m pytest -q -m browser tests/browser

.PHONY: test-dynamodb
test-dynamodb: $(VENV)/.installed ## The repository suites on DynamoDB Local
	$(BIN)/python -m infra.dynamodb_local

.PHONY: check
check: $(VENV)/.installed web/node_modules/.installed ## Lint, types, imports, templates, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infra/data.yaml infra/event-forwarding.yaml
	$(BIN)/python -m infra.openapi --check
	$(BIN)/python -m infra.reference --check
	$(BIN)/python -m infra.authorisation --check
	$(BIN)/python -m infra.spoke_policy --check
	cd web && npm run --silent lint && npm run --silent generate -- --check

.PHONY: fix
fix: $(VENV)/.installed ## Format, and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: openapi
openapi: $(VENV)/.installed web/node_modules/.installed ## Write web/openapi.json and the page's types
	$(BIN)/python -m infra.openapi
	cd web && npm run --silent generate

.PHONY: docs
docs: $(VENV)/.installed ## Write the configuration reference, the authorisation matrix and the spokes' policy
	$(BIN)/python -m infra.reference
	$(BIN)/python -m infra.authorisation
	$(BIN)/python -m infra.spoke_policy

.PHONY: mutation
mutation: $(VENV)/.installed ## Change the decision modules and count what the tests notice (MODULES="chalicelib.identity.rules ...")
	$(BIN)/python -m infra.mutation --workers $(WORKERS) --survivors $(MODULES)

.PHONY: demo
demo: $(VENV)/.installed web/dist/index.html ## The journeys on the laptop cloud, step by step
	$(BIN)/python -m infra.local.journeys

.PHONY: verify-audit
verify-audit: $(VENV)/.installed ## Is the audit log what was written? (SINCE=seal; LAPTOP=http://127.0.0.1:8000, else the environment names a deployment)
	@$(BIN)/python -m infra.verify_audit --since "$(SINCE)" --laptop "$(LAPTOP)"

.PHONY: bench
bench: $(VENV)/.installed ## Print the benchmark tables
	$(BIN)/python -m bench

.PHONY: package
package: $(VENV)/.installed web/dist/index.html ## What aws cloudformation package and deploy take, under Python 3.13 (CONFIG, EXTRAS=saml)
	$(BIN)/python -m infra.build $(if $(CONFIG),--config $(CONFIG)) $(if $(EXTRAS),--extras $(EXTRAS))
	$(BIN)/python -m pytest -q -m package tests/contract/test_package.py

.PHONY: clean
clean: ## Remove what was built
	rm -rf dist web/dist .venv .venv-package web/node_modules
