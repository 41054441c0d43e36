# make run · make test · make check · make soak · make bench · make lighthouse
PYTHON ?= python3
BIN := .venv/bin
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -q

# The newest that runs on Node 20.
LIGHTHOUSE := var/lighthouse/lighthouse@12.8.2
TYPESCRIPT := var/typescript/typescript@7.0.2

.PHONY: run test check soak bench lighthouse lock messages scripts

run: .venv/installed
	@exec $(BIN)/python manage.py serve --with-parent

test: .venv/installed-dev
	@exec $(BIN)/python -m tests

soak: .venv/installed-dev
	@exec $(BIN)/python -m tests --soak

check: .venv/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pylint playground accounts bench
	$(BIN)/mypy playground accounts
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports --no-cache
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py messages --check
	@$(BIN)/python -m tests.deploy_check
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory scripts; else echo "Scripts: skipped, no npm found (install Node)"; fi

# The types of what browsers run; needs npm on the machine.
scripts: $(TYPESCRIPT)
	$(<D)/node_modules/.bin/tsc --project jsconfig.json

bench: .venv/installed-dev
	@exec $(BIN)/python -m bench

# Needs npm and Chromium on the machine.
lighthouse: .venv/installed-dev $(LIGHTHOUSE)
	@exec $(BIN)/python -m tests.lighthouse $(dir $(LIGHTHOUSE))node_modules/.bin/lighthouse

# A tool from npm in a folder of its own.
$(LIGHTHOUSE) $(TYPESCRIPT):
	@echo "Preparing $(@F) (once) …"
	@mkdir -p $(@D)
	@npm install --prefix $(@D) --silent --no-save --no-package-lock --no-audit --no-fund $(@F)
	@touch $@

# Collect the strings of code and templates into the .po files.
messages: .venv/installed-dev
	$(BIN)/python manage.py messages

# Needs uv on the machine; writes both lock files, with hashes and without addresses.
lock:
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) -c requirements.txt pyproject.toml --group dev -o requirements-dev.txt

.venv/installed: requirements.txt
	@echo "Preparing the environment (once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt
	@echo "Preparing the environment for tests (once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/installed
