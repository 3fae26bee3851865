# Needs Go. `make test` and `make check` do more where Python, a JDK with Maven and a C compiler are at hand, and must
# with CI=true.

# What the functions are built with. `go build` and `sam build` both read it from GOFLAGS. Without the build's commit in
# it, a binary changes only when its code does, and a deployment leaves the other functions alone.
FUNCTION_FLAGS := -tags=lambda.norpc -trimpath -buildvcs=false "-ldflags=-s -w"
for_functions = GOFLAGS="$$(go env GOFLAGS) "'$(FUNCTION_FLAGS)' CGO_ENABLED=0

GOLANGCI_LINT := v2.15.0
GOVULNCHECK   := v1.8.0

FUZZTIME ?= 10s
ARGS     ?=

# Everything that is downloaded or written goes here; git ignores it.
LOCAL  := .local
BIN    := $(abspath $(LOCAL)/bin)
PYTHON := $(abspath $(LOCAL)/venv/bin/python)
DYNAMO := $(abspath $(LOCAL)/dynamodb-local)
SAM    := $(shell command -v sam || echo $(LOCAL)/sam/bin/sam)

export SAM_CLI_TELEMETRY := 0

# What is built for the machine itself, in Go's and in Lambda's words.
HOST_ARCH      := $(shell go env GOHOSTARCH)
SAM_ARCH_amd64 := x86_64
SAM_ARCH_arm64 := arm64

# Compiles everything once, and then has SAM link the functions side by side: $(call build_functions,architecture,options).
# Without what is compiled first, each of SAM's compilers would compile all that the functions share.
define build_functions
	@echo "compiling for linux/$(1)"; GOOS=linux GOARCH=$(1) $(for_functions) go list -export -f '{{""}}' ./functions/...
	$(for_functions) $(SAM) build --parallel $(2)
endef

# Fails in CI, elsewhere says what was left out: $(call missing,what is not run,why)
missing = { echo "$(1) not run: $(2)"; [ "$$CI" != true ]; }

.DEFAULT_GOAL := help
.PHONY: help run run-sam test check bench fuzz openapi api-key secret doctor restore build build-local sam-local venv dynamodb-local clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run everything on this machine, without AWS (PORT=3000)
	@go build -o $(BIN)/gavel ./local && exec $(BIN)/gavel

run-sam: venv ## The same for functions that `sam local` runs in containers, with AWS emulated (needs Python)
	@go run ./local/sam serve

test: ## Run all tests, with AWS emulated (needs Python, and Java) and the race detector (a C compiler) where possible
	@if [ -z "$$GAVEL_TEST_PYTHON" ]; then \
	    if $(MAKE) -s venv; then export GAVEL_TEST_PYTHON=$(PYTHON); else $(call missing,tests against the AWS emulator,no Python for it); fi; \
	fi && \
	if [ -z "$$GAVEL_TEST_DYNAMODB" ]; then \
	    if $(MAKE) -s dynamodb-local; then export GAVEL_TEST_DYNAMODB=$(DYNAMO); else $(call missing,tests on DynamoDB Local,no JDK and Maven for it); fi; \
	fi && \
	race=-race && \
	if ! .ci/can-race; then race=; $(call missing,the race detector,no C compiler); fi && \
	set -x && go test $$race ./...

check: $(LOCAL)/bin/.golangci-lint-$(GOLANGCI_LINT) $(LOCAL)/bin/.govulncheck-$(GOVULNCHECK) ## Check format, code, go.mod, template.yaml and known vulnerabilities, and build the functions
	@echo gofmt; unformatted=$$(gofmt -l functions local shared) && if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w: $$unformatted"; exit 1; fi
	go vet ./...
	$(BIN)/golangci-lint run ./...
	go mod tidy -diff
	@if $(MAKE) -s venv; then echo cfn-lint template.yaml; $(dir $(PYTHON))cfn-lint template.yaml; else $(call missing,cfn-lint,no Python for it); fi
	@if $(MAKE) -s $(SAM); then echo sam validate --lint; $(SAM) validate --lint && $(MAKE) -s build; \
	else $(call missing,sam validate and sam build,no Python for them) && GOOS=linux GOARCH=arm64 $(for_functions) go build ./functions/...; fi
	@echo govulncheck ./...; found=$$($(BIN)/govulncheck ./... 2>&1) || case $$found in \
	    *"fetching vulnerabilities:"*) echo "govulncheck not run: vulnerability database unreachable" ;; \
	    *) echo "$$found"; exit 1 ;; \
	esac

