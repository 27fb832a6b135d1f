#!/usr/bin/env bash
# bench.sh SITREP SHARED: import, start, memory, search and HTTP, each beside a peer in this one run. Quote the ratios: the
# absolute figures move with the machine. Needs gcc, libsqlite3-dev, curl and wrk (apt-get install gcc libc6-dev curl wrk).
set -euo pipefail
sitrep=$(realpath "$1") shared=$2
cd "$(dirname "$0")/../.."
for tool in gcc curl wrk taskset; do command -v $tool >/dev/null || { echo "bench needs $tool: apt-get install gcc libc6-dev curl wrk util-linux"; exit 1; }; done
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
corpus=(Config/sample)
[ -d "$shared/corpus" ] && corpus=("$shared"/corpus/{allsides,reuters,wikinews}.ndjson.gz) || echo "no corpus at $shared: measuring over the sample items"
gcc -O2 -o "$work/fts5" Tests/Peers/fts5.c -lsqlite3
gcc -O2 -o "$work/epoll" Tests/Peers/epoll.c

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

echo "== serving: start, memory at rest"
text=$(du -sb "$work/data/sitrep.db" | cut -f1)
"$sitrep" serve --data "$work/data" --listen 127.0.0.1:18181 --loops 1 >"$work/serve.log" 2>&1 & server=$!
begin=$(date +%s%N)
until [ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:18181/readyz)" = 200 ]; do :; done
echo "ready after $(( ($(date +%s%N) - begin) / 1000000 )) ms"
grep -E 'VmRSS|RssAnon' /proc/$server/status | tr -s ' \t' ' '
echo "store on disk: $text bytes"

echo "== /healthz at 64 keep-alive connections, one core for the server and one for wrk; a plain C epoll loop beside it"
"$work/epoll" 18182 >/dev/null & peer=$!
taskset -a -c -p 0 $server >/dev/null; taskset -a -c -p 0 $peer >/dev/null
cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
rate() { # rate NAME PID PORT: requests a second and a CPU second
    local before after log
    wrk -t1 -c64 -d1s "http://127.0.0.1:$3/healthz" >/dev/null
    before=$(cpu "$2"); log=$(taskset -c 1 wrk -t1 -c64 -d5s "http://127.0.0.1:$3/healthz"); after=$(cpu "$2")
    awk -v name="$1" -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" \
        '/requests in/ { n = $1 } /Requests\/sec/ { r = $2 } END { printf "%s %.0f %.0f\n", name, r, n / (ticks / hz) }' <<<"$log"
}
for round in 1 2 3; do rate epoll $peer 18182; rate sitrep $server 18181; done | tee "$work/rates" |
    awk '{ printf "%-7s %9d requests/s %9d requests per CPU second\n", $1, $2, $3 }'
awk '{ rate[$1] = rate[$1] < $2 ? $2 : rate[$1]; per[$1] = per[$1] < $3 ? $3 : per[$1] }
     END { printf "ratio to the C loop, best of three: %.2f by requests/s, %.2f by requests per CPU second\n", rate["sitrep"] / rate["epoll"], per["sitrep"] / per["epoll"] }' "$work/rates"
