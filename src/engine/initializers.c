#include "initializer.h"

/* Initial values. Everything is in double; w is column-major over dims. */

static void fill_draw(const initializer_args* a, double value, double* w) {
  for (size_t i = 0; i < a->n; ++i) w[i] = value;
}

static void zeros_draw(const initializer_args* a, rng* r, double* w) {
  (void) r;
  fill_draw(a, 0, w);
}

static void ones_draw(const initializer_args* a, rng* r, double* w) {
  (void) r;
  fill_draw(a, 1, w);
}

static void constant_draw(const initializer_args* a, rng* r, double* w) {
  (void) r;
  fill_draw(a, a->h[0], w);
}

static void normal_fill(size_t n, rng* r, double mean, double sd, double* w) {
  for (size_t i = 0; i < n; ++i) w[i] = mean + sd * rng_normal(r);
}

static void uniform_fill(size_t n, rng* r, double from, double to, double* w) {
  for (size_t i = 0; i < n; ++i) w[i] = from + (to - from) * rng_uniform(r);
}

/* Draws beyond two standard deviations are drawn again. */
static void truncated_fill(size_t n, rng* r, double mean, double sd, double* w) {
  for (size_t i = 0; i < n; ++i) {
    double z = rng_normal(r);
    while (fabs(z) > 2) z = rng_normal(r);
    w[i] = mean + sd * z;
  }
}

static void random_normal_draw(const initializer_args* a, rng* r, double* w) {
  normal_fill(a->n, r, a->h[0], a->h[1], w);
}

static void random_uniform_draw(const initializer_args* a, rng* r, double* w) {
  uniform_fill(a->n, r, a->h[0], a->h[1], w);
}

static void truncated_normal_draw(const initializer_args* a, rng* r, double* w) {
  truncated_fill(a->n, r, a->h[0], a->h[1], w);
}

/* Variance scale / fan. A normal truncated at two standard deviations keeps this part of
 * its own one, so it starts wider. */
#define TRUNCATED_SD 0.87962566103423978

enum { FAN_IN, FAN_OUT, FAN_AVG };
enum { SCALED_TRUNCATED_NORMAL, SCALED_NORMAL, SCALED_UNIFORM };

static void scaled_fill(const initializer_args* a, rng* r, double scale, int mode,
                        int distribution, double* w) {
  double fan = mode == FAN_IN    ? a->fan_in
               : mode == FAN_OUT ? a->fan_out
                                 : (a->fan_in + a->fan_out) / 2;
  double variance = scale / (fan > 1 ? fan : 1);
  if (distribution == SCALED_TRUNCATED_NORMAL) {
    truncated_fill(a->n, r, 0, sqrt(variance) / TRUNCATED_SD, w);
  } else if (distribution == SCALED_NORMAL) {
    normal_fill(a->n, r, 0, sqrt(variance), w);
  } else {
    uniform_fill(a->n, r, -sqrt(3 * variance), sqrt(3 * variance), w);
  }
}

static void variance_scaling_draw(const initializer_args* a, rng* r, double* w) {
  scaled_fill(a, r, a->h[0], (int) a->h[1], (int) a->h[2], w);
}

static void glorot_uniform_draw(const initializer_args* a, rng* r, double* w) {
  scaled_fill(a, r, 1, FAN_AVG, SCALED_UNIFORM, w);
}

static void glorot_normal_draw(const initializer_args* a, rng* r, double* w) {
  scaled_fill(a, r, 1, FAN_AVG, SCALED_TRUNCATED_NORMAL, w);
}

static void he_uniform_draw(const initializer_args* a, rng* r, double* w) {
  scaled_fill(a, r, 2, FAN_IN, SCALED_UNIFORM, w);
}

static void he_normal_draw(const initializer_args* a, rng* r, double* w) {
  scaled_fill(a, r, 2, FAN_IN, SCALED_TRUNCATED_NORMAL, w);
}

static void lecun_uniform_draw(const initializer_args* a, rng* r, double* w) {
  scaled_fill(a, r, 1, FAN_IN, SCALED_UNIFORM, w);
}

static void lecun_normal_draw(const initializer_args* a, rng* r, double* w) {
  scaled_fill(a, r, 1, FAN_IN, SCALED_TRUNCATED_NORMAL, w);
}

