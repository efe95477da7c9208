#include "trainer.h"

#include "vector.h"

/* L-BFGS: d = -H g, where H is the inverse Hessian that the last m pairs s = dw, y = dg give to
 * gamma I, gamma = s'y / y'y of the last pair (two-loop recursion, Nocedal 1980); then a search
 * along d until the strong Wolfe conditions hold:
 *   f(a) <= f(0) + c1 a f'(0),  |f'(a)| <= c2 |f'(0)|.
 * Where f changes by no more than its rounding error, the first is replaced by
 * f'(a) <= (2 c1 - 1) f'(0), which is the same for a parabola (Hager and Zhang 2005).
 *
 * Moments: m arrays s, then m arrays y, used in turn. Scalars: pairs held, where the next goes. */

enum { LBFGS_HISTORY = SOLVER_OWN };
enum { LBFGS_HELD, LBFGS_NEXT };
enum { SEARCH_MOST = 30 };
static const double wolfe_c1 = 1e-4, wolfe_c2 = 0.9;

typedef struct {
  real *w, *g, *d;  /* where the search begins, its gradient; the direction */
  double* alpha;    /* one number for each pair */
} lbfgs_memory;

static int lbfgs_history(const trainer* t) { return (int) t->solver.h[LBFGS_HISTORY]; }

static int lbfgs_moments(const double* h) { return 2 * (int) h[LBFGS_HISTORY]; }

static void* lbfgs_carve(arena* a, const network* net, int samples, const double* h) {
  (void) samples;
  lbfgs_memory* result = ARENA_TAKE(a, 1, lbfgs_memory);
  lbfgs_memory m = {.w = ARENA_TAKE(a, net->n_w, real),
                    .g = ARENA_TAKE(a, net->n_w, real),
                    .d = ARENA_TAKE(a, net->n_w, real),
                    .alpha = ARENA_TAKE(a, (size_t) h[LBFGS_HISTORY], double)};
  if (result) *result = m;
  return result;
}

static real* lbfgs_array(const trainer* t, int k) {
  return t->solver.moments + (size_t) k * t->net->n_w;
}

/* Where the pair of `age` stands, 0 being the last. */
static int lbfgs_slot(const trainer* t, int age) {
  int m = lbfgs_history(t), next = (int) t->optimizer.scalars[LBFGS_NEXT];
  return (next - 1 - age + 2 * m) % m;
}

static void lbfgs_direction(const trainer* t, lbfgs_memory* m) {
  size_t n = t->net->n_w;
  int held = (int) t->optimizer.scalars[LBFGS_HELD], history = lbfgs_history(t);
  vector_copy(n, t->g, m->d);
  vector_scale(n, -1, m->d);
  for (int age = 0; age < held; ++age) {
    int k = lbfgs_slot(t, age);
    const real *s = lbfgs_array(t, k), *y = lbfgs_array(t, history + k);
    m->alpha[k] = vector_dot(n, s, m->d) / vector_dot(n, s, y);
    vector_axpy(n, (real) -m->alpha[k], y, m->d);
  }
  for (int age = held - 1; age >= 0; --age) {
    int k = lbfgs_slot(t, age);
    const real *s = lbfgs_array(t, k), *y = lbfgs_array(t, history + k);
    double sy = vector_dot(n, s, y);
    if (age == held - 1) {
      int last = lbfgs_slot(t, 0);
      const real *s0 = lbfgs_array(t, last), *y0 = lbfgs_array(t, history + last);
      vector_scale(n, (real) (vector_dot(n, s0, y0) / vector_norm2(n, y0)), m->d);
    }
    vector_axpy(n, (real) (m->alpha[k] - vector_dot(n, y, m->d) / sy), s, m->d);
  }
}

/* A point of the search. */
typedef struct {
  double a, f, slope;
} probe;

static probe probe_at(trainer* t, const lbfgs_memory* m, double a) {
  size_t n = t->net->n_w;
  vector_copy(n, m->w, t->w);
  vector_axpy(n, (real) a, m->d, t->w);
  double f = solver_gradient(t);
  return (probe){.a = a, .f = f, .slope = vector_dot(n, t->g, m->d)};
}

static bool probe_is_lower(const probe* start, const probe* p) {
  if (!isfinite(p->f) || !isfinite(p->slope)) return false;
  if (p->f <= start->f + wolfe_c1 * p->a * start->slope) return true;
  bool level = p->f <= start->f + NN_REAL_EPSILON * fabs(start->f);
  return level && p->slope <= (2 * wolfe_c1 - 1) * start->slope;
}

