#include "loss-columns.h"
#include "loss-values.h"
#include "vector-math.h"
#include "vector.h"

/* Cross-entropies over the k classes of a column. t_i says how much class i is meant (the
 * sparse losses have a class code instead: t is 1 there), y are the predictions.
 *
 *   shares      r_i = y_i / sum(y); from logits r = softmax(y)
 *               q_i = r_i clipped to [eps, 1 - eps]; from logits q = r, and log q_i is
 *               y_i - max(y) - log(sum(exp(y - max(y)))), so that no logarithm of 0 is met
 *   categorical_crossentropy        sum_i -t_i log q_i; label smoothing draws t towards 1/k
 *   sparse_categorical_crossentropy the same; a column of class `ignore_class` counts 0
 *   categorical_focal_crossentropy  sum_i alpha (1 - q_i)^gamma (-t_i log q_i)
 *   categorical_generalized_cross_entropy  (1 - y_c^q) / q for the column's class c
 *
 * Gradients go through u_i = dv / dlog(q_i), which is 0 where the clip acts:
 *   dv/dy_i = u_i / y_i - sum(u) / sum(y), from logits u_i - r_i sum(u). */

typedef struct {
  size_t k;
  const real* y;
  const real* t;  /* NULL: all is meant by `code` */
  size_t kt;
  size_t code;    /* k: there is no such class */
  real smoothing;
  bool logits;
  real top;       /* largest logit */
  double sum;     /* of predictions, or of exp(y - top) */
  bool ignored;
} classes;

/* exp(y - top) of a stretch of classes from `at` on */
enum { STRETCH = 64 };

static size_t classes_exps(const classes* c, size_t at, real* e) {
  size_t n = c->k - at < STRETCH ? c->k - at : STRETCH;
  for (size_t i = 0; i < n; i += LANES) {
    vec_store(e + i, vec_exp(vec_load(c->y + at + i, n - i) - c->top), n - i);
  }
  return n;
}

static void classes_sum(classes* c) {
  c->top = c->y[0];
  c->sum = c->logits ? 0 : vector_sum(c->k, c->y);
  if (!c->logits) return;
  for (size_t i = 1; i < c->k; ++i) c->top = c->y[i] > c->top ? c->y[i] : c->top;
  real e[STRETCH];
  for (size_t at = 0; at < c->k; at += STRETCH) c->sum += vector_sum(classes_exps(c, at, e), e);
}

static classes classes_dense(const loss_args* a, size_t j, bool logits, double smoothing) {
  classes c = {.k = (size_t) a->k,
               .y = a->y + j * (size_t) a->k,
               .t = a->t + j * (size_t) a->kt,
               .kt = (size_t) a->kt,
               .smoothing = (real) smoothing,
               .logits = logits};
  classes_sum(&c);
  return c;
}

static size_t class_code(const loss_args* a, size_t j) {
  real t = a->t[j];
  return t >= 0 && t < (real) a->k ? (size_t) t : (size_t) a->k;
}

static classes classes_sparse(const loss_args* a, size_t j) {
  classes c = {.k = (size_t) a->k,
               .y = a->y + j * (size_t) a->k,
               .code = class_code(a, j),
               .logits = a->h[SCCE_LOGITS] != 0,
               .ignored = (double) a->t[j] == a->h[SCCE_IGNORE]};
  classes_sum(&c);
  return c;
}

static real classes_target(const classes* c, size_t i) {
  if (!c->t) return i == c->code;
  return c->t[c->kt == 1 ? 0 : i] * (1 - c->smoothing) + c->smoothing / (real) c->k;
}

static real classes_share(const classes* c, size_t i) {
  if (c->logits) return (real) ((double) exp(c->y[i] - c->top) / c->sum);
  return (real) ((double) c->y[i] / c->sum);
}

static real classes_clipped(const classes* c, size_t i) {
  real r = classes_share(c, i);
  return c->logits ? r : clip(r, NN_EPSILON, 1 - NN_EPSILON);
}

static bool classes_free(const classes* c, size_t i) {
  return c->logits || within(classes_share(c, i), NN_EPSILON, 1 - NN_EPSILON);
}

/* -log q_i, shrunk */
static double classes_surprise(const classes* c, size_t i) {
  if (!c->logits) return -(double) log(classes_clipped(c, i)) * NN_SHRINK;
  double below = (double) c->top * NN_SHRINK - (double) c->y[i] * NN_SHRINK;
  return below + log(c->sum) * NN_SHRINK;
}

static real classes_entropy(const classes* c) {
  double sum = 0;
  for (size_t i = 0; i < c->k; ++i) {
    real t = classes_target(c, i);
    if (t != 0) sum += (double) t * classes_surprise(c, i);
  }
  return unshrunk(sum);
}

static void classes_entropy_slope(const classes* c, real* u) {
  for (size_t i = 0; i < c->k; ++i) u[i] = classes_free(c, i) ? -classes_target(c, i) : 0;
}