bench: ## Measure start, call and size of every function (ARGS=-h), and the clients and the rooms beside bare requests
	@go run ./local/bench $(ARGS)
	@go test -run '^$$' -bench TenThousandBans -benchtime 1x ./local/server ./shared/jaas
	@go test -run '^$$' -bench 'Calls|ParallelBans|CreateToken' ./shared/jaas ./shared/openmeetings ./shared/veeting
	@go test -run '^$$' -bench . -benchtime 1x -timeout 20m ./local/bench/rooms

fuzz: ## Run every fuzz target for a short while (FUZZTIME=10s)
	@found=$$(go test -list '^Fuzz' ./...) && \
	echo "$$found" | awk '/^Fuzz/ { name[n++] = $$1 } /^ok/ { while (n) print $$2, name[--n] }' | \
	while read -r package name; do \
	    echo "$$package $$name"; go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$package" || exit 1; \
	done

openapi: ## Write the OpenAPI document anew
	@go run ./local/openapi

api-key: ## Make an API key and print what to store of it (ARGS='-name billing -scopes jaas')
	@go run ./local/apikey $(ARGS)

secret: ## Check a secret and put it where the functions read it (without ARGS: what there is)
	@go run ./local/secret $(ARGS)

doctor: ## Look whether all is set up right, and say what to fix (without ARGS: what there is)
	@go run ./local/doctor $(ARGS)

restore: ## Bring back what the stack's table has lost, from a restored one (without ARGS: what there is)
	@go run ./local/restore $(ARGS)

build: $(SAM) ## Build the functions for deployment; `sam deploy` follows
	$(call build_functions,arm64)

build-local: $(SAM) ## Build the functions for `sam local` on this machine
	$(call build_functions,$(HOST_ARCH),--parameter-overrides Architecture=$(SAM_ARCH_$(HOST_ARCH)) --build-dir .aws-sam/local)
	@sed 's/^    Default: arm64$$/    Default: $(SAM_ARCH_$(HOST_ARCH))/' .aws-sam/local/template.yaml >.aws-sam/local/template.new && \
	mv .aws-sam/local/template.new .aws-sam/local/template.yaml

sam-local: venv $(SAM) ## Run every sample event with `sam local invoke` (needs Docker), and compare with the answers in one process
	SAM=$(SAM) go run ./local/sam check

venv: $(LOCAL)/venv/.ready

dynamodb-local: $(DYNAMO)/.ready

clean: ## Remove all that was built or downloaded, and what the local server stored
	rm -rf $(LOCAL) .aws-sam

# A Python environment: $(call python,folder,requirements)
define python
	@command -v python3 >/dev/null || { echo "python3 is not installed"; exit 1; }
	@echo "installing $(2) in $(1)"; rm -rf $(1)
	@python3 -m venv $(1) && $(1)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(2) || { rm -rf $(1); exit 1; }
endef

$(LOCAL)/venv/.ready: .ci/requirements.txt
	$(call python,$(LOCAL)/venv,$<)
	@touch $@

$(LOCAL)/sam/bin/sam: .ci/requirements-sam.txt
	$(call python,$(LOCAL)/sam,$<)

# DynamoDB Local and what it runs on, from Maven Central.
$(DYNAMO)/.ready: .ci/dynamodb-local.pom.xml
	@command -v javac >/dev/null && command -v mvn >/dev/null || { echo "a JDK (17 or newer) and Maven are not both installed"; exit 1; }
	@echo "installing DynamoDB Local in $(DYNAMO)"; rm -rf $(DYNAMO)
	@mvn -q -B -f $< dependency:copy-dependencies -DoutputDirectory=$(DYNAMO) || { rm -rf $(DYNAMO); exit 1; }
	@touch $@

# A tool of the right version: $(call tool,name,package)
define tool
	@echo "installing $(1)"; rm -f $(LOCAL)/bin/.$(1)-*
	@said=$$(GOBIN=$(BIN) go install $(2) 2>&1) || { echo "$$said"; exit 1; }
	@touch $@
endef

$(LOCAL)/bin/.golangci-lint-$(GOLANGCI_LINT):
	$(call tool,golangci-lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT))

$(LOCAL)/bin/.govulncheck-$(GOVULNCHECK):
	$(call tool,govulncheck,golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK))
