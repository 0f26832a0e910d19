# make test   every test once, and those of concurrent code under the race detector; installs what it needs
# make check  static analysis, formatting, prose, licences, the Windows build, nested modules
# make demo   build nscheck, scan the embedded estate, write report files
# make bench  measure evaluating estates of up to a million clients, compared with opa eval and conftest
# make bench-collect  measure collecting from estates of up to a million clients
# make pictures  draw the pictures of the README from the demo; needs Chromium and, for
#             the same result everywhere, the fonts Inter and JetBrains Mono
# make search-gate  try every edit of the demo estate on the gate, and SEARCH_PAIRS pairs of edits
# make law    take every value away from the demo, from the worked examples and from LAW_ESTATES estates
# make mutate change the meaning of the built-in rules, place by place; a test or a worked example must fail
#             each time (MUTATE_FLAGS: -run RULE-OR-FILE, -sample N -seed N, -v)
# make golden refresh golden files and generated files

GO  ?= go
BIN := bin/nscheck
OUT := bin/demo

.PHONY: build demo test check setup rules format vet check-rules windows modules licences prose \
	bench bench-programs bench-collect search-gate law mutate golden pictures clean

build:
	$(GO) build -o $(BIN) ./cmd/nscheck

# The demo estate has faults on purpose: exit status 1 means that nscheck found
# them. Any other status fails.
demo: build
	@mkdir -p $(OUT)
	@$(BIN) scan --demo -f table -f table=$(OUT)/report.txt -f json=$(OUT)/result.json -f html=$(OUT)/report.html; \
	status=$$?; \
	echo; echo "Wrote $(OUT)/report.txt, $(OUT)/report.html and $(OUT)/result.json (exit status $$status)."; \
	test $$status -eq 1

# internal/testrun shows progress and prints the counts as its last line. The tests
# that run under the race detector are listed in internal/testrun/race.txt.
test: setup rules
	@GO="$(GO)" $(GO) run ./internal/testrun

check: format vet check-rules prose licences windows modules
	@echo "make check: passed"

# Two foreign clients check the protocol double of SQL Server: tsql of FreeTDS
# and tedious. Chromium checks the page of -f html. Without them the tests that
# need them are skipped; in CI they fail.
TEDIOUS := internal/tdstest/testdata/tedious

setup:
	@missing=; \
	command -v tsql >/dev/null 2>&1 || missing="$$missing freetds-bin"; \
	command -v "$${NSCHECK_CHROMIUM:-chromium}" >/dev/null 2>&1 || missing="$$missing chromium"; \
	[ -z "$$missing" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
		echo "installing$$missing" && apt-get update -qq >/dev/null && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || true
	@[ $(TEDIOUS)/node_modules/.package-lock.json -nt $(TEDIOUS)/package-lock.json ] || ! command -v npm >/dev/null 2>&1 || \
		{ echo "installing tedious" && npm ci --prefix $(TEDIOUS) --silent --no-audit --no-fund --ignore-scripts; }

# The rule packs under the stock opa command; --bundle ignores worked examples.
rules:
	$(GO) tool opa test --bundle --coverage --threshold 100 policies >/dev/null
	$(GO) tool opa test --bundle --coverage --threshold 100 examples >/dev/null

# The example pack has parameters of its own, and so a schema of them.
SCHEMAS := bin/schemas

check-rules:
	$(GO) tool opa fmt --diff --fail policies examples
	$(GO) tool opa check --bundle --strict --schema policies/schemas policies
	@mkdir -p $(SCHEMAS)
	@cp policies/schemas/*.json $(SCHEMAS)
	@cp examples/schemas/params.json $(SCHEMAS)
	$(GO) tool opa check --bundle --strict --schema $(SCHEMAS) examples

format:
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-clean:"; echo "$$unformatted"; exit 1; fi
	$(GO) mod tidy -diff

vet:
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# Patterns of prose that readers stumble over, with what to write instead.
prose:
	$(GO) run ./internal/prose

# Every module that is linked into nscheck has a licence that permits to pass it on.
licences:
	$(GO) run ./internal/licences

windows:
	GOOS=windows $(GO) build ./...
	GOOS=windows $(GO) vet ./...

# Modules below the root one: vet and tests, the latter under the race detector. One
# that only pins programs has no Go files.
modules:
	@for mod in $$(git ls-files '*/go.mod'); do \
		dir=$${mod%/go.mod}; \
		[ -n "$$(git ls-files "$$dir/*.go")" ] || continue; \
		echo "module $$dir"; \
		(cd $$dir && $(GO) mod tidy -diff && $(GO) vet ./... && $(GO) test -vet=off -race -short -timeout 30m ./...) || exit 1; \
	done

# The programs that nscheck is compared with have a go.mod of their own: conftest
# alone needs several hundred modules. BENCH_FLAGS are those of internal/bench, such as
# -write docs/performance.md.
BENCH_VIOLATING ?= 5

bench: build bench-programs
	$(GO) run ./internal/bench -clients "$(or $(BENCH_CLIENTS),1000 10000 100000 1000000)" \
		-violating $(BENCH_VIOLATING) $(BENCH_FLAGS)

bench-programs:
	$(GO) build -o bin/ ./internal/bench/floor ./internal/bench/launch
	cd internal/bench/tools && $(GO) build -o ../../../bin/ \
		github.com/open-policy-agent/opa github.com/open-policy-agent/conftest

# Takes a quarter of an hour and three gigabytes for temporary files.
bench-collect:
	$(GO) test ./collector/cmdb -run '^TestScale$$' -timeout 2h -count 1 -v -args -scale $(or $(BENCH_CLIENTS),1000000)

# The law of missing data: data that is taken away never turns a finding into a pass, nor a
# pass into a finding. make test tries a part of it.
law:
	$(GO) test ./evaluator -run '^TestLaw' -timeout 6h -count 1 -v -args -estates $(or $(LAW_ESTATES),100)

# Takes half an hour; prints the number of edits and each wrong answer. make test tries
# a few edits of each kind.
search-gate:
	$(GO) test ./evaluator/compare -run '^TestGateSearch$$' -timeout 6h -count 1 -v -args -gate-edits $(or $(SEARCH_PAIRS),2000)

# Takes two minutes of processor time. A sample is tried by make test.
mutate:
	$(GO) run ./internal/mutate $(MUTATE_FLAGS)

golden:
	$(GO) generate ./...
	UPDATE_GOLDEN=1 $(GO) test ./...

# fonts-inter and fonts-jetbrains-mono are the Debian packages of the fonts.
pictures: build
	@mkdir -p $(OUT)
	$(BIN) collect --demo -o $(OUT)/pictures.jsonl
	$(GO) run ./internal/pictures -snapshot $(OUT)/pictures.jsonl

clean:
	rm -rf bin
