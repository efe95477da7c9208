#include "activation.h"

#include "vector-math.h"
#include "vector.h"

/* Activations along an axis: k numbers, `inner` apart, make one group. J is the group's
 * Jacobian. For softmax and sparsemax it is symmetric, so that one function serves as
 * backward and as jvp. */

/* First number of group g; `k` because glu's output has shorter groups than its input. */
static size_t group_start(const span* s, size_t k, size_t g) {
  return g / s->inner * k * s->inner + g % s->inner;
}

static size_t group_count(const span* s) { return s->n / s->k; }

/* Long groups in one piece are taken by vectors. NaN at the first place stays, elsewhere it is
 * passed over: what follows meets it. */
enum { GROUP_LONG = 2 * LANES };

static real group_max(size_t n, size_t by, const real* x) {
  real max = x[0];
  size_t i = 1;
  if (by == 1 && n >= GROUP_LONG) {
    vec most = VEC_LOAD(x);
    for (i = LANES; i + LANES <= n; i += LANES) {
      vec v = VEC_LOAD(x + i);
      most = vec_select(v > most, v, most);
    }
    for (int l = 0; l < LANES; ++l) max = most[l] > max ? most[l] : max;
  }
  for (; i < n; ++i) max = x[i * by] > max ? x[i * by] : max;
  return max;
}

static double group_sum(size_t n, size_t by, const real* x) {
  if (by == 1) return vector_sum(n, x);
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (double) x[i * by];
  return sum;
}

static double group_dot(size_t n, size_t by, const real* x, const real* y) {
  if (by == 1) return vector_dot(n, x, y);
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (double) x[i * by] * (double) y[i * by];
  return sum;
}

/* Short groups leave vectors empty, so that exponentials are taken of all numbers of a block
 * of whole groups, which stays near. */
enum { BLOCK_NUMBERS = 2048 };

typedef void (*block_function)(const span* s, const real* x, const real* y, const real* v,
                               real* to);

NN_INLINE void blocks_each(const span* s, block_function f, const real* x, const real* y,
                           const real* v, real* to) {
  size_t whole = s->k * s->inner;
  size_t step = whole < BLOCK_NUMBERS ? BLOCK_NUMBERS / whole * whole : whole;
  for (size_t at = 0; at < s->n; at += step) {
    span part = *s;
    part.n = s->n - at < step ? s->n - at : step;
    f(&part, x + at, y ? y + at : NULL, v ? v + at : NULL, to + at);
  }
}

/* to = exp(x - max) */
static void exps_block(const span* s, const real* x, real* to) {
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real max = group_max(s->k, by, x + at);
    for (size_t i = at; i < at + s->k * by; i += by) to[i] = x[i] - max;
  }
  vector_exp(s->n, to);
}

/* y = exp(x - max) / sum: J = diag(y) - y y' */
static void softmax_block(const span* s, const real* x, const real* y, const real* v, real* to) {
  (void) y, (void) v;
  exps_block(s, x, to);
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real scale = (real) (1 / group_sum(s->k, by, to + at));
    for (size_t i = at; i < at + s->k * by; i += by) to[i] *= scale;
  }
}

static void softmax_value(const span* s, const real* x, real* y) {
  blocks_each(s, softmax_block, x, NULL, NULL, y);
}

static void softmax_jacobian(const span* s, const real* x, const real* y, const real* v, real* to) {
  (void) x;
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real mean = (real) group_dot(s->k, by, y + at, v + at);
    for (size_t i = at; i < at + s->k * by; i += by) to[i] = y[i] * (v[i] - mean);
  }
}

/* dx = y (dy - m) with m = sum(y dy), so dxdot = ydot (dy - m) + y (dydot - mdot). */
static NN_COLD void softmax_backward_jvp(const span* s, const activation_turn* t) {
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real mean = (real) group_dot(s->k, by, t->y + at, t->dy + at);
    real turn = (real) (group_dot(s->k, by, t->ydot + at, t->dy + at) +
                        group_dot(s->k, by, t->y + at, t->dydot + at));
    for (size_t i = at; i < at + s->k * by; i += by) {
      t->dxdot[i] = t->ydot[i] * (t->dy[i] - mean) + t->y[i] * (t->dydot[i] - turn);
    }
  }
}

/* y = x - max - log(sum(exp(x - max))): J = I - 1 p', p = exp(y) */
static void log_softmax_block(const span* s, const real* x, const real* y, const real* v,
                              real* to) {
  (void) y, (void) v;
  exps_block(s, x, to);
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real max = group_max(s->k, by, x + at), log_sum = (real) log(group_sum(s->k, by, to + at));
    for (size_t i = at; i < at + s->k * by; i += by) to[i] = x[i] - max - log_sum;
  }
}

static void log_softmax_value(const span* s, const real* x, real* y) {
  blocks_each(s, log_softmax_block, x, NULL, NULL, y);
}

/* In what follows `to` holds p until its group's turn. */
static void powers_block(const span* s, const real* y, real* to) {
  vector_copy(s->n, y, to);
  vector_exp(s->n, to);
}

