#!/usr/bin/env bash
# Builds what the wheel carries and Debian's own packages are too much for, into build/wheel-libraries: libcurl with OpenSSL, nghttp2 and
# zlib alone (Debian's brings 27 libraries more, GnuTLS among them) and libtiff without JBIG, which is under the GPL. The sources are
# Debian's, with Debian's patches, fetched and checked by apt. Takes one to five minutes; nothing is done when the versions are the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts/setup.sh dpkg-dev libnghttp2-dev zlib1g-dev liblzma-dev libzstd-dev autoconf automake libtool make quilt
out=$PWD/build/wheel-libraries
work=$out/work
mkdir -p "$out/lib" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
chmod 755 "$work"
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# The mirrors that this machine uses, for sources; the machine's own lists stay as they are.
{
  sed -n 's/^deb /deb-src /p' /etc/apt/sources.list 2>/dev/null || true
  for file in /etc/apt/sources.list.d/debian.sources; do
    [ ! -e "$file" ] || awk -v RS= '{
      uri = ""; suites = ""
      count = split($0, lines, "\n")
      for (i = 1; i <= count; i++) {
        if (lines[i] ~ /^URIs: /) uri = substr(lines[i], 7)
        if (lines[i] ~ /^Suites: /) suites = substr(lines[i], 9)
      }
      split(suites, suite, " ")
      for (i in suite) print "deb-src " uri " " suite[i] " main"
    }' "$file"
  done
} | sort -u >"$work/sources.list"
grep -q "$codename" "$work/sources.list" || { echo "build-libraries: apt has no mirror of Debian $codename" >&2; exit 1; }
apt=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$work/apt/lists"
  -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update -q >/dev/null

# Fetches and unpacks the newest source package; prints its version.
fetch() {
  local version
  version=$(apt-cache "${apt[@]}" showsrc "$1" | sed -n 's/^Version: //p' | sort -V | tail -1)
  rm -rf "$work/$1"
  mkdir -p "$work/$1"
  (cd "$work/$1" && apt-get "${apt[@]}" source -qq "$1=$version" >&2)
  echo "$version"
}

# The Debian versions that are there; a security update changes them.
newest() { apt-cache "${apt[@]}" showsrc "$1" | sed -n 's/^Version: //p' | sort -V | tail -1; }
wanted="curl $(newest curl)
tiff $(newest tiff)
script $(sha256sum "packaging/wheel/build-libraries.sh" | cut -d' ' -f1)"
if [ "$(cat "$out/built.txt" 2>/dev/null || true)" = "$wanted" ]; then
  echo "build-libraries: $out is up to date"
  exit 0
fi
rm -rf "$out/lib" "$out/licenses" "$out/built.txt"
mkdir -p "$out/lib" "$out/licenses"
export CFLAGS="-O2 -fstack-protector-strong -fcf-protection -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$work=." LDFLAGS="-Wl,-z,relro,-z,now"
# arc4random() is in glibc since 2.36 and the floor is 2.34.
export ac_cv_func_arc4random=no

fetch curl >/dev/null
cd "$work"/curl/curl-*/
# As Debian's rules do for this flavour: the patches for GnuTLS and NSS, which come last, are taken off.
QUILT_PATCHES=debian/patches quilt pop -q
QUILT_PATCHES=debian/patches quilt pop -q
autoreconf -fi >/dev/null 2>&1
cp debian/copyright "$out/licenses/curl.txt"
./configure --quiet --prefix="$work/installed" --disable-static --enable-versioned-symbols --with-openssl --with-nghttp2 --with-zlib \
  --without-ca-bundle --without-ca-path --with-ca-fallback --without-brotli --without-zstd --without-libidn2 --without-libpsl \
  --without-librtmp --without-libssh2 --without-libssh --without-gssapi --without-libgsasl --disable-ldap --disable-ldaps --disable-dict \
  --disable-ftp --disable-gopher --disable-imap --disable-mqtt --disable-pop3 --disable-rtsp --disable-smb --disable-smtp --disable-telnet \
  --disable-tftp --disable-manual --enable-threaded-resolver --enable-ipv6 --disable-dependency-tracking
make -s -j"$(nproc)" -C lib >/dev/null
make -s -C lib install >/dev/null

fetch tiff >/dev/null
cd "$work"/tiff/tiff-*/
autoreconf -fi >/dev/null 2>&1
cp debian/copyright "$out/licenses/tiff.txt"
./configure --quiet --prefix="$work/installed" --disable-static --disable-jbig --disable-lerc --disable-libdeflate --enable-webp --enable-zstd \
  --enable-lzma --enable-jpeg --enable-zlib --disable-cxx --disable-docs --enable-ld-version-script --disable-dependency-tracking
make -s -j"$(nproc)" -C port >/dev/null
make -s -j"$(nproc)" -C libtiff >/dev/null
make -s -C libtiff install >/dev/null

cd "$out"
for name in libcurl.so.4 libtiff.so.6; do
  strip --strip-unneeded -o "lib/$name" "$(readlink -f "$work/installed/lib/$name")"
done
printf '%s\n' "$wanted" >built.txt
rm -rf "$work"
ls -l lib
