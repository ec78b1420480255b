#!/usr/bin/env bash
# The Swift examples, built as separate packages that depend on this one: one adds images to an index and finds a smaller
# copy, there and through the server in place of TinEye; the other is a custom service, tested against its double.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$PWD/.build-example
swift build --package-path examples/swift --scratch-path "$scratch"
example=$scratch/debug/FindImage
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
python=$(realpath -s "$(scripts/venv.sh)")
packages=$PWD/python
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
# The Swift client against the server.
key=$(PYTHONPATH=$packages "$python" -m imagesearch.server key add --file keys.json 2>/dev/null)
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
PYTHONPATH=$packages "$python" -m imagesearch.server --index index --read-only --keys keys.json --port "$port" >server.log 2>&1 &
server=$!
export TINEYE_API_URL=http://127.0.0.1:$port/rest/ NO_PROXY='*'
for _ in $(seq 100); do
  if answer=$(TINEYE_API_KEY=$key "$example" index search copy.png 2>&1); then break; fi
  kill -0 "$server" || { cat server.log >&2; exit 1; }
  sleep 0.2
done
expect $'^TinEye\tcopy.png\thttp://127.0.0.1:'"$port"'/v1/index/items/scene1.png' "$answer"
status=0
answer=$(TINEYE_API_KEY=wrong "$example" index search copy.png 2>&1) || status=$?
[ "$status" = 1 ] || { echo "check-swift-example: a wrong key ends with $status and not with 1" >&2; exit 1; }
expect '^FindImage: .*unauthorized' "$answer"
# An indexed image is found as itself.
expect $'^TinEye\tscene2.png\thttp' "$(TINEYE_API_KEY=$key "$example" index search scene2.png)"
unset TINEYE_API_URL
kill "$server"
wait "$server" 2>/dev/null || true
server=
# An error is reported and does not trap.
status=0
told=$("$example" index search missing.png 2>&1) || status=$?
[ "$status" = 1 ] || { echo "check-swift-example: an error ends with $status and not with 1" >&2; exit 1; }
expect "^FindImage: .*missing.png" "$told"
"$scratch/debug/Parrot" scene0.png
# Every call of the collection.
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
