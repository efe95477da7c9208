#include "harness.h"

#include "../../src/engine/vector-math.h"

/* Every function against long double, in units in the last place of `real`, for numbers of
 * every size (random bits), over the range where the result is between its limits, and where
 * it is steepest. */

static long double sigmoid_exact(long double x) { return 1 / (1 + expl(-x)); }
static long double softplus_exact(long double x) {
  return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x));
}

#define OVER_ARRAY(name)                                         \
  static void name##_array(size_t n, const real* x, real* y) {   \
    for (size_t i = 0; i < n; i += LANES) {                      \
      vec_store(y + i, vec_##name(vec_load(x + i, n - i)), n - i); \
    }                                                            \
  }
OVER_ARRAY(exp)
OVER_ARRAY(expm1)
OVER_ARRAY(log)
OVER_ARRAY(log1p)
OVER_ARRAY(tanh)
OVER_ARRAY(sigmoid)
OVER_ARRAY(softplus)
OVER_ARRAY(erfc)

typedef struct {
  const char* name;
  void (*run)(size_t n, const real* x, real* y);
  long double (*exact)(long double x);
  double low, high;   /* beyond these the limits are reached */
  double near_low, near_high;
} function;

static const function functions_known[] = {
    {"exp", exp_array, expl, -750, 712, -2, 2},
    {"expm1", expm1_array, expm1l, -60, 712, -2, 2},
    {"log", log_array, logl, 0, 100, 0.5, 2},
    {"log1p", log1p_array, log1pl, -1, 100, -0.75, 1},
    {"tanh", tanh_array, tanhl, -25, 25, -1, 1},
    {"sigmoid", sigmoid_array, sigmoid_exact, -750, 50, -5, 5},
    {"softplus", softplus_array, softplus_exact, -750, 50, -5, 5},
    {"erfc", erfc_array, erfcl, -7, 28, -2, 2},
};

/* The distance of two neighbours at t, which is `least` among the subnormal numbers. */
static long double unit_at(long double t) {
  int least = IS_DOUBLE ? -1074 : -149, digits = IS_DOUBLE ? 52 : 23;
  int exponent = t == 0 ? least : ilogbl(t) - digits;
  return ldexpl(1, exponent < least ? least : exponent);
}

static double units_off(real y, long double t) {
  real rounded = (real) t;
  if (isnan(y) || isnan(t)) return isnan(y) && isnan(t) ? 0 : INFINITY;
  if (isinf(y) || isinf(rounded)) return y == rounded ? 0 : INFINITY;
  return (double) (fabsl((long double) y - t) / unit_at(t));
}

static uint64_t random_bits(void) {
  draw(0, 1);
  uint64_t high = harness_state >> 32;
  draw(0, 1);
  return high << 32 | harness_state >> 32;
}

static real number_of_any_size(void) {
  uint64_t bits = random_bits();
  real x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

enum { SAMPLES = 20011 };

/* -1 where all numbers are within 2 units, else the place of the first that is not */
static int first_off(const function* f, size_t n, const real* x, const real* y, double* worst) {
  for (size_t i = 0; i < n; ++i) {
    double off = units_off(y[i], f->exact((long double) x[i]));
    if (off > *worst) *worst = off;
    if (off > 2) return (int) i;
  }
  return -1;
}

static void check_units(const function* f, size_t n, const real* x, double* worst) {
  real* y = keep_reals(n);
  f->run(n, x, y);
  int at = first_off(f, n, x, y, worst);
  if (at >= 0) {
    printf("  %s(%.17g) is %.17g and not %.17Lg\n", f->name, (double) x[at], (double) y[at],
           f->exact((long double) x[at]));
  }
  check(at < 0, f->name);
}

static void test_ranges(const function* f) {
  real* x = keep_reals(SAMPLES);
  double worst = 0;
  for (int i = 0; i < SAMPLES; ++i) x[i] = number_of_any_size();
  check_units(f, SAMPLES, x, &worst);
  draw_reals(SAMPLES, f->low, f->high, x);
  check_units(f, SAMPLES, x, &worst);
  draw_reals(SAMPLES, f->near_low, f->near_high, x);
  check_units(f, SAMPLES, x, &worst);
  printf("%s: %.2f units at most\n", f->name, worst);
}

/* Ends of the range and neighbours of 0: those that are exact in long double are exact here,
 * the sign of a zero too. */
static void test_limits(const function* f) {
  double least = IS_DOUBLE ? 0x1p-1074 : 0x1p-149, normal = IS_DOUBLE ? 0x1p-1022 : 0x1p-126;
  double most = IS_DOUBLE ? 0x1.fffffffffffffp1023 : 0x1.fffffep127;
  const double at[] = {0, -0.0, INFINITY, -INFINITY, NAN, least, -least, normal, -normal,
                       3 * least, -3 * least, normal - least, 1, -1, most, -most};
  real x[COUNT(at)], y[COUNT(at)];
  for (int i = 0; i < COUNT(at); ++i) x[i] = (real) at[i];
  f->run(COUNT(at), x, y);
  for (int i = 0; i < COUNT(at); ++i) {
    long double t = f->exact((long double) x[i]);
    bool same_sign = isnan(t) || !signbit(y[i]) == !signbit((real) t);
    bool exact = !isinf((real) t) && t != 0 && t == (long double) (real) t;
    bool good = exact ? y[i] == (real) t : units_off(y[i], t) <= 2;
    if (!good || !same_sign) printf("  %s(%g) is %.9g\n", f->name, at[i], (double) y[i]);
    check(good && same_sign, "limits");
  }
}

int main(void) {
  for (int i = 0; i < COUNT(functions_known); ++i) {
    test_ranges(functions_known + i);
    test_limits(functions_known + i);
  }
  return report();
}
