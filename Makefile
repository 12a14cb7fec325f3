# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
OUT := out

.PHONY: help setup demo test coverage fmt lint types imports drift protos lock check model localnet chaos bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: .venv/.complete ## make .venv with everything the other targets need

.venv/.complete: pyproject.toml requirements.lock tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh

demo: setup ## run both scenarios on seven super nodes; results under out/demo
	$(BIN)/wattdag demo --scenario paper --network 7 --out "$(OUT)/demo/paper"
	$(BIN)/wattdag demo --scenario microgrid --network 7 --out "$(OUT)/demo"

test: setup ## run the tests
	$(BIN)/python -m pytest -n auto

coverage: setup ## run the tests and measure which code they reach
	$(BIN)/python -m pytest -n auto --cov --cov-report=term --cov-report=html:$(OUT)/coverage

fmt: setup ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup ## check format and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## check types, strictly
	$(BIN)/mypy

imports: setup ## check which way imports point
	$(BIN)/lint-imports

protos: setup ## generate protos/**/*_pb2.py from the .proto files
	$(BIN)/python tools/generate_protos.py

drift: setup ## check that the generated code is what the .proto files say
	$(BIN)/python tools/generate_protos.py --check

check: lint types imports drift ## everything but the tests

lock: setup ## resolve the dependencies again into requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --upgrade --custom-compile-command "make lock" pyproject.toml -o requirements.lock

model: setup ## check the model of the commit rule (needs spin)
	sh tools/check_model.sh

localnet: setup ## run four validators on this machine until Ctrl-C
	$(BIN)/wattdag localnet run --validators 4

chaos: setup ## break a network of seven on purpose for two minutes, and check that it keeps its word
	$(BIN)/wattdag chaos --seed 1 --minutes 2

bench: setup ## measure execution against this machine's signature limit
	$(BIN)/wattdag bench execute

clean: ## remove what the other targets made
	rm -rf .venv $(OUT) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
