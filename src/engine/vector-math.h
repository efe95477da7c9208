/* Functions of whole vectors, without a branch or a table: within 2 units in the last place
 * over the whole range, with the limits, zeros, subnormals and NaN of the C library.
 *
 * Where a sum of two parts is needed to more digits than a number has, `rest` is what its
 * rounded value leaves. None of this depends on whether products and sums are fused. */
#ifndef NN_VECTOR_MATH_H
#define NN_VECTOR_MATH_H

#include "simd.h"

#define NN_EITHER(f, d) (sizeof(real) == sizeof(float) ? (real) (f) : (real) (d))

/* The bits of numbers: sign, exponent (of 1: NN_ONE_BITS) and NN_FRACTION bits of fraction. */
typedef __typeof__(__builtin_choose_expr(sizeof(real) == sizeof(float), (uint32_t) 0,
                                         (uint64_t) 0)) real_bits;
typedef real_bits vec_bits __attribute__((vector_size(NN_VECTOR_BYTES)));

enum { NN_FRACTION = sizeof(real) == sizeof(float) ? 23 : 52 };
enum { NN_BIAS = sizeof(real) == sizeof(float) ? 127 : 1023 };
#define NN_ONE_BITS ((real_bits) NN_BIAS << NN_FRACTION)
#define NN_FRACTION_BITS (((real_bits) 1 << NN_FRACTION) - 1)
#define NN_SIGN_BIT ((real_bits) 1 << (8 * sizeof(real) - 1))

