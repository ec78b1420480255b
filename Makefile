# Thin targets; the work is in scripts/.
.PHONY: demo test test-pythons lib cli bench bench-client bench-index bench-groups bench-cli bench-server bench-cluster cluster-test format lint fuzz check-plain sanitize durability clean

demo:  ; scripts/demo.sh
test:  ; scripts/test.sh
lib:   ; scripts/setup.sh && scripts/build-library.sh
cli:   ; scripts/setup.sh && scripts/build-cli.sh
bench: bench-client bench-index bench-groups bench-server ; scripts/bench-cli.sh start
bench-client: lib ; scripts/bench-client.sh
bench-index: lib cli ; scripts/bench-index.sh && scripts/bench-kinds.sh && scripts/bench-cli.sh duplicates
bench-groups: lib ; scripts/bench-groups.sh
bench-cli: cli ; scripts/bench-cli.sh
bench-server: lib ; scripts/bench-server.sh
bench-cluster: lib ; scripts/bench-cluster.sh
cluster-test: lib ; IMAGESEARCH_CLUSTER_IMAGES=19800 scripts/test-cluster.sh
format: ; swift format --in-place --recursive Sources Tests Package.swift Fuzz Benchmarks/Sources examples/swift CLI/Package.swift CLI/Sources
lint:  ; scripts/lint.sh
test-pythons: ; scripts/test-pythons.sh
fuzz:  ; for target in Fuzz/*.swift; do scripts/fuzz.sh $$(basename $$target .swift) $${SECONDS_EACH:-600} || exit 1; done
check-plain: ; scripts/check-plain.sh
sanitize: ; scripts/sanitize.sh address && scripts/sanitize.sh thread
durability: ; scripts/durability.sh
clean: ; rm -rf .build .build-* .venv .venv-* build dist

include packaging/targets.mk
