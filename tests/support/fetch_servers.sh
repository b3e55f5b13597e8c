#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Gets other versions of Redis and Valkey for the tests, out of other suites of the distribution that this machine's own
# apt sources name. Nothing is installed: packages are checked by apt's signatures, unpacked into a cache folder, and each
# server runs with the C library of its own suite. Leaves one launcher a version there (redis-6.0, valkey-9.1, ...).
#
# Usage: fetch_servers.sh [--again]      what could not be had is tried again after a day, or at once with --again
# KEYLOUPE_SERVERS names the folder (default: ~/.cache/keyloupe/servers). Always ends with 0: a server that cannot be had
# is said and left out.
set -uo pipefail

# suites (the last one is the one wanted) | package that holds the server program | the program
servers='bullseye|redis-tools|redis
bookworm bookworm-backports|valkey-tools|valkey
trixie|redis-tools|redis
trixie|valkey-tools|valkey
sid|redis-tools|redis
sid|valkey-tools|valkey
sid experimental|redis-tools|redis'

cache=${KEYLOUPE_SERVERS:-${HOME:-/tmp}/.cache/keyloupe/servers}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
again=no
[ "${1:-}" = --again ] && again=yes

say() { echo "fetch_servers: $*"; }
leave() { # what is there counts, whatever happened
  local there
  there=$(find "$cache" -maxdepth 1 -type f -perm -u+x -printf '%f ' 2>/dev/null)
  say "in $cache: ${there:-nothing}"
  exit 0
}

pending=() # what is neither there nor failed lately
mkdir -p "$cache/.state" 2>/dev/null || { say "cannot write to $cache"; exit 0; }
while read -r line; do
  IFS='|' read -r suites package program <<<"$line"
  state="$cache/.state/${suites##* }-$program"
  [ -s "$state.have" ] && [ -x "$cache/$(cat "$state.have")" ] && continue
  [ $again = no ] && [ -n "$(find "$state.failed" -mmin -1440 2>/dev/null)" ] && continue
  pending+=("$line")
