#include "loss-columns.h"
#include "loss-values.h"

/* Losses of overlap: one value v[0], scaled by s[0], for all columns of the batch together.
 * With I = sum t y over all of them,
 *
 *   dice     1 - 2 I / (sum t + sum y + eps)
 *   tversky  1 - I / (I + alpha sum t (1 - y) + beta sum (1 - t) y + eps) */

typedef struct {
  double both, targets, predictions; /* sums of t y, t and y */
} overlap;

static overlap overlap_of(const loss_args* a) {
  size_t k = (size_t) a->k;
  overlap o = {.both = 0};
  for (size_t j = 0; j < a->cols; ++j) {
    for (size_t i = 0; i < k; ++i) {
      double t = (double) target_at(a, i, j), y = (double) a->y[j * k + i];
      o.both += t * y;
      o.targets += t;
      o.predictions += y;
    }
  }
  return o;
}

/* The tangents of I and of sum y along ydot. */
static overlap overlap_turn(const loss_args* a, const real* ydot) {
  loss_args turned = *a;
  turned.y = ydot;
  return overlap_of(&turned);
}

/* d(t) = by_target t + constant, for losses whose gradient is that. */
static void overlap_grad(const loss_args* a, double by_target, double constant, real* dy) {
  size_t k = (size_t) a->k;
  for (size_t j = 0; j < a->cols; ++j) {
    for (size_t i = 0; i < k; ++i) {
      dy[j * k + i] = (real) (by_target * (double) target_at(a, i, j) + constant);
    }
  }
}

static double dice_total(const overlap* o) {
  return o->targets + o->predictions + (double) NN_EPSILON;
}

NN_PRIVATE void dice_value(const loss_args* a, real* v) {
  overlap o = overlap_of(a);
  v[0] = (real) (1 - 2 * o.both / dice_total(&o));
}

static void dice_grad(const loss_args* a, const real* s, real* dy) {
  overlap o = overlap_of(a);
  double total = dice_total(&o), scale = (double) s[0];
  overlap_grad(a, -2 * scale / total, 2 * scale * o.both / (total * total), dy);
}

static NN_COLD void dice_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  overlap o = overlap_of(a), turn = overlap_turn(a, ydot);
  double total = dice_total(&o), square = total * total, scale = 2 * (double) s[0];
  double constant = turn.both - 2 * o.both * turn.predictions / total;
  overlap_grad(a, scale * turn.predictions / square, scale * constant / square, dydot);
}

static double tversky_total(const overlap* o, double alpha, double beta) {
  double missed = o->targets - o->both, wrong = o->predictions - o->both;
  return o->both + alpha * missed + beta * wrong + (double) NN_EPSILON;
}

NN_PRIVATE void tversky_value(const loss_args* a, real* v) {
  overlap o = overlap_of(a);
  v[0] = (real) (1 - o.both / tversky_total(&o, a->h[TVERSKY_ALPHA], a->h[TVERSKY_BETA]));
}

/* dI/dy = t and dD/dy = t (1 - alpha - beta) + beta, with v = 1 - I / D. */
static void tversky_grad(const loss_args* a, const real* s, real* dy) {
  overlap o = overlap_of(a);
  double alpha = a->h[TVERSKY_ALPHA], beta = a->h[TVERSKY_BETA], scale = (double) s[0];
  double total = tversky_total(&o, alpha, beta), ratio = o.both / (total * total);
  overlap_grad(a, scale * (ratio * (1 - alpha - beta) - 1 / total), scale * ratio * beta, dy);
}

/* With Ddot = (1 - alpha - beta) Idot + beta sum ydot, the tangents of 1 / D and I / D^2. */
static NN_COLD void tversky_hessian(const loss_args* a, const real* s, const real* ydot,
                                    real* dydot) {
  overlap o = overlap_of(a), turn = overlap_turn(a, ydot);
  double alpha = a->h[TVERSKY_ALPHA], beta = a->h[TVERSKY_BETA], scale = (double) s[0];
  double total = tversky_total(&o, alpha, beta), square = total * total;
  double growth = (1 - alpha - beta) * turn.both + beta * turn.predictions;
  double ratio = (turn.both - 2 * o.both * growth / total) / square;
  double by_target = ratio * (1 - alpha - beta) + growth / square;
  overlap_grad(a, scale * by_target, scale * ratio * beta, dydot);
}
