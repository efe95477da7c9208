#!/bin/sh
# R CMD check --as-cran on the built package. Errors and warnings fail; so does every note
# but those that a machine without internet, or a first submission, causes.
set -u
build=$1
begun=$(date +%s)
mkdir -p "$build/check"
# No queries to servers: they would only time out here.
export _R_CHECK_CRAN_INCOMING_REMOTE_=false
export _R_CHECK_SYSTEM_CLOCK_=false
export _R_CHECK_FORCE_SUGGESTS_=false
root=$(pwd)
cd "$build/check" || exit 1
rm -rf kestrel_*.tar.gz kestrel.Rcheck
R CMD build "$root" >build.log 2>&1 || { cat build.log; exit 1; }
tarball=$(ls kestrel_*.tar.gz)
echo "tarball: $(du -k "$tarball" | cut -f1) kB"
R CMD check --as-cran --no-manual "$tarball" >check.log 2>&1
grep -E '(ERROR|WARNING|NOTE)$' check.log
grep -E 'Running .testthat.R' check.log
tail -n 2 check.log
if grep -qE '(ERROR|WARNING)$' check.log; then
  cat check.log
  exit 1
fi
notes=$(grep -E '^\*.*NOTE$' check.log | grep -v 'CRAN incoming feasibility' | grep -v 'future file timestamps')
if [ -n "$notes" ]; then
  cat check.log
  exit 1
fi
echo "R CMD check --as-cran: no errors, no warnings, no notes of its own; $(($(date +%s) - begun)) s"
