#!/usr/bin/env bash
# quality.sh SITREP SHARED: precision, recall and F1 on the reference data, by its scorer; then how
# well articles are ranked, beside tantivy where PYTHON has its package. Skipped where that is absent.
set -euo pipefail
sitrep=$1 shared=$2
[ -f "$shared/quality/score.py" ] && command -v python3 >/dev/null || { echo "quality: no reference data at $shared (or no python3); skipped"; exit 0; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
score() { # score KIND FILE…
    local kind=$1; shift
    for file in "$@"; do
        "$sitrep" analyze --ndjson "$shared/gold/$file.ndjson.gz" >"$work/predictions.ndjson" || true
        printf '%s %s: ' "$kind" "$file"
        python3 "$shared/quality/score.py" "$kind" "$shared/gold/$file.ndjson.gz" "$work/predictions.ndjson" | tr '\n' ' ' | tr -s ' '
        echo
    done
}
score names names/ieer names/re3d names/news-fair-v2 names/aida-conll-dev
score linking names/aida-conll-dev names/kore50 names/reuters-128
score places names/tr-news names/geovirus
score countries countries/reuters
score quotes quotes/polnear-train
[ -d "$shared/gold/search" ] || { echo "relevance: no judgements at $shared/gold/search; skipped"; exit 0; }
"${PYTHON:-python3}" "$(dirname "$0")/../Peers/relevance.py" "$sitrep" "$shared"