/* u becomes the gradient by y, times s. */
static void classes_pull_logits(const classes* c, real s, double total, real* u) {
  real e[STRETCH];
  double share = total / c->sum;
  for (size_t at = 0; at < c->k; at += STRETCH) {
    size_t n = classes_exps(c, at, e);
    for (size_t i = 0; i < n; ++i) {
      u[at + i] = (real) ((double) s * ((double) u[at + i] - (double) e[i] * share));
    }
  }
}

static void classes_pull(const classes* c, real s, real* u) {
  double total = vector_sum(c->k, u);
  if (c->logits) {
    classes_pull_logits(c, s, total, u);
    return;
  }
  for (size_t i = 0; i < c->k; ++i) {
    double d = u[i] == 0 ? 0 : (double) u[i] / (double) c->y[i];
    u[i] = (real) ((double) s * (d - total / c->sum));
  }
}

/* The tangent of log(sum(y)), or of log(sum(exp(y))). */
static double classes_turn(const classes* c, const real* ydot) {
  if (!c->logits) return vector_sum(c->k, ydot) / c->sum;
  double sum = 0;
  for (size_t i = 0; i < c->k; ++i) sum += (double) classes_share(c, i) * (double) ydot[i];
  return sum;
}

/* The tangent of log(r_i), `mean` that of the sum; from shares not where y_i is 0. */
static double log_turn(const classes* c, const real* ydot, size_t i, double mean) {
  return (c->logits ? (double) ydot[i] : (double) ydot[i] / (double) c->y[i]) - mean;
}

/* u_i and its tangent, and their sums over the classes. */
typedef struct {
  double u, turn, sum, sum_turn;
} class_turn;

/* The tangent of dv/dy_i = u_i / y_i - sum(u) / sum(y), or of u_i - r_i sum(u). */
static double classes_pull_turn(const classes* c, const real* ydot, size_t i, double mean,
                                const class_turn* t) {
  if (c->logits) {
    double r = (double) classes_share(c, i);
    return t->turn - r * (t->sum_turn + log_turn(c, ydot, i, mean) * t->sum);
  }
  double y = (double) c->y[i];
  double own = t->u == 0 && t->turn == 0 ? 0 : (t->turn - t->u * (double) ydot[i] / y) / y;
  return own - (t->sum_turn - t->sum * mean) / c->sum;
}

/* u_i = -t_i does not move. */
static NN_COLD void classes_entropy_hessian(const classes* c, real s, const real* ydot, real* to) {
  double mean = classes_turn(c, ydot);
  classes_entropy_slope(c, to);
  class_turn u = {.sum = vector_sum(c->k, to)};
  for (size_t i = 0; i < c->k; ++i) {
    u.u = (double) to[i];
    to[i] = (real) ((double) s * classes_pull_turn(c, ydot, i, mean, &u));
  }
}

NN_PRIVATE void cce_value(const loss_args* a, real* v) {
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = classes_dense(a, j, a->h[CCE_LOGITS] != 0, a->h[CCE_SMOOTHING]);
    v[j] = classes_entropy(&c);
  }
}

static void cce_grad(const loss_args* a, const real* s, real* dy) {
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = classes_dense(a, j, a->h[CCE_LOGITS] != 0, a->h[CCE_SMOOTHING]);
    classes_entropy_slope(&c, dy + j * c.k);
    classes_pull(&c, s[j], dy + j * c.k);
  }
}

static NN_COLD void cce_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = classes_dense(a, j, a->h[CCE_LOGITS] != 0, a->h[CCE_SMOOTHING]);
    classes_entropy_hessian(&c, s[j], ydot + j * c.k, dydot + j * c.k);
  }
}

NN_PRIVATE void scce_value(const loss_args* a, real* v) {
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = classes_sparse(a, j);
    v[j] = c.ignored ? 0 : c.code < c.k ? classes_entropy(&c) : (real) NAN;
  }
}

static void scce_grad(const loss_args* a, const real* s, real* dy) {
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = classes_sparse(a, j);
    real* u = dy + j * c.k;
    if (c.ignored || c.code == c.k) {
      vector_fill(c.k, c.ignored ? 0 : (real) NAN, u);
    } else {
      classes_entropy_slope(&c, u);
      classes_pull(&c, s[j], u);
    }
  }
}

static NN_COLD void scce_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = classes_sparse(a, j);
    real* to = dydot + j * c.k;
    if (c.ignored || c.code == c.k) {
      vector_fill(c.k, c.ignored ? 0 : (real) NAN, to);
    } else {
      classes_entropy_hessian(&c, s[j], ydot + j * c.k, to);
    }
  }
}

static classes cfocal_classes(const loss_args* a, size_t j) {
  return classes_dense(a, j, a->h[CFOCAL_LOGITS] != 0, a->h[CFOCAL_SMOOTHING]);
}

