#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian package, installs it with apt into a minimal clean Debian root, runs both programs there, validates what
# it tells the desktop, removes the package and checks that no file of it stays behind. Needs root and debootstrap; not part of the usual test run.
# Usage: check-deb.sh [ROOT_FOLDER]   (an existing root is used again; without one a temporary root is made and deleted)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
fail() { echo "check-deb: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "must run as root, for debootstrap and chroot"
command -v debootstrap >/dev/null || fail "debootstrap is not installed"

cmake --build "$root/build/release" >/dev/null || fail "build/release does not build (configure it with: cmake --preset release)"
rm -f "$root"/build/release/keyloupe_*.deb
(cd "$root/build/release" && cpack -G DEB >cpack.log 2>&1) || { cat "$root/build/release/cpack.log"; fail "cpack failed"; }
deb=$(ls "$root"/build/release/keyloupe_*.deb)
echo "check-deb: $(basename "$deb")"; dpkg-deb -f "$deb" Depends

target=${1:-}
own=0
if [ -z "$target" ]; then
  target=$(mktemp -d); own=1
fi
cleanup() {
  umount "$target/proc" 2>/dev/null || true
  rm -f "$target.files"
  if [ "$own" = 1 ]; then rm -rf --one-file-system "$target"; fi
}
trap cleanup EXIT
if [ ! -x "$target/usr/bin/apt-get" ]; then
  # The mirror that this machine itself uses, where it can be told.
  mirror=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
  [ -n "$mirror" ] || mirror=$(awk '$1=="deb"{for(i=2;i<=NF;i++) if($i ~ /^https?:/){print $i; exit}}' /etc/apt/sources.list 2>/dev/null || true)
  debootstrap --variant=minbase bookworm "$target" ${mirror:+"$mirror"} >"$target.log" 2>&1 || { tail -20 "$target.log"; fail "debootstrap failed"; }
  rm -f "$target.log"
fi
cp -L /etc/resolv.conf "$target/etc/resolv.conf" 2>/dev/null || true
cp -r /etc/apt/apt.conf.d/. "$target/etc/apt/apt.conf.d/" 2>/dev/null || true
mount -t proc proc "$target/proc" 2>/dev/null || true
in_root() { chroot "$target" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

in_root apt-get update -q >/dev/null
in_root apt-get install -y -q --no-install-recommends appstream desktop-file-utils shared-mime-info >/dev/null
cp "$deb" "$target/tmp/keyloupe.deb"
in_root apt-get install -y -q --no-install-recommends /tmp/keyloupe.deb >/dev/null || fail "apt could not install the package"

in_root dpkg -L keyloupe >"$target.files"
in_root keyloupe-cli --version || fail "keyloupe-cli does not start"
in_root env QT_QPA_PLATFORM=offscreen keyloupe --version || fail "keyloupe does not start"
cp "$root/resources/demo/demo.rdb" "$target/tmp/demo.rdb"
in_root keyloupe-cli check /tmp/demo.rdb >"$target/tmp/check.json" || fail "keyloupe-cli check does not find the demo sound"
grep -q '"keys"' "$target/tmp/check.json" || fail "keyloupe-cli check says nothing of keys"
for page in keyloupe keyloupe-cli; do
  gzip -t "$target/usr/share/man/man1/$page.1.gz" || fail "the manual page $page.1 is missing"
done
in_root env QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=/tmp keyloupe --screenshots /tmp/shots >/dev/null || fail "keyloupe could not render its screens"
shots=$(find "$target/tmp/shots" -name '*.png' -size +4k | wc -l)
[ "$shots" -gt 3 ] || fail "only $shots pictures were rendered"
in_root desktop-file-validate /usr/share/applications/org.keyloupe.Keyloupe.desktop || fail "the desktop file is not valid"
in_root appstreamcli validate --no-net /usr/share/metainfo/org.keyloupe.Keyloupe.metainfo.xml || fail "the AppStream metadata is not valid"
in_root update-desktop-database /usr/share/applications
grep -q 'application/x-redis-rdb=org.keyloupe.Keyloupe.desktop' "$target/usr/share/applications/mimeinfo.cache" || fail "the desktop file is not registered for RDB files"
grep -q '\*.rdb' "$target/usr/share/mime/globs2" || fail "the MIME type is not registered"

in_root apt-get purge -y -q keyloupe >/dev/null
while read -r file; do
  # Folders may be other packages' too.
  if [ -e "$target$file" ] && [ ! -d "$target$file" ]; then fail "left behind after removal: $file"; fi
done <"$target.files"
left=$(in_root sh -c "find / -xdev -ipath '*keyloupe*' -not -path '/tmp/*' -not -path '/proc/*' -not -path '/root/*'" || true)
[ -z "$left" ] || fail "left behind after removal: $left"
echo "check-deb: installs, runs ($shots pictures) and removes cleanly"
