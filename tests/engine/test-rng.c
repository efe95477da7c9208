#include "harness.h"

/* The known answers are those that the authors of Philox publish with Random123
 * (kat_vectors, philox4x32 with 10 rounds). The rest are moments with bounds of five
 * standard errors, and what the header promises. */

typedef struct {
  uint32_t counter[4], key[2], out[4];
} known_answer;

static const known_answer known_answers[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void test_known_answers(void) {
  for (int i = 0; i < COUNT(known_answers); ++i) {
    uint32_t out[4];
    philox(known_answers[i].counter, known_answers[i].key, out);
    check(same_bytes(out, known_answers[i].out, sizeof(out)), "Philox4x32-10, known answer");
  }
}

/* Number i is made of words 2 (i % 2) and the next of block i / 2. */
static void test_layout(void) {
  rng r = rng_new(0x0123456789abcdef, 7, 9);
  bool same = true;
  for (uint32_t i = 0; i < 10; ++i) {
    uint32_t counter[4] = {i / 2, 0, 7, 9}, key[2] = {0x89abcdef, 0x01234567}, out[4];
    philox(counter, key, out);
    uint64_t bits = (uint64_t) out[i % 2 * 2] << 32 | out[i % 2 * 2 + 1];
    same = same && rng_uniform(&r) == ((double) (bits >> 12) + 0.5) / 4503599627370496.0;
  }
  check(same, "number i is a function of seed, stream, step and i");
}

/* |mean - expected| within five standard errors of n draws */
static void check_mean(double sum, double n, double expected, double sd, const char* what) {
  check(fabs(sum / n - expected) <= 5 * sd / sqrt(n), what);
}

static void test_uniform(void) {
  enum { N = 200000, CELLS = 50 };
  rng r = rng_new(1, 2, 3);
  double sum = 0, squares = 0, products = 0, last = 0.5, chi = 0;
  int cells[CELLS] = {0};
  bool inside = true;
  for (int i = 0; i < N; ++i) {
    double u = rng_uniform(&r);
    inside = inside && u > 0 && u < 1;
    sum += u;
    squares += u * u;
    products += (u - 0.5) * (last - 0.5);
    last = u;
    cells[(int) (u * CELLS)] += 1;
  }
  for (int c = 0; c < CELLS; ++c) {
    double off = cells[c] - (double) N / CELLS;
    chi += off * off / ((double) N / CELLS);
  }
  check(inside, "uniform: never 0 nor 1");
  check_mean(sum, N, 0.5, sqrt(1.0 / 12), "uniform: mean 1/2");
  check_mean(squares, N, 1.0 / 3, sqrt(4.0 / 45), "uniform: second moment 1/3");
  check_mean(products, N, 0, 1.0 / 12, "uniform: neighbours are uncorrelated");
  check(fabs(chi - (CELLS - 1)) <= 5 * sqrt(2.0 * (CELLS - 1)), "uniform: even over 50 cells");
}

static void test_normal(void) {
  enum { N = 200000 };
  rng r = rng_new(4, 5, 6);
  double moments[5] = {0};
  bool finite = true;
  for (int i = 0; i < N; ++i) {
    double z = rng_normal(&r), power = 1;
    finite = finite && isfinite(z);
    for (int k = 1; k < 5; ++k) moments[k] += power *= z;
  }
  check(finite, "normal: finite");
  check_mean(moments[1], N, 0, 1, "normal: mean 0");
  check_mean(moments[2], N, 1, sqrt(2), "normal: variance 1");
  check_mean(moments[3], N, 0, sqrt(15), "normal: skewness 0");
  check_mean(moments[4], N, 3, sqrt(96), "normal: kurtosis 3");
}

/* Bounds above 2^31 are where a product without rejection would be plainly uneven: with
 * n = 3 2^30 the lower half of each third would come up twice as often. */
static void test_below(void) {
  const uint32_t small[] = {1, 2, 3, 7, 10};
  for (int k = 0; k < COUNT(small); ++k) {
    enum { N = 70000 };
    double counts[10] = {0}, n = small[k];
    rng r = rng_new(11, (uint32_t) k, 0);
    bool inside = true;
    for (int i = 0; i < N; ++i) {
      uint32_t x = rng_below(&r, small[k]);
      inside = inside && x < small[k];
      if (x < 10) counts[x] += 1;
    }
    check(inside, "below: less than n");
    for (uint32_t x = 0; x < small[k]; ++x) {
      check_mean(counts[x], N, 1 / n, sqrt((1 - 1 / n) / n), "below: all equally often");
    }
  }
  rng r = rng_new(12, 0, 0);
  const uint32_t large = 0xC0000000;
  double thirds[3] = {0}, lows = 0;
  for (int i = 0; i < 60000; ++i) {
    uint32_t x = rng_below(&r, large);
    if (x < large) thirds[x / 0x40000000] += 1;
    lows += x % 3 == 0;
  }
  for (int c = 0; c < 3; ++c) {
    check_mean(thirds[c], 60000, 1.0 / 3, sqrt(2.0 / 9), "below: even for n over 2^31");
  }
  check_mean(lows, 60000, 1.0 / 3, sqrt(2.0 / 9), "below: residues are even for n over 2^31");
}

static void test_permutation(void) {
  const int sizes[] = {0, 1, 2, 5, 100, 1000};
  for (int k = 0; k < COUNT(sizes); ++k) {
    int n = sizes[k], *order = keep((size_t) n * sizeof(int));
    char* seen = keep((size_t) n + 1);
    memset(seen, 0, (size_t) n + 1);
    rng r = rng_new(13, (uint32_t) k, 0);
    rng_permutation(&r, n, order);
    bool once = true;
    for (int i = 0; i < n; ++i) {
      once = once && order[i] >= 0 && order[i] < n && !seen[order[i]];
      if (order[i] >= 0 && order[i] < n) seen[order[i]] = 1;
    }
    check(once, "permutation: each number once");
  }
}

/* All 24 orders of four, equally often. */
static void test_permutation_even(void) {
  enum { N = 48000 };
  double counts[256] = {0};
  for (uint32_t i = 0; i < N; ++i) {
    int order[4];
    rng r = rng_new(14, 0, i);
    rng_permutation(&r, 4, order);
    counts[order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3]] += 1;
  }
  int orders = 0;
  for (int c = 0; c < 256; ++c) {
    if (counts[c] == 0) continue;
    ++orders;
    check_mean(counts[c], N, 1.0 / 24, sqrt(23.0) / 24, "permutation: all orders equally often");
  }
  check(orders == 24, "permutation: every order of four occurs");
}

