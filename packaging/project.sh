# What packages say about the project, for the scripts that make them. The version itself is in include/imagesearch.h alone.
version=$(sed -n 's/^#define IMAGESEARCH_VERSION "\(.*\)"$/\1/p' include/imagesearch.h)
abi=$(sed -n 's/^#define IMAGESEARCH_ABI_VERSION \(.*\)$/\1/p' include/imagesearch.h)
# .example until the project has an address of its own (RFC 2606); python/pyproject.toml has it, too, and a test compares them.
homepage=https://imagesearch.example
