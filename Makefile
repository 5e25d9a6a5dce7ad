# Everything one does with ChatLab from a checkout. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# `make run` and `make test` use one profile and one folder, so whoever ran one has built the other.
# PROFILE=release makes run and class use what `make build` makes.
PROFILE ?= dev
TARGET := $(or $(CARGO_TARGET_DIR),target)
BINARY := $(TARGET)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))/chatlab

PACKAGES := frontend/node_modules/.installed
PAGE := frontend/dist/index.html
# Folders are listed too: a file that was deleted changes only its folder.
PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/build -not -name '*.test.ts*' 2>/dev/null) \
	$(wildcard frontend/index.html frontend/vite.config.ts frontend/tsconfig*.json)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name words; do \
		printf '  make %-8s %s\n' "$$name" "$$words"; done

.PHONY: run
run: binary ## Build what has changed and start ChatLab
	@exec scripts/run $(BINARY)

.PHONY: class
class: binary ## The same for a classroom: every device in the network can open it
	@HOST=0.0.0.0 exec scripts/run $(BINARY)

.PHONY: dev
dev: binary ## The server, and the page with hot reload in front of it
	@exec scripts/dev $(BINARY)

.PHONY: test
test: tools ## All tests: page, server, browser
	@scripts/test-tools
	@$(MAKE) --no-print-directory binary
	cd frontend && npm test
	scripts/test-server
	scripts/test-browser $(BINARY)

.PHONY: fuzz
fuzz: binary ## 200,000 mutated requests, 1,000,000 mutated frames (FUZZ_SEED=... repeats a run)
	FUZZ_REQUESTS=$${FUZZ_REQUESTS:-200000} FUZZ_FRAMES=$${FUZZ_FRAMES:-1000000} \
		cargo test --test api mutations:: -- --nocapture

.PHONY: check
check: page ## All linters
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cd frontend && npm run typecheck && npm run lint
	@if command -v shellcheck >/dev/null; then shellcheck -x scripts/* .ci/run; \
	else echo "Left out: the scripts' lint (apt-get install shellcheck)"; fi

.PHONY: audit
audit: $(PACKAGES) ## Licences and known weaknesses of all dependencies (asks the network)
	cargo deny check
	cd frontend && npm audit

.PHONY: bench
bench: page ## The benchmarks, release build (ONLY=latency,fanout for some of them)
	@scripts/bench-peers $(abspath $(TARGET))/bench-peers
	BENCH_PEERS=$(abspath $(TARGET))/bench-peers ONLY=$(ONLY) scripts/with-postgres cargo bench --locked --bench classroom

.PHONY: build
build: page ## The one binary for production: target/release/chatlab
	cargo build --release --locked

# The pieces.

.PHONY: tools
tools:
	@scripts/check-tools

.PHONY: page
page: $(PAGE)

.PHONY: binary
binary: page
	cargo build --profile $(PROFILE)

$(PACKAGES): frontend/package-lock.json frontend/package.json | tools
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(PAGE): $(PAGE_SOURCES) $(PACKAGES)
	cd frontend && npm run build
