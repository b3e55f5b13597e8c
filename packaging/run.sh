#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds Keyloupe and opens it on its demo. Without a display it renders every screen to PNG files.
# Usage: run.sh [arguments for keyloupe; default --demo]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/packaging/deps/install.sh" build
cd "$root"
mkdir -p build
cmake --preset release >build/configure-release.log 2>&1 || { cat build/configure-release.log; exit 1; }
cmake --build --preset release
program="$root/build/release/bin/keyloupe"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  [ $# -gt 0 ] || set -- --demo
  exec "$program" "$@"
fi

folder="$root/build/screenshots"
mkdir -p "$folder"
for theme in light dark; do
  QT_QPA_PLATFORM=offscreen "$program" --screenshots "$folder/$theme" --theme "$theme"
done
echo "There is no display, so every screen was rendered instead. The pictures are in:"
echo "$folder"
