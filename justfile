# The commands live in .ci/run, so that CI and a machine without just call the same ones: `just lint` is `bash .ci/run lint`.

# List the recipes.
default:
    @just --list

# All that CI runs, with the time of each step; it stops at the first failure.
ci:
    bash .ci/run

# The layout of the code; `cargo fmt --all` repairs it.
fmt:
    bash .ci/run fmt

# Leftovers, machine paths, files that grew too long.
tidy:
    bash .ci/run tidy

# Banned crates, licences and sources by the lists of deny.toml, without another tool.
supply:
    bash .ci/run supply

# All of deny.toml, with cargo-deny; builds it first if it is missing, which takes minutes. Not part of `ci`.
deny:
    bash .ci/run deny

# How many crates a user of each library compiles.
crates:
    bash .ci/run crates

# Clippy for default, no and all features; a warning is an error.
lint:
    bash .ci/run lint

# Clippy for fuzz/ and benches/peers, which are workspaces of their own and build hundreds of crates. Not part of `ci`.
lint-beside:
    bash .ci/run lint-beside

# The oldest Rust we promise.
msrv:
    bash .ci/run msrv

# The documentation; a warning, such as a broken link, is an error.
doc:
    bash .ci/run doc

# Each feature of each library crate, alone: it compiles, and where it brings code of its own, its tests pass.
features:
    bash .ci/run features

# Run every example.
examples:
    bash .ci/run examples

# All tests, those in the documentation too, for default, no and all features.
test:
    bash .ci/run test

# A model checker over the cache's shell: every interleaving, up to three preemptions.
loom:
    bash .ci/run loom

# The same models under another checker, which has no limit of preemptions and tries 20,000 random schedules of each.
shuttle:
    bash .ci/run shuttle

# A million of each; some minutes. Not part of `ci`.
shuttle-full:
    bash .ci/run shuttle-full
# Every parser and the engine under libFuzzer, 30 s a target and two at a time; `just fuzz 600 ini url` for longer, and for some.
fuzz SECONDS="30" *TARGETS:
    FUZZ_SECONDS={{SECONDS}} FUZZ_TARGETS="{{TARGETS}}" bash .ci/run fuzz
# Every place where a secret could be seen, as it is and with ten leaks planted, with the counts. `test` runs the same in silence.
canary:
    bash .ci/run canary

# 100,000 random sequences of events through the rules and through the engine, or as many as CASES says. Not part of `ci`.
proptest:
    bash .ci/run proptest

# What loom, shuttle, proptest and the cancellations try in their short forms, with counts. Its parts are in `ci`.
concurrency:
    bash .ci/run concurrency

# Break each rule on purpose, or those that these cases hold, and see them go red; twenty minutes. Not part of `ci`.
mutants *CASES:
    bash .ci/run mutants {{CASES}}

# Plant bugs of concurrency, or those whose names have these words, and print what catches each; some minutes. Not part of `ci`.
seeded *WORDS:
    bash .ci/run seeded {{WORDS}}

# Our readers of .env and INI files beside Python's, on 2,000 generated files each. Needs Python. Not part of `ci`.
oracle:
    bash .ci/run oracle

# What `authctl export` prints, evaluated by real bash and fish, which it installs. Not part of `ci`.
shells:
    bash .ci/run shells

# `authctl credential-helper git`, asked by the real git, which it installs. Not part of `ci`.
git:
    bash .ci/run git

# The README of auth-cli as written, every block, with real shells and curl, which it installs. Not part of `ci`.
walkthrough:
    bash .ci/run walkthrough

# A page, its token from a broker, a record of the vault; and a stranger's page, which gets nothing. In Chromium, which it installs.
# The screenshots are in target/browser. Not part of `ci`.
browser:
    bash .ci/run browser

# Our sources against npm's oidc-provider and PyPI's Authlib, on loopback and behind nginx with TLS: each flow 20 times, or as often as
# the argument says; with `plants`, what is broken on purpose is noticed. Installs the servers.
interop *TIMES:
    bash .ci/run interop {{TIMES}}

# docs/reference/{environment,authctl}.md anew, from what the code looks up and parses. Tests fail when they are behind.
reference:
    bash .ci/run reference

# What a hit costs, in instructions and allocations, against a static header; a higher cost is an error. Installs valgrind.
cost:
    bash .ci/run cost

# Every figure of docs/PERFORMANCE.md, which it rewrites; some minutes. Not part of `ci`.
bench:
    bash .ci/run bench

# Ours beside everybody else who keeps tokens: "Beside its peers" in docs/PERFORMANCE.md, which it rewrites; fails with the line
# that does not hold. Builds hundreds of crates. Not part of `ci`.
bench-peers:
    bash .ci/run bench-peers

# What each of those brings, in crates, seconds and bytes; builds each from nothing. Not part of `ci`.
bench-peers-weight:
    bash .ci/run bench-peers-weight

# `authctl proxy` beside nginx, and its memory: "The proxy" in docs/PERFORMANCE.md, which it rewrites. Not part of `ci`.
proxy:
    bash .ci/run proxy

# Everything that can go wrong, by name, over three front ends; and what was lost, let in, leaked or fetched too often.
proof *NAMES:
    bash .ci/run proof {{NAMES}}

# Many requests, tenants, revocations and authenticators; the short form, as CI runs it.
load:
    bash .ci/run load

# All of it, optimised: a million requests in the process, 200,000 over sockets of each front end. Not part of `ci`.
load-whole:
    bash .ci/run load-whole

# Half an hour of everyday life: memory, descriptors and tasks do not grow. Not part of `ci`.
soak:
    bash .ci/run soak

# Advisories for what this workspace and fuzz/ build. Needs cargo-deny and a network. Not part of `ci`.
advisories:
    bash .ci/run advisories

# Whether the public API breaks programs written for the last release; builds cargo-semver-checks. Not part of `ci`.
semver:
    bash .ci/run semver

# The lines of auth-core that no test reaches, and whether that is under 10 of 100; builds cargo-llvm-cov, and installs LLVM's own
# programs. Some minutes. Not part of `ci`.
coverage:
    bash .ci/run coverage

# cargo-mutants on cache, authenticator, origins and exchange. Hours; `just mutations --shard 0/8` takes an eighth. Not part of `ci`.
mutations *arguments:
    bash .ci/run mutations {{arguments}}