NN_INLINE vec vec_of(real x) { return x - (vec){0}; }
NN_INLINE vec vec_abs(vec x) { return (vec) ((vec_bits) x & ~NN_SIGN_BIT); }
/* The size of `x` with the sign of `sign`; x is not negative. */
NN_INLINE vec vec_signed(vec x, vec sign) {
  return (vec) ((vec_bits) x | ((vec_bits) sign & NN_SIGN_BIT));
}
/* NaN stays. The instructions of x86 give their second argument where one is NaN. */
#if NN_VECTOR_BYTES == 64
#define VEC_EXTREME(which, a, b)                                          \
  (sizeof(real) == sizeof(float)                                          \
       ? (vec) _mm512_##which##_ps((__m512) (a), (__m512) (b))            \
       : (vec) _mm512_##which##_pd((__m512d) (a), (__m512d) (b)))
#elif NN_VECTOR_BYTES == 32
#define VEC_EXTREME(which, a, b)                                          \
  (sizeof(real) == sizeof(float)                                          \
       ? (vec) _mm256_##which##_ps((__m256) (a), (__m256) (b))            \
       : (vec) _mm256_##which##_pd((__m256d) (a), (__m256d) (b)))
#endif

NN_INLINE vec vec_at_most(vec x, real most) {
#ifdef VEC_EXTREME
  return VEC_EXTREME(min, vec_of(most), x);
#else
  return vec_select(x > most, vec_of(most), x);
#endif
}
NN_INLINE vec vec_at_least(vec x, real least) {
#ifdef VEC_EXTREME
  return VEC_EXTREME(max, vec_of(least), x);
#else
  return vec_select(x < least, vec_of(least), x);
#endif
}

/* c[0] + c[1] x + ... + c[n - 1] x^(n - 1) */
NN_INLINE vec vec_polynomial(const int n, const double* c, vec x) {
  vec p = vec_of((real) c[n - 1]);
  for (int i = n - 2; i >= 0; --i) p = p * x + (real) c[i];
  return p;
}
#define NN_POLYNOMIAL(c, x) vec_polynomial((int) (sizeof(c) / sizeof(*(c))), c, x)

/* log 2 in two parts; the first is short, so that its products with exponents are exact. */
#define NN_LOG2_HIGH NN_EITHER(0x1.62e4p-1, 0x1.62e42feep-1)
#define NN_LOG2_LOW NN_EITHER(0x1.7f7d1cp-20, 0x1.a39ef35793c76p-33)

/* x = n log 2 + r + rest with whole n and |r| <= log(2) / 2. Added to a number so large that
 * its last bit is worth 1, n is rounded and stands in the last bits. */
#define NN_LARGE NN_EITHER(0x1.8p23, 0x1.8p52)

typedef struct {
  vec n, r, rest;
  vec_bits bits; /* n, below bits that are shifted out */
} exp_parts;

NN_INLINE exp_parts exp_split(vec x) {
  exp_parts p;
  vec large = x * (real) 0x1.71547652b82fep0 + NN_LARGE;
  p.n = large - NN_LARGE;
  p.bits = (vec_bits) large;
  vec high = x - p.n * NN_LOG2_HIGH, low = p.n * NN_LOG2_LOW;
  p.r = high - low;
  p.rest = (high - p.r) - low;
  return p;
}

/* exp(r) - 1 - r: the series from the second power on */
NN_INLINE vec exp_tail(vec r) {
  static const double f[] = {0.5000000013, 0.1666666668, 0.0416664646, 0.00833331089,
                             0.001393368586, 0.0001989103065};
  static const double d[] = {
      0.5, 0.16666666666666671, 0.0416666666666666698, 0.00833333333332611205,
      0.00138888888888837318, 0.000198412698749012592, 0.0000248015873256053228,
      2.75572552979696444e-6, 2.75572735701021397e-7, 2.51052595384484934e-8,
      2.0914717341716376e-9};
  vec q = sizeof(real) == sizeof(float) ? NN_POLYNOMIAL(f, r) : NN_POLYNOMIAL(d, r);
  return r * r * q;
}

NN_INLINE vec power_of_2(vec_bits n) { return (vec) ((n << NN_FRACTION) + NN_ONE_BITS); }

/* y 2^n, where 2^n alone may be too large or too small: in two steps, the first exact. */
NN_INLINE vec exp_scaled(vec y, const exp_parts* p) {
#if NN_VECTOR_BYTES == 64
  return sizeof(real) == sizeof(float) ? (vec) _mm512_scalef_ps((__m512) y, (__m512) p->n)
                                       : (vec) _mm512_scalef_pd((__m512d) y, (__m512d) p->n);
#else
  vec_bits half = (vec_bits) (p->n * (real) 0.5 + NN_LARGE);
  return y * power_of_2(half) * power_of_2(p->bits - half);
#endif
}

#define NN_EXP_MOST NN_EITHER(88.9, 710)
#define NN_EXP_LEAST NN_EITHER(-105, -747)

NN_INLINE vec vec_exp(vec x) {
  exp_parts p = exp_split(vec_at_least(vec_at_most(x, NN_EXP_MOST), NN_EXP_LEAST));
  return exp_scaled(1 + (p.r + exp_tail(p.r)), &p);
}

/* exp(-|x|), which cannot overflow, as value and rest */
NN_INLINE vec exp_falling(vec x, vec* rest) {
  exp_parts p = exp_split(vec_at_least(-vec_abs(x), NN_EXP_LEAST));
  vec sum = 1 + p.r, small = ((1 - sum) + p.r) + (exp_tail(p.r) + p.rest);
  vec y = sum + small;
  *rest = exp_scaled((sum - y) + small, &p);
  return exp_scaled(y, &p);
}

/* (exp(x) - 1) / 2 as value and rest: h - 1/2 + h (exp(r) - 1) with h = 2^(n - 1), which is
 * never too large where x is within its limits. */
NN_INLINE vec expm1_half(vec x, vec* rest) {
  exp_parts p = exp_split(x);
  vec h = power_of_2(p.bits - 1), whole = h - (real) 0.5, part = h * p.r;
  vec sum = whole + part, small = ((whole - sum) + part) + h * (exp_tail(p.r) + p.rest);
  vec y = sum + small;
  *rest = (sum - y) + small;
  return y;
}

/* Where x is tiny it is the result, and halves could lose its last bit. */
NN_INLINE vec vec_expm1(vec x) {
  vec within = vec_at_least(vec_at_most(x, NN_EXP_MOST), NN_EITHER(-20, -40));
  vec rest, y = expm1_half(within, &rest);
  return vec_select(vec_abs(x) < NN_EITHER(0x1p-30, 0x1p-60), x, 2 * y);
}

/* x = 2^k (1 + f) with 1 + f from sqrt(1/2) to sqrt(2); x is positive and not subnormal. */
#define NN_ROOT_HALF ((real_bits) NN_EITHER_BITS(0x3f3504f3, 0x3fe6a09e667f3bcc))
#define NN_EITHER_BITS(f, d) (sizeof(real) == sizeof(float) ? (f) : (d))

typedef struct {
  vec f, k;
  vec_bits exponent; /* k 2^NN_FRACTION */
} log_parts;

NN_INLINE log_parts log_split(vec x) {
  const real large = NN_EITHER(0x1p23, 0x1p52);
  log_parts p;
  vec_bits from_root = (vec_bits) x - NN_ROOT_HALF;
  p.exponent = from_root & ~NN_FRACTION_BITS;
  p.f = (vec) ((from_root & NN_FRACTION_BITS) + NN_ROOT_HALF) - 1;
  vec_bits biased = (p.exponent + NN_ONE_BITS) >> NN_FRACTION;
  p.k = (vec) (biased + (vec_bits) vec_of(large)) - (large + NN_BIAS);
  return p;
}

/* k log 2 + log(1 + f) + rest. With s = f / (2 + f), log(1 + f) = 2 atanh(s)
 * = f - f^2 / 2 + s (f^2 / 2 + 2 s^2 / 3 + 2 s^4 / 5 + ...). */
NN_INLINE vec log_join(vec k, vec f, vec rest) {
  static const double few[] = {0.666666851, 0.3998875772, 0.2958098593};
  static const double more[] = {
      0.666666666666666971, 0.399999999998988905, 0.285714286262538376, 0.222222110893794962,
      0.181828924325368712, 0.153316117220550079, 0.14617807153417325};
  vec s = f / (2 + f), z = s * s, half = (real) 0.5 * f * f;
  vec tail = z * (sizeof(real) == sizeof(float) ? NN_POLYNOMIAL(few, z) : NN_POLYNOMIAL(more, z));
  return k * NN_LOG2_HIGH - ((half - (s * (half + tail) + (k * NN_LOG2_LOW + rest))) - f);
}

/* y, the logarithm of x, but the limits where x is 0, infinite, negative or NaN. */
NN_INLINE vec log_limits(vec x, vec y) {
  vec outside = vec_select(x == 0, vec_of(-(real) INFINITY), vec_of((real) NAN));
  return vec_select(x > 0, vec_select(x == (real) INFINITY, x, y), outside);
}

NN_INLINE vec vec_log(vec x) {
  vec_mask subnormal = x < NN_EITHER(0x1p-126, 0x1p-1022);
  log_parts p = log_split(vec_select(subnormal, x * NN_EITHER(0x1p30, 0x1p60), x));
  vec k = p.k - vec_select(subnormal, vec_of(NN_EITHER(30, 60)), vec_of(0));
  return log_limits(x, log_join(k, p.f, vec_of(0)));
}

/* log(u) with u = 1 + x, and what u lost of x put back to f. */
NN_INLINE vec log1p_within(vec x, vec u) {
  log_parts p = log_split(u);
  vec lost = vec_select(x < 1, x - (u - 1), 1 - (u - x)) * (vec) (NN_ONE_BITS - p.exponent);
  lost = vec_select(x > NN_EITHER(0x1p30, 0x1p60), vec_of(0), lost);
  vec f = p.f + lost;
  return log_join(p.k, f, (p.f - f) + lost);
}

NN_INLINE vec vec_log1p(vec x) {
  vec u = 1 + x, y = log_limits(u, log1p_within(x, u));
  return vec_select(x == 0, x, y);
}

/* 1 or e over 1 + e with e = exp(-|x|). The quotient is put right by what e and 1 + e lost;
 * 1 / (1 + e) is known from it. */
NN_INLINE vec vec_sigmoid(vec x) {
  vec rest, e = exp_falling(x, &rest), below = 1 + e, below_rest = ((1 - below) + e) + rest;
  vec_mask right = x >= 0;
  vec q = vec_select(right, vec_of(1), e) / below, inverse = vec_select(right, q, 1 - q);
  return q + (vec_select(right, vec_of(0), rest) - q * below_rest) * inverse;
}

NN_INLINE vec vec_softplus(vec x) {
  vec rest, e = exp_falling(x, &rest);
  return vec_select(x > 0, x, vec_of(0)) + log1p_within(e, 1 + e);
}

/* With e = (exp(2 |x|) - 1) / 2, tanh |x| = e / (e + 1), or 1 - 1 / (e + 1) where that is above
 * 1/2. The quotient is put right by what e and e + 1 lost; 1 / (e + 1) is known from it. */
NN_INLINE vec vec_tanh(vec x) {
  vec size = vec_at_most(vec_abs(x), NN_EITHER(10, 20)), rest, e = expm1_half(2 * size, &rest);
  vec_mask far = e > 1;
  vec below = e + 1, below_rest = ((1 - below) + e) + rest;
  vec part = vec_select(far, vec_of(1), e) / below;
  vec inverse = vec_select(far, part, 1 - part);
  part += (vec_select(far, vec_of(0), rest) - part * below_rest) * inverse;
  vec y = vec_select(size < NN_EITHER(0x1p-20, 0x1p-40), size, vec_select(far, 1 - part, part));
  return vec_signed(y, x);
}

/* p - a b where p is nearly a b: halves of numbers have exact products. */
NN_INLINE vec vec_missing(vec p, vec a, vec b) {
  const real_bits upper = ~(real_bits) 0 << (NN_FRACTION / 2 + 1);
  vec a_high = (vec) ((vec_bits) a & upper), b_high = (vec) ((vec_bits) b & upper);
  return ((p - a_high * b_high) - a_high * (b - b_high)) - (a - a_high) * b;
}

/* (1 + x) exp(x^2) erfc(x) for x >= 0 is a polynomial in t = (x - 3) / (x + 3), from 1 down to
 * 1 / sqrt(pi); this is what it has beside its first number. */
NN_INLINE vec erfc_polynomial(vec t) {
  static const double few[] = {-0.2309273548, 0.09902076697, -0.01023456684, -0.02380351806,
                               0.02194928951, -0.009760168549, 0.001649006206, 0.0006996292363,
                               -0.0003868084066, -0.0001117477662};
  static const double more[] = {
      -0.230927333083809027, 0.0990207536794415236, -0.0102353888990283287, -0.0238039131087338242,
      0.0219577640133317957, -0.00975068929163442103, 0.00161856911690284398,
      0.000645814192885935767, -0.000367288394853869383, -0.0000205515463128103825,
      0.0000561189388996584194, -1.51463955615006651e-6, -8.98860899954663498e-6,
      2.61432100843270621e-7, 1.58549925471378539e-6, 5.91009075155051697e-8,
      -2.88639383634159141e-7, -4.44281266808482474e-8, 4.65075756910973175e-8,
      1.36631288323713957e-8, -4.67690869449301022e-9, -2.0066789700541899e-9};
  return t * (sizeof(real) == sizeof(float) ? NN_POLYNOMIAL(few, t) : NN_POLYNOMIAL(more, t));
}

#define NN_ERFC_FIRST NN_EITHER(0.7160046045, 0.716004604725559796)
#define NN_ERFC_FIRST_REST NN_EITHER(-5.5926e-9, -2.72767e-17)

/* exp(x^2) erfc(x), x >= 0, as value and rest */
NN_INLINE vec erfc_flat(vec x, vec* rest) {
  vec t = erfc_polynomial((x - 3) / (x + 3));
  vec above = NN_ERFC_FIRST + t, above_rest = (NN_ERFC_FIRST - above) + t + NN_ERFC_FIRST_REST;
  vec below = 1 + x, back = below - 1, below_rest = (1 - (below - back)) + (x - back);
  vec inverse = 1 / below, q = above * inverse;
  *rest = (vec_missing(above, q, below) + (above_rest - q * below_rest)) * inverse;
  return q;
}

/* exp(-x^2) with all digits of x^2, times the above; 2 less that left of 0. */
NN_INLINE vec vec_erfc(vec x) {
  vec size = vec_at_most(vec_abs(x), NN_EITHER(10.1, 28)), square = size * size, flat_rest;
  vec flat = erfc_flat(size, &flat_rest);
  exp_parts p = exp_split(-square);
  vec e = 1 + p.r, tail = exp_tail(p.r), lost = p.rest + vec_missing(square, size, size);
  vec e_rest = ((1 - e) + p.r) + (tail + lost * (e + tail));
  vec y = exp_scaled(e * flat + (e_rest * flat + e * flat_rest), &p);
  return vec_select(x < 0, 2 - y, y);
}

#endif
