#include "harness.h"

/* Measured is carved, whatever the sizes; arrays are aligned and apart; a size that no
 * size_t can say is noticed, however the sum comes about. */

static void layout(arena* a, size_t n, char** parts) {
  for (size_t i = 0; i < n; ++i) parts[i] = arena_take(a, i * 7 % 5, i % 3 * 8 + 1);
}

static void test_measured_is_carved(void) {
  enum { PARTS = 40 };
  char* parts[PARTS];
  arena empty = {.base = NULL};
  layout(&empty, PARTS, parts);
  bool none = true;
  for (int i = 0; i < PARTS; ++i) none = none && parts[i] == NULL;
  check(none, "measuring hands out no pointers");
  arena full = {.base = keep(empty.used)};
  layout(&full, PARTS, parts);
  check(full.used == empty.used && !full.overflow, "carving uses what was measured");
  bool aligned = true, apart = true;
  for (int i = 0; i < PARTS; ++i) aligned = aligned && (uintptr_t) parts[i] % 64 == 0;
  for (size_t i = 0; i + 1 < PARTS; ++i) {
    apart = apart && parts[i] + i * 7 % 5 * (i % 3 * 8 + 1) <= parts[i + 1];
  }
  check(aligned, "every array starts a cache line");
  check(apart, "arrays do not overlap");
  check(parts[PARTS - 1] <= full.base + full.used, "the last one lies within the block");
}

static void test_sizes(void) {
  const size_t counts[] = {0, 1, 8, 63, 64, 65, 1000};
  const size_t used[] = {0, 64, 64, 64, 64, 128, 1024};
  for (int i = 0; i < COUNT(counts); ++i) {
    arena a = {.base = NULL};
    arena_take(&a, counts[i], 1);
    check(a.used == used[i], "a size is rounded up to 64 bytes");
  }
}

static bool overflows(size_t first, size_t count, size_t size) {
  arena a = {.base = NULL};
  arena_take(&a, first, 1);
  arena_take(&a, count, size);
  return a.overflow;
}

static void test_overflow(void) {
  check(!overflows(0, (size_t) 1 << 40, 8), "8 TB can be said");
  check(!overflows(0, SIZE_MAX, 0), "things of no size need none");
  check(overflows(0, SIZE_MAX / 2, 8), "a product too large for size_t");
  check(overflows(0, SIZE_MAX, 1), "the largest size_t");
  check(overflows((size_t) 1 << 62, (size_t) 1 << 62, 1), "a sum too large");
  check(overflows(SIZE_MAX / 2 - 64, 1, 1), "one byte more than there can be");
  check(overflows(SIZE_MAX / 2 - 64, SIZE_MAX / 64, 64), "a product on top of the most");
  arena a = {.base = NULL};
  arena_take(&a, SIZE_MAX, 8);
  arena_take(&a, 1, 8);
  check(a.overflow, "an overflow is not forgotten");
}

int main(void) {
  test_measured_is_carved();
  test_sizes();
  test_overflow();
  return report();
}
