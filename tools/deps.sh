#!/bin/sh
# Installs what `make demo`, `make test` and `make check` need and is not here: Debian's
# packages where apt is, else R packages from CRAN into .library-r inside the checkout.
# With everything there it only looks, which takes about a second.
set -eu
cd "$(dirname "$0")/.."
library="$PWD/.library-r"
export R_LIBS="$library${R_LIBS:+:$R_LIBS}"
packages="cli generics magrittr rlang testthat ggplot2 knitr rmarkdown roxygen2 R6 tibble callr withr nnet"

have() { command -v "$1" >/dev/null 2>&1; }

missing_packages() {
  have Rscript || { echo "$packages"; return; }
  Rscript --vanilla -e "p <- commandArgs(TRUE); cat(p[!nzchar(vapply(p, function(x) system.file(package = x), ''))])" $packages
}

missing_tools() {
  have Rscript || printf 'r-base-core r-base-dev '
  have gcc || printf 'gcc libc6-dev '
  [ -e /usr/share/R/include/R.h ] || have Rscript || printf 'r-base-dev '
  have clang || printf 'clang '
  have pandoc || printf 'pandoc '
  have qpdf || printf 'qpdf '
  clang_sanitizes || printf 'libclang-rt-14-dev '
}

# clang's sanitizers stand in a package of their own.
clang_sanitizes() {
  have clang || return 1
  echo 'int main(void) { return 0; }' | clang -fsanitize=address,undefined -x c - -o /dev/null 2>/dev/null
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else return 1; fi
}

can_apt() { have apt-get && { [ "$(id -u)" = 0 ] || have sudo; }; }

# One after the other when not all can be had at once.
apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
  for package in "$@"; do
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
      >/dev/null 2>&1 || echo "not to be had from apt: $package"
  done
}

tools=$(missing_tools)
lacking=$(missing_packages)
[ -z "$tools$lacking" ] && exit 0

if can_apt; then
  debian=$(for p in $lacking; do printf 'r-cran-%s ' "$(echo "$p" | tr 'A-Z' 'a-z')"; done)
  echo "Installing from apt: $tools$debian"
  as_root apt-get update -qq
  apt_install $tools $debian
fi

have Rscript || { echo "R is not here and could not be installed." >&2; exit 1; }
have gcc || have clang || { echo "A C compiler is not here and could not be installed." >&2; exit 1; }

lacking=$(missing_packages)
if [ -n "$lacking" ]; then
  echo "Installing from CRAN into .library-r: $lacking"
  mkdir -p "$library"
  Rscript --vanilla -e '
    repos <- getOption("repos")
    site <- Sys.glob(file.path(R.home("etc"), "Rprofile.site"))
    if (identical(unname(repos["CRAN"]), "@CRAN@") && length(site)) source(site)
    if (identical(unname(getOption("repos")["CRAN"]), "@CRAN@")) utils::chooseCRANmirror(ind = 1)
    utils::install.packages(commandArgs(TRUE), lib = .libPaths()[1], quiet = TRUE)' $lacking
fi

lacking=$(missing_packages)
[ -z "$lacking" ] || { echo "Could not install: $lacking" >&2; exit 1; }