static void log_softmax_backward_block(const span* s, const real* x, const real* y, const real* v,
                                       real* to) {
  (void) x;
  powers_block(s, y, to);
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real sum = (real) group_sum(s->k, by, v + at);
    for (size_t i = at; i < at + s->k * by; i += by) to[i] = v[i] - to[i] * sum;
  }
}

static void log_softmax_jvp_block(const span* s, const real* x, const real* y, const real* v,
                                  real* to) {
  (void) x;
  powers_block(s, y, to);
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real mean = (real) group_dot(s->k, by, to + at, v + at);
    for (size_t i = at; i < at + s->k * by; i += by) to[i] = v[i] - mean;
  }
}

static void log_softmax_backward(const span* s, const real* x, const real* y, const real* dy,
                                 real* dx) {
  blocks_each(s, log_softmax_backward_block, x, y, dy, dx);
}

static void log_softmax_jvp(const span* s, const real* x, const real* y, const real* xdot,
                            real* ydot) {
  blocks_each(s, log_softmax_jvp_block, x, y, xdot, ydot);
}

/* dx = dy - p sum(dy), so dxdot = dydot - p (ydot sum(dy) + sum(dydot)). */
static NN_COLD void log_softmax_backward_jvp(const span* s, const activation_turn* t) {
  powers_block(s, t->y, t->dxdot);
  for (size_t g = 0; g < group_count(s); ++g) {
    size_t at = group_start(s, s->k, g), by = s->inner;
    real sum = (real) group_sum(s->k, by, t->dy + at);
    real turn = (real) group_sum(s->k, by, t->dydot + at);
    for (size_t i = at; i < at + s->k * by; i += by) {
      t->dxdot[i] = t->dydot[i] - t->dxdot[i] * (t->ydot[i] * sum + turn);
    }
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

static NN_COLD void sparsemax_backward_jvp(const span* s, const activation_turn* t) {
  sparsemax_jacobian(s, t->x, t->y, t->dydot, t->dxdot);
}

/* Halves a, b of a group of x: y = a sigmoid(b). Groups that interleave stand in one piece
 * together, `half` numbers of a and as many of b. */
static size_t glu_half(const span* s) { return s->k / 2 * s->inner; }

static void glu_value(const span* s, const real* x, real* y) {
  size_t half = glu_half(s);
  for (size_t o = 0; 2 * o < s->n; o += half) {
    const real *a = x + 2 * o, *b = a + half;
    for (size_t i = 0; i < half; i += LANES) {
      size_t left = half - i;
      vec_store(y + o + i, vec_load(a + i, left) * vec_sigmoid(vec_load(b + i, left)), left);
    }
  }
}

static void glu_backward(const span* s, const real* x, const real* y, const real* dy, real* dx) {
  size_t half = glu_half(s);
  for (size_t o = 0; 2 * o < s->n; o += half) {
    for (size_t i = 0; i < half; i += LANES) {
      size_t left = half - i;
      vec gate = vec_sigmoid(vec_load(x + 2 * o + half + i, left));
      vec d = vec_load(dy + o + i, left), out = vec_load(y + o + i, left);
      vec_store(dx + 2 * o + i, d * gate, left);
      vec_store(dx + 2 * o + half + i, d * out * (1 - gate), left);
    }
  }
}

static void glu_jvp(const span* s, const real* x, const real* y, const real* xdot, real* ydot) {
  size_t half = glu_half(s);
  for (size_t o = 0; 2 * o < s->n; o += half) {
    for (size_t i = 0; i < half; i += LANES) {
      size_t left = half - i;
      const real* turn = xdot + 2 * o + i;
      vec gate = vec_sigmoid(vec_load(x + 2 * o + half + i, left));
      vec bent = vec_load(y + o + i, left) * (1 - gate) * vec_load(turn + half, left);
      vec_store(ydot + o + i, gate * vec_load(turn, left) + bent, left);
    }
  }
}

/* With g = sigmoid(b): da = dy g and db = dy y (1 - g), where gdot = g (1 - g) bdot. */
static NN_COLD void glu_backward_jvp(const span* s, const activation_turn* t) {
  size_t half = glu_half(s);
  for (size_t o = 0; 2 * o < s->n; o += half) {
    for (size_t i = 0; i < half; i += LANES) {
      size_t left = half - i, a = 2 * o + i, b = a + half;
      vec gate = vec_sigmoid(vec_load(t->x + b, left)), rest = 1 - gate;
      vec turn = gate * rest * vec_load(t->xdot + b, left);
      vec d = vec_load(t->dy + o + i, left), ddot = vec_load(t->dydot + o + i, left);
      vec y = vec_load(t->y + o + i, left), ydot = vec_load(t->ydot + o + i, left);
      vec_store(t->dxdot + a, ddot * gate + d * turn, left);
      vec_store(t->dxdot + b, ddot * y * rest + d * (ydot * rest - y * turn), left);
    }
  }
}
