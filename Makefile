# make demo   build nscheck, scan the embedded estate, write report files
# make test   everything: formatting, vet, static analysis, rules, tests
# make bench  measure judging estates of up to a million clients, beside opa eval and conftest
# make bench-collect  measure collecting from estates of up to a million clients
# make pictures  draw the pictures of the README from the demo; needs Chromium and, to be
#             the same everywhere, the fonts Inter and JetBrains Mono
# make search-gate  try every edit of the demo estate on the gate, and SEARCH_PAIRS pairs of edits
# make law    take everything away from the demo, from every worked example and from LAW_ESTATES estates
# make mutate change the meaning of the built-in rules, place by place; a test or a worked example must fail
#             each time (MUTATE_FLAGS: -run RULE-OR-FILE, -sample N -seed N, -v)
# make golden refresh golden files and generated files

GO  ?= go
BIN := bin/nscheck
OUT := bin/demo

.PHONY: build demo test format vet rules clients unit bench bench-programs bench-collect search-gate law mutate golden pictures clean

build:
	$(GO) build -o $(BIN) ./cmd/nscheck

# The demo estate is broken on purpose: exit status 1 means that nscheck found
# it out. Any other status fails.
demo: build
	@mkdir -p $(OUT)
	@$(BIN) scan --demo -f table -f table=$(OUT)/report.txt -f json=$(OUT)/result.json -f html=$(OUT)/report.html; \
	status=$$?; \
	echo; echo "Wrote $(OUT)/report.txt, $(OUT)/report.html and $(OUT)/result.json (exit status $$status)."; \
	test $$status -eq 1

test: format vet rules clients unit

format:
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-clean:"; echo "$$unformatted"; exit 1; fi
	$(GO) mod tidy -diff

vet:
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	GOOS=windows $(GO) build ./...
	GOOS=windows $(GO) vet ./...

# The rule packs under the stock opa command; --bundle leaves worked examples alone.
# The examples have parameters of their own, and so a schema of them.
SCHEMAS := bin/schemas

rules:
	$(GO) tool opa fmt --diff --fail policies examples
	$(GO) tool opa check --bundle --strict --schema policies/schemas policies
	$(GO) tool opa test --bundle --coverage --threshold 100 policies >/dev/null
	@mkdir -p $(SCHEMAS)
	@cp policies/schemas/*.json $(SCHEMAS)
	@cp examples/schemas/params.json $(SCHEMAS)
	$(GO) tool opa check --bundle --strict --schema $(SCHEMAS) examples
	$(GO) tool opa test --bundle --coverage --threshold 100 examples >/dev/null

# Two foreign clients prove the protocol double of SQL Server: tsql of FreeTDS
# and tedious. Chromium proves the page of -f html. Without them the tests that
# need them are skipped, and fail in CI.
TEDIOUS := internal/tdstest/testdata/tedious

clients:
	@missing=; \
	command -v tsql >/dev/null 2>&1 || missing="$$missing freetds-bin"; \
	command -v "$${NSCHECK_CHROMIUM:-chromium}" >/dev/null 2>&1 || missing="$$missing chromium"; \
	[ -z "$$missing" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
		apt-get update -qq >/dev/null && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || true
	@[ $(TEDIOUS)/node_modules/.package-lock.json -nt $(TEDIOUS)/package-lock.json ] || ! command -v npm >/dev/null 2>&1 || \
		npm ci --prefix $(TEDIOUS) --silent --no-audit --no-fund --ignore-scripts

# The race detector looks at packages that have goroutines, channels or locks: the
# tests of all would take twice as long. SQLite is C translated to Go; it is many
# times slower under it and has no goroutines of its own, so it goes without.
RACE := -race -gcflags=modernc.org/...=-race=false
RACED := $(GO) list $$(git grep --untracked -lE '^\s+go |\.Go\(|sync\.(RW)?Mutex|<-' -- '*.go' ':!*_test.go' | sed 's|[^/]*$$||; s|^|./|' | sort -u)

# So do tests of these packages that start nscheck as a program, or go through many
# rules or much data one after the other: what they call is raced by other tests.
UNRACED := ^Test(Law.*|GateSearch|WaysAgreeWithTheModel|UnblocksIsWhatTheFixUnblocks|Scripts|CustomRulesPage|AdminPage|Pipelines|EditorsCommands|StockOPA.*|BuiltinRules.*|Mutate_.*|WorkedExamplesOfEveryCase|ExamplePack.*|DemoFormats|PlantedFaults|Compare.*|LineOfAGigabyte|Held|DifferentialDemo|SameBytes|SameAsDemo|Signals|TenMegabyteStrings|HundredThousandRows|Trying.*|Limits|Releases|Reads|SourcesStayApart)$$

# -short takes fewer random estates; all of them are judged without -race. There is
# no need to vet again.
unit:
	$(GO) test $(RACE) -vet=off -short -timeout 30m -skip '$(UNRACED)' $$($(RACED))
	$(GO) test -vet=off -timeout 30m -run '^TestDifferential|$(UNRACED)' $$($(RACED))
	$(GO) test -vet=off $$($(GO) list ./... | grep -vxF "$$($(RACED))")

# What nscheck is measured beside has a go.mod of its own: conftest alone needs
# several hundred modules. BENCH_FLAGS are those of internal/bench, such as
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

# The law of missing data: what is taken away never acquits and never convicts. A part
# of it is tried by make test.
law:
	$(GO) test ./evaluator -run '^TestLaw' -timeout 6h -count 1 -v -args -estates $(or $(LAW_ESTATES),100)

# Takes half an hour; tells how many edits were tried, and each wrong answer. A few
# edits of each kind are tried by make test.
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
