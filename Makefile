# Two commands: `make demo` and `make test`. Each sets up what is missing.
PYTHON ?=
export LAKEHOUSE_DEMO ?= demo
SCALE ?= 1
BIN := .venv/bin

.PHONY: demo test check golden lakes quick mutants bench setup lint fix lock clean

demo: setup ## Set up, then run everything end to end on generated data
	@$(BIN)/lakehouse demo --folder $(LAKEHOUSE_DEMO) --scale $(SCALE)

test: check ## Set up, then run every check and test, the quick ones first
	@$(MAKE) --no-print-directory -j2 golden lakes

golden: setup # the golden lake and what is asked of it; one session does not fill the cores
	@$(BIN)/python -m pytest -m "slow and golden"

lakes: setup # what needs Spark, or lakes of its own
	@$(BIN)/python -m pytest -m "slow and not golden"

check: setup ## What takes a minute or two, side by side: the tests that are not slow, and the linters
	@$(MAKE) --no-print-directory -j2 quick lint

quick: setup
	@$(BIN)/python -m pytest -m "not slow"

setup: .venv/ready ## Python packages and Delta's jars, as locked

.venv/ready: requirements.lock requirements-setup.lock profiles/jars.lock scripts/setup.sh lakehouse/jars.py lakehouse/shared_classes.py profiles/spark-defaults.conf pyproject.toml
	@PYTHON="$(PYTHON)" sh scripts/setup.sh

mutants: setup ## Change the SQL in small ways: what does no test notice? MUTANTS=--help
	@$(BIN)/python -m tests.mutation $(MUTANTS)

bench: setup ## Measure loading, building and growing; writes docs/performance.md. BENCH=--help
	@$(BIN)/python -m bench $(BENCH)

lint: setup ## What needs no Spark: ruff, mypy, sqlfluff, dbt parse, the rules of models
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 0 models snapshots tests/dbt
	@DBT_TARGET_PATH=target $(BIN)/lakehouse dbt --quiet parse --no-partial-parse --warn-error
	@$(BIN)/dbt-bouncer run

fix: setup ## Let the linters mend what they can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix --processes 0 models snapshots tests/dbt

lock: setup ## Resolve the dependencies of pyproject.toml anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra dev pyproject.toml -o requirements.lock

clean: ## Remove what the project made here; lakes stay
	@rm -rf .venv target logs .pytest_cache .mypy_cache .ruff_cache
