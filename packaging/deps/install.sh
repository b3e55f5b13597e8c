#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the packages of the named groups in debian.txt that are missing. Quiet when nothing is.
# Usage: install.sh [build] [test]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(build)

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "Keyloupe: this system has no apt. Install the equivalents of packaging/deps/debian.txt by hand, then build with 'cmake --preset release'." >&2
  exit 3
fi

wanted() { # the packages below the line "# GROUP" up to the next comment
  awk -v group="# $1" '/^#/ { on = ($0 == group); next } on && NF { print $1 }' "$here/debian.txt"
}

missing=()
for group in "${groups[@]}"; do
  found=0
  while read -r package; do
    found=1
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
  done < <(wanted "$group")
  if [ "$found" = 0 ]; then
    echo "Keyloupe: packaging/deps/debian.txt has no group called '$group'." >&2
    exit 2
  fi
done
[ ${#missing[@]} -gt 0 ] || exit 0

run=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Keyloupe: these packages are missing and there is no sudo; install them as root: ${missing[*]}" >&2
    exit 3
  fi
  run=(sudo)
fi
echo "Keyloupe: installing ${missing[*]}"
install=("${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
# A package list that is too old or empty is the usual reason for a failure: fetch it and try once more.
if ! "${install[@]}" >/dev/null 2>&1; then
  "${run[@]}" apt-get update -q >/dev/null
  "${install[@]}"
fi
