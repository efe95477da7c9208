#!/bin/sh
# Runs the test programs named; each ends with the line `N passed, N failed`. Writes the sum.
set -u
passed=0
failed=0
for program in "$@"; do
  output=$("$program" 2>&1)
  status=$?
  line=$(printf '%s\n' "$output" | tail -n 1)
  case "$line" in
    *" passed, "*" failed")
      passed=$((passed + ${line%% *}))
      rest=${line#* passed, }
      failed=$((failed + ${rest%% *}))
      [ "$status" = 0 ] || { echo "== $program"; printf '%s\n' "$output" | head -n 40; } ;;
    *)
      echo "== $program died (status $status)"
      printf '%s\n' "$output" | tail -n 40
      failed=$((failed + 1)) ;;
  esac
done
echo "engine, $# programs: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$#" -gt 0 ]