static double column_dot(size_t n, const double* x, const double* y) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

/* Takes from column v what lies along the columns before it, then gives it length 1. Done
 * twice, since rounding leaves a rest the first time. */
static void column_orthonormalize(size_t rows, size_t v, double* w) {
  double* x = w + v * rows;
  for (int pass = 0; pass < 2; ++pass) {
    for (const double* q = w; q < x; q += rows) {
      double along = column_dot(rows, q, x);
      for (size_t i = 0; i < rows; ++i) x[i] -= along * q[i];
    }
    double length = sqrt(column_dot(rows, x, x));
    for (size_t i = 0; i < rows; ++i) x[i] /= length;
  }
}

/* rows x cols to cols x rows in place: the number at p goes to p * cols modulo n - 1. Each
 * cycle of that permutation is walked once, from its lowest place. */
static void transpose_in_place(size_t rows, size_t cols, double* w) {
  size_t n = rows * cols;
  for (size_t start = 1; start + 1 < n; ++start) {
    size_t p = start;
    do p = p * cols % (n - 1); while (p > start);
    if (p < start) continue;
    double moved = w[start];
    do {
      p = p * cols % (n - 1);
      double next = w[p];
      w[p] = moved;
      moved = next;
    } while (p != start);
  }
}

/* Q of a Gaussian matrix A = Q R, the diagonal of R made positive, which is what Gram and
 * Schmidt find. A is tall; a wide Q is the transpose of a tall one. */
static void orthogonal_draw(const initializer_args* a, rng* r, double* w) {
  size_t cols = a->rank ? (size_t) a->dims[a->rank - 1] : 1, rows = a->n / cols;
  size_t tall = rows > cols ? rows : cols, narrow = a->n / tall;
  normal_fill(a->n, r, 0, 1, w);
  for (size_t v = 0; v < narrow; ++v) column_orthonormalize(tall, v, w);
  for (size_t i = 0; i < a->n; ++i) w[i] *= a->h[0];
  if (rows < cols) transpose_in_place(tall, narrow, w);
}

/* The diagonal of a matrix. */
static void identity_draw(const initializer_args* a, rng* r, double* w) {
  (void) r;
  size_t rows = a->rank ? (size_t) a->dims[0] : 1;
  fill_draw(a, 0, w);
  for (size_t i = 0; i < rows && i * (rows + 1) < a->n; ++i) w[i * (rows + 1)] = a->h[0];
}

/* mode: 0 fan_in, 1 fan_out, 2 fan_avg; distribution: 0 truncated normal, 1 normal,
 * 2 uniform. */
static const initializer initializers[] = {
    {"zeros", {{NULL, 0}}, zeros_draw},
    {"ones", {{NULL, 0}}, ones_draw},
    {"constant", {{"value", 0}}, constant_draw},
    {"random_normal", {{"mean", 0}, {"stddev", 0.05}}, random_normal_draw},
    {"random_uniform", {{"minval", -0.05}, {"maxval", 0.05}}, random_uniform_draw},
    {"truncated_normal", {{"mean", 0}, {"stddev", 0.05}}, truncated_normal_draw},
    {"variance_scaling", {{"scale", 1}, {"mode", 0}, {"distribution", 0}}, variance_scaling_draw},
    {"glorot_uniform", {{NULL, 0}}, glorot_uniform_draw},
    {"glorot_normal", {{NULL, 0}}, glorot_normal_draw},
    {"he_uniform", {{NULL, 0}}, he_uniform_draw},
    {"he_normal", {{NULL, 0}}, he_normal_draw},
    {"lecun_uniform", {{NULL, 0}}, lecun_uniform_draw},
    {"lecun_normal", {{NULL, 0}}, lecun_normal_draw},
    {"orthogonal", {{"gain", 1}}, orthogonal_draw},
    {"identity", {{"gain", 1}}, identity_draw},
};

NN_SHARED const initializer* initializer_at(int i) {
  int n = (int) (sizeof(initializers) / sizeof(*initializers));
  return i >= 0 && i < n ? initializers + i : NULL;
}

NN_SHARED const initializer* initializer_find(const char* name) {
  for (int i = 0; initializer_at(i); ++i) {
    if (strcmp(initializers[i].name, name) == 0) return initializers + i;
  }
  return NULL;
}