done <<<"$servers"
[ ${#pending[@]} -gt 0 ] || exit 0

for tool in apt-get dpkg flock timeout; do
  command -v $tool >/dev/null || { say "there is no $tool here, so no other servers"; leave; }
done
[ -r "$keyring" ] || { say "there is no $keyring here, so no other servers"; leave; }
uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
  awk '$3 == "main" && $2 !~ /security/ { print $1; exit }')
[ -n "$uri" ] || { say "apt has no sources here, so no other servers"; leave; }
machine=$(dpkg --print-architecture)

exec 9>"$cache/.state/lock"
flock -w 600 9 || { say "another run holds $cache"; leave; }
work=$(mktemp -d "$cache/.state/work.XXXXXX") || leave
trap 'rm -rf "$work"' EXIT

# apt with folders of its own, as if nothing were installed; the machine's way to the network (a proxy) stays.
apt_in() { # FOLDER, then what apt-get shall do
  local folder=$1
  shift
  timeout 300 apt-get -q -y -c "$folder/apt.conf" "$@" >>"$folder/log" 2>&1
}

prepare() { # FOLDER SUITES: package lists, once a set of suites
  local folder=$1 suite
  [ ! -e "$folder/unreachable" ] || return 1
  [ ! -e "$folder/ready" ] || return 0
  mkdir -p "$folder/lists/partial" "$folder/archives/partial" "$folder/parts"
  : >"$folder/status"
  for suite in $2; do
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' "$uri" "$suite" "$keyring"
  done >"$folder/suite.sources"
  cat >"$folder/apt.conf" <<CONF
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::DEP-11-icons-small;
#clear Acquire::IndexTargets::deb::DEP-11-icons;
#clear Acquire::IndexTargets::deb::DEP-11-icons-hidpi;
#clear Acquire::IndexTargets::deb::DEP-11-icons-large;
#clear Acquire::IndexTargets::deb::DEP-11-icons-large-hidpi;
Dir::Etc::sourcelist "$folder/suite.sources";
Dir::Etc::sourceparts "$folder/parts";
Dir::Etc::preferences "$folder/none";
Dir::Etc::preferencesparts "$folder/parts";
Dir::State::lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::State::extended_states "$folder/extended_states";
Dir::Cache "$folder";
Dir::Cache::archives "$folder/archives";
APT::Sandbox::User "";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
CONF
  if apt_in "$folder" update --error-on=any; then touch "$folder/ready"; else touch "$folder/unreachable"; return 1; fi
}

fetch() { # SUITES PACKAGE PROGRAM: sets `name` or `why`
  local suites=$1 package=$2 program=$3 folder root target binary loader libraries version library
  folder="$work/${suites##* }" root="$work/root" target="$work/new"
  why='its suite cannot be reached'
  prepare "$folder" "$suites" || return 1
  why='its packages cannot be had'
  rm -f "$folder"/archives/*.deb
  apt_in "$folder" install --download-only -t "${suites##* }" "$package" || return 1
  why='its packages cannot be unpacked'
  rm -rf "$root" "$target"
  mkdir -p "$root" "$target/lib" "$target/bin"
  for deb in "$folder"/archives/*.deb; do dpkg -x "$deb" "$root" || return 1; done
  # One program is server, checker and benchmark; it takes its part from the name that it is called by.
  binary=$(find "$root/usr/bin" -type f \( -name "$program-check-rdb" -o -name "$program-server" \) | head -n 1)
  why='its package holds no server'
  [ -n "$binary" ] || return 1
  loader=$(find "$root" -name 'ld-linux*.so.*' -path '*/lib/*' | head -n 1)
  why="it has no loader for $machine"
  [ -n "$loader" ] || return 1
  # Only the libraries that it needs stay, next to it; libgcc_s and the name lookup are loaded later by name.
  libraries=$(find "$root" -name 'lib*.so.*' -printf '%h\n' | sort -u | paste -sd:)
  why='it does not run here'
  while read -r library; do
    cp -L "$library" "$target/lib/" || return 1
  done < <(
    "$loader" --library-path "$libraries" --list "$binary" | sed -n 's/.* => \(.*\) (0x.*/\1/p'
    find "$root" -name libgcc_s.so.1 -o -name 'libnss_files.so.2'
  )
  cp -L "$binary" "$target/bin/$program-server" && cp -L "$loader" "$target/lib/ld.so" || return 1
  version=$("$target/lib/ld.so" --library-path "$target/lib" "$target/bin/$program-server" --version 2>/dev/null |
    sed -n 's/.* v=\([0-9]*\.[0-9]*\)\..*/\1/p')
  [ -n "$version" ] || return 1
  name="$program-$version"
  if [ -x "$cache/$name" ]; then
    say "${suites##* } has $name too"
    return 0
  fi
  cat >"$target/launcher" <<LAUNCHER
#!/bin/sh
here=\$(cd "\$(dirname "\$0")" && pwd)/.state/$name
exec "\$here/lib/ld.so" --library-path "\$here/lib" "\$here/bin/$program-server" "\$@"
LAUNCHER
  chmod 755 "$target/launcher"
  why='it does not answer'
  answers "$target" "$program" || return 1
  why='it cannot be put into the folder'
  rm -rf "$cache/.state/$name"
  mv "$target" "$cache/.state/$name" && mv "$cache/.state/$name/launcher" "$cache/$name"
}

answers() { # FOLDER PROGRAM: starts it without a port; INFO must come back over a unix socket
  local pid status=1 socket="$work/s"
  "$1/lib/ld.so" --library-path "$1/lib" "$1/bin/$2-server" --port 0 --unixsocket "$socket" --save '' --dir "$work" \
    >"$work/server.log" 2>&1 9>&- &
  pid=$!
  for _ in $(seq 50); do
    if command -v redis-cli >/dev/null; then
      redis-cli -s "$socket" INFO server 2>/dev/null | grep -q '^redis_version:' && status=0 && break
    else
      grep -q 'eady to accept connections' "$work/server.log" && status=0 && break
    fi
    kill -0 $pid 2>/dev/null || break
    sleep 0.1
  done
  kill $pid 2>/dev/null
  wait $pid 2>/dev/null
  rm -f "$socket"
  return $status
}

say "fetching other versions of Redis and Valkey for the tests (once)"
for line in "${pending[@]}"; do
  IFS='|' read -r suites package program <<<"$line"
  state="$cache/.state/${suites##* }-$program"
  name='' why=''
  if fetch "$suites" "$package" "$program"; then
    echo "$name" >"$state.have"
    rm -f "$state.failed"
  else
    say "$program of ${suites##* } is left out: $why"
    [ ! -e "$work/${suites##* }/log" ] || cp "$work/${suites##* }/log" "$state.log"
    touch "$state.failed"
  fi
done
leave
