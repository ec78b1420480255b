#!/usr/bin/env bash
# Tests a client built against the frozen header with an object whose structs have grown: the object is built from a copy of the sources
# whose header was extended by packaging/abi/grow.py, and Tests/Packaging/client.c runs against it. Takes a release build.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$PWD/.build-growth/tree
rm -rf "$tree/Sources" "$tree/include"
mkdir -p "$tree"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp -pu --parents -t "$tree"
packaging/abi/grow.py "$tree"
(cd "$tree" && scripts/build-library.sh)
python=$(scripts/venv.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PYTHONPATH=Tests/Python "$python" - "$work" <<'PYTHON'
import pathlib, sys
from scenes import scene
folder = pathlib.Path(sys.argv[1])
(folder / "original.png").write_bytes(scene(1))
(folder / "copy.png").write_bytes(scene(1, width=200, height=150))
PYTHON
for header in packaging/abi/*/imagesearch.h; do
  cc -std=c99 -Wall -Wextra -Werror -I "$(dirname "$header")" Tests/Packaging/client.c -L "$tree/build/lib" -limagesearch -o "$work/client"
  rm -rf "$work/index"
  LD_LIBRARY_PATH=$tree/build/lib "$work/client" "$work/index" "$work/original.png" "$work/copy.png"
  echo "check-growth: a client of $header runs with longer structs"
done
