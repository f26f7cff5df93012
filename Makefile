# `make demo` and `make test` are all that a fresh machine with Python >= 3.11 and make needs.
# Every path is relative, so that spaces in the checkout's path do no harm; GNU make 3.81 is enough.

python := .venv/bin/python
stamp := .venv/.installed
demo := build/demo
ARGS :=

# An environment whose interpreter is gone, or that was made for another place, is stale.
ifneq ($(shell $(python) -c '' 2>/dev/null && [ "$$(cat $(stamp))" = "$$(pwd)" ] && echo fresh),fresh)
.PHONY: $(stamp)
endif

.PHONY: help demo test lint types arch self check bench profile papers accuracy boundaries names refactoring pictures dist wheel clean

help: ## List the targets.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

$(stamp): pyproject.toml .ci/venv.sh
	@sh .ci/venv.sh

demo: $(stamp) ## Analyze the web shop of fixtures/ and say where the report is.
	$(python) -m decompose analyze fixtures/shop --out $(demo)
	@echo
	@echo "Open $(demo)/report.html in a browser. The proposal to edit: $(demo)/decompose.toml"

test: $(stamp) ## Run every test (ARGS="-k link" picks).
	$(python) -m pytest $(ARGS)

lint: $(stamp) ## Format and lint rules, nothing rewritten.
	$(python) -m ruff format --check
	$(python) -m ruff check

types: $(stamp) ## mypy, strict.
	$(python) -m mypy

arch: $(stamp) ## The layers: stages stay strangers.
	.venv/bin/lint-imports

self: $(stamp) ## decompose analyzes decompose.
	$(python) -m decompose analyze src --out build/self

check: lint types arch test self ## All of the above.

bench: $(stamp) ## Measure speed and memory on real monoliths; writes docs/benchmarks.md (ARGS="--quick").
	$(python) tests/bench/bench.py $(ARGS)

profile: $(stamp) ## Show where the CPU of a cold run goes; writes docs/profile.md (ARGS="--monolith nova").
	$(python) tests/bench/profile_run.py $(ARGS)

papers: $(stamp) ## Partition published graphs and score them as the papers did (PAPERS=folder of them).
	$(python) tests/bench/papers.py $(PAPERS)

accuracy: $(stamp) ## Measure the graph against what tests really run; writes docs/accuracy.md (ARGS="--python python3.12").
	$(python) tests/accuracy/accuracy.py $(ARGS)

boundaries: $(stamp) ## Score the clustering against truth; writes docs/boundaries.md (ARGS="BENCH PREPARED").
	$(python) tests/bench/boundaries.py $(ARGS)

names: $(stamp) ## Compare the names of services with those that humans gave them (ARGS="BENCH PREPARED").
	$(python) tests/bench/names.py $(ARGS)

refactoring: $(stamp) ## Refactor programs and see what a second run keeps of the first proposal (ARGS="BENCH PREPARED").
	$(python) tests/bench/refactoring.py $(ARGS)

pictures: $(stamp) ## Renew what README.md shows of a run, words and pictures (needs Chromium).
	$(python) docs/pictures.py

dist: $(stamp) ## Build the wheel and the source distribution into dist/.
	$(python) -m hatchling build

wheel: $(stamp) ## Build the wheel alone.
	$(python) -m hatchling build --target wheel

clean: ## Remove what the targets above have made, .venv included.
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache decompose-out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
