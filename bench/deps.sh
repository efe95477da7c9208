#!/bin/sh
# Peers of the benchmarks, from apt and, what it has not, from CRAN into the folder given; what
# cannot be had is left out of the table.
# A fast BLAS for PyTorch and scikit-learn is unpacked into the folder given, so that the BLAS
# of this machine stays what it is. Never fails.
set -u
build=$1
packages="python3-torch python3-sklearn python3-numpy r-cran-amore"

command -v apt-get >/dev/null 2>&1 || exit 0
here() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'; }
known() { apt-cache show "$1" >/dev/null 2>&1; }

for package in $packages; do
  here "$package" || ! known "$package" || [ "$(id -u)" != 0 ] ||
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
      >/dev/null 2>&1 || echo "not to be had from apt: $package"
done

mkdir -p "$build/library"
Rscript - "$build/library" <<'END'
library <- commandArgs(TRUE)[1]
.libPaths(c(library, .libPaths()))
wanted <- c("neuralnet", "RSNNS", "deepnet", "ANN2")
missing <- wanted[!vapply(wanted, requireNamespace, NA, quietly = TRUE)]
if (length(missing)) try(suppressWarnings(install.packages(missing, library, quiet = TRUE)), silent = TRUE)
missing <- wanted[!vapply(wanted, requireNamespace, NA, quietly = TRUE)]
if (length(missing)) cat("not to be had from CRAN:", missing, "\n")
END

if [ ! -d "$build/openblas/usr" ]; then
  mkdir -p "$build/openblas"
  (cd "$build/openblas" && apt-get download -qq libopenblas0-openmp >/dev/null 2>&1 &&
    dpkg -x libopenblas0-openmp_*.deb . && rm -f ./*.deb) ||
    echo "not to be had from apt: libopenblas0-openmp"
fi
exit 0
