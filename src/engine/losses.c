#include "loss.h"

#include "loss-values.h"
#include "losses-regression.c"
#include "losses-vector.c"
#include "losses-margin.c"
#include "losses-binary.c"
#include "losses-classes.c"
#include "losses-region.c"

/* The table of losses, and from values of columns to one number: sum_j s_j v_j with
 *
 *   sum_over_batch_size      s_j = w_j / n
 *   sum, none                s_j = w_j
 *   mean_with_sample_weight  s_j = w_j / sum(w), 0 where all weigh nothing
 *
 * Columns of an ignored class and those that a mask leaves out weigh 0, and n + eps counts the
 * others. A loss of the whole batch is one value that meets every weight: its scale is the sum of
 * the s_j. */

static const loss losses[] = {
    {.name = "mean_squared_error", .value = mse_value, .grad = mse_grad, .hessian = mse_hessian},
    {.name = "mean_absolute_error", .value = mae_value, .grad = mae_grad, .hessian = mae_hessian},
    {.name = "mean_absolute_percentage_error", .value = mape_value, .grad = mape_grad,
     .hessian = mape_hessian},
    {.name = "mean_squared_logarithmic_error", .value = msle_value, .grad = msle_grad,
     .hessian = msle_hessian},
    {.name = "huber", .hparams = NN_HPARAMS_HUBER, .value = huber_value, .grad = huber_grad,
     .hessian = huber_hessian},
    {.name = "log_cosh", .value = log_cosh_value, .grad = log_cosh_grad,
     .hessian = log_cosh_hessian},
    {.name = "hinge", .value = hinge_value, .grad = hinge_grad, .hessian = hinge_hessian},
    {.name = "squared_hinge", .value = squared_hinge_value, .grad = squared_hinge_grad,
     .hessian = squared_hinge_hessian},
    {.name = "categorical_hinge",
     .value = categorical_hinge_value,
     .grad = categorical_hinge_grad, .hessian = categorical_hinge_hessian},
    {.name = "kl_divergence", .value = kld_value, .grad = kld_grad, .hessian = kld_hessian},
    {.name = "poisson", .value = poisson_value, .grad = poisson_grad, .hessian = poisson_hessian},
    {.name = "cosine_similarity", .value = cosine_value, .grad = cosine_grad,
     .hessian = cosine_hessian},
    {.name = "binary_crossentropy",
     .hparams = NN_HPARAMS_BCE,
     .absorbs = "sigmoid",
     .value = bce_value,
     .grad = bce_grad, .hessian = bce_hessian},
    {.name = "categorical_crossentropy",
     .hparams = NN_HPARAMS_CCE,
     .absorbs = "softmax",
     .value = cce_value,
     .grad = cce_grad, .hessian = cce_hessian},
    {.name = "sparse_categorical_crossentropy",
     .hparams = NN_HPARAMS_SCCE,
     .flags = NN_LOSS_CODES,
     .absorbs = "softmax",
     .value = scce_value,
     .grad = scce_grad, .hessian = scce_hessian},
    {.name = "binary_focal_crossentropy",
     .hparams = NN_HPARAMS_BFOCAL,
     .absorbs = "sigmoid",
     .value = bfocal_value,
     .grad = bfocal_grad, .hessian = bfocal_hessian},
    {.name = "categorical_focal_crossentropy",
     .hparams = NN_HPARAMS_CFOCAL,
     .absorbs = "softmax",
     .value = cfocal_value,
     .grad = cfocal_grad, .hessian = cfocal_hessian},
    {.name = "categorical_generalized_cross_entropy",
     .hparams = NN_HPARAMS_GCE,
     .flags = NN_LOSS_CODES,
     .value = gce_value,
     .grad = gce_grad, .hessian = gce_hessian},
    {.name = "dice", .flags = NN_LOSS_WHOLE, .value = dice_value, .grad = dice_grad,
     .hessian = dice_hessian},
    {.name = "tversky",
     .hparams = NN_HPARAMS_TVERSKY,
     .flags = NN_LOSS_WHOLE,
     .value = tversky_value,
     .grad = tversky_grad, .hessian = tversky_hessian},
};

NN_PRIVATE const loss* loss_at(int i) {
  int n = (int) (sizeof(losses) / sizeof(*losses));
  return i >= 0 && i < n ? losses + i : NULL;
}

NN_PRIVATE const loss* loss_find(const char* name) {
  const loss* l;
  for (int i = 0; (l = loss_at(i)) != NULL; ++i) {
    if (strcmp(l->name, name) == 0) return l;
  }
  return NULL;
}

NN_PRIVATE int loss_hparam(const loss* l, const char* name) {
  for (int i = 0; l->hparams[i].name; ++i) {
    if (strcmp(l->hparams[i].name, name) == 0) return i;
  }
  return -1;
}

/* What divides the weighted sum. */
static double reduction_divisor(nn_reduction reduction, double columns, double total) {
  if (reduction == NN_REDUCE_MEAN) return columns;
  return reduction == NN_REDUCE_WEIGHTED_MEAN && total != 0 ? total : 1;
}

NN_PRIVATE real masked_weight(const loss_args* a, const real* weight, size_t j) {
  return (weight ? weight[j] : 1) * (a->mask ? a->mask[j] : 1);
}

static double columns_kept(const loss_args* a) {
  double kept = 0;
  for (size_t j = 0; a->mask && j < a->cols; ++j) kept += (double) a->mask[j];
  return a->mask ? kept + (double) NN_EPSILON : (double) a->cols;
}

static void whole_scale(const loss_args* a, const real* weight, nn_reduction reduction, real* s) {
  double total = 0;
  for (size_t j = 0; j < a->cols; ++j) total += (double) masked_weight(a, weight, j);
  bool all = !weight && !a->mask;
  s[0] = all ? 1 : (real) (total / reduction_divisor(reduction, columns_kept(a), total));
}

NN_PRIVATE void loss_scales(const loss* l, const loss_args* a, const real* weight,
                            nn_reduction reduction, real* s) {
  if (l->flags & NN_LOSS_WHOLE) {
    whole_scale(a, weight, reduction, s);
    return;
  }
  int at = loss_hparam(l, "ignore_class");
  double ignore = at < 0 ? (double) NAN : a->h[at], total = 0, kept = 0;
  for (size_t j = 0; j < a->cols; ++j) {
    bool ignored = at >= 0 && (double) a->t[j] == ignore;
    s[j] = ignored ? 0 : masked_weight(a, weight, j);
    total += (double) s[j];
    kept += ignored ? 0 : a->mask ? (double) a->mask[j] : 1;
  }
  if (!isnan(ignore) || a->mask) kept += (double) NN_EPSILON;
  double divisor = reduction_divisor(reduction, kept, total);
  for (size_t j = 0; j < a->cols; ++j) s[j] = (real) ((double) s[j] / divisor);
}
