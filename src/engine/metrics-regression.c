#include "metric-columns.h"

/* R2 of each number of a column: 1 - sum w (t - y)^2 / sum w (t - mean)^2, where an infinite
 * one is 0; then none, their mean, or the mean weighted by the spread of t. With p regressors
 * 1 - (1 - R2)(n - 1) / (n - p - 1), n all targets seen, where n > p + 1. */

enum { R2_AVERAGE, R2_REGRESSORS };
enum { R2_NONE, R2_UNIFORM, R2_BY_SPREAD };
enum { R2_WEIGHT, R2_SUM, R2_SQUARES, R2_RESIDUAL, R2_STATES };

static void r2_update(const metric* m, const loss_args* a, const real* weight, real* v,
                      double* state) {
  size_t k = (size_t) a->k;
  (void) m;
  (void) v;
  for (size_t j = 0; j < a->cols; ++j) {
    for (size_t i = 0; i < k; ++i) {
      double t = (double) target_at(a, i, j), off = t - (double) a->y[j * k + i];
      double w = column_weight(weight, j), *c = state + i * R2_STATES;
      c[R2_WEIGHT] += w;
      c[R2_SUM] += w * t;
      c[R2_SQUARES] += w * t * t;
      c[R2_RESIDUAL] += w * off * off;
    }
  }
  state[k * R2_STATES] += (double) (a->cols * k);
}

static double r2_spread(const double* c) {
  return c[R2_SQUARES] - c[R2_SUM] * (c[R2_SUM] / c[R2_WEIGHT]);
}

static double r2_of(const double* c) {
  double score = 1 - c[R2_RESIDUAL] / r2_spread(c);
  return isinf(score) ? 0 : score;
}

static double r2_average(const loss_args* a, const double* state) {
  double sum = 0, weights = 0;
  for (int i = 0; i < a->k; ++i) {
    const double* c = state + i * R2_STATES;
    double w = a->h[R2_AVERAGE] == R2_BY_SPREAD ? r2_spread(c) : 1;
    sum += w * r2_of(c);
    weights += w;
  }
  return sum / weights;
}

static double r2_result(const loss_args* a, const double* state, int i) {
  bool one = a->h[R2_AVERAGE] == R2_NONE;
  double n = state[a->k * R2_STATES], p = a->h[R2_REGRESSORS];
  double score = one ? r2_of(state + i * R2_STATES) : r2_average(a, state);
  return p > 0 && p < n - 1 ? 1 - (1 - score) * (n - 1) / (n - p - 1) : score;
}

static size_t r2_states(const loss_args* a) { return (size_t) a->k * R2_STATES + 1; }

static int r2_results(const loss_args* a) { return a->h[R2_AVERAGE] == R2_NONE ? a->k : 1; }

/* Moments of the two sides of a column. */
typedef struct {
  double t, y, tt, yy, ty;  /* means; mean squares and product of what is off them */
} column_moments;

static column_moments moments_of(const loss_args* a, size_t j) {
  column_moments m = {0};
  double n = a->k;
  for (size_t i = 0; i < (size_t) a->k; ++i) {
    m.t += (double) target_at(a, i, j) / n;
    m.y += (double) a->y[j * (size_t) a->k + i] / n;
  }
  for (size_t i = 0; i < (size_t) a->k; ++i) {
    double t = (double) target_at(a, i, j) - m.t, y = (double) a->y[j * (size_t) a->k + i] - m.y;
    m.tt += t * t / n;
    m.yy += y * y / n;
    m.ty += t * y / n;
  }
  return m;
}

/* cov / ((sd_t + eps)(sd_y + eps)) */
static void pearson_value(const loss_args* a, real* v) {
  for (size_t j = 0; j < a->cols; ++j) {
    column_moments m = moments_of(a, j);
    v[j] = (real) (m.ty / ((sqrt(m.tt) + 1e-7) * (sqrt(m.yy) + 1e-7)));
  }
}

/* 2 cov / (var_t + var_y + (mean_t - mean_y)^2 + eps) */
static void concordance_value(const loss_args* a, real* v) {
  for (size_t j = 0; j < a->cols; ++j) {
    column_moments m = moments_of(a, j);
    v[j] = (real) (2 * m.ty / (m.tt + m.yy + (m.t - m.y) * (m.t - m.y) + 1e-7));
  }
}
