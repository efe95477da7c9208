#include "normalization.h"

/* Visits the numbers of a set: i is where one stands. */
#define NN_EACH(s, i)                                                                              \
  for (size_t p_ = 0; p_ < (s)->n_outer; ++p_)                                                     \
    for (size_t q_ = 0, i = (s)->at + p_ * (s)->by_outer; q_ < (s)->n_inner;                       \
         ++q_, i += (s)->by_inner)

static double set_count(const number_set* s) { return (double) s->n_outer * (double) s->n_inner; }

NN_PRIVATE double set_sum(const number_set* s, const real* v) {
  double sum = 0;
  NN_EACH(s, i) sum += (double) v[i];
  return sum;
}

NN_PRIVATE double set_dot(const number_set* s, const real* u, const real* v) {
  double sum = 0;
  NN_EACH(s, i) sum += (double) u[i] * (double) v[i];
  return sum;
}

NN_PRIVATE void set_scale(const number_set* s, real a, real* v) { NN_EACH(s, i) v[i] *= a; }

NN_PRIVATE spread spread_of(const number_set* s, const real* x, double epsilon, real* variance) {
  double mean = set_sum(s, x) / set_count(s), sum = 0;
  NN_EACH(s, i) {
    double e = (double) x[i] - mean;
    sum += e * e;
  }
  *variance = (real) (sum / set_count(s));
  return (spread){(real) mean, (real) (1 / sqrt(sum / set_count(s) + epsilon))};
}

NN_PRIVATE void standardize(const number_set* s, spread m, const real* x, real scale, real shift,
                            real* y) {
  NN_EACH(s, i) y[i] = (x[i] - m.mean) * m.inverse * scale + shift;
}

NN_PRIVATE void standardize_add(const number_set* s, spread m, const real* x, real scale,
                                real shift, real* y) {
  NN_EACH(s, i) y[i] += (x[i] - m.mean) * m.inverse * scale + shift;
}

NN_PRIVATE double standardized_dot(const number_set* s, spread m, const real* x, const real* v) {
  double sum = 0;
  NN_EACH(s, i) sum += (double) ((x[i] - m.mean) * m.inverse) * (double) v[i];
  return sum;
}

NN_PRIVATE void standardize_project(const number_set* s, spread m, const real* x, const real* v,
                                    real scale, real* to) {
  real mean = (real) (set_sum(s, v) / set_count(s));
  real along = (real) (standardized_dot(s, m, x, v) / set_count(s));
  NN_EACH(s, i) {
    real x_hat = (x[i] - m.mean) * m.inverse;
    to[i] = scale * m.inverse * (v[i] - mean - x_hat * along);
  }
}

/* The means that Pdot v needs. */
typedef struct {
  real v, along_v;        /* of v, and of x_hat v */
  real xdot, along_xdot;  /* of xdot, and of x_hat xdot */
  real turn;              /* of x_hatdot v */
} turn_means;

static turn_means turn_means_of(const number_set* s, spread m, const real* x, const real* xdot,
                                const real* v) {
  double count = set_count(s), product = set_dot(s, xdot, v);
  double mean = set_sum(s, v) / count, along = standardized_dot(s, m, x, v) / count;
  double step = set_sum(s, xdot) / count, growth = standardized_dot(s, m, x, xdot) / count;
  double turn = (double) m.inverse * (product / count - step * mean - growth * along);
  return (turn_means){(real) mean, (real) along, (real) step, (real) growth, (real) turn};
}

NN_PRIVATE void standardize_turn(const number_set* s, spread m, const real* x, const real* xdot,
                                 const real* v, real* vdot) {
  turn_means t = turn_means_of(s, m, x, xdot, v);
  standardize_project(s, m, x, vdot, 1, vdot);
  NN_EACH(s, i) {
    real x_hat = (x[i] - m.mean) * m.inverse;
    real projected = m.inverse * (v[i] - t.v - x_hat * t.along_v);
    real x_hat_dot = m.inverse * (xdot[i] - t.xdot - x_hat * t.along_xdot);
    vdot[i] -= m.inverse * (t.along_xdot * projected + x_hat_dot * t.along_v + x_hat * t.turn);
  }
}
