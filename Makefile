# `make demo` and `make test` need Python 3.11 or newer, make and the package
# registry; they make an environment of their own in .venv/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
WORKERS ?= 2
INPUTS ?= 200000

# An environment is complete when its stamp is newer than its lock.
DEMO_READY := $(VENV)/.demo-ready
TEST_READY := $(VENV)/.test-ready
DOCS_READY := .venv-docs/.ready
CLUSTER := .venv-cluster
CLUSTER_READY := $(CLUSTER)/.ready

.DEFAULT_GOAL := help
.PHONY: help test-browser sbom docs demo test test-cluster test-faults check format lint types schema errors fuzz chaos bench bench-read bench-estimate bench-compare lock knowledge-page wheel clean calibration scenario-page validation studies

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(DEMO_READY) ## run the workflow on the embedded demo cohort
	@$(BIN)/tryptome run config/config.yaml --cores $(CORES)

# Each worker has one thread, as jobs have: threads of two that wait for each other cost seconds.
test: $(TEST_READY) ## run the tests
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

test-cluster: $(TEST_READY) $(CLUSTER_READY) ## run on a Slurm that is brought up here, through faults (root, Debian's packages)
	TRYPTOME_CLUSTER=$(CURDIR)/$(CLUSTER) $(BIN)/python -m pytest --durations=0 $(or $(TESTS),tests/cluster)

test-faults: $(TEST_READY) ## small runs with a full disk, without a network, in other places and languages, ...
	TRYPTOME_FAULTS=1 $(BIN)/python -m pytest --durations=0 tests/faults

test-browser: $(TEST_READY) ## look at the reports with Chromium (DEMO=folder with results/ of the demo)
	TRYPTOME_BROWSER=$(or $(DEMO),results/browser) $(BIN)/python -m pytest --durations=0 $(or $(TESTS),tests/browser)

check: lint types test ## everything that a change must pass

format: $(TEST_READY) ## rewrite the sources in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/snakefmt $(SNAKEFILES)

lint: $(TEST_READY) ## formats and lint, with nothing rewritten
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check $(SNAKEFILES)
	$(BIN)/snakemake --lint

types: $(TEST_READY) ## static types
	$(BIN)/mypy

schema: $(DEMO_READY) ## write the JSON Schema and the reference of the configuration
	$(BIN)/python -m tryptome.config.schema

errors: $(DEMO_READY) ## write docs/errors.md out of the classes of errors
	$(BIN)/python maintain/error_page.py

fuzz: $(TEST_READY) ## break INPUTS files of every format; writes docs/reliability.md
	PYTHONPATH=maintain $(BIN)/python -m fuzz --inputs $(INPUTS) --report docs/reliability.md

chaos: $(TEST_READY) ## kill KILLS runs at random moments and run again; writes docs/reliability.md
	PYTHONPATH=maintain $(BIN)/python -m chaos --kills $(or $(KILLS),60) --state results/chaos.json --report docs/reliability.md

bench: $(TEST_READY) ## time and memory from table to estimates, and of the workflow (SAMPLES="100 1000"); writes docs/performance.md
	PYTHONPATH=maintain $(BIN)/python tests/benchmarks/scale.py $(SAMPLES)

bench-read: $(TEST_READY) ## time and memory of reading a large table; writes docs/performance.md
	$(BIN)/python tests/benchmarks/read_table.py

bench-estimate: $(TEST_READY) ## time and memory of the estimates, and how they grow (SAMPLES="1000 4000"); writes docs/performance.md
	PYTHONPATH=maintain $(BIN)/python tests/benchmarks/estimate.py $(SAMPLES)

bench-compare: $(TEST_READY) ## time and memory of contrasts; writes docs/performance.md
	$(BIN)/python tests/benchmarks/compare.py

lock: ## resolve the requirements anew (needs uv)
	cd requirements && for name in base test cluster docs clients; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade \
	    --no-header --no-annotate --no-emit-index-url $$name.in -o $$name.txt || exit 1; \
	done
	$(PYTHON) maintain/conda_environment.py
	@echo "Now: make sbom"

sbom: $(DEMO_READY) ## write sbom.cdx.json and docs/licences.md out of the lock
	$(BIN)/python maintain/sbom.py

knowledge-page: $(DEMO_READY) ## write results/knowledge.html, a page of the knowledge base
	PYTHONPATH=maintain $(BIN)/python -m knowledge_page results/knowledge.html
	@echo "Page: results/knowledge.html"

calibration: $(TEST_READY) ## planted truth (WORLDS=1000, CONTRASTS=1000 a design; TRYPTOME_DATA); writes docs/validation/c*.md
	PYTHONPATH=maintain $(BIN)/python -m calibration.coverage $(or $(WORLDS),1000) docs/validation/calibration.md results/calibration/coverage
	PYTHONPATH=maintain $(BIN)/python -m calibration.contrasts $(or $(CONTRASTS),1000) docs/validation/contrasts.md --state results/calibration

scenario-page: $(DEMO_READY) ## write the tables of docs/scenario.md out of resources/physiology
	$(BIN)/python maintain/scenario_page.py

validation: $(TEST_READY) ## fit and validate on measured cohorts (TRYPTOME_DATA); writes docs/validation.md
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake -s maintain/Snakefile --cores 1 \
	  prediction docs_validation --forcerun paired_cohorts --allowed-rules paired_cohorts prediction accuracy docs_validation

studies: $(DEMO_READY) ## run all studies again (TRYPTOME_DATA); writes the table of docs/studies.md
	$(BIN)/python maintain/studies_page.py

docs: $(DOCS_READY) ## build the documentation's site into site/
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict
	@echo "Documentation: site/index.html"

wheel: $(TEST_READY) ## build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove what was made here, results included
	rm -rf $(VENV) $(CLUSTER) .venv-docs .snakemake results site dist build .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

SNAKEFILES = Snakefile workflow $(wildcard maintain/Snakefile)

# Compiling when the environment is made, rather than at the first import, keeps
# Snakemake's start short also where PYTHONDONTWRITEBYTECODE is set.
define install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
	  --require-hashes --no-deps -r $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true
endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "tryptome needs Python 3.11 or newer, and $(PYTHON) is none." >&2; \
	  echo "Name another one, for example: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Executors for clusters are in an environment of their own, see docs/cluster.md.
$(CLUSTER_READY): VENV := $(CLUSTER)
$(CLUSTER_READY): BIN := $(CLUSTER)/bin
$(CLUSTER_READY): requirements/cluster.txt pyproject.toml
	@echo "Setting up $(CLUSTER) (about a minute, once)"
	$(PYTHON) -m venv $(CLUSTER)
	$(call install,requirements/cluster.txt)
	@touch $@

# The test environment holds the demo's as well, so the demo never undoes it.
$(DEMO_READY): requirements/base.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) (about a minute, once)"
	$(call install,requirements/base.txt)
	@touch $@

$(TEST_READY): requirements/test.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) for tests (about a minute, once)"
	$(call install,requirements/test.txt)
	@touch $(DEMO_READY) $@

$(DOCS_READY): requirements/docs.txt
	rm -rf .venv-docs
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@
