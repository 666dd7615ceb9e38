# What one does with this project. `make help` lists it.
# Nothing here relies on the first line of a script in .venv/bin: it would name a path, and paths may hold spaces.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
STAMP := .venv/set-up
PYTHONS := python3.11 python3 python3.12 python3.13 python3.14
BROWSERS := chromium chromium-browser google-chrome
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# A folder that was moved or copied has a .venv that names the old place: set up again.
ifneq (here,$(shell [ "$$(cat $(STAMP) 2>/dev/null)" = "$$(pwd)" ] && echo here))
.PHONY: $(STAMP)
endif

.PHONY: help setup run test checks browser node go softhsm bench peers lock clean compose-secrets

help: ## List what one can do
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

setup: $(STAMP) ## Install everything into .venv, once

$(STAMP): requirements/boot.txt requirements/dev.txt pyproject.toml
	@command -v git >/dev/null 2>&1 || { echo "git is missing. On Debian: apt-get install git" >&2; exit 1; }; \
	found=; \
	for name in $(PYTHONS); do \
		if "$$name" -c '$(ENOUGH)' >/dev/null 2>&1; then found=$$name; break; fi; \
	done; \
	[ -n "$$found" ] || { echo "Python 3.11 or newer is missing. On Debian 12 or newer: apt-get install python3 python3-venv" >&2; exit 1; }; \
	"$$found" -c 'import venv, ensurepip' >/dev/null 2>&1 || { \
		echo "$$("$$found" --version) cannot make a virtual environment: its module venv is missing or not whole. On Debian: apt-get install python3-venv" >&2; exit 1; }; \
	echo "setup        $$("$$found" --version) in .venv" >&2; \
	"$$found" -m venv --clear .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/boot.txt || { \
		echo "The installer uv could not be installed (see above). The first set-up needs a package index: a network, or a pip.conf that names one." >&2; exit 1; }
	@echo "setup        packages of requirements/dev.txt" >&2; \
	if $(PY) -m uv pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt 2>.venv/uv.log; then :; \
	else \
		echo "setup        uv reached no package index; trying pip, which reads pip.conf and is slower" >&2; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt || { \
			cat .venv/uv.log >&2; \
			echo "The packages of requirements/dev.txt could not be installed (see above). The first set-up needs a package index." >&2; exit 1; }; \
	fi
	@$(PY) -m uv pip install --quiet --python $(PY) --offline --no-deps --no-build-isolation -e .
	@pwd > $(STAMP); echo "setup        done" >&2

run: $(STAMP) ## Start the exchange and play the demo; stays up until Ctrl-C
	@exec $(PY) -m exchange.cli.main up

test: $(STAMP) browser node go softhsm checks ## Check and test everything that CI does
	@exec $(PY) -m pytest -n 3 --dist loadfile

checks: $(STAMP)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'import sys; from importlinter.cli import lint_imports_command; sys.argv[0] = "lint-imports"; lint_imports_command()'

browser:
	@for name in $(BROWSERS); do if command -v "$$name" >/dev/null 2>&1; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "test         installing chromium with apt-get, once" >&2; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2 && exit 0; \
		why="apt-get could not install it (see above)"; \
	else \
		why="only root can install it: apt-get install chromium"; \
	fi; \
	echo "The browser chromium is missing; $$why. The tests that look at the console in a browser do not run." >&2; \
	[ "$${CI:-}" != true ]

NODE := examples/node/node_modules

node:
	@if node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then \
		if cmp -s examples/node/package-lock.json $(NODE)/.set-up; then exit 0; fi; \
		echo "test         packages of examples/node" >&2; \
		(cd examples/node && npm ci --silent --no-audit --no-fund --ignore-scripts) >&2 \
			&& cp examples/node/package-lock.json $(NODE)/.set-up && exit 0; \
		why="npm could not install its packages (see above)"; \
	else \
		why="it needs Node 20 or newer, with npm"; \
	fi; \
	echo "The client in Node.js is not ready: $$why. The tests that use it do not run." >&2; \
	[ "$${CI:-}" != true ]

GOCODE := /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog

go:
	@if command -v go >/dev/null 2>&1 && [ -d $(GOCODE) ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "test         installing Go with apt-get, once" >&2; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends golang-go golang-golang-x-mod-dev; } >&2 && exit 0; \
		why="apt-get could not install it (see above)"; \
	else \
		why="only root can install it: apt-get install golang-go golang-golang-x-mod-dev"; \
	fi; \
	echo "Go with golang.org/x/mod is missing; $$why. The tests that ask it about the ledger do not run." >&2; \
	[ "$${CI:-}" != true ]

SOFTHSM := /usr/lib/softhsm/libsofthsm2.so

softhsm:
	@if command -v softhsm2-util >/dev/null 2>&1 && [ -e $(SOFTHSM) ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "test         installing SoftHSM with apt-get, once" >&2; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends softhsm2; } >&2 && exit 0; \
		why="apt-get could not install it (see above)"; \
	else \
		why="only root can install it: apt-get install softhsm2"; \
	fi; \
	echo "SoftHSM is missing; $$why. The tests of notice keys in an HSM do not run." >&2; \
	[ "$${CI:-}" != true ]

bench: $(STAMP) ## Measure; one JSON line for each figure
	@failed=0; for file in benchmarks/bench_*.py; do \
		PYTHONPATH=.:tests:benchmarks $(PY) "$$file" || { echo "{\"name\": \"$$file\", \"failed\": $$?}"; failed=1; }; \
	done; exit $$failed

PEERS := .venv-peers/set-up

peers: $(PEERS) ## Install Splink and anonlink into .venv-peers, for benchmarks/bench_peers.py

$(PEERS): requirements/peers.txt $(STAMP)
	@echo "peers        packages of requirements/peers.txt in .venv-peers" >&2; \
	$(PY) -m venv --clear .venv-peers && \
	$(PY) -m uv pip install --quiet --python .venv-peers/bin/python --require-hashes -r requirements/peers.txt && \
	touch $(PEERS)

lock: $(STAMP) ## Choose the newest versions of the packages again, with hashes
	@for name in boot run dev peers; do \
		$(PY) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header \
			--no-emit-index-url --no-emit-find-links --upgrade -o requirements/$$name.txt requirements/$$name.in; \
	done

compose-secrets: $(STAMP) ## Make the passwords that docker-compose.yml mounts from secrets/
	@$(PY) -m exchange.embedded.compose_secrets secrets

clean: ## Remove what set-up, tests and tools made; the data in var/ stay
	rm -rf .venv .venv-peers examples/node/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