/* The minimum of the cubic through both points, kept away from the ends of the bracket. */
static double probe_between(const probe* lo, const probe* hi) {
  double width = hi->a - lo->a, least = lo->a + 0.1 * width, most = hi->a - 0.1 * width;
  if (!isfinite(hi->f) || !isfinite(hi->slope)) return least;
  double d1 = lo->slope + hi->slope - 3 * (hi->f - lo->f) / width;
  double square = d1 * d1 - lo->slope * hi->slope;
  if (!(square >= 0)) return (lo->a + hi->a) / 2;
  double d2 = sqrt(square);
  double a = hi->a - width * (hi->slope + d2 - d1) / (hi->slope - lo->slope + 2 * d2);
  return a > least ? (a < most ? a : most) : least;
}

/* Beyond lo, which still goes down, four times as far at most and more than twice. */
static double probe_beyond(const probe* before, const probe* lo) {
  double bend = (lo->slope - before->slope) / (lo->a - before->a);
  double a = bend > 0 ? lo->a - lo->slope / bend : 10 * lo->a;
  return fmin(fmax(a, 2 * lo->a), 10 * lo->a);
}

/* lo goes down and is low enough; the minimum is between it and hi (hi.a < 0: not found yet). */
static bool lbfgs_search(trainer* t, const lbfgs_memory* m, const probe* start, double a) {
  probe lo = *start, hi = {.a = -1};
  for (int i = 0; i < SEARCH_MOST; ++i) {
    probe p = probe_at(t, m, a);
    bool lower = probe_is_lower(start, &p) && (lo.a == 0 || p.f <= lo.f);
    if (lower && fabs(p.slope) <= -wolfe_c2 * start->slope) return true;
    probe before = lo;
    if (lower && p.slope < 0) {
      lo = p;
    } else {
      hi = p;
    }
    a = hi.a < 0 ? probe_beyond(&before, &lo) : probe_between(&lo, &hi);
  }
  if (lo.a > 0) probe_at(t, m, lo.a);
  return lo.a > 0;
}

/* Without pairs nothing is known of the scale: the first step is one of length 1 at most. */
static bool lbfgs_descend(trainer* t, lbfgs_memory* m, double value) {
  size_t n = t->net->n_w;
  lbfgs_direction(t, m);
  probe start = {.a = 0, .f = value, .slope = vector_dot(n, m->g, m->d)};
  if (!(start.slope < 0)) return false;
  double size = sqrt(vector_norm2(n, m->d));
  bool scaled = t->optimizer.scalars[LBFGS_HELD] > 0;
  return lbfgs_search(t, m, &start, scaled || size < 1 ? 1 : 1 / size);
}

/* A pair is kept when the curvature along it is positive. It takes the place of the oldest. */
static void lbfgs_remember(trainer* t, const lbfgs_memory* m) {
  size_t n = t->net->n_w;
  int history = lbfgs_history(t), k = (int) t->optimizer.scalars[LBFGS_NEXT];
  real *s = lbfgs_array(t, k), *y = lbfgs_array(t, history + k);
  for (size_t i = 0; i < n; ++i) {
    s[i] = t->w[i] - m->w[i];
    y[i] = t->g[i] - m->g[i];
  }
  double sy = vector_dot(n, s, y), yy = vector_norm2(n, y), *held = t->optimizer.scalars + LBFGS_HELD;
  if (*held == history) *held -= 1;
  if (!(sy > NN_REAL_EPSILON * yy) || !isfinite(yy)) return;
  t->optimizer.scalars[LBFGS_NEXT] = (k + 1) % history;
  *held += 1;
}

static double lbfgs_moved(const trainer* t, const lbfgs_memory* m) {
  double sum = 0;
  for (size_t i = 0; i < t->net->n_w; ++i) {
    double step = (double) (t->w[i] - m->w[i]);
    sum += step * step;
  }
  return sqrt(sum);
}

/* A direction that leads nowhere may be the fault of old pairs: they are forgotten once. */
static nn_stop lbfgs_iterate(trainer* t) {
  lbfgs_memory* m = t->solver.memory;
  size_t n = t->net->n_w;
  double before = t->solver.value;
  vector_copy(n, t->w, m->w);
  vector_copy(n, t->g, m->g);
  bool found = solver_arrived(t) == NN_STOP_NOT && lbfgs_descend(t, m, before);
  if (!found && t->optimizer.scalars[LBFGS_HELD] > 0 && solver_arrived(t) != NN_STOP_GRADIENT) {
    t->optimizer.scalars[LBFGS_HELD] = 0;
    vector_copy(n, m->g, t->g);
    found = lbfgs_descend(t, m, before);
  }
  if (!found) {
    vector_copy(n, m->w, t->w);
    solver_gradient(t);
    nn_stop stop = solver_arrived(t);
    return stop ? stop : NN_STOP_STUCK;
  }
  lbfgs_remember(t, m);
  return solver_judge(t, before, lbfgs_moved(t, m));
}

static const solver_type lbfgs_solver = {
    .name = "lbfgs",
    .hparams = {SOLVER_TOLERANCES, {"history", 30}},
    .moments = lbfgs_moments,
    .carve = lbfgs_carve,
    .iterate = lbfgs_iterate,
};
