#include "optimizer.h"

#include "vector.h"

/* Adafactor: the mean squares of a matrix are those of its rows times those of its columns.
 *   s = g^2 + eps_1,  b = 1 - t^decay
 *   matrices: r = b r + (1 - b) mean of s over columns, c the same over rows,
 *             v_ij = r_i c_j / mean(r);   vectors: v = b v + (1 - b) s
 *   u = g / sqrt(v),  w -= alpha u / max(1, rms(u) / clip),  alpha = max(eps_2, rms(w)) rho
 * rho = min(lr, 1 / sqrt(t)). Keras applies `relative_step`, which is the same minimum, before
 * it, so that the setting makes no difference. Tensors of more dimensions are so many
 * matrices, over their last two: element (l, i, j) stands at l + lead (i + rows j). v of
 * vectors and r stand in the first slot, c in the second. */

enum { FACTOR_DECAY, FACTOR_EPSILON_1, FACTOR_EPSILON_2, FACTOR_CLIP };

typedef struct {
  size_t lead, rows, cols;
} factor_dims;

static factor_dims factor_dims_of(const stretch* s) {
  int last = s->shape.rank - 1;
  factor_dims d = {.lead = 1, .rows = (size_t) s->shape.dims[last - 1],
                   .cols = (size_t) s->shape.dims[last]};
  d.lead = s->n / (d.rows * d.cols);
  return d;
}

/* The squares of one row or column: n numbers `by` apart. */
static real factor_mean(size_t n, size_t by, const real* g, double eps) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (double) g[i * by] * (double) g[i * by] + eps;
  return (real) (sum / (double) n);
}

static void factor_average(const step_args* a, const factor_dims* d, const real* g, real* r,
                           real* c) {
  real keep = (real) (1 - pow(a->t, a->h[FACTOR_DECAY])), take = 1 - keep;
  double eps = a->h[FACTOR_EPSILON_1];
  size_t lead = d->lead;
  for (size_t i = 0; i < lead * d->rows; ++i) {
    r[i] = keep * r[i] + take * factor_mean(d->cols, lead * d->rows, g + i, eps);
  }
  for (size_t j = 0; j < lead * d->cols; ++j) {
    const real* column = g + j % lead + j / lead * lead * d->rows;
    c[j] = keep * c[j] + take * factor_mean(d->rows, lead, column, eps);
  }
}

/* u = g / sqrt(v) for a matrix */
static void factor_scale(const factor_dims* d, const real* g, const real* r, const real* c,
                         real* u) {
  for (size_t l = 0; l < d->lead; ++l) {
    double mean = 0;
    for (size_t i = 0; i < d->rows; ++i) mean += (double) r[l + d->lead * i] / (double) d->rows;
    for (size_t j = 0; j < d->cols; ++j) {
      for (size_t i = 0; i < d->rows; ++i) {
        size_t at = l + d->lead * (i + d->rows * j);
        double v = (double) r[l + d->lead * i] / mean * (double) c[l + d->lead * j];
        u[at] = (real) ((double) g[at] / sqrt(v));
      }
    }
  }
}

static void factor_vector(const step_args* a, size_t n, const real* g, real* v, real* u) {
  double keep = 1 - pow(a->t, a->h[FACTOR_DECAY]);
  for (size_t i = 0; i < n; ++i) {
    double square = (double) g[i] * (double) g[i] + a->h[FACTOR_EPSILON_1];
    double mean = keep * (double) v[i] + (1 - keep) * square;
    v[i] = (real) mean;
    u[i] = (real) ((double) g[i] / sqrt(mean));
  }
}

static double factor_rms(size_t n, const real* x) { return sqrt(vector_norm2(n, x) / (double) n); }

static void adafactor_step(const step_args* a, size_t n, real* w, const real* g,
                           real* const* slots) {
  real* u = a->work;
  if (a->tensor->shape.rank < 2) {
    factor_vector(a, n, g, slots[0], u);
  } else {
    factor_dims d = factor_dims_of(a->tensor);
    factor_average(a, &d, g, slots[0], slots[1]);
    factor_scale(&d, g, slots[0], slots[1], u);
  }
  double rho = fmin(a->lr, 1 / sqrt(a->t));
  double alpha = fmax(a->h[FACTOR_EPSILON_2], factor_rms(n, w)) * rho;
  double over = factor_rms(n, u) / a->h[FACTOR_CLIP];
  vector_axpy(n, (real) (-alpha / (over > 1 ? over : 1)), u, w);
}

static size_t adafactor_work(const stretch* one) { return one->n; }

static const optimizer_type adafactor_optimizer = {
    .name = "adafactor",
    .hparams = {{"beta_2_decay", -0.8},
                {"epsilon_1", 1e-30},
                {"epsilon_2", 1e-3},
                {"clip_threshold", 1},
                {"relative_step", 1}},
    .slots = {"velocity_rows", "velocity_columns"},
    .whole = true,
    .work = adafactor_work,
    .step = adafactor_step,
};
