# The single door: `make help` lists what is behind it. Each target does its own set-up in .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# One more than there are processors: tests wait for browsers, mail and other programs.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make pins" $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help demo test test-apps bench check docs pins clean

help:  ## list these targets
	@echo "Upheld: make <target>"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

demo: .venv/ready-demo  ## an example organisation: its server, a staff log-in, an inbox (ONCE=1: the whole journey without you)
	@$(BIN)/upheld demo $(if $(ONCE),--once)

test: .venv/ready-dev  ## the tests, on every database server this machine has
	@echo "Running the tests with $(WORKERS) workers; tests whose server is missing are skipped and listed at the end."
	@$(BIN)/python -m pytest tests --ignore=tests/apps -n $(WORKERS) --dist worksteal -m "not soak" $(ARGS)

test-apps: .venv/ready-dev  ## the tests on whole applications that others wrote (APPS="test_indico.py …" chooses)
	@$(BIN)/python -m pytest $(or $(addprefix tests/apps/,$(APPS)),tests/apps) $(ARGS)

bench: .venv/ready-dev  ## measure the engine and write docs/benchmarks.md (PEOPLE=2000: a small one, only printed)
	@$(BIN)/python -m bench $(if $(PEOPLE),--people $(PEOPLE)) $(if $(ROWS),--rows $(ROWS)) $(ARGS)

check: .venv/ready-dev  ## lint, types, import contract, sizes, ids, words, licences, docs
	@echo "ruff: lint";            $(BIN)/ruff check .
	@echo "ruff: format";          $(BIN)/ruff format --check .
	@echo "mypy: types";           $(BIN)/mypy
	@echo "import contract";       $(BIN)/lint-imports
	@echo "sizes";                 $(BIN)/python -m tools.sizes
	@echo "house rules";           $(BIN)/python -m tools.house
	@echo "requirement ids";       $(BIN)/python -m tools.requirements
	@echo "keys without test";     $(BIN)/python -m tools.keys_without_test
	@echo "deploy";                $(BIN)/python -m tools.deploy
	@echo "languages";             $(BIN)/python -m tools.languages --check
	@echo "licences";              $(BIN)/python -m tools.licences
	@echo "ASVS";                  $(BIN)/python -m tools.asvs
	@echo "generated docs";        $(BIN)/python -m tools.docs --check

docs: .venv/ready-dev  ## write the generated parts of the docs anew
	@$(BIN)/python -m tools.docs

pins: .venv/ready-tools  ## write requirements/*.txt anew (UPGRADE=--upgrade takes newer versions)
	@echo "Pinning every package with its hashes in requirements/."
	@$(COMPILE) pyproject.toml --group tools --extra demo --extra mariadb --extra workers --group dev -o requirements/dev.txt >/dev/null
	@$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/base.txt >/dev/null
	@$(COMPILE) -c requirements/dev.txt pyproject.toml --extra mariadb -o requirements/mariadb.txt >/dev/null
	@$(COMPILE) -c requirements/dev.txt pyproject.toml --extra workers -o requirements/workers.txt >/dev/null
	@$(COMPILE) -c requirements/dev.txt pyproject.toml --extra demo --extra mariadb -o requirements/demo.txt >/dev/null
	@$(COMPILE) -c requirements/dev.txt --group tools -o requirements/tools.txt >/dev/null
	@! grep -nE '(https?|file)://' requirements/*.txt

clean:  ## remove .venv and caches
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (Debian: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is too old: Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$(PYTHON) cannot make virtual environments (Debian: apt install python3-venv)."; exit 1; }
	@echo "Set-up, once: making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/ready-tools: requirements/tools.txt | .venv/bin/python
	@echo "Set-up: installing uv (installs the rest) and setuptools into .venv, hashes checked"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

.venv/ready-demo: requirements/demo.txt pyproject.toml .venv/ready-tools
	@echo "Set-up: installing Upheld's packages into .venv, hashes checked"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/demo.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-dev: requirements/dev.txt pyproject.toml .venv/ready-tools
	@echo "Set-up: installing Upheld's packages and what its tests need into .venv, hashes checked"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@ .venv/ready-demo
