# What is shipped, and what guards it; included by the Makefile.
.PHONY: install wheel check-reproducible

install: lib ; scripts/install.sh
wheel: lib ; scripts/wheel.sh
check-reproducible: ; scripts/check-reproducible.sh
