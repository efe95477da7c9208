#include "activation.h"

#include "vector.h"

/* Activations along an axis: k numbers, `inner` apart, make one group. J is the group's
 * Jacobian. For softmax and sparsemax it is symmetric, so that one function serves as
 * backward and as jvp. */

/* First number of group g; `k` because glu's output has shorter groups than its input. */
static size_t group_start(const span* s, size_t k, size_t g) {
  return g / s->inner * k * s->inner + g % s->inner;
}

static size_t group_count(const span* s) { return s->n / s->k; }

static real group_max(size_t n, size_t by, const real* x) {
  real max = x[0];
  for (size_t i = 1; i < n; ++i) max = x[i * by] > max ? x[i * by] : max;
  return max;
}

static double group_sum(size_t n, size_t by, const real* x) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (double) x[i * by];
  return sum;
}

static double group_dot(size_t n, size_t by, const real* x, const real* y) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (double) x[i * by] * (double) y[i * by];
  return sum;
}

/* y = exp(x - max) / sum: J = diag(y) - y y' */
static void softmax_group(size_t k, size_t by, const real* x, real* y) {
  real max = group_max(k, by, x);
  for (size_t i = 0; i < k; ++i) y[i * by] = exp(x[i * by] - max);
  real scale = (real) (1 / group_sum(k, by, y));
  for (size_t i = 0; i < k; ++i) y[i * by] *= scale;
}

static void softmax_value(const span* s, const real* x, real* y) {
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g);
    softmax_group(s->k, s->inner, x + at, y + at);
  }
}

static void softmax_jacobian(const span* s, const real* x, const real* y, const real* v, real* to) {
  (void) x;
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real mean = (real) group_dot(s->k, by, y + at, v + at);
    for (size_t i = at; i < at + s->k * by; i += by) to[i] = y[i] * (v[i] - mean);
  }
}

/* y = x - max - log(sum(exp(x - max))): J = I - 1 p', p = exp(y) */
static void log_softmax_group(size_t k, size_t by, const real* x, real* y) {
  real max = group_max(k, by, x);
  for (size_t i = 0; i < k; ++i) y[i * by] = exp(x[i * by] - max);
  real log_sum = (real) log(group_sum(k, by, y));
  for (size_t i = 0; i < k; ++i) y[i * by] = x[i * by] - max - log_sum;
}

static void log_softmax_value(const span* s, const real* x, real* y) {
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g);
    log_softmax_group(s->k, s->inner, x + at, y + at);
  }
}

static void log_softmax_backward(const span* s, const real* x, const real* y, const real* dy,
                                 real* dx) {
  (void) x;
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real sum = (real) group_sum(s->k, by, dy + at);
    for (size_t i = at; i < at + s->k * by; i += by) dx[i] = dy[i] - exp(y[i]) * sum;
  }
}

static void log_softmax_jvp(const span* s, const real* x, const real* y, const real* xdot,
                            real* ydot) {
  (void) x;
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    double mean = 0;
    for (size_t i = at; i < at + s->k * by; i += by) mean += (double) (exp(y[i]) * xdot[i]);
    for (size_t i = at; i < at + s->k * by; i += by) ydot[i] = xdot[i] - (real) mean;
  }
}

/* The nearest point of the simplex: y = max(x - tau, 0) with tau such that y sums to 1.
 * Michelot 1986: tau of all, then of those above it, until none falls away; tau only
 * rises, and the largest number always stays. J = I - 11' / m among the m that stay. */
static real sparsemax_tau(size_t k, size_t by, const real* x, real max) {
  double tau = (double) -INFINITY;
  size_t stay = k + 1, before;
  do {
    double sum = 0, last = tau;
    before = stay;
    stay = 0;
    for (size_t i = 0; i < k; ++i) {
      double v = (double) (x[i * by] - max);
      if (v <= last) continue;
      sum += v;
      ++stay;
    }
    tau = (sum - 1) / (double) stay;
  } while (stay < before);
  return (real) tau;
}

static void sparsemax_value(const span* s, const real* x, real* y) {
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real max = group_max(s->k, by, x + at), tau = sparsemax_tau(s->k, by, x + at, max);
    for (size_t i = at; i < at + s->k * by; i += by) {
      real v = x[i] - max - tau;
      y[i] = v < 0 ? 0 : v;
    }
  }
}

static void sparsemax_jacobian(const span* s, const real* x, const real* y, const real* v,
                               real* to) {
  (void) x;
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner, end = at + s->k * by, stay = 0;
    double sum = 0;
    for (size_t i = at; i < end; i += by) {
      if (y[i] <= 0) continue;
      sum += (double) v[i];
      ++stay;
    }
    real mean = (real) (sum / (double) stay);
    for (size_t i = at; i < end; i += by) to[i] = y[i] <= 0 ? 0 : v[i] - mean;
  }
}

/* Halves a, b of a group of x: y = a sigmoid(b). */
static void glu_value(const span* s, const real* x, real* y) {
  size_t half = s->k / 2 * s->inner;
  for (size_t g = 0; g < group_count(s); ++g) {
    const real* a = x + group_start(s, s->k, g);
    real* to = y + group_start(s, s->k / 2, g);
    for (size_t i = 0; i < half; i += s->inner) to[i] = a[i] * sigmoid(a[half + i]);
  }
}

static void glu_backward(const span* s, const real* x, const real* y, const real* dy, real* dx) {
  size_t half = s->k / 2 * s->inner;
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), out = group_start(s, s->k / 2, g);
    for (size_t i = 0; i < half; i += s->inner) {
      real gate = sigmoid(x[at + half + i]);
      dx[at + i] = dy[out + i] * gate;
      dx[at + half + i] = dy[out + i] * y[out + i] * (1 - gate);
    }
  }
}

static void glu_jvp(const span* s, const real* x, const real* y, const real* xdot, real* ydot) {
  size_t half = s->k / 2 * s->inner;
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), out = group_start(s, s->k / 2, g);
    for (size_t i = 0; i < half; i += s->inner) {
      real gate = sigmoid(x[at + half + i]);
      ydot[out + i] = gate * xdot[at + i] + y[out + i] * (1 - gate) * xdot[at + half + i];
    }
  }
}
