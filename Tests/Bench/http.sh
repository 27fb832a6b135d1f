#!/usr/bin/env bash
# http.sh SITREP SHARED [SECTION…]: the HTTP server beside its peers, in one run. Sections, all of them if none is named:
#   small big pipe close   requests/s: /healthz; a page of about 10 KB; /healthz 16 to a write; a connection for each request
#   tls                    /healthz over TLS 1.3, beside nginx
#   latency                percentiles at half the load that the slower of C loop and Sitrep bears
#   mallocs                allocations in 10,000 requests (fails above 100)
#   idle                   memory of a silent connection (fails above 1 KiB)
#   loops                  one event loop and two, on two cores
#   slow                   answers to others while slow clients hold on
# One core for the server and one for the client; ROUNDS (3) interleaved rounds of LENGTH (5) seconds, the best of each is
# told. Quote the ratios: the absolute figures move with the machine. The peers: epoll.c, and nginx and h2o where installed.
# It measures over the sample items; SHARED is there because the other scripts take it.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set/{/^#/p}' "$0"; exit 64; }
sitrep=$(realpath "$1")
shift 2
cd "$(dirname "$0")/../.."
sections=("$@")
[ $# -gt 0 ] || sections=(small big pipe close tls latency mallocs idle loops slow)
rounds=${ROUNDS:-3} length=${LENGTH:-5} base=${PORT:-18180} failed=0
work=$(mktemp -d)
declare -A processes=() port=([c-loop]=$((base + 1)) [nginx]=$((base + 2)) [h2o]=$((base + 3)) [sitrep]=$((base + 4)))
server_cores=0 client_cores=1 threads=1
ulimit -n "$(ulimit -Hn)"

stop() { # Ends every server.
    for name in "${!processes[@]}"; do { kill -9 ${processes[$name]} && wait ${processes[$name]}; } 2>/dev/null || true; done
    processes=()
}
trap 'stop; rm -rf "$work"' EXIT
has() { command -v "$1" >/dev/null; }
needs() { # needs TOOL PACKAGE: false, saying so, where it is missing
    has "$1" || { echo "skipped: $1 is missing (apt-get install $2)"; return 1; }
}

spawn() { # spawn NAME PATH COMMAND…: one more process of a server, on its cores, until it answers 200
    local name=$1 path=$2 process; shift 2
    taskset -c "$server_cores" "$@" >"$work/$name.log" 2>&1 & process=$!
    processes[$name]="${processes[$name]:-} $process"
    for _ in $(seq 200); do
        curl -sf -o /dev/null "http://127.0.0.1:${port[$name]}$path" && kill -0 $process 2>/dev/null && return
        kill -0 $process 2>/dev/null || break
        sleep 0.05
    done
    echo "$name does not start at port ${port[$name]}:"; cat "$work/$name.log"; exit 1
}
start() { # start NAME [FLAG…]: a server with its usual settings
    local name=$1; shift
    case $name in
    c-loop) spawn c-loop /healthz "$work/epoll" "${port[c-loop]}" "$small" "$big" ;;
    nginx) spawn nginx /healthz nginx -p "$work" -e "$work/nginx.err" -c "$work/nginx.conf" ;;
    h2o) spawn h2o /healthz h2o -c "$work/h2o.conf" ;;
    sitrep) spawn sitrep /readyz "${preload[@]}" "$sitrep" serve --data "$work/data" --listen "127.0.0.1:${port[sitrep]}" \
        --loops 1 --limits-connections 20000 "$@" ;;
    esac
}
preload=()

