#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds the tests and runs all of them.
# Usage: test.sh [arguments for ctest, e.g. -L unit or -R tst_glob]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/packaging/deps/install.sh" build test
cd "$root"
mkdir -p build
# Other versions of Redis and Valkey to test against; the first time only, and the tests do without those it cannot get.
tests/support/fetch_servers.sh >build/servers.log 2>&1 &
servers=$!
cmake --preset dev >build/configure-dev.log 2>&1 || { cat build/configure-dev.log; exit 1; }
cmake --build --preset dev
wait "$servers" || true
cat build/servers.log
# Kept whole in a file as well; the closing lines of ctest are the last that this script prints.
status=0
ctest --preset dev -j2 --no-tests=error "$@" 2>&1 | tee build/ctest.log || status=$?
if ! grep -q 'tests passed' build/ctest.log; then
  echo "packaging/test.sh: ctest did not finish" >&2
  exit 1
fi
exit "$status"
