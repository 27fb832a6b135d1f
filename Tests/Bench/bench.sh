#!/usr/bin/env bash
# bench.sh SITREP SHARED: import, start, memory, search, suggestions and HTTP, most beside a peer in this one run. Quote the ratios: the
# absolute figures move with the machine. Needs gcc, libsqlite3-dev and curl; HTTP also what http.sh names.
set -euo pipefail
sitrep=$(realpath "$1") shared=$2
cd "$(dirname "$0")/../.."
for tool in gcc curl; do command -v $tool >/dev/null || { echo "bench needs $tool: apt-get install gcc libc6-dev curl"; exit 1; }; done
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
corpus=(Config/sample)
[ -d "$shared/corpus" ] && corpus=("$shared"/corpus/{allsides,reuters,wikinews}.ndjson.gz) || echo "no corpus at $shared: measuring over the sample items"
gcc -O2 -o "$work/fts5" Tests/Peers/fts5.c -lsqlite3

echo "== import: analysis, store and index together, two cores"
"$sitrep" import --data "$work/data" "${corpus[@]}" 2>/dev/null | tail -2

echo "== search: ten best, microseconds, median and 99th percentile by class; SQLite FTS5 on the same articles"
"$sitrep" bench search --data "$work/data" --write-queries "$work/queries.tsv" >"$work/mine"
"$work/fts5" "$work/data/sitrep.db" "$work/queries.tsv" 7 >"$work/peer"
grep -E '^(open_s|resident_mb)' "$work/mine"
grep build_cpu "$work/peer" | sed 's/^/FTS5 index alone: /'
awk 'FNR == NR { if (NF == 3) { median[$1] = $2; tail[$1] = $3 } next }
     $1 in median { printf "%-8s sitrep %8.1f %9.1f   FTS5 %8.1f %9.1f   ratio of medians %.3f\n", $1, median[$1], tail[$1], $2, $3, median[$1] / $2 }
     END { printf "%-8s sitrep %8.1f %9.1f\n", "all", median["all"], tail["all"] }' "$work/mine" "$work/peer"

echo "== suggestions of entities, microseconds: look-up (median, 99th percentile), then the whole answer"
"$sitrep" bench suggest --data "$work/data"

echo "== serving: start, memory at rest"
text=$(du -sb "$work/data/sitrep.db" | cut -f1)
"$sitrep" serve --data "$work/data" --listen 127.0.0.1:18181 --loops 1 >"$work/serve.log" 2>&1 & server=$!
begin=$(date +%s%N)
until [ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:18181/readyz)" = 200 ]; do :; done
echo "ready after $(( ($(date +%s%N) - begin) / 1000000 )) ms"
grep -E 'VmRSS|RssAnon' /proc/$server/status | tr -s ' \t' ' '
echo "store on disk: $text bytes"
kill $server; wait $server

if [ -f "$shared/bench/make_corpus.py" ]; then
    echo "== readers: queries per second of eight threads, alone and beside a writer of 1,000 articles a second; then the index opened"
    python3 "$shared/bench/make_corpus.py" "$work/corpus.ndjson" --times "${COPIES:-10}"
    python3 - "$shared/bench/queries.ndjson" >"$work/index.tsv" <<'PY'
import datetime, json, sys
def seconds(text): return int(datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()) if text else -1
for number, line in enumerate(open(sys.argv[1])):
    q = json.loads(line)
    print(number, q['op'], q['mode'], seconds(q['from']), seconds(q['to']), ' '.join(q['terms']), sep='\t')
PY
    "$sitrep" bench readers --work "$work/index" "$work/corpus.ndjson" "$work/index.tsv" 10
    "$sitrep" bench open --work "$work/index" "$work/index.tsv" 3
fi

Tests/Bench/http.sh "$sitrep" "$shared"