NN_PRIVATE void cfocal_value(const loss_args* a, real* v) {
  real alpha = (real) a->h[CFOCAL_ALPHA], gamma = (real) a->h[CFOCAL_GAMMA];
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = cfocal_classes(a, j);
    double sum = 0;
    for (size_t i = 0; i < c.k; ++i) {
      real factor = alpha * power(1 - classes_clipped(&c, i), gamma) * classes_target(&c, i);
      if (factor != 0) sum += (double) factor * classes_surprise(&c, i);
    }
    v[j] = unshrunk(sum);
  }
}

/* u = -alpha t ((1 - q)^gamma + gamma (1 - q)^(gamma - 1) q (-log q)) */
static real cfocal_slope(const classes* c, size_t i, real alpha, real gamma) {
  if (!classes_free(c, i)) return 0;
  real q = classes_clipped(c, i), t = classes_target(c, i);
  real surprise = unshrunk((double) q * classes_surprise(c, i));
  return -alpha * t * (power(1 - q, gamma) + power_slope(1 - q, gamma) * surprise);
}

static void cfocal_grad(const loss_args* a, const real* s, real* dy) {
  real alpha = (real) a->h[CFOCAL_ALPHA], gamma = (real) a->h[CFOCAL_GAMMA];
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = cfocal_classes(a, j);
    real* u = dy + j * c.k;
    for (size_t i = 0; i < c.k; ++i) u[i] = cfocal_slope(&c, i, alpha, gamma);
    classes_pull(&c, s[j], u);
  }
}

/* du/dlog(q) = alpha t q (2 p1 - L p1 + L q p2) with L = -log q, p1 and p2 the first and second
 * derivatives of x^gamma at x = 1 - q */
static real cfocal_bend(const classes* c, size_t i, real alpha, real gamma) {
  if (!classes_free(c, i)) return 0;
  real q = classes_clipped(c, i), t = classes_target(c, i);
  real surprise = unshrunk(classes_surprise(c, i));
  real slope = power_slope(1 - q, gamma), curve = power_curve(1 - q, gamma);
  return alpha * t * q * (2 * slope - surprise * slope + surprise * q * curve);
}

/* The tangent of u. */
static double cfocal_turn(const classes* c, size_t i, real alpha, real gamma, const real* ydot,
                          double mean) {
  double bend = (double) cfocal_bend(c, i, alpha, gamma);
  return bend == 0 ? 0 : bend * log_turn(c, ydot, i, mean);
}

static NN_COLD void cfocal_hessian(const loss_args* a, const real* s, const real* ydot,
                                   real* dydot) {
  real alpha = (real) a->h[CFOCAL_ALPHA], gamma = (real) a->h[CFOCAL_GAMMA];
  for (size_t j = 0; j < a->cols; ++j) {
    classes c = cfocal_classes(a, j);
    const real* turn = ydot + j * c.k;
    real* to = dydot + j * c.k;
    double mean = classes_turn(&c, turn);
    class_turn u = {.sum = 0};
    for (size_t i = 0; i < c.k; ++i) {
      u.sum += (double) cfocal_slope(&c, i, alpha, gamma);
      u.sum_turn += cfocal_turn(&c, i, alpha, gamma, turn, mean);
    }
    for (size_t i = 0; i < c.k; ++i) {
      u.u = (double) cfocal_slope(&c, i, alpha, gamma);
      u.turn = cfocal_turn(&c, i, alpha, gamma, turn, mean);
      to[i] = (real) ((double) s[j] * classes_pull_turn(&c, turn, i, mean, &u));
    }
  }
}

/* A prediction of 0 or less counts 0, where the slope is infinite and taken for 0. */
NN_PRIVATE void gce_value(const loss_args* a, real* v) {
  real q = (real) a->h[GCE_Q];
  for (size_t j = 0; j < a->cols; ++j) {
    size_t k = (size_t) a->k, code = class_code(a, j);
    real y = code < k ? a->y[j * k + code] : (real) NAN;
    v[j] = (1 - pow(y < 0 ? 0 : y, q)) / q;
  }
}

static void gce_grad(const loss_args* a, const real* s, real* dy) {
  real q = (real) a->h[GCE_Q];
  for (size_t j = 0; j < a->cols; ++j) {
    size_t k = (size_t) a->k, code = class_code(a, j);
    vector_fill(k, code < k ? 0 : (real) NAN, dy + j * k);
    if (code == k) continue;
    real y = a->y[j * k + code];
    dy[j * k + code] = y <= 0 ? 0 : -s[j] * pow(y, q - 1);
  }
}

static NN_COLD void gce_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  real q = (real) a->h[GCE_Q];
  for (size_t j = 0; j < a->cols; ++j) {
    size_t k = (size_t) a->k, code = class_code(a, j), at = j * k + code;
    vector_fill(k, code < k ? 0 : (real) NAN, dydot + j * k);
    if (code == k) continue;
    real y = a->y[at];
    dydot[at] = y <= 0 ? 0 : s[j] * (1 - q) * pow(y, q - 2) * ydot[at];
  }
}