ticks() { # ticks NAME: clock ticks of processor time that a server has had
    for process in ${processes[$1]}; do cat "/proc/$process/stat"; done | awk '{ ticks += $14 + $15 } END { print ticks }'
}
busy() { # clock ticks that all processors together were not idle
    awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 + $9 }' /proc/stat
}
measure() { # measure NAME URL WRK-OPTIONS…: NAME, requests a second, requests for each CPU second of the server, and the
            # per cent of the machine that went to neither server nor client
    local name=$1 url=$2 before all log TIMEFORMAT='client %U %S %R'; shift 2
    taskset -c "$client_cores" wrk -t"$threads" -c64 -d1s "$@" "$url" >/dev/null
    before=$(ticks "$name") all=$(busy)
    log=$({ time taskset -c "$client_cores" wrk -t"$threads" -c64 -d"${length}s" "$@" "$url"; } 2>&1)
    grep -E 'Non-2xx|Socket errors' <<<"$log" | sed "s/^ */$name: /" >&2 || true
    awk -v name="$name" -v ticks=$(($(ticks "$name") - before)) -v all=$(($(busy) - all)) -v hz="$(getconf CLK_TCK)" \
        -v cores="$(nproc)" '/requests in/ { count = $1 } /Requests\/sec/ { rate = $2 }
        /^client/ { other = 100 * ((all - ticks) / hz - $2 - $3) / $4 / cores }
        END { print name, rate, count / ((ticks + 0.5) / hz), other < 0 ? 0 : other }' <<<"$log"
}
path() { # path NAME KIND: where a server has the small and the big answer
    case $2/$1 in big/sitrep) echo "$page" ;; big/*) echo /big ;; *) echo /healthz ;; esac
}
best() { # Reads measured lines: the best of each server and its ratio to the first one's
    awk 'NR == 1 { first = $1 } !($1 in rate) { order[++count] = $1; rate[$1] = per[$1] = 0 }
        { if ($2 > rate[$1]) rate[$1] = $2; if ($3 > per[$1]) per[$1] = $3; if ($4 > other) other = $4 }
        END { for (n = 1; n <= count; n++) { name = order[n]
            printf "%-10s %9d requests/s (%.2f) %9d requests per CPU second (%.2f)\n",
                name, rate[name], rate[name] / rate[first], per[name], per[name] / per[first] }
            if (other > 4) printf "not quiet: in one round other processes took %d %% of the machine\n", other }'
}
compare() { # compare KIND WRK-OPTIONS…: every server that is there, interleaved
    local kind=$1; shift
    for name in "${servers[@]}"; do start "$name"; done
    for _ in $(seq "$rounds"); do
        for name in "${servers[@]}"; do
            measure "$name" "http://127.0.0.1:${port[$name]}$(path "$name" "$kind")" "$@"
        done
    done | best
    stop
}

section_small() {
    echo "== /healthz ($small bytes), 64 keep-alive connections; in brackets the ratio to the C loop"
    needs wrk wrk || return 0
    compare small
}
section_big() {
    echo "== $page ($big bytes), 64 keep-alive connections"
    needs wrk wrk || return 0
    compare big
}
section_pipe() {
    echo "== /healthz, 16 requests to a write, 64 keep-alive connections"
    needs wrk wrk || return 0
    compare small -s Tests/Peers/pipeline.lua
}
section_close() {
    echo "== /healthz, a connection for each request, 64 at a time"
    needs wrk wrk || return 0
    compare small -H 'Connection: close'
}
section_tls() {
    echo "== /healthz over TLS 1.3 (AES-128-GCM, P-256), 64 keep-alive connections; in brackets the ratio to nginx"
    needs wrk wrk && needs nginx nginx-light || return 0
    # Captured, not piped: grep -q ends at the first match, and the writer's SIGPIPE would count as no match.
    local help; help=$("$sitrep" serve --help)
    [[ $help == *--tls-listen* ]] || { echo "skipped: this build has no --tls-listen"; return 0; }
    local secure=$((base + 5))
    start nginx
    start sitrep --tls-listen "127.0.0.1:$secure" --tls-certificates "$work/cert.pem:$work/key.pem"
    for _ in $(seq "$rounds"); do
        OPENSSL_CONF=$work/openssl.cnf measure nginx "https://127.0.0.1:$((base + 6))/healthz"
        OPENSSL_CONF=$work/openssl.cnf measure sitrep "https://127.0.0.1:$secure/healthz"
    done | best
    stop
}
section_latency() {
    echo "== latency of /healthz at a fixed rate, 64 connections, from the moment each request was due"
    needs wrk wrk || return 0
    local rate name
    start c-loop; start sitrep
    rate=$(for name in c-loop sitrep; do measure "$name" "http://127.0.0.1:${port[$name]}/healthz"; done |
        awk '{ if (!least || $2 < least) least = $2 } END { print int(least / 2) }')
    # Many short rounds: a stall of the machine for some milliseconds, of which there are a few each second on a virtual
    # one, is the 99th percentile of the round it falls into.
    for _ in $(seq $((4 * rounds))); do
        for name in c-loop sitrep; do
            echo "$name $(taskset -c 1 "$work/load" "${port[$name]}" /healthz 64 "$rate" 2)"
        done
    done >"$work/latency"
    for name in c-loop sitrep; do # the round with the least p99 of each
        grep "^$name " "$work/latency" | sort -n -k4,4 | sed -n 1p
    done | awk -v rate="$rate" '{ printf "%-10s %d of %d requests/s: p50 %d, p99 %d, p99.9 %d, most %d microseconds\n",
            $1, $2, rate, $3, $4, $5, $6; p99[$1] = $4 }
        END { printf "ratio of the p99, best round of each: %.2f\n", p99["sitrep"] / p99["c-loop"] }'
    stop
}
section_mallocs() {
    echo "== allocations of the server in 10,000 requests on connections that are warm"
    gcc -O2 -shared -fPIC -o "$work/mallocs.so" Tests/Peers/mallocs.c
    preload=(env "MALLOCS=$work/mallocs" "LD_PRELOAD=$work/mallocs.so")
    start sitrep
    preload=()
    [ "$(od -An -tu8 "$work/mallocs")" -gt 1000 ] || { echo "failed: the counter sees nothing of this program"; failed=1; }
    count() { # count WHAT PATH DEPTH
        local number timers
        read -r number timers < <(Tests/Bench/connections.py mallocs "${port[sitrep]}" "$2" "$3" "$work/mallocs")
        echo "$1: $number, and $timers in the same time without a request"
        [ $((number - timers)) -le 100 ] || { echo "failed: more than 100 of them are the requests'"; failed=1; }
    }
    count "/healthz" /healthz 1
    count "$page" "$page" 1
    count "/healthz, 16 to a write" /healthz 16
    stop
}
section_idle() {
    echo "== anonymous memory of the server for each of 10,000 connections that have had one answer"
    local name bytes
    for name in "${servers[@]}"; do
        [ "$name" != c-loop ] || continue # it has a fixed buffer for each: no mark to reach
        start "$name"
        bytes=$(Tests/Bench/connections.py idle "${port[$name]}" /healthz ${processes[$name]})
        echo "$name: $bytes bytes"
        [ "$name" != sitrep ] || [ "$bytes" -le 1024 ] || { echo "failed: more than 1,024"; failed=1; }
        stop
    done
}
section_loops() {
    local loops
    server_cores=0,1 client_cores=0,1 threads=2
    [ "$(nproc)" -lt 4 ] || client_cores=2,3
    echo "== /healthz, 64 keep-alive connections: one event loop and two; server on cores $server_cores, client on $client_cores"
    needs wrk wrk || return 0
    for loops in 1 2; do
        start c-loop
        [ $loops = 1 ] || start c-loop # two processes share the port
        start sitrep --loops $loops
        for _ in $(seq "$rounds"); do
            for name in c-loop sitrep; do measure "$name" "http://127.0.0.1:${port[$name]}/healthz"; done
        done | best | sed "s/^/$loops: /" | tee -a "$work/loops"
        stop
    done
    awk '/sitrep/ { rate[$1] = $3 } END { printf "two loops answer %.2f times what one does\n", rate["2:"] / rate["1:"] }' "$work/loops"
    server_cores=0 client_cores=1 threads=1
}
section_slow() {
    echo "== slow clients"
    [ -f Tests/Bench/slow.py ] || { echo "skipped: no Tests/Bench/slow.py"; return 0; }
    start sitrep
    python3 Tests/Bench/slow.py "${port[sitrep]}" || failed=1
    stop
}

for section in "${sections[@]}"; do
    declare -F "section_$section" >/dev/null || { echo "there is no section $section"; exit 64; }
done
for tool in gcc curl openssl python3 taskset; do
    has $tool || { echo "http.sh needs $tool: apt-get install gcc libc6-dev curl openssl python3 util-linux"; exit 1; }
done
[ "$(nproc)" -ge 2 ] || { echo "http.sh needs two cores: one for the server, one for the client"; exit 1; }
gcc -O2 -o "$work/epoll" Tests/Peers/epoll.c
gcc -O2 -o "$work/load" Tests/Peers/load.c
"$sitrep" import --data "$work/data" Config/sample >/dev/null 2>&1

start sitrep
page= big=0 small=$(curl -s "http://127.0.0.1:${port[sitrep]}/healthz" | wc -c)
for limit in $(seq 60); do # the page that comes closest to 10,080 bytes
    bytes=$(curl -s "http://127.0.0.1:${port[sitrep]}/v1/articles?limit=$limit" | wc -c)
    distance=$((bytes - 10080)) so_far=$((big - 10080))
    [ ${distance#-} -ge ${so_far#-} ] || { big=$bytes page="/v1/articles?limit=$limit"; }
done
curl -s "http://127.0.0.1:${port[sitrep]}/healthz" >"$work/healthz"
curl -s "http://127.0.0.1:${port[sitrep]}$page" >"$work/big"
stop

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
cat >"$work/openssl.cnf" <<END
openssl_conf = a
[a]
ssl_conf = b
[b]
system_default = c
[c]
MinProtocol = TLSv1.3
Ciphersuites = TLS_AES_128_GCM_SHA256
Groups = P-256
END
cat >"$work/nginx.conf" <<END
master_process off; daemon off; pid $work/nginx.pid; error_log $work/nginx.err; worker_rlimit_nofile $(ulimit -n);
events { worker_connections 16000; use epoll; }
http {
    access_log off; keepalive_timeout 3600s; keepalive_requests 1000000000; tcp_nodelay on; default_type application/json;
    open_file_cache max=10 inactive=3600s; open_file_cache_valid 3600s; sendfile on; tcp_nopush on;
    client_body_temp_path $work/n1; proxy_temp_path $work/n2; fastcgi_temp_path $work/n3;
    uwsgi_temp_path $work/n4; scgi_temp_path $work/n5;
    ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.3;
    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
    server {
        listen 127.0.0.1:${port[nginx]} backlog=4096; listen 127.0.0.1:$((base + 6)) ssl;
        location = /healthz { return 200 '$(cat "$work/healthz")'; }
        location = /big { alias $work/big; }
    }
}
END
cat >"$work/h2o.conf" <<END
user: $(id -un)
num-threads: 1
max-connections: 16000
http1-request-timeout: 3600
listen: {host: 127.0.0.1, port: ${port[h2o]}}
hosts: {default: {paths: {"/": {file.dir: $work}}}}
END
servers=(c-loop)
for peer in nginx h2o; do if has $peer; then servers+=($peer); fi; done
servers+=(sitrep)

for section in "${sections[@]}"; do "section_$section"; done
exit $failed
