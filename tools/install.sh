#!/bin/sh
# The package into .build/library, from a copy, so that no object file stays in src/.
set -eu
build=$1
mkdir -p "$build/library" "$build/source"
rm -rf "$build/source"
mkdir -p "$build/source/kestrel"
cp -r DESCRIPTION NAMESPACE LICENSE NEWS.md R man src "$build/source/kestrel/"
rm -f "$build/source/kestrel/src/"*.o "$build/source/kestrel/src/"*.so
log="$build/install.log"
if ! MAKEFLAGS=-j2 R CMD INSTALL --no-test-load --library="$build/library" "$build/source/kestrel" >"$log" 2>&1; then
  cat "$log"
  exit 1
fi
date >"$build/installed"
