PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
LOCK := uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --no-emit-index-url \
  --no-emit-find-links
DEV := $(VENV)/dev.installed
WORKERS := $(shell $(PYTHON) -c "import os; print(min(8, os.cpu_count() * 3 // 2))")  # some wait for servers, or for nothing
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

unexport PYTHONDONTWRITEBYTECODE  # else each process that is started compiles everything anew

.NOTPARALLEL:
.PHONY: help demo serve test test-fast test-long test-programs check versions audit sbom dist docs pictures bench drill stability \
  mutants format lock reference catalogue clean

help:  ## what can be done here
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/%.installed: requirements/%.txt pyproject.toml | $(VENV)/made
	$(INSTALL) --require-hashes -r $<
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/demo.installed  ## set up what it needs, run the worked example, and write its annual report into build/
	$(BIN)/python examples/dak_nong_2023.py
	@echo
	$(BIN)/python examples/dak_nong_report.py --to build

serve: $(VENV)/serve.installed  ## set up what it needs, and open the worked example at http://127.0.0.1:8023, on the day of its report
	$(BIN)/python examples/serve_dak_nong.py

test: $(DEV)  ## set up, and run the tests and the doctests
	$(PYTEST)

test-fast: $(DEV)  ## the tests that start no server, no browser and no other process, with fewer examples
	HYPOTHESIS_PROFILE=fast $(PYTEST) -m "not slow"

test-long: $(DEV)  ## all tests, with 300 examples a property
	HYPOTHESIS_PROFILE=long $(PYTEST)

test-programs:  ## install the programs that tests start, where they are missing (Debian)
	$(PYTHON) -m tests.programs

check: $(DEV)  ## format, lint, types, import contracts, the code in the docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m pytest README.md docs

versions: $(DEV)  ## run the examples on the lowest versions that are admitted, and on each other Python that there is
	$(BIN)/python -m tests.supply.versions

audit: $(DEV)  ## ask an index of advisories about every requirement; where none answers, say so
	$(BIN)/python -m tests.supply.audit

sbom: $(DEV)  ## write the list of all that runs with reformtrack to dist/, as CycloneDX
	@mkdir -p dist
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --mc-type library --output-reproducible --of JSON requirements/run.txt -o dist/reformtrack.cdx.json

dist: sbom  ## build the wheel and the sdist of the last commit: the same bytes wherever it is done
	@rm -rf build/source
	git clone --quiet --no-hardlinks . build/source
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation --outdir dist build/source

docs: $(VENV)/docs.installed  ## build the documentation site into build/docs, with its search, which needs no server
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --builder html docs build/docs
	@echo "open build/docs/index.html"

pictures: $(DEV)  ## make the pictures of README and docs anew, of the worked example
	rm -rf build/pictures
	-$(BIN)/python -m pytest --quiet tests/docs/test_pictures.py  # fails while a picture is out of date, which it makes all the same
	cp build/pictures/dashboard.png build/pictures/annual-report.png build/pictures/*-1280.png build/pictures/*-360.png docs/pictures/

bench: $(DEV)  ## the benchmarks: medians and ratios
	$(BIN)/python benchmarks/core.py

drill: $(DEV)  ## kill the leader of a cluster while writers record (Debian)
	$(BIN)/python -m drills.failover

stability: $(DEV)  ## the tests again and again, while every core has something else to do
	$(BIN)/python -m drills.stability

mutants: $(DEV)  ## mutation check of the domain: 600 changes
	$(BIN)/python -m drills.mutants --sample 600

format: $(DEV)  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(DEV)  ## write the event reference from the code
	$(BIN)/python docs/reference.py

catalogue: $(DEV)  ## compile the Vietnamese texts, which are read in their compiled form
	$(BIN)/pybabel --quiet compile --locale vi --input-file src/reformtrack/language/vi.po --output-file src/reformtrack/language/vi.mo

lock:  ## write requirements/ anew (needs uv): what we work with, and of that what runs, and what the demo, serving and the site need
	$(LOCK) --group dev pyproject.toml -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt --all-extras pyproject.toml -o requirements/run.txt
	$(LOCK) -c requirements/dev.txt --group install --extra exchange --extra seal pyproject.toml -o requirements/demo.txt
	$(LOCK) -c requirements/dev.txt --group install --extra web pyproject.toml -o requirements/serve.txt
	$(LOCK) -c requirements/dev.txt --group install --group docs --extra web --extra testing pyproject.toml -o requirements/docs.txt

clean:  ## remove what was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
