# getin's house work. "make help" lists the targets; each is explained above it.
# A recipe line is a shell of its own; bash, because the lab's scripts are bash.
SHELL := /bin/bash

PREFIX ?= /usr/local
FUZZTIME ?= 30s
SOAKCOUNT ?= 20
SOAKTIME ?= 1h

# Tools that are run and never depended on: go.mod stays clean.
GOFUMPT := go run mvdan.cc/gofumpt@v0.12.0
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

LAB := client/authtest/lab
LAB_SERVERS := apache kerberos nginx lighttpd squid faulty keyring registry oidc
LAB_TESTS := ./client/authtest/labtest ./store/keyring
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

# The goals are ratios to curl on the same machine, or to getin itself with less to remember; client/authtest/bench/PERF.md
# says where each comes from.
BENCH_SECTIONS := startup startup-tls startup-roots http-file https-file trips realms recall
BENCH_GOALS := startup.wall=0.6,startup-tls.wall=0.6,startup-roots.wall=0.5,http-file.wall=0.65,http-file.cpu=0.65,https-file.wall=1.0,digest.trips=201,realms.cpu=10,recall.wall=1.1

.PHONY: build install demo test test-lab check fmt vet staticcheck race cross guards fuzz soak bench clean help

# One static file: no C library, no build path in it, no symbol table.
build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o getin .

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 getin "$(DESTDIR)$(PREFIX)/bin/getin"

# A page that asks for a password, fetched twice: once with the prompt, once in silence.
demo: build
	go run ./client/authtest/demo ./getin

# Needs nothing but Go: no package, no root, no network beyond loopback.
test:
	go test ./...

# Real servers and a real keyring; installs their Debian packages when run as root.
test-lab: build
	@set -e; trap '$(LAB)/down' EXIT; env=$$($(LAB)/up $(LAB_SERVERS)); . "$$env"; \
	GETIN_LAB=1 GETIN_BINARY="$(CURDIR)/getin" go test -count=1 $(LAB_TESTS)

# What a change must pass. The corpora of the fuzz tests run as part of the tests.
check: fmt vet staticcheck race cross

fmt:
	@files=$$($(GOFUMPT) -l .); test -z "$$files" || { echo "not gofumpt's format:"; echo "$$files"; exit 1; }

vet:
	go vet ./...

staticcheck:
	$(STATICCHECK) ./...

# The race detector is the one thing here that needs a C compiler. By default it
# holds every program that ends for a second, and the tests start hundreds.
RACE := GORACE=atexit_sleep_ms=20 go test -race

race:
	@command -v $${CC:-gcc} >/dev/null || { echo "installing gcc for the race detector" && \
	apt-get -qq update && apt-get -qq install -y --no-install-recommends gcc libc6-dev >/dev/null; }
	$(RACE) ./...

cross:
	@set -e; for p in $(PLATFORMS); do echo "building for $$p"; \
	GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0 go build -o /dev/null .; done

# Takes each security rule's guard out of a copy and demands that its test fails.
guards:
	go run ./client/authtest/guards

# Every fuzz target in turn, FUZZTIME each.
fuzz:
	@set -e; for pkg in $$(go list ./...); do \
	for f in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do echo "$$pkg $$f"; \
	go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$pkg; done; done

# What many do at once, again and again under the race detector; ten GiB in flat
# memory; an hour of broken responses.
soak:
	$(RACE) -count=$(SOAKCOUNT) -run 'R11|Parallel|Processes|Lock|Killed|Crash|Nonce' ./...
	GETIN_SOAK=1 go test -count=1 -v -run Soak ./client/cli
	go test -run '^$$' -fuzz '^FuzzResponse$$' -fuzztime $(SOAKTIME) ./client/h1

# Against curl and wget2, side by side; exits 1 when a goal is missed. Needs root for its packages.
bench: build
	client/authtest/bench/bench.sh -g "$(BENCH_GOALS)" ./getin $(BENCH_SECTIONS)

clean:
	rm -f getin
	go clean -testcache

help:
	@echo "build      ./getin, one static file"
	@echo "install    into PREFIX ($(PREFIX))"
	@echo "demo       a page behind a password, fetched with the prompt and then in silence"
	@echo "test       every test that needs nothing but Go"
	@echo "test-lab   against Apache, nginx, lighttpd, squid, MIT Kerberos and a real keyring (Debian; root for packages)"
	@echo "check      format, vet, staticcheck, race detector, six platforms"
	@echo "guards     every security rule's guard is taken out once and must be missed"
	@echo "fuzz       every fuzz target, FUZZTIME ($(FUZZTIME)) each"
	@echo "soak       the concurrent tests, SOAKCOUNT ($(SOAKCOUNT)) times with the race detector"
	@echo "bench      speed against curl and wget2, with goals"
	@echo "clean      removes what build made"
