#include "penalty.h"

/* Of a matrix: factor / (k (k - 1) / 2) sum over i < j of |u_i . u_j| for its k rows (or columns)
 * x_i and u_i = x_i / |x_i|. With s = sign(u_i . u_j) the gradient by x_i is the sum of
 * (s u_j - |u_i . u_j| u_i) / |x_i|. */

/* Vectors in a matrix: k of length n, `next` from one to the next, their numbers `apart`. */
typedef struct {
  size_t k, n, apart, next;
} bundle;

static bundle bundle_of(const tensor* t, double columns) {
  size_t rows = t->rank > 0 ? (size_t) t->dims[0] : 1, cols = t->n / rows;
  if (columns > 0) return (bundle){.k = cols, .n = rows, .apart = 1, .next = rows};
  return (bundle){.k = rows, .n = cols, .apart = rows, .next = 1};
}

/* All pairs of vectors are visited tile by tile, so that no memory is needed. A tile has the
 * vectors p times the vectors q. */
enum { GRAM_TILE = 16 };

typedef struct {
  size_t from, n;
  const real* x;
  double inverse[GRAM_TILE]; /* 1 / |x|, at most 1e7 as in Keras */
} gram_side;

typedef double gram_tile[GRAM_TILE][GRAM_TILE];

static gram_side gram_side_new(const bundle* b, const real* w, size_t from) {
  gram_side p = {.from = from, .n = b->k - from, .x = w + from * b->next};
  if (p.n > GRAM_TILE) p.n = GRAM_TILE;
  for (size_t i = 0; i < p.n; ++i) {
    double sum = 0;
    for (size_t c = 0; c < b->n; ++c) {
      double x = (double) p.x[i * b->next + c * b->apart];
      sum += x * x;
    }
    p.inverse[i] = sum < 1e-14 ? 1e7 : 1 / sqrt(sum);
  }
  return p;
}

static void gram_dots(const bundle* b, const gram_side* p, const gram_side* q, gram_tile dots) {
  memset(dots, 0, sizeof(gram_tile));
  for (size_t c = 0; c < b->n; ++c) {
    const real *x = p->x + c * b->apart, *y = q->x + c * b->apart;
    for (size_t i = 0; i < p->n; ++i) {
      double left = (double) x[i * b->next];
      for (size_t j = 0; j < q->n; ++j) dots[i][j] += left * (double) y[j * b->next];
    }
  }
}

static double gram_sum(const gram_side* p, const gram_side* q, gram_tile dots) {
  double sum = 0;
  for (size_t i = 0; i < p->n; ++i) {
    for (size_t j = 0; j < q->n; ++j) {
      if (p->from + i == q->from + j) continue;
      sum += fabs(dots[i][j] * p->inverse[i] * q->inverse[j]);
    }
  }
  return sum;
}

/* Per pair; nothing to do for a single vector. */
static double orthogonal_scale(const double* h, const bundle* b) {
  return b->k > 1 ? h[0] / ((double) b->k * ((double) b->k - 1) / 2) : 0;
}

static double orthogonal_value(const tensor* t, const double* h, const real* w) {
  bundle b = bundle_of(t, h[1]);
  gram_tile dots;
  double sum = 0;
  for (size_t i = 0; i < b.k; i += GRAM_TILE) {
    gram_side p = gram_side_new(&b, w, i);
    for (size_t j = 0; j < b.k; j += GRAM_TILE) {
      gram_side q = gram_side_new(&b, w, j);
      gram_dots(&b, &p, &q, dots);
      sum += gram_sum(&p, &q, dots);
    }
  }
  return orthogonal_scale(h, &b) * 0.5 * sum;
}

/* Dots become the shares of q in the gradients of p; `own` gets those of p itself. */
static void gram_slopes(double scale, const gram_side* p, const gram_side* q, gram_tile dots,
                        double* own) {
  for (size_t i = 0; i < p->n; ++i) {
    double size = p->inverse[i];
    own[i] = 0;
    for (size_t j = 0; j < q->n; ++j) {
      double dot = dots[i][j], sign = dot > 0 ? 1 : dot < 0 ? -1 : dot;
      dots[i][j] = p->from + i == q->from + j ? 0 : scale * sign * size * q->inverse[j];
      if (size < 1e7) own[i] -= dots[i][j] * dot * size * size;
    }
  }
}

static void gram_spread(const bundle* b, const gram_side* p, const gram_side* q, gram_tile on_q,
                        const double* own, real* g) {
  for (size_t c = 0; c < b->n; ++c) {
    const real *x = p->x + c * b->apart, *y = q->x + c * b->apart;
    real* to = g + p->from * b->next + c * b->apart;
    for (size_t i = 0; i < p->n; ++i) {
      double sum = own[i] * (double) x[i * b->next];
      for (size_t j = 0; j < q->n; ++j) sum += on_q[i][j] * (double) y[j * b->next];
      to[i * b->next] += (real) sum;
    }
  }
}