/* Numbers of a stretch are those that come one at a time, from any place on. */
static void test_stretches(void) {
  for (size_t n = 0; n < 150; n += n < 70 ? 1 : 13) {
    for (uint64_t from = 0; from < 4; ++from) {
      rng one = rng_new((uint64_t) 7 << 40 | 5, 3, 2), many = one;
      double *u = keep_doubles(n + 1), *z = keep_doubles(n + 1);
      one.next = many.next = ((uint64_t) 1 << 33) - 4 + from;
      bool same = true;
      rng_uniforms(&many, n, u);
      for (size_t i = 0; i < n; ++i) same = same && u[i] == rng_uniform(&one);
      check(same && one.next == many.next, "uniforms: as one at a time");
      rng_normals(&many, n, z);
      for (size_t i = 0; i < n; ++i) same = same && z[i] == rng_normal(&one);
      check(same && one.next == many.next, "normals: as one at a time");
    }
  }
}

/* Fisher and Yates with numbers that come one at a time. */
static void test_permutation_numbers(void) {
  for (int n = 1; n < 200; ++n) {
    for (uint64_t from = 0; from < 2; ++from) {
      rng one = rng_new(11, 6, (uint32_t) n), many = one;
      int order[200], expected[200];
      one.next = many.next = from;
      rng_permutation(&many, n, order);
      for (int i = 0; i < n; ++i) expected[i] = i;
      for (int i = n - 1; i > 0; --i) {
        int j = (int) rng_below(&one, (uint32_t) i + 1), swap = expected[i];
        expected[i] = expected[j];
        expected[j] = swap;
      }
      check(same_bytes(order, expected, (size_t) n * sizeof(int)) && one.next == many.next,
            "permutation: numbers as one at a time");
    }
  }
}

static void test_streams_differ(void) {
  rng all[] = {rng_new(1, 1, 1), rng_new(2, 1, 1), rng_new(1, 2, 1), rng_new(1, 1, 2),
               rng_new((uint64_t) 1 << 32 | 1, 1, 1)};
  bool differ = true;
  for (int i = 0; i < COUNT(all); ++i) {
    for (int j = 0; j < i; ++j) {
      rng a = all[i], b = all[j];
      differ = differ && rng_uniform(&a) != rng_uniform(&b);
    }
  }
  check(differ, "seed (both halves), stream and step all matter");
}

int main(void) {
  test_known_answers();
  test_layout();
  test_uniform();
  test_normal();
  test_below();
  test_permutation();
  test_permutation_even();
  test_stretches();
  test_permutation_numbers();
  test_streams_differ();
  return report();
}
