#!/usr/bin/env bash
# Installs the built files below PREFIX (/usr/local): install.sh [install|uninstall]. Builds nothing and fetches nothing.
#   PREFIX, BINDIR, LIBDIR, INCLUDEDIR, DATADIR   absolute target folders
#   DESTDIR                                       a folder prefixed to all of them, for package builds
#   COMPONENTS                                    some of "library headers command"; by default all that were built
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/project.sh
prefix=${PREFIX:-/usr/local}
bindir=${BINDIR:-$prefix/bin}
libdir=${LIBDIR:-$prefix/lib}
includedir=${INCLUDEDIR:-$prefix/include}
datadir=${DATADIR:-$prefix/share}
root=${DESTDIR:-}
for folder in "$prefix" "$bindir" "$libdir" "$includedir" "$datadir"; do
  case $folder in
  /*) ;;
  *) echo "install: '$folder' is no absolute path; say PREFIX=\"\$PWD/$folder\" if that is meant" >&2; exit 2 ;;
  esac
  case $folder in
  *$'\n'*) echo "install: a path with a line break cannot be written into imagesearch.pc" >&2; exit 2 ;;
  esac
done
built=
[ ! -e "build/lib/libimagesearch.so.$version" ] || built="library headers"
[ ! -e build/bin/imagesearch ] || built="$built command"
# If nothing was built, the error names the missing library.
components=${COMPONENTS:-${built:-library headers}}
pages=build/man
if [ "${1:-install}" = uninstall ]; then
  # The installed pages, not those of the present build: all pages whose names begin with ours.
  components=${COMPONENTS:-library headers command}
  pages=$root$datadir/man
fi

# Records the installed files for uninstall, which removes them in reverse order.
kinds=() sources=() targets=()
add() { kinds+=("$1"); sources+=("$2"); targets+=("$3"); }
for component in $components; do
  case $component in
  library)
    add 755 "build/lib/libimagesearch.so.$version" "$libdir/libimagesearch.so.$version"
    add link "libimagesearch.so.$version" "$libdir/libimagesearch.so.$abi"
    add 644 LICENSE "$datadir/doc/imagesearch/LICENSE"
    add 644 packaging/THIRD-PARTY-NOTICES.txt "$datadir/doc/imagesearch/THIRD-PARTY-NOTICES.txt"
    ;;
  headers)
    add 644 include/imagesearch.h "$includedir/imagesearch.h"
    add link "libimagesearch.so.$abi" "$libdir/libimagesearch.so"
    add filled packaging/imagesearch.pc.in "$libdir/pkgconfig/imagesearch.pc"
    add filled packaging/cmake/ImageSearchConfig.cmake.in "$libdir/cmake/ImageSearch/ImageSearchConfig.cmake"
    add filled packaging/cmake/ImageSearchConfigVersion.cmake.in "$libdir/cmake/ImageSearch/ImageSearchConfigVersion.cmake"
    for page in "$pages"/man3/imagesearch*.3; do
      [ ! -e "$page" ] || add 644 "$page" "$datadir/man/man3/${page##*/}"
    done
    ;;
  command)
    add 755 build/bin/imagesearch "$bindir/imagesearch"
    if [[ " $components " != *" library "* ]]; then
      add 644 LICENSE "$datadir/doc/imagesearch/LICENSE"
      add 644 packaging/THIRD-PARTY-NOTICES.txt "$datadir/doc/imagesearch/THIRD-PARTY-NOTICES.txt"
    fi
    for page in "$pages"/man1/imagesearch*.1 "$pages"/imagesearch*.1; do
      [ ! -e "$page" ] || add 644 "$page" "$datadir/man/man1/${page##*/}"
    done
    for pair in imagesearch.bash:bash-completion/completions/imagesearch _imagesearch:zsh/site-functions/_imagesearch \
      imagesearch.fish:fish/vendor_completions.d/imagesearch.fish; do
      [ "${1:-install}" = install ] && [ ! -e "build/completions/${pair%%:*}" ] || add 644 "build/completions/${pair%%:*}" "$datadir/${pair#*:}"
    done
    ;;
  *) echo "install: there is no component '$component'" >&2; exit 2 ;;
  esac
done

# Fills in a template. Paths are relative to the file's folder, so an installed tree can be moved.
fill() {
  local above here
  here=$(dirname "$2")
  above=$(realpath -m --relative-to="$here" "$prefix")
  escape() { printf '%s' "$1" | sed 's/[\\|&]/\\&/g'; }
  sed -e "s|@UP@|$(escape "$above")|g" -e "s|@VERSION@|$version|g" -e "s|@MAJOR@|${version%%.*}|g" -e "s|@ABI@|$abi|g" \
    -e "s|@HOMEPAGE@|$(escape "$homepage")|g" -e "s|@LIB@|$(escape "$(realpath -m --relative-to="$prefix" "$libdir")")|g" \
    -e "s|@INCLUDE@|$(escape "$(realpath -m --relative-to="$prefix" "$includedir")")|g" "$1" |
    # pkg-config escapes spaces in pcfiledir, but not quotes: a prefix with quotes is written out, escaped for a shell.
    case $2:$prefix in
    *.pc:*[\'\"]*)
      local words
      words=$(printf '%s' "$prefix" | sed 's|[^A-Za-z0-9/._+-]|\\&|g')
      sed "s|^prefix=.*|prefix=$(escape "$words")|"
      ;;
    *) cat ;;
    esac
}

case ${1:-install} in
install)
  for index in "${!kinds[@]}"; do
    case ${kinds[index]} in
    link | filled) ;;
    *) [ -e "${sources[index]}" ] || { echo "install: ${sources[index]} is missing; run make lib first, or make cli for the command alone, as yourself" >&2; exit 1; } ;;
    esac
  done
  for index in "${!kinds[@]}"; do
    target=$root${targets[index]}
    install -d -- "$(dirname -- "$target")"
    case ${kinds[index]} in
    link) ln -sfn -- "${sources[index]}" "$target" ;;
    filled)
      fill "${sources[index]}" "${targets[index]}" >"$target.new"
      chmod 644 -- "$target.new"
      mv -- "$target.new" "$target"
      ;;
    *)
      # Renamed into place, so that a program that has the old object loaded keeps an intact file.
      install -m "${kinds[index]}" -- "${sources[index]}" "$target.new"
      mv -- "$target.new" "$target"
      ;;
    esac
  done
  [ -n "$root" ] || [ "$(id -u)" != 0 ] || PATH=$PATH:/sbin:/usr/sbin ldconfig 2>/dev/null || true
  ;;
uninstall)
  for ((index = ${#kinds[@]} - 1; index >= 0; index--)); do
    rm -f -- "$root${targets[index]}"
  done
  # Our own folders, and other folders that are empty now.
  for folder in "$libdir/cmake/ImageSearch" "$libdir/cmake" "$libdir/pkgconfig" "$datadir/doc/imagesearch" "$datadir/man/man3" "$datadir/man/man1"; do
    rmdir --ignore-fail-on-non-empty -- "$root$folder" 2>/dev/null || true
  done
  ;;
*) echo "usage: install.sh [install|uninstall]" >&2; exit 2 ;;
esac
