# What is shipped, and what guards it; included by the Makefile.
.PHONY: man install uninstall dist wheel wheel-manylinux check-wheel deb check-reproducible baselines

man: ; scripts/man-pages.py
# No dependency: under sudo there is no toolchain on the PATH, and nothing shall be built or fetched as root.
install: ; @scripts/install.sh install
uninstall: ; @scripts/install.sh uninstall
dist: ; scripts/dist.sh
wheel: lib ; scripts/wheel.sh
wheel-manylinux: lib ; scripts/wheel.sh manylinux
# Builds libcurl and libtiff, and whole systems with debootstrap: as root, some minutes.
check-wheel: ; "$$(scripts/venv.sh)" -m pytest -q Tests/Packaging/check_wheel.py
deb: ; scripts/deb.sh
check-reproducible: ; scripts/check-reproducible.sh
baselines: ; scripts/baselines.sh
