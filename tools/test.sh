#!/bin/sh
# Every test: the engine without R (plain, then sanitized), each engine file alone, the
# structure of the code, and the R package. Ends with one line for all: N passed, N failed.
set -u
mkdir -p .build
passed=0
failed=0

# Runs a make target whose output has a line "...: N passed, N failed".
count() {
  output=$(make -s -j2 "$1" 2>&1)
  status=$?
  printf '%s\n' "$output"
  line=$(printf '%s\n' "$output" | grep -E '[0-9]+ passed, [0-9]+ failed$' | tail -n 1)
  if [ -n "$line" ]; then
    numbers=${line##*: }
    passed=$((passed + ${numbers%% *}))
    rest=${numbers#* passed, }
    failed=$((failed + ${rest%% *}))
    [ "$status" = 0 ] || [ "${rest%% *}" != 0 ] || failed=$((failed + 1))
  elif [ "$status" = 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
}

for target in engine-test engine-sanitize engine-check structure; do
  echo "== $target"
  count "$target"
done

echo "== R tests"
Rscript tools/run-tests.R .build/r-tests.txt
if [ -s .build/r-tests.txt ]; then
  read -r r_passed r_failed <.build/r-tests.txt
  passed=$((passed + r_passed))
  failed=$((failed + r_failed))
  rm -f .build/r-tests.txt
else
  failed=$((failed + 1))
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
