#include "loss-columns.h"
#include "loss-values.h"

/* Losses of labels -1 and 1 and scores y. Labels that are all 0 or 1, in the whole batch,
 * are turned into -1 and 1 first.
 *
 *   hinge              mean_i max(1 - t_i y_i, 0)
 *   squared_hinge      mean_i max(1 - t_i y_i, 0)^2
 *   categorical_hinge  max(1 + max_i (1 - t_i) y_i - sum_i t_i y_i, 0), t one-hot
 *
 * At the kink of a maximum the slope is that of its first argument; several largest
 * (1 - t_i) y_i share theirs evenly (both as in Keras on TensorFlow). */

static bool labels_are_binary(const loss_args* a) {
  size_t n = a->cols * (size_t) a->kt;
  for (size_t i = 0; i < n; ++i) {
    if (a->t[i] != 0 && a->t[i] != 1) return false;
  }
  return true;
}

/* h[0]: whether labels are 0 and 1. */
static real margin_label(const double* h, real t) { return h[0] != 0 ? 2 * t - 1 : t; }
static real margin_left(const double* h, real t, real y) { return 1 - margin_label(h, t) * y; }

static void margins_value(const loss_args* a, pair_function f, real* v) {
  double binary = labels_are_binary(a);
  loss_args labelled = *a;
  labelled.h = &binary;
  pairs_value(&labelled, f, a->k, v);
}

static void margins_grad(const loss_args* a, pair_function slope, const real* s, real* dy) {
  double binary = labels_are_binary(a);
  loss_args labelled = *a;
  labelled.h = &binary;
  pairs_grad(&labelled, slope, a->k, s, dy);
}

static NN_COLD void margins_hessian(const loss_args* a, pair_function curve, const real* s,
                                    const real* ydot, real* dydot) {
  double binary = labels_are_binary(a);
  loss_args labelled = *a;
  labelled.h = &binary;
  pairs_hessian(&labelled, curve, a->k, s, ydot, dydot);
}

static real hinge_pair(const double* h, real t, real y) {
  real left = margin_left(h, t, y);
  return left < 0 ? 0 : left;
}
static real hinge_slope(const double* h, real t, real y) {
  return margin_left(h, t, y) < 0 ? 0 : -margin_label(h, t);
}
NN_PRIVATE void hinge_value(const loss_args* a, real* v) { margins_value(a, hinge_pair, v); }
static void hinge_grad(const loss_args* a, const real* s, real* dy) {
  margins_grad(a, hinge_slope, s, dy);
}
static NN_COLD void hinge_hessian(const loss_args* a, const real* s, const real* ydot,
                                  real* dydot) {
  margins_hessian(a, pair_straight, s, ydot, dydot);
}

static real squared_hinge_pair(const double* h, real t, real y) {
  real left = hinge_pair(h, t, y);
  return left * left;
}
static real squared_hinge_slope(const double* h, real t, real y) {
  return -2 * hinge_pair(h, t, y) * margin_label(h, t);
}
static real squared_hinge_curve(const double* h, real t, real y) {
  real label = margin_label(h, t);
  return margin_left(h, t, y) < 0 ? 0 : 2 * label * label;
}
NN_PRIVATE void squared_hinge_value(const loss_args* a, real* v) {
  margins_value(a, squared_hinge_pair, v);
}
static void squared_hinge_grad(const loss_args* a, const real* s, real* dy) {
  margins_grad(a, squared_hinge_slope, s, dy);
}
static NN_COLD void squared_hinge_hessian(const loss_args* a, const real* s, const real* ydot,
                                          real* dydot) {
  margins_hessian(a, squared_hinge_curve, s, ydot, dydot);
}

/* The right class' score, the best wrong one, and how many classes reach the latter. */
typedef struct {
  double right;
  real wrong;
  int ties;
} rivals;

static rivals rivals_of(const loss_args* a, size_t j) {
  size_t k = (size_t) a->k;
  rivals r = {.wrong = -(real) INFINITY};
  for (size_t i = 0; i < k; ++i) {
    real t = target_at(a, i, j), y = a->y[j * k + i], wrong = (1 - t) * y;
    r.right += (double) t * (double) y;
    r.ties = wrong > r.wrong ? 1 : r.ties + (wrong == r.wrong);
    if (wrong > r.wrong) r.wrong = wrong;
  }
  return r;
}

static double rivals_left(const rivals* r) { return (double) r->wrong - r->right + 1; }

NN_PRIVATE void categorical_hinge_value(const loss_args* a, real* v) {
  for (size_t j = 0; j < a->cols; ++j) {
    rivals r = rivals_of(a, j);
    double left = rivals_left(&r);
    v[j] = left < 0 ? 0 : (real) left;
  }
}

static void categorical_hinge_grad(const loss_args* a, const real* s, real* dy) {
  size_t k = (size_t) a->k;
  for (size_t j = 0; j < a->cols; ++j) {
    rivals r = rivals_of(a, j);
    bool flat = rivals_left(&r) < 0;
    for (size_t i = 0; i < k; ++i) {
      real t = target_at(a, i, j), wrong = (1 - t) * a->y[j * k + i];
      real share = wrong == r.wrong ? (1 - t) / (real) r.ties : 0;
      dy[j * k + i] = flat ? 0 : s[j] * (share - t);
    }
  }
}

static NN_COLD void categorical_hinge_hessian(const loss_args* a, const real* s, const real* ydot,
                                              real* dydot) {
  pairs_hessian(a, pair_straight, 1, s, ydot, dydot);
}
