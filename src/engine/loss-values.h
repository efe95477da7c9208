/* The values of all losses, for the table of losses and the metrics of the same names, and
 * the hyperparameters of those that have some. */
#ifndef NN_LOSS_VALUES_H
#define NN_LOSS_VALUES_H

#include "loss.h"

NN_PRIVATE void mse_value(const loss_args* a, real* v);
NN_PRIVATE void mae_value(const loss_args* a, real* v);
NN_PRIVATE void mape_value(const loss_args* a, real* v);
NN_PRIVATE void msle_value(const loss_args* a, real* v);
NN_PRIVATE void huber_value(const loss_args* a, real* v);
NN_PRIVATE void log_cosh_value(const loss_args* a, real* v);
NN_PRIVATE void hinge_value(const loss_args* a, real* v);
NN_PRIVATE void squared_hinge_value(const loss_args* a, real* v);
NN_PRIVATE void categorical_hinge_value(const loss_args* a, real* v);
NN_PRIVATE void kld_value(const loss_args* a, real* v);
NN_PRIVATE void poisson_value(const loss_args* a, real* v);
NN_PRIVATE void cosine_value(const loss_args* a, real* v);
NN_PRIVATE void bce_value(const loss_args* a, real* v);
NN_PRIVATE void bfocal_value(const loss_args* a, real* v);
NN_PRIVATE void cce_value(const loss_args* a, real* v);
NN_PRIVATE void scce_value(const loss_args* a, real* v);
NN_PRIVATE void cfocal_value(const loss_args* a, real* v);
NN_PRIVATE void gce_value(const loss_args* a, real* v);
NN_PRIVATE void dice_value(const loss_args* a, real* v);
NN_PRIVATE void tversky_value(const loss_args* a, real* v);

/* h[i] in the order of these lists. */
enum { HUBER_DELTA };
enum { BCE_LOGITS, BCE_SMOOTHING };
enum { CCE_LOGITS, CCE_SMOOTHING };
enum { SCCE_LOGITS, SCCE_IGNORE };
enum { BFOCAL_BALANCING, BFOCAL_ALPHA, BFOCAL_GAMMA, BFOCAL_LOGITS, BFOCAL_SMOOTHING };
enum { CFOCAL_ALPHA, CFOCAL_GAMMA, CFOCAL_LOGITS, CFOCAL_SMOOTHING };
enum { GCE_Q };
enum { TVERSKY_ALPHA, TVERSKY_BETA };

#define NN_HPARAMS_HUBER {{"delta", 1}, {NULL, 0}}
#define NN_HPARAMS_BCE {{"from_logits", 0}, {"label_smoothing", 0}, {NULL, 0}}
#define NN_HPARAMS_CCE {{"from_logits", 0}, {"label_smoothing", 0}, {NULL, 0}}
#define NN_HPARAMS_SCCE {{"from_logits", 0}, {"ignore_class", (double) NAN}, {NULL, 0}}
#define NN_HPARAMS_BFOCAL \
  {{"apply_class_balancing", 0}, {"alpha", 0.25}, {"gamma", 2}, {"from_logits", 0}, \
   {"label_smoothing", 0}, {NULL, 0}}
#define NN_HPARAMS_CFOCAL \
  {{"alpha", 0.25}, {"gamma", 2}, {"from_logits", 0}, {"label_smoothing", 0}, {NULL, 0}}
#define NN_HPARAMS_GCE {{"q", 0.5}, {NULL, 0}}
#define NN_HPARAMS_TVERSKY {{"alpha", 0.5}, {"beta", 0.5}, {NULL, 0}}

#endif
