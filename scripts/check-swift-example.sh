#!/usr/bin/env bash
# The Swift examples, built as programs of their own that depend on this package: one puts images into an index and finds a smaller
# copy, the other is a service of one's own, held against its double.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$PWD/.build-example
swift build --package-path examples/swift --scratch-path "$scratch"
example=$scratch/debug/FindImage
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=$(scripts/venv.sh)
PYTHONPATH=Tests/Python "$python" - "$folder" <<'PYTHON'
import pathlib, sys
from scenes import scene
folder = pathlib.Path(sys.argv[1])
for seed in range(3):
    (folder / f"scene{seed}.png").write_bytes(scene(seed))
(folder / "shop").mkdir()
for name, seed in (("a.png", 1), ("b.png", 1), ("c.png", 2)):
    (folder / "shop" / name).write_bytes(scene(seed))
(folder / "copy.png").write_bytes(scene(1, width=200, height=150))
PYTHON
cd "$folder"
unset TINEYE_API_KEY
expect() {
  if ! grep -q "$1" <<<"$2"; then
    printf 'check-swift-example: no "%s" in:\n%s\n' "$1" "$2" >&2
    exit 1
  fi
}
added=$("$example" index add scene0.png scene1.png scene2.png)
expect $'^scene1.png\tadded$' "$added"
found=$("$example" index search copy.png)
expect $'^LocalIndex\tcopy.png\tscene1.png\t' "$found"
echo "$found"
# An error is told and is no trap.
status=0
told=$("$example" index search missing.png 2>&1) || status=$?
[ "$status" = 1 ] || { echo "check-swift-example: an error ends with $status and not with 1" >&2; exit 1; }
expect "^FindImage: .*missing.png" "$told"
"$scratch/debug/Parrot" scene0.png
# Every call about what is stored.
collection() { "$scratch/debug/Collection" collected "$@"; }
expect $'^shop/a.png\ta.png\tadded$' "$(collection add shop shop/)"
expect $'^shop/c.png\tc.png\tPNG\t' "$(collection list)"
expect $'^1\tcopy\tshop/b.png\tidentical$' "$(collection groups)"
expect '^identical$' "$(collection compare shop/a.png shop/b.png overlay.png)"
[ -s overlay.png ] || { echo "check-swift-example: no overlay" >&2; exit 1; }
expect $'^copy\tshop/b.png\tidentical$' "$(collection show shop/a.png thumbnail.webp)"
[ -s thumbnail.webp ] || { echo "check-swift-example: no thumbnail" >&2; exit 1; }
expect $'^shop/b.png\tb.png$' "$(collection same shop/a.png)"
expect '^1$' "$(collection label shop/a.png mugs)"
expect $'^mugs\t1$' "$(collection categories)"
rm shop/c.png
expect $'^gone\tshop/c.png\t' "$(collection prune)"
expect '^0 skipped, 1 forgotten$' "$(collection add shop shop/)"
