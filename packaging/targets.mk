# What is shipped, and what guards it; included by the Makefile.
.PHONY: install uninstall dist wheel check-reproducible

# No dependency: under sudo there is no toolchain on the PATH, and nothing shall be built or fetched as root.
install: ; @scripts/install.sh install
uninstall: ; @scripts/install.sh uninstall
dist: ; scripts/dist.sh
wheel: lib ; scripts/wheel.sh
check-reproducible: ; scripts/check-reproducible.sh
