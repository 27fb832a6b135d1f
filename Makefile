# Sitrep's commands. `make run` and `make test` need nothing but a Swift toolchain and, where Debian packages are
# missing, root (or sudo) to install them.

SHELL := /bin/bash
PACKAGES := libssl-dev zlib1g-dev libsqlite3-dev libstemmer-dev
PORT ?= 8080
DATA ?= run-data
# Where the reference data for measuring lies; what needs it is skipped, saying so, where it is absent.
SHARED ?= ../shared
# Seconds for each fuzz target; which ones, all where none is named.
FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?=
SERVER_TESTS := HTTPServerTests|HTTPWireTests|HTTPMessagesTests|TransportTests|TLSTests|TelemetryTests|FuzzTests
SITREP := .build/release/sitrep
FORMAT := --strict --recursive --parallel --configuration Config/swift-format.json Sources Tests Package.swift

.PHONY: setup build run test format lint layers quality bench bench-http fuzz sanitize clean check help

help:
	@echo "make run      install what is missing, build, import the sample items, serve on 127.0.0.1:$(PORT)"
	@echo "make test     install what is missing, build, run every test"
	@echo "make build    build .build/release/sitrep"
	@echo "make bench    time it beside its peers (make bench-http: only the server);  make quality: precision and recall"
	@echo "make fuzz     FUZZ_SECONDS (600) for each fuzz target;  make sanitize: tests of server and index, threads and memory watched"
	@echo "make check    lint, layers and tests;  make format: lay the sources out"

setup:
	@command -v swift >/dev/null || { echo "Sitrep needs the Swift toolchain 6.2 or newer (https://www.swift.org/install/linux): swift is not on the PATH"; exit 1; }
	@missing=""; for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root=""; \
	elif sudo -n true 2>/dev/null; then as_root="sudo"; \
	else echo "Sitrep needs the Debian packages$$missing, and root to install them. Run:"; \
	    echo "    sudo apt-get install$$missing"; exit 1; fi; \
	echo "installing$$missing"; \
	{ $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq $$missing >/dev/null; } || \
	    { echo "cannot install$$missing: apt-get has no network or no such package; install them by hand, then try again"; exit 1; }

build: setup
	swift build -c release --static-swift-stdlib --product sitrep

run: build
	@$(SITREP) import --data $(DATA) Config/sample
	@exec $(SITREP) serve --data $(DATA) --listen 127.0.0.1:$(PORT)

test: setup
	swift build --build-tests --explicit-target-dependency-import-check error
	swift test --skip-build

format:
	swift format --in-place $(filter-out --strict,$(FORMAT))

lint:
	swift format lint $(FORMAT)

layers: setup
	swift build --scratch-path .build/layers --explicit-target-dependency-import-check error

quality: build
	@Tests/Bench/quality.sh $(SITREP) $(SHARED)

bench: build
	@Tests/Bench/bench.sh $(SITREP) $(SHARED)

bench-http: build
	@Tests/Bench/http.sh $(SITREP) $(SHARED) $(SECTIONS)

# Each property of Tests/Fuzz with inputs that libFuzzer makes, under the address sanitizer too. Both are named in one
# flag: of two, the compiler takes the last, and without -sanitize=fuzzer nothing tells libFuzzer what an input reached.
fuzz: setup
	SITREP_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product Fuzz --sanitize fuzzer \
	    -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing
	@Tests/Fuzz/fuzz.sh .build/fuzz/release/Fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# The tests of the server, of what it is made of and of the index, under the thread sanitizer and then the address
# sanitizer. XCTest itself leaves memory behind at its end, without any test run; leaks are not looked for.
sanitize: setup
	swift build --build-tests --sanitize=thread --scratch-path .build/thread
	clang -O1 -shared -fPIC -o .build/thread/mutex.so Tests/thread-sanitizer.c
	LD_PRELOAD=$(CURDIR)/.build/thread/mutex.so \
	    swift test --skip-build --sanitize=thread --scratch-path .build/thread --filter '$(SERVER_TESTS)|SearchIndexTests'
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --scratch-path .build/address \
	    --filter '$(SERVER_TESTS)|SearchIndexTests'

check: lint test

clean:
	rm -rf .build
