#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Long runs of the fuzz targets, two at a time, at the lowest priority:
#   run_long.sh SECONDS BIN_FOLDER LOG_FOLDER TARGET…
# For each target: LOG_FOLDER/TARGET.log (ends with libFuzzer's statistics and "exit code N"), TARGET.corpus (kept and used
# again by the next run) and TARGET.finds with the input that broke a property, which ends the run. Works on a copy of each
# program, so that building goes on meanwhile. Seeds are the folders that the smoke tests use.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)

if [ "${1-}" != --one ]; then
    if [ $# -lt 4 ]; then
        sed -n '3,7s/^# \{0,1\}//p' "$0" >&2
        exit 2
    fi
    seconds=$1 programs=$2 logs=$3
    shift 3
    printf '%s\n' "$@" | xargs -P 2 -n 1 "$0" --one "$seconds" "$programs" "$logs"
    exit
fi

seconds=$2 programs=$3 logs=$4 target=$5
subject=${target#fuzz_}
mkdir -p "$logs/$target.corpus" "$logs/$target.finds"
cp "$programs/$target" "$logs/$target.program"
set -- "$logs/$target.corpus"
for folder in "$root/tests/data/fuzz/$subject" "$root/tests/fuzz/regressions/$subject"; do
    [ -d "$folder" ] && set -- "$@" "$folder"
done
[ "$subject" = rdb_reader ] && set -- "$@" "$root/tests/data/rdb"
[ "$subject" = aof_reader ] && set -- "$@" "$root/tests/data/aof"
code=0
ASAN_OPTIONS=detect_leaks=0 nice -n 19 "$logs/$target.program" "$@" -max_total_time="$seconds" -print_final_stats=1 \
    -max_len=4096 -rss_limit_mb=2048 -malloc_limit_mb=256 -timeout="${UNIT_TIMEOUT:-25}" -artifact_prefix="$logs/$target.finds/" >"$logs/$target.log" 2>&1 || code=$?
echo "exit code $code" >>"$logs/$target.log"
