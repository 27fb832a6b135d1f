#!/bin/bash
# Runs the fuzz targets, two at a time, each for some seconds.
#
#     fuzz.sh PROGRAM SECONDS [TARGET…]
#
# What a run learns is kept in a folder "corpus" beside the program, so that the next one goes on from it; what breaks
# a property is kept in "found". Put that into Tests/Fuzz/seeds/TARGET, where `swift test` tries it from then on.
set -u
program=$(realpath "$1") seconds=$2
shift 2
seeds=$(realpath "$(dirname "$0")/seeds")
work=$(dirname "$program")
targets=${*:-$(ls "$seeds")}
# A crash would otherwise wait in the backtracer.
export SWIFT_BACKTRACE=enable=no
mkdir -p "$work/found"

run() {
    mkdir -p "$2/corpus/$3"
    FUZZ_TARGET=$3 nice -n 19 "$1" "$2/corpus/$3" "$5/$3" -max_total_time="$4" -max_len=2048 -timeout=20 \
        -rss_limit_mb=2048 -artifact_prefix="$2/found/$3-" >"$2/$3.log" 2>&1
    code=$?
    printf '%-12s %s  %s\n' "$3" "$([ $code = 0 ] && echo clean || echo BROKEN)" \
        "$(grep -E '^Done |Fatal error|ERROR' "$2/$3.log" | head -1 | cut -c1-200)"
    exit $code
}
export -f run
printf '%s\n' $targets | xargs -P 2 -I TARGET bash -c 'run "$0" "$@"' "$program" "$work" TARGET "$seconds" "$seeds" ||
    { echo "what was found lies in $work/found"; exit 1; }
