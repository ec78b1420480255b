#!/usr/bin/env bash
# Installs missing Debian packages if it may (root or sudo), otherwise prints exactly what to install.
#   setup.sh [PACKAGE ...]   additional packages for a test or the demo
set -euo pipefail
packages=(gcc libc6-dev pkg-config libcurl4-openssl-dev libssl-dev libsqlite3-dev libjpeg-dev libpng-dev libwebp-dev libgif-dev
  libtiff-dev "$@")
missing=()
for package in "${packages[@]}"; do
  # A virtual package such as Ubuntu's libjpeg-dev counts as installed when a package that provides it is installed.
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: missing ${missing[*]}"
  if [ "$(id -u)" = 0 ]; then
    as_root=()
  elif sudo -n true 2>/dev/null; then
    as_root=(sudo)
  else
    echo "setup: please run: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
command -v python3 >/dev/null || { echo "setup: please install python3" >&2; exit 1; }
command -v swift >/dev/null || { echo "setup: please install a Swift toolchain, 6.3 or later, and put it on the PATH" >&2; exit 1; }
swift --version 2>/dev/null | python3 -c '
import re, sys
found = re.search(r"Swift version (\d+)\.(\d+)", sys.stdin.read())
if not found or tuple(map(int, found.groups())) < (6, 3):
    sys.exit("setup: the Swift toolchain is older than 6.3 or does not tell its version")'
