# What is shipped, and what guards it; included by the Makefile.
.PHONY: man docs install uninstall dist wheel wheel-manylinux check-wheel deb check-deb check-reproducible check-growth api-check baselines bench-size \
  release-check

man: ; scripts/man-pages.py
docs: lib ; scripts/docs.sh
# No dependency: under sudo there is no toolchain on the PATH, and nothing shall be built or fetched as root.
install: ; @scripts/install.sh install
uninstall: ; @scripts/install.sh uninstall
dist: ; scripts/dist.sh
wheel: lib cli ; scripts/wheel.sh
wheel-manylinux: lib cli ; scripts/wheel.sh manylinux
deb: lib cli ; scripts/deb.sh
# As root: whole systems are made with debootstrap, and libcurl and libtiff are built.
check-wheel: lib cli ; "$$(scripts/venv.sh)" -m pytest -q Tests/Packaging/check_wheel.py
check-deb: deb ; "$$(scripts/venv.sh)" -m pytest -q Tests/Packaging/check_deb.py
# Release builds: two, one, and two debug builds.
check-reproducible: ; scripts/check-reproducible.sh
check-growth: ; scripts/check-growth.sh
api-check: ; scripts/api-check.sh
baselines: ; scripts/baselines.sh
bench-size: lib ; scripts/bench-size.sh
release-check: ; scripts/release-check.sh
