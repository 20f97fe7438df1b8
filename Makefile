PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.PHONY: help demo serve test check audit sbom dist bench drill mutants format lock reference clean

help:  ## what can be done here
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP)  ## set up, run the worked example, and write its annual report into build/
	$(BIN)/python examples/dak_nong_2023.py
	@echo
	$(BIN)/python examples/dak_nong_report.py --to build

serve: $(STAMP)  ## set up, and open the worked example at http://127.0.0.1:8023, on the day of its report
	$(BIN)/python examples/serve_dak_nong.py

test: $(STAMP)  ## set up, and run the tests and the doctests
	$(BIN)/python -m pytest

check: $(STAMP)  ## format, lint, types, import contracts, the code in the docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest README.md docs

audit: $(STAMP)  ## ask an index of advisories about every requirement; where none answers, say so
	$(BIN)/python -m tests.supply.audit

sbom: $(STAMP)  ## write the list of all that runs with reformtrack to dist/, as CycloneDX
	@mkdir -p dist
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --mc-type library --output-reproducible --of JSON requirements/run.txt -o dist/reformtrack.cdx.json

dist: sbom  ## build the wheel and the sdist of the last commit: the same bytes wherever it is done
	@rm -rf build/source
	git clone --quiet --no-hardlinks . build/source
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation --outdir dist build/source

bench: $(STAMP)  ## the benchmarks: medians and ratios
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python benchmarks/core.py

drill: $(STAMP)  ## kill the leader of a cluster while writers record (Debian)
	$(BIN)/python -m tests.drills.failover

mutants: $(STAMP)  ## mutation check of the domain
	HYPOTHESIS_PROFILE=mutants $(BIN)/mutmut run
	$(BIN)/mutmut results

format: $(STAMP)  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(STAMP)  ## write the event reference from the code
	$(BIN)/python docs/reference.py

lock:  ## write requirements/ anew (needs uv): what we work with, and of that what runs
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --no-emit-index-url \
	  --no-emit-find-links --group dev pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --no-emit-index-url \
	  --no-emit-find-links --all-extras --constraints requirements/dev.txt pyproject.toml -o requirements/run.txt

clean:  ## remove what was built
	rm -rf $(VENV) build dist mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis
