#include "trainer.h"

#include "factor.h"
#include "gemm.h"
#include "vector.h"

/* Levenberg-Marquardt: with J the derivatives of all numbers r that the losses work on (outputs
 * times samples) by all p trainable numbers, D the second derivatives of the losses by them, rho
 * their first ones, P those of the penalties and g the gradient, the step is
 *
 *   (J' D J + P + l I) d = -g                       where p <= r or there are penalties,
 *   (D J J' + l I) z = rho,  d = -J' z              elsewhere: the same step by r unknowns.
 *
 * Second derivatives of the network and of penalties on outputs are left out of the matrix, not of
 * g. The damping l is larger until the loss falls, then follows the ratio of its fall to the one
 * foretold, (l d'd - g'd) / 2 (Nielsen 1999).
 *
 * Along d the outputs bend by b = d'(second derivatives)d / 2, which is had from their values at
 * w + d / 10. The step is d + a, where a solves the same equations for -J' D b in place of -g
 * (geodesic acceleration, Transtrum and Sethna 2012): steps follow curved valleys. If |a| is above
 * 3/8 of |d| the step is d, and refused unless the loss falls by 3/4 of what is foretold, which it
 * does where only kinks were met.
 *
 * Scalars: l, and the factor by which a failure raises it; 0: not known yet. */

enum { LM_DAMPING = SOLVER_OWN };
enum { LM_LAMBDA, LM_FACTOR };
enum { LM_MOST = 40, LM_BLOCK = 16 };
static const double lm_probe = 0.1, lm_most_bend = 0.375, lm_as_foretold = 0.75;

typedef struct {
  size_t p, r, unknowns;   /* unknowns: p or r */
  bool by_sample;          /* which of both steps */
  bool plain;              /* see network_is_plain() */
  bool penalized;
  workspace tangents;
  real *w, *g, *d;         /* where the iteration began, its gradient; the step; as long as w */
  real *wdot, *gdot, *a;   /* as long as w */
  real* j;                 /* r x p */
  real* product;           /* JJ', r x r, or D J, r x p */
  real* matrix;            /* D J J' or J' D J + P, unknowns x unknowns */
  real *rho, *y, *b;       /* r; y: the outputs at w; b: how they bend */
  real* blocks;            /* D of an output with several numbers a column, see lm_blocks() */
  double *damped, *z;      /* the matrix with l I, factored; right sides, then the unknowns */
  size_t* rows;            /* exchanged in factoring */
} lm_memory;

static size_t lm_parameters(const network* net, bool* penalized) {
  size_t p = 0;
  for (int i = 0; i < net->n_nodes; ++i) {
    const node* n = net->nodes + i;
    if (n->activity) *penalized = true;
    for (int k = 0; k < n->layer.n_slots && n->owner && n->layer.trainable; ++k) {
      if (n->layer.slots[k].is_state) continue;
      p += n->layer.slots[k].n;
      if (n->rules[k].penalty) *penalized = true;
    }
  }
  return p;
}

static size_t lm_numbers(const network* net, int samples) {
  size_t sum = 0;
  for (int o = 0; o < net->n_outputs; ++o) sum += shape_size(network_shape(net, net->outputs[o]));
  return sum * (size_t) samples;
}

static void* lm_carve(arena* a, const network* net, int samples, const double* h) {
  (void) h;
  lm_memory* result = ARENA_TAKE(a, 1, lm_memory);
  lm_memory m = {.r = lm_numbers(net, samples), .plain = network_is_plain(net)};
  m.p = lm_parameters(net, &m.penalized);
  m.by_sample = !m.penalized && m.r < m.p;
  m.unknowns = m.by_sample ? m.r : m.p;
  workspace_carve(a, net, samples, WORKSPACE_TANGENTS, &m.tangents);
  m.w = ARENA_TAKE(a, net->n_w, real);
  m.g = ARENA_TAKE(a, net->n_w, real);
  m.d = ARENA_TAKE(a, net->n_w, real);
  m.wdot = ARENA_TAKE(a, net->n_w, real);
  m.gdot = ARENA_TAKE(a, net->n_w, real);
  m.a = ARENA_TAKE(a, net->n_w, real);
  m.j = arena_take(a, m.r, m.p * sizeof(real));
  m.product = arena_take(a, m.r, m.unknowns * sizeof(real));
  m.matrix = arena_take(a, m.unknowns, m.unknowns * sizeof(real));
  m.rho = ARENA_TAKE(a, m.r, real);
  m.y = ARENA_TAKE(a, m.r, real);
  m.b = ARENA_TAKE(a, m.r, real);
  m.blocks = arena_take(a, m.r > (size_t) samples ? m.r : 0, LM_BLOCK * sizeof(real));
  m.damped = arena_take(a, m.unknowns, m.unknowns * sizeof(double));
  m.z = ARENA_TAKE(a, m.unknowns, double);
  m.rows = ARENA_TAKE(a, m.unknowns, size_t);
  if (result) *result = m;
  return result;
}

/* Between all parameters and the trainable ones, laid end to end, `apart` from one another. */
static void lm_pick(const trainer* t, const real* from, size_t apart, real* to) {
  for (int i = 0; i < t->optimizer.n_tensors; ++i) {
    stretch s = t->stretches[i];
    for (size_t k = 0; k < s.n; ++k, to += apart) *to = from[s.at + k];
  }
}

/* What was done with an output: `at` is its first row in J. */
typedef void (*lm_visit)(trainer* t, lm_memory* m, const output* out, const loss_args* a,
                         size_t at);

static void lm_outputs(trainer* t, lm_memory* m, lm_visit visit) {
  size_t at = 0;
  for (int o = 0; o < t->n_outputs; ++o) {
    const output* out = t->outputs + o;
    loss_args a = output_args(t, out, out->node, out->h);
    size_t values = out->loss->flags & NN_LOSS_WHOLE ? 1 : a.cols;
    loss_scales(out->loss, &a, t->data.weight[o].values ? out->weight : NULL, out->reduction, t->s);
    vector_scale(values, (real) out->loss_weight, t->s);
    visit(t, m, out, &a, at);
    at += a.cols * (size_t) a.k;
  }
}

static void lm_gradient(trainer* t, lm_memory* m, const output* out, const loss_args* a,
                        size_t at) {
  out->loss->grad(a, t->s, m->rho + at);
}

/* Of a loss of single columns D is k x k blocks. Column i of them all, by one product. */
static void lm_blocks(trainer* t, lm_memory* m, const output* out, const loss_args* a) {
  size_t k = (size_t) a->k, n = a->cols * k;
  for (size_t i = 0; i < k; ++i) {
    vector_fill(n, 0, m->b);
    for (size_t j = i; j < n; j += k) m->b[j] = 1;
    out->loss->hessian(a, t->s, m->b, m->blocks + i * n);
  }
}

static void lm_times_blocks(size_t k, size_t n, const real* blocks, const real* v, real* to) {
  for (size_t j = 0; j < n; j += k) {
    for (size_t l = j; l < j + k; ++l) {
      real sum = 0;
      for (size_t i = 0; i < k; ++i) sum += blocks[i * n + l] * v[j + i];
      to[l] = sum;
    }
  }
}

/* `matrix` or `product` = D times the other or J. */
static void lm_curve(trainer* t, lm_memory* m, const output* out, const loss_args* a, size_t at) {
  const real* from = (m->by_sample ? m->product : m->j) + at;
  real* to = (m->by_sample ? m->matrix : m->product) + at;
  size_t k = (size_t) a->k;
  bool blocks = k > 1 && k <= LM_BLOCK && k < m->unknowns && !(out->loss->flags & NN_LOSS_WHOLE);
  if (blocks) lm_blocks(t, m, out, a);
  for (size_t c = 0; c < m->unknowns; ++c, from += m->r, to += m->r) {
    if (blocks) lm_times_blocks(k, a->cols * k, m->blocks, from, to);
    else out->loss->hessian(a, t->s, from, to);
  }
}

/* Rows of J: a backward pass for each number of an output, of all samples at once, from which the
 * layers tell each sample's part. */
static void lm_rows(trainer* t, lm_memory* m, const output* out, const loss_args* a, size_t at) {
  workspace ws = t->ws;
  ws.dy = m->tangents.dy;
  ws.seeded = m->tangents.seeded;
  ws.spare = m->tangents.spare;
  size_t n = (size_t) ws.batch, size = a->cols * (size_t) a->k / n;
  for (size_t i = 0; i < size; ++i) {
    network_unseed(&ws);
    real* dy = network_seed(&ws, out->node);
    vector_fill(size * n, 0, dy);
    for (size_t j = 0; j < n; ++j) dy[j * size + i] = 1;
    network_seeded(&ws, out->node, dy);
    network_backward(&ws, t->w, t->w + t->net->n_w, m->gdot);
    if (m->plain) network_backward_columns(&ws, m->r, size, m->j + at + i);
    for (size_t j = 0; j < n && !m->plain; ++j) {
      vector_fill(t->net->n_w, 0, m->gdot);
      network_backward_sample(&ws, (int) j, t->w, t->w + t->net->n_w, m->gdot);
      lm_pick(t, m->gdot, m->r, m->j + at + j * size + i);
    }
  }
}

/* All that the losses work on, end to end, as rows of J. */
static void lm_collect(const trainer* t, real* const* y, real* to) {
  for (int o = 0; o < t->n_outputs; ++o) {
    int from = t->outputs[o].node;
    size_t n = shape_size(network_shape(t->net, from)) * (size_t) t->ws.batch;
    vector_copy(n, y[from], to);
    to += n;
  }
}

static void lm_penalty(const slot_rule* rule, const tensor* dims, size_t at, void* data) {
  const trainer* t = data;
  const lm_memory* m = t->solver.memory;
  if (!rule->penalty) return;
  rule->penalty->hessian(dims, rule->penalty_h, 1, m->w + at, m->wdot + at, m->gdot + at);
}

/* With each trainable number in turn the one whose tangent is 1. */
static void lm_by_parameter(trainer* t, lm_memory* m, void (*visit)(trainer*, lm_memory*, size_t)) {
  vector_fill(t->net->n_w, 0, m->wdot);
  size_t c = 0;
  for (int i = 0; i < t->optimizer.n_tensors; ++i) {
    stretch s = t->stretches[i];
    for (size_t k = 0; k < s.n; ++k, ++c) {
      m->wdot[s.at + k] = 1;
      visit(t, m, c);
      m->wdot[s.at + k] = 0;
    }
  }
}

static void lm_tangent(trainer* t, lm_memory* m, size_t c) {
  network_jvp(&t->ws, t->w, t->w + t->net->n_w, m->tangents.x, m->wdot, m->tangents.y);
  lm_collect(t, m->tangents.y, m->j + c * m->r);
}

/* matrix = P. */
static void lm_penalize(trainer* t, lm_memory* m, size_t c) {
  vector_fill(t->net->n_w, 0, m->gdot);
  rules_visit(t->net, lm_penalty, t);
  lm_pick(t, m->gdot, 1, m->matrix + c * m->p);
}

/* Where samples depend on each other, columns of J are made. */
static void lm_jacobian(trainer* t, lm_memory* m) {
  if (!network_couples(&t->ws)) {
    lm_outputs(t, m, lm_rows);
    return;
  }
  for (int k = 0; k < t->net->n_inputs; ++k) {
    size_t n = shape_size(t->net->inputs + k) * (size_t) t->ws.batch;
    vector_fill(n, 0, m->tangents.x[k]);
  }
  lm_by_parameter(t, m, lm_tangent);
}

static void lm_matrix(trainer* t, lm_memory* m) {
  lm_jacobian(t, m);
  lm_outputs(t, m, lm_gradient);
  lm_collect(t, t->ws.y, m->y);
  int threads = t->ws.threads;
  if (m->by_sample) {
    gemm_nt(threads, m->r, m->r, m->p, m->j, m->j, false, m->product);
    lm_outputs(t, m, lm_curve);
  } else {
    lm_outputs(t, m, lm_curve);
    if (m->penalized) lm_by_parameter(t, m, lm_penalize);
    gemm_tn(threads, m->p, m->p, m->r, m->j, m->product, m->penalized, m->matrix);
  }
}

/* The first damping is a share of the mean curvature, the trace by the rank that J can have, which
 * both forms of the step agree on; where there is none, that which makes a step of length 1. */
static double lm_first(const trainer* t, const lm_memory* m) {
  double trace = 0;
  for (size_t i = 0; i < m->unknowns; ++i) trace += (double) m->matrix[i * m->unknowns + i];
  double first = t->solver.h[LM_DAMPING] * trace / (double) (m->p < m->r ? m->p : m->r);
  return first > 0 && isfinite(first) ? first : sqrt(vector_norm2(t->net->n_w, m->g));
}

static bool lm_factor(const lm_memory* m, double lambda) {
  size_t n = m->unknowns;
  for (size_t i = 0; i < n * n; ++i) m->damped[i] = (double) m->matrix[i];
  for (size_t i = 0; i < n; ++i) m->damped[i * n + i] += lambda;
  return m->by_sample ? factor_general(n, m->damped, m->rows) : factor_positive(n, m->damped);
}

/* From the right side in z to `to`, among all parameters; by samples it is z, else J' z. */
static void lm_solve(const trainer* t, const lm_memory* m, real* to) {
  if (m->by_sample) factor_general_solve(m->r, m->damped, m->rows, m->z);
  if (!m->by_sample) factor_positive_solve(m->p, m->damped, m->z);
  size_t c = 0;
  vector_fill(t->net->n_w, 0, to);
  for (int i = 0; i < t->optimizer.n_tensors; ++i) {
    stretch s = t->stretches[i];
    for (size_t k = 0; k < s.n; ++k, ++c) {
      double sum = m->by_sample ? 0 : m->z[c];
      for (size_t q = 0; q < m->r && m->by_sample; ++q) sum += (double) m->j[c * m->r + q] * m->z[q];
      to[s.at + k] = (real) -sum;
    }
  }
}

static void lm_widen(size_t n, const real* from, double* to) {
  for (size_t i = 0; i < n; ++i) to[i] = (double) from[i];
}

static void lm_direction(const trainer* t, const lm_memory* m) {
  if (!m->by_sample) lm_pick(t, m->g, 1, m->gdot);
  lm_widen(m->unknowns, m->by_sample ? m->rho : m->gdot, m->z);
  lm_solve(t, m, m->d);
}

/* product = D b, of D at w. */
static void lm_curve_bend(trainer* t, lm_memory* m, const output* out, const loss_args* a,
                          size_t at) {
  loss_args here = *a;
  here.y = m->y + at;
  out->loss->hessian(&here, t->s, m->b + at, m->product + at);
}

/* b; false where it is lost in rounding errors. */
static bool lm_bend(trainer* t, lm_memory* m) {
  double noise = 1000 * NN_REAL_EPSILON;
  vector_copy(t->net->n_w, m->w, t->w);
  vector_axpy(t->net->n_w, (real) lm_probe, m->d, t->w);
  solver_value(t);
  lm_collect(t, t->ws.y, m->b);
  vector_axpy(m->r, -1, m->y, m->b);
  lm_pick(t, m->d, 1, m->gdot);
  for (size_t c = 0; c < m->p; ++c) {
    vector_axpy(m->r, (real) -lm_probe * m->gdot[c], m->j + c * m->r, m->b);
  }
  bool seen = !(vector_norm2(m->r, m->b) <= noise * noise * vector_norm2(m->r, m->y));
  vector_scale(m->r, (real) (1 / (lm_probe * lm_probe)), m->b);
  return seen;
}

/* d becomes d + a; false where a is too long. */
static bool lm_accelerate(trainer* t, lm_memory* m) {
  size_t n = t->net->n_w;
  if (!lm_bend(t, m)) return true;
  lm_outputs(t, m, lm_curve_bend);
  if (m->by_sample) lm_widen(m->r, m->product, m->z);
  for (size_t c = 0; c < m->p && !m->by_sample; ++c) {
    m->z[c] = vector_dot(m->r, m->j + c * m->r, m->product);
  }
  lm_solve(t, m, m->a);
  bool fits = sqrt(vector_norm2(n, m->a)) <= lm_most_bend * sqrt(vector_norm2(n, m->d));
  if (fits) vector_add(n, m->a, m->d);
  return fits;
}

/* Whether the loss falls by the step; the damping follows. */
static bool lm_try(trainer* t, lm_memory* m, double before) {
  double *lambda = t->optimizer.scalars + LM_LAMBDA, *factor = t->optimizer.scalars + LM_FACTOR;
  size_t n = t->net->n_w;
  double foretold = 0;
  if (lm_factor(m, *lambda)) {
    lm_direction(t, m);
    foretold = (*lambda * vector_norm2(n, m->d) - vector_dot(n, m->g, m->d)) / 2;
  }
  if (foretold > 0) {
    double least = lm_accelerate(t, m) ? 0 : lm_as_foretold * foretold;
    vector_copy(n, m->w, t->w);
    vector_add(n, m->d, t->w);
    if (before - solver_gradient(t) >= least) {
      double ratio = (before - t->solver.value) / foretold, off = 2 * ratio - 1;
      *lambda *= fmax(1.0 / 3, 1 - off * off * off);
      *factor = 2;
      return true;
    }
  }
  *lambda *= *factor;
  *factor *= 2;
  return false;
}

static nn_stop lm_return(trainer* t, const lm_memory* m) {
  vector_copy(t->net->n_w, m->w, t->w);
  solver_gradient(t);
  nn_stop stop = solver_arrived(t);
  t->optimizer.scalars[LM_LAMBDA] = 0;
  return stop ? stop : NN_STOP_STUCK;
}

/* Another dataset than the one that is trained may have passed since the gradient was made. */
static nn_stop lm_iterate(trainer* t) {
  lm_memory* m = t->solver.memory;
  double before = t->solver.value;
  nn_stop stop = solver_arrived(t);
  if (stop || t->scored != &t->data) solver_gradient(t);
  if (stop) return stop;
  vector_copy(t->net->n_w, t->w, m->w);
  vector_copy(t->net->n_w, t->g, m->g);
  m->tangents.batch = t->ws.batch;
  m->tangents.threads = t->ws.threads;
  lm_matrix(t, m);
  double* scalars = t->optimizer.scalars;
  if (!(scalars[LM_LAMBDA] > 0)) {
    scalars[LM_LAMBDA] = lm_first(t, m);
    scalars[LM_FACTOR] = 2;
  }
  for (int i = 0; i < LM_MOST && isfinite(scalars[LM_LAMBDA]); ++i) {
    if (lm_try(t, m, before)) return solver_judge(t, before, sqrt(vector_norm2(t->net->n_w, m->d)));
  }
  return lm_return(t, m);
}

static const solver_type lm_solver = {
    .name = "levenberg_marquardt",
    .hparams = {SOLVER_TOLERANCES, {"damping", 1e-3}},
    .carve = lm_carve,
    .iterate = lm_iterate,
};
