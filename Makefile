# Every target installs what it needs (Node 24, packages) and says so when it does.
# No target needs Docker, root or a global tool but bash, make and npm.

SHELL := bash
.DEFAULT_GOAL := help

# Puts the Node that Tocsin runs on first, without asking the user to.
with_node = PATH="$$(scripts/dev/node-path):$$PATH"

.PHONY: help demo test up down seed lint fmt bench torture torture-short sim docs dev-up dev-down

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

demo: ## run Tocsin with a sample attack and show what comes of it; Ctrl-C ends it
	@./tocsin demo

test: ## install, lint, check types and dependency rules, run all tests
	@scripts/dev/test

isolation: ## ask every route 100,000 times as others, and 20,000 times with hostile input
	@TOCSIN_ISOLATION_REQUESTS=$${TOCSIN_ISOLATION_REQUESTS:-100000} \
	  TOCSIN_HOSTILE_REQUESTS=$${TOCSIN_HOSTILE_REQUESTS:-20000} \
	  scripts/dev/test tests/isolation libs/database/catalogue libs/database/isolation

schemathesis: ## ask a running product what its API document allows and forbids, some 20,000 times (needs Python)
	@$(with_node) node tests/schemathesis/run.ts

gitleaks: ## look for secrets in the whole history (needs Go, once)
	@scripts/dev/gitleaks

up: ## run Tocsin in the foreground; Ctrl-C ends it
	@./tocsin up

down: ## stop Tocsin
	@./tocsin down

seed: ## make tenant acme-corp in a running Tocsin and send it the sample
	@scripts/dev/seed-data.sh

lint: ## check format, lint, types and dependency rules
	@$(with_node) npm run --silent check

fmt: ## format the code
	@$(with_node) npm run --silent fmt

bench: ## measure: CPU per event as a multiple of JSON.parse, rates, delays
	@$(with_node) node bench/run.ts

torture: ## break the running product on purpose and compare what is kept; some faults need root
	@$(with_node) node tests/torture/run.ts

sim: ## the pipeline on a simulated machine under 10,000 seeds; a failure prints the line that shows it again
	@$(with_node) node tests/sim/pipeline/run.ts

torture-short: ## the form of it that the tests run: kills, power cuts, hostile lines, a storm; four minutes
	@$(with_node) node tests/torture/run.ts --short

bench-sigma: ## measure the Sigma engine against rsigma over the same rules and events
	@$(with_node) node bench/sigma/run.ts

bench-correlation: ## measure correlations in memory: matches a second of CPU, and what distinct values cost
	@$(with_node) node --expose-gc bench/correlation.ts

sigma-long: ## compare the Sigma index with the plain evaluator over 200,000 generated pairs and the whole mix
	@$(with_node) TOCSIN_SIGMA_RUNS=13000 npx vitest run libs/sigma/index
	@$(with_node) node libs/sigma/testing/compare-mix.ts

sigma-oracle: ## read all public Sigma rules with pySigma too and compare; needs Python
	@scripts/dev/install-pysigma
	@$(with_node) TOCSIN_SIGMA_ORACLE=whole npx vitest run libs/sigma/pysigma.test.ts

dev-up: up

dev-down: down
