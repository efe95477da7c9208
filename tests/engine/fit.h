/* Trainers for tests: data drawn at random, plain descent unless said otherwise. */
#ifndef FIT_H
#define FIT_H

#include "graph.h"

/* A training spec, data and what they point to; validation is the same data. */
typedef struct {
  nn_train_spec spec;
  nn_output_spec outputs[MAX_ENDS];
  nn_metric_spec metrics[MAX_ENDS];
  nn_data data;
  nn_array x[MAX_ENDS], y[MAX_ENDS], weight[MAX_ENDS];
} fit;

static const double fit_sgd[] = {0, 0}, fit_adam[] = {0.9, 0.999, 1e-7, 0};

/* The spec points into the fit, so it must not be copied. */
static void fit_begin(fit* f, int rows, int batch_size) {
  memset(f, 0, sizeof(*f));
  f->data = (nn_data){.n = rows, .x = f->x, .y = f->y, .weight = f->weight};
  f->spec = (nn_train_spec){.outputs = f->outputs,
                            .metrics = f->metrics,
                            .batch_size = batch_size,
                            .validation_batch_size = batch_size,
                            .seed = 17};
  f->spec.optimizer =
      (nn_optimizer_spec){.optimizer = {"sgd", fit_sgd, 2}, .lr = 0.1, .accumulate = 1};
}

static void fit_input(fit* f, int k, int size) {
  f->x[k] = samples_of(drawn((size_t) (f->data.n * size), -1, 1), f->data.n, size);
}

/* Targets between 0 and 1 for one output, and its loss. */
static void fit_output(fit* f, int o, int size, const char* name, const double* h, int n_h) {
  f->y[o] = samples_of(drawn((size_t) (f->data.n * size), 0, 1), f->data.n, size);
  f->weight[o] = (nn_array){.values = NULL, .n_total = f->data.n, .n = f->data.n};
  f->outputs[o] = (nn_output_spec){.loss = {name, h, n_h}, .loss_weight = 1};
}

static void fit_weights(fit* f, int o) {
  f->weight[o] = samples_of(drawn((size_t) f->data.n, 0.2, 2), f->data.n, 1);
}

static trainer* fit_trainer(const fit* f, const network* net, const double* w) {
  trainer* t = NULL;
  void* block = keep(trainer_bytes(net, &f->spec, &f->data, &f->data));
  nn_status status = trainer_new(block, net, &f->spec, &f->data, &f->data, w, &t);
  check(status.code == NN_OK, "the trainer can be built");
  return t;
}

/* A clock that moves by a second whenever it is read, and one that stands still. */
static double clock_fast(void) {
  static double seconds;
  return seconds += 1;
}
static double clock_still(void) { return 0; }

/* Runs to the end of an epoch; logs may be NULL. */
static void run_epochs(trainer* t, int epochs, double* logs) {
  size_t width = (size_t) NN_LOGS(t->n_outputs, t->n_metrics);
  double* rows = logs ? logs : keep_doubles(width * (size_t) epochs);
  trainer_run(t, epochs, 0, 1, clock_still, epochs, rows, NULL);
}

static double* weights_now(const trainer* t) {
  size_t n = t->net->n_w + t->net->n_state;
  double* w = keep_doubles(n);
  for (size_t i = 0; i < n; ++i) w[i] = (double) t->w[i];
  return w;
}

static double evaluated(trainer* t, double* logs) {
  int at = 0;
  trainer_evaluate(t, 0, &at, 1, clock_still, logs);
  return logs[0];
}

#endif
