#!/usr/bin/env bash
# `make run` as a new user meets it: it serves, answers the lines it prints, survives kill -9, and says so when the port
# is taken. Needs curl.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v curl >/dev/null || { echo "the smoke test needs curl: apt-get install curl"; exit 1; }
port=${PORT:-18080}
work=$(mktemp -d)
server=0
cleanup() { [ "$server" = 0 ] || kill "$server" 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
fail() { echo "smoke: $1"; cat "$work"/*.log 2>/dev/null || true; exit 1; }
wait_ready() {
    for _ in $(seq 200); do
        [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/readyz")" = 200 ] && return 0
        read -rt 0.1 <> <(:) || true
    done
    fail "not ready after 20 s"
}
expect() { # expect STATUS PATTERN CURL-ARGUMENTS…
    local status=$1 pattern=$2; shift 2
    local answer; answer=$(curl -s -w '\n%{http_code}' "$@") || fail "curl $*"
    [ "${answer##*$'\n'}" = "$status" ] || fail "expected $status of curl $*: $answer"
    grep -q -- "$pattern" <<<"$answer" || fail "expected $pattern of curl $*: $answer"
}

make run PORT="$port" DATA="$work/data" >"$work/run.log" 2>&1 & server=$!
wait_ready
pid=
for process in /proc/[0-9]*; do
    # The server itself, not the make and the shell around it: its first word is the program.
    words=$(tr '\0' ' ' <"$process/cmdline" 2>/dev/null || true)
    [[ $words == *release/sitrep\ serve\ --data\ "$work/data"* && $words != make* && $words != *sh\ -c* ]] && pid=${process#/proc/}
done
[ -n "$pid" ] || fail "the server's process is not found"
grep -q "http://127.0.0.1:$port/" "$work/run.log" || fail "make run prints no line to click"
lines=$(grep -o 'curl .*' "$work/run.log" || true)
[ "$(wc -l <<<"$lines")" -ge 3 ] || fail "make run prints fewer than three curl lines"
while read -r line; do bash -c "$line -sf" >/dev/null || fail "the printed line fails: $line"; done <<<"$lines"

base="http://127.0.0.1:$port"
expect 200 '"status":"ok"' "$base/healthz"
expect 200 '"total":' "$base/v1/articles?q=treaty&limit=3"
expect 400 '"unknown-parameter"' "$base/v1/articles?qq=treaty"
expect 404 '"not-found"' "$base/v1/articles/no-such-article"
expect 401 'problem' -X POST -d '{"title":"t"}' -H 'Content-Type: application/json' "$base/v1/articles"
key=$(.build/release/sitrep key create --data "$work/data" --scope ingest | tail -1)
expect 200 '"created"' -X POST -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
    -d '{"id":"smoke-1","title":"Smoke rises over Geneva","body":"Envoys met in Geneva."}' "$base/v1/articles?refresh=wait"
expect 400 '"offset"' -X POST -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d '{"title":' "$base/v1/articles"

# A second server on the same port says so.
.build/release/sitrep serve --data "$work/other" --listen "127.0.0.1:$port" >"$work/taken.log" 2>&1 && fail "a taken port is not noticed"
grep -q "$port" "$work/taken.log" || fail "a taken port is not named"

kill -9 "$pid"; wait "$server" 2>/dev/null || true
.build/release/sitrep serve --data "$work/data" --listen "127.0.0.1:$port" >"$work/again.log" 2>&1 & server=$!
wait_ready
expect 200 'Smoke rises' "$base/v1/articles/smoke-1"
kill -TERM "$server"; wait "$server" || fail "SIGTERM does not end it with 0"
server=0
.build/release/sitrep verify --data "$work/data" || fail "verify finds a fault"
if .build/release/sitrep import --data "$work/data" Tests/Vectors/bad.ndjson >"$work/bad.log" 2>&1; then fail "a bad line is not told by the exit status"; fi
grep -q 'bad.ndjson:2' "$work/bad.log" || fail "a bad line is not named"
echo "smoke: 14 checks hold"
