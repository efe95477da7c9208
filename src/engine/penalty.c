#include "penalty.h"

#include "vector.h"

/* Penalties of a tensor w:
 *   l1_l2       l1 sum |w| + l2 sum w^2
 *   orthogonal  factor / (k (k - 1) / 2) sum over i < j of |u_i . u_j|
 * for the k rows (or columns) x_i of a matrix and u_i = x_i / |x_i|; with
 * s = sign(u_i . u_j) the gradient by x_i is the sum of (s u_j - |u_i . u_j| u_i) / |x_i|. */

static double l1_l2_value(const tensor* t, const double* h, const real* w) {
  double sum = 0;
  if (h[1] > 0) sum = h[1] * vector_norm2(t->n, w);
  if (!(h[0] > 0)) return sum;
  double sizes = 0;
  for (size_t i = 0; i < t->n; ++i) sizes += (double) fabs(w[i]);
  return sum + h[0] * sizes;
}

static void l1_l2_grad(const tensor* t, const double* h, real scale, const real* w, real* g) {
  real l1 = scale * (real) h[0], l2 = scale * (real) (2 * h[1]);
  if (h[1] > 0) vector_axpy(t->n, l2, w, g);
  if (!(h[0] > 0)) return;
  for (size_t i = 0; i < t->n; ++i) g[i] += w[i] > 0 ? l1 : w[i] < 0 ? -l1 : l1 * w[i];
}

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

static const penalty penalties[] = {
    {"l1_l2", {{"l1", 0.01}, {"l2", 0.01}}, l1_l2_value, l1_l2_grad},
    {"orthogonal", {{"factor", 0.01}, {"mode", 0}}, orthogonal_value, orthogonal_grad},
};

NN_PRIVATE const penalty* penalty_at(int i) {
  int n = (int) (sizeof(penalties) / sizeof(*penalties));
  return i >= 0 && i < n ? penalties + i : NULL;
}

NN_PRIVATE const penalty* penalty_find(const char* name) {
  for (int i = 0; penalty_at(i); ++i) {
    if (strcmp(name, penalty_at(i)->name) == 0) return penalty_at(i);
  }
  return NULL;
}