static void orthogonal_grad(const tensor* t, const double* h, real scale, const real* w,
                            real* g) {
  bundle b = bundle_of(t, h[1]);
  gram_tile tile;
  double own[GRAM_TILE], c = (double) scale * orthogonal_scale(h, &b);
  for (size_t i = 0; i < b.k; i += GRAM_TILE) {
    gram_side p = gram_side_new(&b, w, i);
    for (size_t j = 0; j < b.k; j += GRAM_TILE) {
      gram_side q = gram_side_new(&b, w, j);
      gram_dots(&b, &p, &q, tile);
      gram_slopes(c, &p, &q, tile, own);
      gram_spread(&b, &p, &q, tile, own, g);
    }
  }
}

/* h_i = xdot_i . x_i / |x_i|^2, by which |x_i| grows; a length at its floor does not. */
static void gram_growth(const bundle* b, const gram_side* p, const gram_side* pdot, double* h) {
  for (size_t i = 0; i < p->n; ++i) {
    double sum = 0;
    for (size_t c = 0; c < b->n; ++c) {
      size_t at = i * b->next + c * b->apart;
      sum += (double) p->x[at] * (double) pdot->x[at];
    }
    h[i] = p->inverse[i] < 1e7 ? sum * p->inverse[i] * p->inverse[i] : 0;
  }
}

/* A tile of pairs with its tangents: shares of x_j and xdot_j in the tangents of the gradients
 * by x_i, and those of x_i and xdot_i themselves. */
typedef struct {
  gram_tile on_q, on_qdot;
  double own[GRAM_TILE], own_dot[GRAM_TILE];
} gram_turn;

/* Of pair i, j with dot D = x_i . x_j, its tangent Ddot, a = 1 / |x_i|, b = 1 / |x_j|, c = D a b,
 * cdot = Ddot a b - c (h_i + h_j): the gradient s (a b x_j - c a^2 x_i) changes by
 *   s (a b xdot_j - a b (h_i + h_j) x_j - c a^2 xdot_i - a^2 (cdot - 2 c h_i) x_i). */
static void gram_turn_pair(double scale, double a, double b, double h_i, double h_j, double dot,
                           double turn, size_t i, size_t j, gram_turn* to) {
  double sign = dot > 0 ? scale : dot < 0 ? -scale : 0, c = dot * a * b;
  double c_dot = turn * a * b - c * (h_i + h_j);
  to->on_q[i][j] = -sign * a * b * (h_i + h_j);
  to->on_qdot[i][j] = sign * a * b;
  if (a >= 1e7) return;
  to->own[i] -= sign * a * a * (c_dot - 2 * c * h_i);
  to->own_dot[i] -= sign * a * a * c;
}

/* A side and its tangent. */
typedef struct {
  gram_side at, dot;
  double h[GRAM_TILE];
} gram_pair_side;

static gram_pair_side gram_pair_side_new(const bundle* b, const real* w, const real* wdot,
                                         size_t from) {
  gram_pair_side p = {.at = gram_side_new(b, w, from), .dot = gram_side_new(b, wdot, from)};
  gram_growth(b, &p.at, &p.dot, p.h);
  return p;
}

static void gram_turns(const bundle* b, double scale, const gram_pair_side* p,
                       const gram_pair_side* q, gram_turn* to) {
  gram_tile dots, left, right;
  memset(to, 0, sizeof(gram_turn));
  gram_dots(b, &p->at, &q->at, dots);
  gram_dots(b, &p->dot, &q->at, left);
  gram_dots(b, &p->at, &q->dot, right);
  for (size_t i = 0; i < p->at.n; ++i) {
    for (size_t j = 0; j < q->at.n; ++j) {
      if (p->at.from + i == q->at.from + j) continue;
      gram_turn_pair(scale, p->at.inverse[i], q->at.inverse[j], p->h[i], q->h[j], dots[i][j],
                     left[i][j] + right[i][j], i, j, to);
    }
  }
}

static NN_COLD void orthogonal_hessian(const tensor* t, const double* h, real scale, const real* w,
                                       const real* wdot, real* gdot) {
  bundle b = bundle_of(t, h[1]);
  gram_turn turn;
  double c = (double) scale * orthogonal_scale(h, &b);
  for (size_t i = 0; i < b.k; i += GRAM_TILE) {
    gram_pair_side p = gram_pair_side_new(&b, w, wdot, i);
    for (size_t j = 0; j < b.k; j += GRAM_TILE) {
      gram_pair_side q = gram_pair_side_new(&b, w, wdot, j);
      gram_turns(&b, c, &p, &q, &turn);
      gram_spread(&b, &p.at, &q.at, turn.on_q, turn.own, gdot);
      gram_spread(&b, &p.dot, &q.dot, turn.on_qdot, turn.own_dot, gdot);
    }
  }
}
