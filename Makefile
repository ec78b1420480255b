# Thin targets; the work is in scripts/.
.PHONY: demo test lib install bench bench-client bench-index format lint fuzz docs wheel check-plain sanitize clean

demo:  ; scripts/demo.sh
test:  ; scripts/test.sh
lib:   ; scripts/setup.sh && scripts/build-library.sh
install: lib ; scripts/install.sh
bench: bench-client bench-index
bench-client: lib ; scripts/bench-client.sh
bench-index: lib ; scripts/bench-index.sh
format: ; swift format --in-place --recursive Sources Tests Package.swift Fuzz Benchmarks examples
lint:  ; scripts/lint.sh
fuzz:  ; scripts/fuzz.sh all 600
docs:  ; scripts/docs.sh
wheel: lib ; scripts/wheel.sh
check-plain: ; scripts/check-plain.sh
sanitize: ; scripts/sanitize.sh
clean: ; rm -rf .build .build-static .build-plain .venv-test build dist
