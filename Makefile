# make run · make test · make check · make soak · make bench · make lighthouse
PYTHON ?= python3
BIN := .venv/bin
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -q

# The newest that runs on Node 20.
LIGHTHOUSE := lighthouse@12.8.2
LIGHTHOUSE_FOLDER := var/lighthouse

.PHONY: run test check soak bench lighthouse lock messages

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

bench: .venv/installed-dev
	@exec $(BIN)/python -m bench

# Needs npm and Chromium on the machine.
lighthouse: .venv/installed-dev $(LIGHTHOUSE_FOLDER)/$(LIGHTHOUSE)
	@exec $(BIN)/python -m tests.lighthouse $(LIGHTHOUSE_FOLDER)/node_modules/.bin/lighthouse

$(LIGHTHOUSE_FOLDER)/$(LIGHTHOUSE):
	@echo "Preparing Lighthouse (once) …"
	@mkdir -p $(LIGHTHOUSE_FOLDER)
	@npm install --prefix $(LIGHTHOUSE_FOLDER) --silent --no-save --no-package-lock --no-audit --no-fund $(LIGHTHOUSE)
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
