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
